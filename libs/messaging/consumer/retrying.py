"""Working on a batch of records until it is done: the two families of error, retries, giving up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import Protocol

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.messaging.dead_letters import LEFT_OUT
from libs.messaging.metrics import FAULTS, PAUSED
from libs.messaging.records import Record
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

ATTEMPTS = 3
_Step = Callable[[], Awaitable[None]]
Hold = Callable[[Sequence[Record]], AbstractAsyncContextManager[None]]


class Work(Protocol):
    """What a service does on records. Idempotent: the same records may come again."""

    service: str

    async def handle(self, records: Sequence[Record]) -> None:
        """Works on records in order; when it returns, all that came of them is acknowledged or committed.

        Raises DependencyUnavailable: the same records will be handled again, nothing is committed.
        Raises anything else: the records are handled one by one, each ATTEMPTS times at most; a
        RecordRejected raised for a single record ends its attempts at once.
        """
        ...

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """Sets a record aside: dead letter, and failed where a document can be read from it.

        Publishes through `dead_letters.publish_counting`, which counts it.
        Raises DependencyUnavailable: it will be called again.
        """
        ...


class Interrupted(Exception):
    """The work was left off because the service stops or its partitions move; nothing is committed."""


class Worker:
    """Runs a Work over batches. `interrupt` makes it leave off at the next wait. `hold` is entered around each try."""

    def __init__(self, work: Work, health: Health, hold: Hold | None = None) -> None:
        self._work = work
        self._health = health
        self._hold = hold or (lambda records: nullcontext())
        self._interrupted = asyncio.Event()
        self._part = "consumer"
        self.service = work.service

    def interrupt(self) -> None:
        """Makes waits for the surroundings end at once with Interrupted."""
        self._interrupted.set()

    def resume(self) -> None:
        """Undoes `interrupt`."""
        self._interrupted.clear()

    async def run(self, records: Sequence[Record]) -> None:
        """Works on a batch until nothing of it is left to do. Raises Interrupted."""
        try:
            await self.through_outages(lambda: self._try(records))
        except Interrupted:
            raise
        except Exception as error:
            log.warning("batch_failed", records=len(records), first=records[0].place, exc_info=error)
            for record in records:
                await self._alone(record)
        self._health.ok(self._part)

    async def _alone(self, record: Record) -> None:
        attempts = 0
        while True:
            attempts += 1
            try:
                await self.through_outages(lambda: self._try([record]))
                return
            except Interrupted:
                raise
            except RecordRejected as fault:
                refusal = fault
                break
            except Exception as error:
                FAULTS.labels(self._work.service, "own").inc()
                log.error("record_failed", record=record.place, attempt=attempts, exc_info=error)
                if attempts >= ATTEMPTS:
                    refusal = RecordRejected(
                        ErrorCode.INTERNAL,
                        f"a fault of our own kept this document from being worked on ({type(error).__name__}); "
                        "it was set aside and can be replayed",
                    )
                    break
                await self._wait(backoff_seconds(attempts))
        await self.dead_letter(record, refusal, attempts)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """Gives a record up; where its dead letter is refused, without its value. Raises Interrupted.

        What else it raises: not even that could be published; the record is not done.
        """
        try:
            await self.through_outages(lambda: self._work.dead_letter(record, fault, attempts))
        except Interrupted:
            raise
        except Exception as error:
            FAULTS.labels(self.service, "own").inc()
            log.error("dead_letter_refused", record=record.place, exc_info=error)
            bare = _without_value(record, error)
            await self.through_outages(lambda: self._work.dead_letter(bare, fault, attempts))

    async def report_stuck(self, reason: str, attempt: int) -> None:
        """Says in health that work is stuck at a record, and waits before the next try. Raises Interrupted."""
        self._health.degraded(self._part, f"stuck, nothing is lost: {reason}")
        await self._wait(backoff_seconds(attempt))

    def report_recovered(self) -> None:
        """What `report_stuck` said is over."""
        self._health.ok(self._part)

    async def _try(self, records: Sequence[Record]) -> None:
        async with self._hold(records):
            await self._work.handle(records)

    async def through_outages(self, step: _Step) -> None:
        """Runs a step until it is not the surroundings that fail. Raises Interrupted, and what else it raises."""
        attempt = 0
        try:
            while True:
                if self._interrupted.is_set():
                    raise Interrupted
                try:
                    return await step()
                except DependencyUnavailable as fault:
                    PAUSED.labels(self.service).set(1)
                    FAULTS.labels(self.service, "surroundings").inc()
                    self._health.degraded(self._part, f"paused, nothing is lost: {fault}")
                    log.warning("paused", part=fault.part, reason=fault.message, attempt=attempt)
                    attempt += 1
                    await self._wait(backoff_seconds(attempt - 1))
        finally:
            PAUSED.labels(self.service).set(0)
            if attempt:
                self._health.ok(self._part)

    async def finishing(self, step: _Step) -> None:
        """Runs a step that only keeps what is done: tried once also when this member is wanted elsewhere, so that it
        need not be done again; then through outages. Raises Interrupted, and what else it raises.
        """
        try:
            await step()
        except DependencyUnavailable:
            await self.through_outages(step)

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._interrupted.wait(), seconds)
        except TimeoutError:
            return
        raise Interrupted


def _without_value(record: Record, error: Exception) -> Record:
    """What is left to tell of a record whose dead letter was refused. Its value is empty: null would delete."""
    why = f"{len(record.value or b'')} bytes: {str(error) or type(error).__name__}"[:500]
    return replace(record, value=b"", headers=(*record.headers, (LEFT_OUT, why.encode("utf-8", "replace"))))
