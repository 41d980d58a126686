"""Working on records until they are done: the two families of error, retries, dead letters."""

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

# The part of the service's health that tells whether work goes on.
PART = "consumer"
# How often a record is tried at which our own code fails.
ATTEMPTS = 3
_Step = Callable[[], Awaitable[None]]
Noted = Callable[[Sequence[Record]], AbstractAsyncContextManager[None]]


class Work(Protocol):
    """What a service does with records. Must be idempotent: the same records may be handled more than once."""

    service: str

    async def handle(self, records: Sequence[Record]) -> None:
        """Works on records in order; returns once all that came of them is acknowledged or committed.

        Raises DependencyUnavailable: nothing is committed, and the same records are handled again.
        Raises anything else: the records are handled one by one, each at most ATTEMPTS times; a
        RecordRejected raised for a single record ends its attempts at once.
        """
        ...

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """Publishes the record as a dead letter, and the status failed where a document can be read from it.

        Publishes through `dead_letters.publish_counting`, which counts it.
        Raises DependencyUnavailable: it will be called again.
        """
        ...


class Interrupted(Exception):
    """The work was broken off because the service stops or its partitions move; nothing was committed."""


class Worker:
    """Runs a Work. `interrupt` makes it break off at the next wait. `noted` is entered around each attempt."""

    def __init__(self, work: Work, health: Health, noted: Noted | None = None) -> None:
        self._work = work
        self._health = health
        self._noted = noted or (lambda records: nullcontext())
        self._interrupted = asyncio.Event()
        self.service = work.service

    def interrupt(self) -> None:
        """Makes every wait for a dependency or a next attempt end at once with Interrupted, until `resume`."""
        self._interrupted.set()

    def resume(self) -> None:
        """Undoes `interrupt`."""
        self._interrupted.clear()

    async def run(self, records: Sequence[Record]) -> None:
        """Works on records until each is done or dead-lettered. Raises Interrupted.

        What else it raises: a record could not even be dead-lettered; it and those behind it are not done.
        """
        try:
            await self.through_outages(lambda: self._try(records))
        except Interrupted:
            raise
        except Exception as error:
            log.warning("records_failed_together", records=len(records), first=records[0].place, exc_info=error)
            for record in records:
                await self._alone(record)
        self._health.ok(PART)

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
                        "it is kept as a dead letter and can be replayed",
                    )
                    break
                await self._wait(backoff_seconds(attempts))
        await self.dead_letter(record, refusal, attempts)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """Dead-letters a record; where the broker refuses that, once more without the value. Raises Interrupted.

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
        """Says in health that work is stuck at a record, and waits before the next attempt. Raises Interrupted."""
        self._health.degraded(PART, f"stuck, nothing is lost: {reason}")
        await self._wait(backoff_seconds(attempt))

    def report_recovered(self) -> None:
        """Says in health that what `report_stuck` said is over."""
        self._health.ok(PART)

    async def _try(self, records: Sequence[Record]) -> None:
        async with self._noted(records):
            await self._work.handle(records)

    async def through_outages(self, step: _Step) -> None:
        """Runs a step again, with backoff, for as long as it raises DependencyUnavailable.

        Raises Interrupted, and whatever else the step raises.
        """
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
                    self._health.degraded(PART, f"paused, nothing is lost: {fault}")
                    log.warning("paused", part=fault.part, reason=fault.message, attempt=attempt)
                    attempt += 1
                    await self._wait(backoff_seconds(attempt - 1))
        finally:
            PAUSED.labels(self.service).set(0)
            if attempt:
                self._health.ok(PART)

    async def finishing(self, step: _Step) -> None:
        """Runs a step that only records what is done, so that it need not be done again.

        After `interrupt` it is still tried once; else it is tried through outages. Raises Interrupted, and whatever
        else the step raises.
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
    """The record without its value, and with a header that says why. The value is empty, as null would delete."""
    why = f"{len(record.value or b'')} bytes: {str(error) or type(error).__name__}"[:500]
    return replace(record, value=b"", headers=(*record.headers, (LEFT_OUT, why.encode("utf-8", "replace"))))
