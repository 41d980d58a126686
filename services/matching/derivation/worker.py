"""Deriving structures anew in the background, from the stored texts, where those found are of an older version."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence

from libs.contracts.errors import DependencyUnavailable, Overloaded, RecordRejected
from libs.contracts.events import TextEvent, with_structure
from libs.contracts.structure import STRUCTURE_VERSION
from libs.messaging.publishing import Publisher
from libs.messaging.reporting import text_record
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.matching.derivation.claim import Claim
from services.matching.derivation.embedded import is_anything_embedded, is_embedded_alike
from services.matching.derivation.ingest_client import IngestClient
from services.matching.derivation.outdated import (
    count_on_the_way,
    count_outdated,
    forget_sent,
    may_be_sent,
    next_outdated,
    note_refused,
    note_sent,
    write_structure,
)
from services.matching.metrics import DERIVED, OUTDATED_STRUCTURES
from services.matching.storage.database import Database

log = get_logger(__name__)

# How often it is looked whether there is anything to derive, and how many wait.
LOOK_SECONDS = 10.0
# A worker that was not heard of for so long is dead, and another goes on.
WORKER_SECONDS = 180.0
# Texts taken at a time, and asked for at once.
PAGE = 20
AT_ONCE = 2
# Texts that go through embedding anew at a time: new submissions wait behind them.
MOST_ON_THE_WAY = 200
NOT_CONFIGURED = "INGEST_URLS is not set, so nobody can be asked"


class Derivation:
    """One process at a time takes documents whose structure is older than STRUCTURE_VERSION, asks ingest, and writes.

    Where the new structure changes what is embedded, the text goes through embedding and comes back as any vectors
    event does; else the row alone is written. How far it is lies in the rows: it outlives process and outage.
    Without an `ingest` to ask it only counts.
    """

    def __init__(self, database: Database, publisher: Publisher, ingest: IngestClient | None) -> None:
        self._database = database
        self._publisher = publisher
        self._ingest = ingest
        self._claim = Claim(database, "derivation", seconds=WORKER_SECONDS)
        self._asking = asyncio.Semaphore(AT_ONCE)

    async def current(self, event: TextEvent) -> TextEvent:
        """The event with a structure of the current version, or as it is where none can be found for it.

        Raises DependencyUnavailable.
        """
        if event.structure_version >= STRUCTURE_VERSION or self._ingest is None:
            return event
        try:
            async with self._asking:
                return with_structure(event, await self._ingest.structure(event))
        except RecordRejected as fault:
            log.warning("structure_not_derived", document=str(event.key), reason=fault.message)
            return event

    async def forget_sent(self) -> None:
        """The broker lost its records: texts on their way through embedding are sent anew.

        Raises DependencyUnavailable.
        """
        await forget_sent(self._database)

    async def run_forever(self, health: Health) -> None:
        """Derives whatever is outdated; `health` says what that waits for. Ends by cancellation."""
        attempt = 0
        if self._ingest is None:
            log.warning("structures_not_derived", reason=NOT_CONFIGURED)
        try:
            while True:
                try:
                    outdated = await self._look(health)
                    while outdated and self._ingest is not None and await self.step():
                        health.ok("structure")
                        attempt = 0
                    await asyncio.sleep(LOOK_SECONDS)
                except Overloaded as fault:
                    log.info("derivation_waits", reason=str(fault))
                    await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
                    attempt += 1
                except DependencyUnavailable as fault:
                    health.degraded("structure", f"texts wait for a newer structure: {fault}")
                    log.warning("derivation_waits", reason=str(fault))
                    await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
                    attempt += 1
                except Exception as error:
                    # A fault of our own must not end it for as long as the process lives.
                    log.error("derivation_failed", exc_info=error)
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._claim.release()

    async def step(self) -> bool:
        """Derives the next texts; False where there are none here for now. Raises DependencyUnavailable."""
        if not await self._claim.take() or await count_on_the_way(self._database) >= MOST_ON_THE_WAY:
            return False
        for tenant in await self._database.tenants():
            async with self._database.reading(tenant) as connection:
                page = await next_outdated(connection, tenant, PAGE)
            if page:
                await _all([self._derive(event) for event in page])
                return True
        return False

    async def _derive(self, event: TextEvent) -> None:
        derived = await self.current(event)
        if derived.structure_version < STRUCTURE_VERSION:
            await self._refused(event)
        elif is_embedded_alike(event, derived) or not is_anything_embedded(derived):
            # A text of which nothing would be left has nothing to be compared by either way: it is not to fail.
            async with self._database.writing(event.tenant) as connection:
                written = await write_structure(connection, derived)
            DERIVED.labels("written" if written else "changed").inc()
        else:
            await self._send(derived)

    async def _send(self, derived: TextEvent) -> None:
        async with self._database.writing(derived.tenant) as connection:
            if not await may_be_sent(connection, derived):
                # Where a newer submission is on its way, that decides; should it fail, this is tried again.
                await note_sent(connection, derived)
                DERIVED.labels("changed").inc()
                return
        try:
            await self._publisher.publish_all([text_record(derived)])
        except RecordRejected as fault:
            log.warning("structure_not_sent", document=str(derived.key), reason=fault.message)
            await self._refused(derived)
            return
        # Noted before, a crash in between would have it wait for long.
        async with self._database.writing(derived.tenant) as connection:
            await note_sent(connection, derived)
        DERIVED.labels("sent").inc()

    async def _refused(self, event: TextEvent) -> None:
        async with self._database.writing(event.tenant) as connection:
            await note_refused(connection, event)
        DERIVED.labels("refused").inc()

    async def _look(self, health: Health) -> int:
        """How many are outdated; says so."""
        outdated = await count_outdated(self._database)
        OUTDATED_STRUCTURES.set(outdated)
        if not outdated:
            health.ok("structure")
        elif self._ingest is None:
            health.degraded("structure", f"{outdated} texts wait for a newer structure: {NOT_CONFIGURED}")
        return outdated


async def _all(work: Sequence[Coroutine[None, None, None]]) -> None:
    """Waits for all, then raises the first error, so that nothing still runs when the next are taken."""
    for each in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(each, BaseException):
            raise each
