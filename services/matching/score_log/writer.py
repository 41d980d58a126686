"""Writes the answers that wait to the score log, in the background."""

from __future__ import annotations

import asyncio

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.matching.metrics import SCORE_LOG_ROWS
from services.matching.score_log.rows import write_answers
from services.matching.score_log.shown_answer import ShownAnswer
from services.matching.score_log.waiting_answers import WaitingAnswers
from services.matching.storage.database import Database
from services.matching.storage.score_log_months import ScoreLogMonths

log = get_logger(__name__)

PART = "score_log"
# What comes in such a time is written together: one commit for some dozens of answers.
GATHER_SECONDS = 0.5
# How often health is looked at where nothing comes.
LOOK_SECONDS = 10.0
# Rows of one transaction; a larger answer is written alone.
MOST_ROWS = 3_000
# At a stop.
WRITE_OUT_SECONDS = 10.0
# For how long health tells of scores that were lost.
LOSS_SHOWN_SECONDS = 3_600.0


class ScoreLogWriter:
    """Writes what waits, in batches, again and again while the database is away. Nothing that is answered waits for it.

    An answer that the database refuses for its own sake is lost, and told so; all others stay until they are written.
    """

    def __init__(
        self,
        database: Database,
        months: ScoreLogMonths,
        waiting: WaitingAnswers,
        *,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        self._database = database
        self._months = months
        self._waiting = waiting
        self._gather_seconds = gather_seconds
        # Tenants of whose first answers a try went wrong: it may have been committed all the same.
        self._unsure: set[str] = set()

    async def run_forever(self, health: Health) -> None:
        """Writes; `health` says what it waits for, and what was lost. Ends by cancellation."""
        attempt = 0
        while True:
            await self._waiting.until_something(LOOK_SECONDS)
            await asyncio.sleep(self._gather_seconds)
            fault = await self._try()
            self._tell(health, fault)
            if fault is None:
                attempt = 0
                continue
            await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
            attempt += 1

    async def step(self) -> bool:
        """Writes the next answers; False where none wait. Raises DependencyUnavailable."""
        answers = self._waiting.first(MOST_ROWS)
        if not answers:
            return False
        tenant = answers[0].tenant
        unsure = tenant in self._unsure
        self._unsure.add(tenant)
        try:
            rows = await self._write(answers, unsure=unsure)
        except RecordRejected as fault:
            rows = await self._write_one_by_one(answers, str(fault))
        self._unsure.discard(tenant)
        self._waiting.removed(answers)
        SCORE_LOG_ROWS.labels("written").inc(rows)
        return True

    async def write_out(self, seconds: float = WRITE_OUT_SECONDS) -> None:
        """Writes all that waits; what is not written after some seconds is lost, and told so."""
        reason = "the database did not take them in time"
        try:
            async with asyncio.timeout(seconds):
                attempt = 0
                while (fault := await self._try()) is not None:
                    reason = fault
                    await asyncio.sleep(backoff_seconds(attempt, cap=1.0))
                    attempt += 1
        except TimeoutError:
            while answers := self._waiting.first(MOST_ROWS):
                rows = sum(len(each.scores) for each in answers)
                self._waiting.lose(answers[0].tenant, rows, f"the process ends before they are written: {reason}")
                self._waiting.removed(answers)

    async def _try(self) -> str | None:
        """Writes until nothing waits; says why that ended where it went wrong."""
        try:
            while await self.step():
                pass
        except DependencyUnavailable as fault:
            log.warning("score_log_waits", reason=str(fault), scores=self._waiting.rows)
            return str(fault)
        except Exception as error:
            # A fault of our own must not end it for as long as the process lives.
            log.error("score_log_failed", exc_info=error)
            return f"a fault of matching's own: {type(error).__name__}"
        return None

    async def _write(self, answers: list[ShownAnswer], *, unsure: bool) -> int:
        moments = [each.at for each in answers]
        if not await self._months.have(moments):
            await self._months.make(moments)
        async with self._database.writing(answers[0].tenant) as connection:
            return await write_answers(connection, answers, unsure=unsure)

    async def _write_one_by_one(self, answers: list[ShownAnswer], reason: str) -> int:
        if len(answers) == 1:
            self._waiting.lose(answers[0].tenant, len(answers[0].scores), reason)
            return 0
        rows = 0
        for each in answers:
            try:
                rows += await self._write([each], unsure=True)
            except RecordRejected as fault:
                self._waiting.lose(each.tenant, len(each.scores), str(fault))
        return rows

    def _tell(self, health: Health, fault: str | None) -> None:
        told = []
        if fault is not None:
            told.append(f"{self._waiting.rows} scores that were shown wait to be logged: {fault}")
        if self._waiting.lost_lately(LOSS_SHOWN_SECONDS):
            told.append(f"{self._waiting.lost_rows} scores that were shown are not in the log and will not be")
        if told:
            health.degraded(PART, "; ".join(told))
        else:
            health.ok(PART)
