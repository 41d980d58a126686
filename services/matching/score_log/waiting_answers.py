"""Answers that wait to be written to the score log, within a bound of memory."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass

import msgspec

from libs.telemetry.logs import get_logger
from services.matching.metrics import SCORE_LOG_ROWS, SCORE_LOG_WAITING, SCORE_LOG_WAITING_BYTES
from services.matching.score_log.shown_answer import ShownAnswer

log = get_logger(__name__)

# What an answer takes beside its encoded form.
_BESIDE = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    encoded: bytes
    rows: int

    @property
    def bytes(self) -> int:
        return len(self.encoded) + _BESIDE


class WaitingAnswers:
    """First come, first written, tenant by tenant in turn. They take `most_bytes` at most; what does not fit is counted
    and told as lost, and no answer waits for it. For one event loop."""

    def __init__(self, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._of_tenant: dict[str, deque[_Waiting]] = {}
        self._bytes = 0
        self._rows = 0
        self._something = asyncio.Event()
        self.lost_rows = 0
        self._lost_at = 0.0

    @property
    def rows(self) -> int:
        """How many scores wait."""
        return self._rows

    def lost_lately(self, seconds: float) -> bool:
        """Whether scores were lost in the last seconds."""
        return self.lost_rows > 0 and time.monotonic() - self._lost_at < seconds

    def note(self, answer: ShownAnswer) -> None:
        """Lets an answer wait. Takes a fraction of a millisecond."""
        if not answer.scores:
            return
        # The encoder leaves up to half of its memory unused behind what it made; a copy takes what it is long.
        waiting = _Waiting(bytes(memoryview(msgspec.msgpack.encode(answer))), len(answer.scores))
        if self._bytes + waiting.bytes > self._most_bytes:
            self.lose(answer.tenant, waiting.rows, f"{self._rows} scores wait already and take all the memory they may")
            return
        self._of_tenant.setdefault(answer.tenant, deque()).append(waiting)
        self._count(waiting.bytes, waiting.rows)
        self._something.set()

    def first(self, most_rows: int) -> list[ShownAnswer]:
        """The first answers of the tenant whose turn it is: one at least, and so many that they have `most_rows`.

        They wait on until they are `removed`.
        """
        for waiting in self._of_tenant.values():
            found: list[ShownAnswer] = []
            rows = 0
            for each in waiting:
                if found and rows + each.rows > most_rows:
                    break
                found.append(msgspec.msgpack.decode(each.encoded, type=ShownAnswer))
                rows += each.rows
            return found
        return []

    def removed(self, answers: list[ShownAnswer]) -> None:
        """Takes out what `first` gave; the tenant's turn comes again after the others'."""
        tenant = answers[0].tenant
        waiting = self._of_tenant.pop(tenant)
        for _ in answers:
            gone = waiting.popleft()
            self._count(-gone.bytes, -gone.rows)
        if waiting:
            self._of_tenant[tenant] = waiting
        if not self._of_tenant:
            self._something.clear()

    def lose(self, tenant: str, rows: int, reason: str) -> None:
        """Counts scores that will not be in the log, and says so."""
        self.lost_rows += rows
        self._lost_at = time.monotonic()
        SCORE_LOG_ROWS.labels("lost").inc(rows)
        log.error("scores_not_logged", tenant=tenant, scores=rows, reason=reason)

    async def until_something(self, seconds: float) -> None:
        """Returns when something waits, or after some seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._something.wait()
        except TimeoutError:
            return

    def _count(self, size: int, rows: int) -> None:
        self._bytes += size
        self._rows += rows
        SCORE_LOG_WAITING.set(self._rows)
        SCORE_LOG_WAITING_BYTES.set(self._bytes)
