"""The streams that are open: how many there may be, whose they are, and what ends them from outside."""

from __future__ import annotations

import asyncio
from collections import Counter as Counted
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.logs import get_logger
from services.gateway.access.caller import Caller
from services.gateway.access.entry import Entry
from services.gateway.access.scopes import Scope
from services.gateway.problems import Problem, unavailable
from services.gateway.streaming.ending import Ending, EndReason

OPEN = Gauge("shortlist_gateway_event_streams", "Event streams that are open")
ENDED = Counter(
    "shortlist_gateway_event_streams_ended_total",
    "Event streams that ended, by reason: left (the reader went), slow (it did not take what came), key (its key is "
    "worthless now), stopping (the gateway stops), interrupted (the status topic could not be read), behind (what it "
    "missed took too long to read)",
    ["reason"],
)

# A worthless key is known here within three seconds (access.known_keys), and looked for each second.
CHECK_SECONDS = 1.0
RETRY_SECONDS = 10

log = get_logger(__name__)


class OpenStreams:
    """At most `at_once` streams, of one tenant at most `per_tenant`. Each ends once its key opens nothing any more."""

    def __init__(self, entry: Entry, *, at_once: int, per_tenant: int) -> None:
        self._entry = entry
        self._at_once = at_once
        self._per_tenant = per_tenant
        self._open: dict[Ending, Caller] = {}
        self._of_tenant: Counted[str] = Counted()
        self._is_stopping = False
        self._checking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look after the keys."""
        self._checking = asyncio.create_task(self._check_keys(), name="stream-keys")

    async def stop(self) -> None:
        """Ends every stream, and looks after keys no longer."""
        self.end_all()
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)

    def end_all(self) -> None:
        """Ends every stream at once and lets no other one in: the gateway stops."""
        self._is_stopping = True
        for ending in self._open:
            ending.end(EndReason.STOPPING)

    @contextmanager
    def place(self, caller: Caller) -> Iterator[Ending]:
        """A place for one more stream. Raises Problem: `overloaded` where there are as many as may be."""
        if self._is_stopping:
            raise unavailable("this gateway is stopping; come back shortly with the same last event id")
        self._refuse_one_too_many(caller.tenant)
        ending = Ending()
        self._open[ending] = caller
        self._of_tenant[caller.tenant] += 1
        OPEN.set(len(self._open))
        try:
            yield ending
        finally:
            ENDED.labels(ending.reason or "left").inc()
            del self._open[ending]
            self._of_tenant[caller.tenant] -= 1
            if not self._of_tenant[caller.tenant]:
                del self._of_tenant[caller.tenant]
            OPEN.set(len(self._open))

    def _refuse_one_too_many(self, tenant: str) -> None:
        if len(self._open) >= self._at_once:
            whose = f"this gateway has {self._at_once} event streams open, and may have no more"
        elif self._of_tenant[tenant] >= self._per_tenant:
            whose = f"your tenant has {self._per_tenant} event streams open at this gateway, and may have no more"
        else:
            return
        raise Problem(
            "overloaded",
            f"{whose}; close one, or come back shortly",
            headers={"Retry-After": str(RETRY_SECONDS)},
        )

    async def _check_keys(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            callers = list(set(self._open.values()))
            for caller, is_good in zip(callers, await asyncio.gather(*map(self._is_good, callers)), strict=True):
                if not is_good:
                    self._end_those_of(caller)

    async def _is_good(self, caller: Caller) -> bool:
        try:
            return (await self._entry.still(caller)).may(Scope.READ)
        except (Problem, DependencyUnavailable):
            # Where nobody can tell for long, a call with the key is refused too.
            return False
        except Exception as error:  # a bug must not end the task: worthless keys would go on
            log.error("stream_key_not_checked", key=caller.key_id, exc_info=error)
            return False

    def _end_those_of(self, caller: Caller) -> None:
        for ending, whose in self._open.items():
            if whose == caller:
                ending.end(EndReason.KEY)
