"""How the whole system is doing: what ready means here, and every part with its status and latency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.inner.embedding import Probe
from libs.contracts.inner.health import Ready
from libs.contracts.topics import GROUP_WEBHOOKS
from libs.messaging.admin.lag import all_lags
from libs.messaging.connection.settings import KafkaSettings
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.gateway.clients.broker import PART as BROKER
from services.gateway.clients.broker import Broker
from services.gateway.clients.embedding import EmbeddingClient
from services.gateway.clients.matching import MatchingClient
from services.gateway.health.detailed_health import (
    BrokerReport,
    CacheReport,
    DatabaseReport,
    DetailedHealth,
    EmbeddingReport,
    GatewayReport,
    MatchingReport,
    PartReports,
)
from services.gateway.problems import MatchingRefusal
from services.gateway.statuses.reader import StatusReader

Said = dict[str, Any]
Report = TypeVar("Report", GatewayReport, BrokerReport, DatabaseReport, MatchingReport, EmbeddingReport)

MATCHING = "matching"
LOOK_SECONDS = 1.0
ANSWER_SECONDS = 3.0

log = get_logger(__name__)


class Readiness:
    """Keeps the gateway's own readiness: ready while the broker or matching can be used, saying which is missing."""

    def __init__(self, health: Health, broker: Broker, statuses: StatusReader, matching: MatchingClient) -> None:
        self._health = health
        self._broker = broker
        self._statuses = statuses
        self._matching = matching
        self._task: asyncio.Task[None] | None = None
        health.waits_for(BROKER, "the gateway is connecting to it")
        health.waits_for(MATCHING, "the gateway has not reached it yet")
        health.started()

    async def start(self) -> None:
        """Begins to look after the parts."""
        self._task = asyncio.create_task(self._run(), name="readiness")

    async def stop(self) -> None:
        """Ends the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Asks the parts once and notes what they said."""
        broker, matching = await asyncio.gather(self._broker_missing(), self._matching_missing())
        missing = {BROKER: broker, MATCHING: matching}
        works = any(reason is None for reason in missing.values())
        for part, reason in missing.items():
            if reason is None:
                self._health.ok(part)
            elif works:
                self._health.degraded(part, reason)
            else:
                self._health.waits_for(part, reason)

    async def _broker_missing(self) -> str | None:
        if self._broker.missing is not None:
            return self._broker.missing
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._statuses.end_offsets()
        except (DependencyUnavailable, TimeoutError) as error:
            return str(error) or f"it did not answer within {ANSWER_SECONDS:g} s"
        return None

    async def _matching_missing(self) -> str | None:
        try:
            await self._matching.ready()
        except (DependencyUnavailable, MatchingRefusal) as error:
            return str(error)
        return None

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:
                # Without the task the last readiness would be shown until a restart.
                log.error("readiness_not_looked_at", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)


class Detailed:
    """The detailed health: all parts asked at the same time, each within its own deadline."""

    def __init__(
        self,
        settings: KafkaSettings,
        health: Health,
        broker: Broker,
        statuses: StatusReader,
        matching: MatchingClient,
        embedding: EmbeddingClient,
    ) -> None:
        self._settings = settings
        self._health = health
        self._broker = broker
        self._statuses = statuses
        self._matching = matching
        self._embedding = embedding

    async def report(self, tenant: str) -> DetailedHealth:
        """Asks every part, and counts this tenant's documents.

        Takes as long as the slowest, at most the longest deadline.
        """
        own, broker, database, matching, (embedding, cache), (lag, by_group) = await asyncio.gather(
            _timed(GatewayReport, self._ask_itself),
            _timed(BrokerReport, self._ask_broker),
            _timed(DatabaseReport, lambda: self._ask_database(tenant)),
            _timed(MatchingReport, self._ask_matching),
            self._embedding_and_cache(),
            self._lag(),
        )
        parts = PartReports(own, broker, database, matching, embedding, cache)
        return DetailedHealth(
            status=_overall(parts),
            at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            parts=parts,
            lag=lag,
            lag_by_group=by_group,
        )

    async def _ask_itself(self) -> Said:
        await asyncio.sleep(0)  # its latency: until its event loop comes round again
        missing = {name: part.reason for name, part in self._health.parts.items() if part.status != "ok"}
        return {"status": "ok" if self._health.ready else "degraded", "waits_for": missing}

    async def _ask_broker(self) -> Said:
        if self._broker.missing is not None:
            raise DependencyUnavailable("broker", self._broker.missing)
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._statuses.end_offsets()
        said: Said = {"kind": "try-out" if self._settings.on_tryout_broker else "kafka"}
        memory = self._broker.memory
        used = memory.mb()
        if used is None:
            return said
        said |= {"memory_mb": round(used, 1), "memory_limit_mb": memory.limit_mb}
        if memory.is_full:
            said |= {"status": "degraded", "reason": "its memory is above the limit: writes are refused"}
        return said

    async def _ask_database(self, tenant: str) -> Said:
        figures = await self._matching.figures(tenant)
        return {"documents": figures.documents, "space": figures.space}

    async def _ask_matching(self) -> Said:
        ready = await self._matching.ready()
        return {"ready": ready, **_impairment(ready)}

    async def _embedding_and_cache(self) -> tuple[EmbeddingReport, CacheReport]:
        probe: Probe | None = None

        async def ask() -> Said:
            nonlocal probe
            probe = await self._embedding.probe()
            return {name: value for name, value in msgspec.structs.asdict(probe).items() if name != "cache"}

        embedding = await _timed(EmbeddingReport, ask)
        if probe is None:
            reason = "embedding, which uses it, did not say"
            return embedding, CacheReport(status="unknown", latency_ms=None, reason=reason)
        return embedding, CacheReport(**msgspec.structs.asdict(probe.cache))

    async def _lag(self) -> tuple[dict[str, int] | None, dict[str, dict[str, int]] | None]:
        """Records not yet worked on, per topic and per group; None where the broker cannot be asked."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                groups = await all_lags(self._settings)
        except (DependencyUnavailable, TimeoutError) as error:
            log.warning("lag_unknown", reason=str(error) or f"no answer within {ANSWER_SECONDS:g} s")
            return None, None
        topics: dict[str, int] = {}
        for group, behind in groups.items():
            if group == GROUP_WEBHOOKS:
                continue  # what webhooks have yet to tell keeps no document from going on
            for topic, records in behind.items():
                # Texts are read by a group for each space that is computed; the one that serves is the least behind.
                topics[topic] = min(records, topics.get(topic, records))
        return topics, groups


async def _timed(form: type[Report], ask: Callable[[], Awaitable[Said]]) -> Report:
    """What a part says, with its status and how long it took; a part that is away is down, with the reason."""
    began = time.monotonic()
    try:
        said = await ask()
    except (DependencyUnavailable, MatchingRefusal, TimeoutError) as error:
        return form(status="down", reason=str(error) or "no answer in time", latency_ms=_since(began))
    return form(**{"status": "ok", "latency_ms": _since(began), **said})


def _impairment(ready: Ready) -> Said:
    """The status `degraded` and the reasons, where a part of a ready service is not well; else nothing."""
    reasons = [f"{name}: {part.reason}" for name, part in ready.parts.items() if part.status != "ok"]
    return {"status": "degraded", "reason": "; ".join(reasons)} if reasons else {}


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)


def _overall(parts: PartReports) -> Literal["ok", "degraded", "down"]:
    if parts.broker.status == "down" and parts.matching.status == "down":
        return "down"
    statuses = {part.status for part in msgspec.structs.astuple(parts)}
    # A cache that nobody configured is missed by nobody.
    return "ok" if statuses <= {"ok", "off"} else "degraded"
