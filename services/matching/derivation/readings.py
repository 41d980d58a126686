"""Deriving anew, in the background, what is derived of stored documents: cards, readings, filters and identity terms.

It is needed where they are of an older version, after the migration that made the tables, where a process of an older
version wrote a document, and where a document's structure was found anew.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.resilience.retry import backoff_seconds
from libs.resilience.threads import Threads
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.matching.derivation.claim import Claim
from services.matching.derivation.underived import (
    Underived,
    load,
    next_underived,
    note_nothing_to_derive,
    unchanged,
    write_readings,
)
from services.matching.index.derived import Derived, derive
from services.matching.index.document_index import write_derived
from services.matching.metrics import READINGS_DERIVED, READINGS_OUTDATED
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import spaces_with_tables

log = get_logger(__name__)

# How often it is looked whether there is anything to derive.
LOOK_SECONDS = 10.0
# A worker that was not heard of for so long is dead, and another goes on.
WORKER_SECONDS = 60.0
# Documents taken at a time. Between two pages answers have the interpreter for themselves.
PAGE = 50
PAUSE_SECONDS = 0.02


class ReadingDerivation:
    """One process at a time takes documents of which something is not derived, or in an older form, and writes it.

    A document is read, derived in a thread without an open transaction, and written where it is still the same. How
    far it is lies in the rows: it outlives process and outage.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claim = Claim(database, "reading_derivation", seconds=WORKER_SECONDS)
        self._threads = Threads("readings", 1)
        # Of which nothing can be derived, by a fault of our own; tried again by the next process.
        self._failed: set[DocumentKey] = set()

    async def run_forever(self, health: Health) -> None:
        """Derives whatever is not derived; ends by cancellation."""
        attempt = 0
        try:
            while True:
                try:
                    while await self.step():
                        health.degraded("readings", "stored documents are read anew; searches may miss some of them")
                        attempt = 0
                        await asyncio.sleep(PAUSE_SECONDS)
                    health.ok("readings")
                    await asyncio.sleep(LOOK_SECONDS)
                except DependencyUnavailable as fault:
                    log.warning("readings_wait", reason=str(fault))
                    await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
                    attempt += 1
                except Exception as error:
                    # A fault of our own must not end it for as long as the process lives.
                    log.error("readings_failed", exc_info=error)
                    await asyncio.sleep(LOOK_SECONDS)
        finally:
            await self._claim.release()

    async def stop(self) -> None:
        """Ends the thread."""
        await self._threads.stop()

    async def step(self) -> bool:
        """Derives the next documents; False where there are none here for now. Raises DependencyUnavailable."""
        if not await self._claim.take():
            return False
        for tenant in await self._database.tenants():
            async with self._database.reading(tenant) as connection:
                spaces = await spaces_with_tables(connection)
                keys = await next_underived(connection, tenant, spaces, PAGE, self._failed)
                page = [each for space in spaces for each in await load(connection, tenant, space, keys)]
            if keys:
                READINGS_OUTDATED.set(len(keys))
                await self._derive(tenant, spaces, keys, page)
                return True
        READINGS_OUTDATED.set(0)
        return False

    async def _derive(
        self, tenant: str, spaces: Sequence[str], keys: Sequence[DocumentKey], page: Sequence[Underived]
    ) -> None:
        derived = [(each, found) for each in page if (found := await self._derived(each)) is not None]
        without = set(keys) - {each.key for each in page}
        async with self._database.writing(tenant) as connection:
            same = await unchanged(connection, tenant, keys, page)
            of_space: defaultdict[str, list[tuple[Underived, Derived]]] = defaultdict(list)
            for each, found in derived:
                if each.key in same and each.key not in self._failed:
                    of_space[each.space].append((each, found))
            for space in spaces:
                written = of_space[space]
                await write_readings(connection, tenant, space, written)
                await write_derived(connection, tenant, space, [found for _, found in written])
            await note_nothing_to_derive(connection, tenant, without)
        READINGS_DERIVED.labels("written").inc(len({each.key for each, _ in derived} & same))
        READINGS_DERIVED.labels("changed").inc(len({each.key for each, _ in derived} - same))

    async def _derived(self, document: Underived) -> Derived | None:
        try:
            return await self._threads.run(
                lambda: derive(
                    document.key.id,
                    document.scored(),
                    document.metadata(),
                    document.identity_spans(),
                    document.state(),
                )
            )
        except Exception as error:
            log.error("reading_not_derived", document=str(document.key), exc_info=error)
            self._failed.add(document.key)
            return None
