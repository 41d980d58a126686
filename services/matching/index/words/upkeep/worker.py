"""One process at a time packs what waits, merges small segments, and takes out what was erased."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.database.transactions import Writing
from libs.resilience.retry import backoff_seconds
from libs.telemetry.logs import get_logger
from services.matching.index.words.segments import SegmentHeaders
from services.matching.index.words.upkeep.erasing import erase_from_segments
from services.matching.index.words.upkeep.packing import MOST_DEAD, merge, pack, to_be_merged
from services.matching.index.words.upkeep.waiting_work import WaitingWork, dead_versions, waiting_work
from services.matching.metrics import PACKING_SECONDS, WORDS_DEAD, WORDS_SEGMENTS, WORDS_UNPACKED
from services.matching.storage.database import Database

log = get_logger(__name__)

# How often it is looked what there is to do; with many tenants, at most this share of the time is spent on looking.
LOOK_SECONDS = 1.0
LOOKING_SHARE = 0.2
# So many cards are packed at once, and fewer where the oldest waits so long; fewer still are quickly looked through.
ENOUGH = 512
FEWEST = 64
LONGEST_SECONDS = 5.0
# Any number: the same for all processes that pack in this database.
LOCK = 7_203_912


class _AnotherPacks(Exception):
    """Another process is in the middle of a step."""


class Packing:
    """Does what there is to do, tenant by tenant, a step in a transaction. Each takes a lock that ends with it, so that
    two processes never do the same, and one that was killed or stands still is followed by another."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._headers = SegmentHeaders()
        # Tenants and kinds, and how their segments stood when all of them could stay.
        self._settled: dict[tuple[str, str], tuple[int, int, int]] = {}

    async def run_forever(self) -> None:
        """Ends by cancellation."""
        attempt = 0
        while True:
            began = time.monotonic()
            try:
                while await self.step():
                    attempt = 0
                await asyncio.sleep(max(LOOK_SECONDS, (time.monotonic() - began) / LOOKING_SHARE))
                continue
            except (DependencyUnavailable, Overloaded) as fault:
                log.warning("packing_waits", reason=str(fault))
            except Exception as error:
                # A fault of our own must not end it for as long as the process lives.
                log.error("packing_failed", exc_info=error)
            await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
            attempt += 1

    async def step(self) -> bool:
        """One step for each tenant and kind that needs one; False where none does, or another process is at it.

        Raises DependencyUnavailable and Overloaded.
        """
        done = False
        every: list[WaitingWork] = []
        try:
            for tenant in await self._database.tenants():
                async with self._database.reading(tenant) as connection:
                    found = await waiting_work(connection, tenant)
                every += found
                for work in found:
                    done = await self._advance(tenant, work) or done
        except _AnotherPacks:
            return False
        WORDS_UNPACKED.set(sum(work.waiting for work in every))
        WORDS_SEGMENTS.set(sum(work.segments for work in every))
        WORDS_DEAD.set(sum(work.dead for work in every))
        return done

    async def _advance(self, tenant: str, work: WaitingWork) -> bool:
        """Erasures first: somebody waits for them."""
        if work.erased:
            async with self._alone(tenant, "erase") as connection:
                await erase_from_segments(connection, self._headers, tenant, work.kind)
            return True
        if work.waiting >= ENOUGH or (work.waiting >= FEWEST and work.oldest >= LONGEST_SECONDS):
            async with self._alone(tenant, "pack") as connection:
                # None where all of them are locked: they are being replaced.
                return await pack(connection, tenant, work.kind) > 0
        chosen = await self._chosen(tenant, work)
        if chosen:
            async with self._alone(tenant, "merge") as connection:
                await merge(connection, tenant, work.kind, chosen)
        return bool(chosen)

    async def _chosen(self, tenant: str, work: WaitingWork) -> list[int]:
        """Segments to be written anew together; none where all can stay."""
        standing = (work.dead, work.segments, work.newest)
        if not work.segments or self._settled.get((tenant, work.kind)) == standing:
            return []
        async with self._database.reading(tenant) as connection:
            segments = await self._headers.of(connection, tenant, work.kind)
            versions = await dead_versions(connection, tenant, work.kind) if work.dead else []
        for each in segments:
            if np.isin(each.versions, versions).sum() > MOST_DEAD * len(each):
                return [each.segment]
        chosen = to_be_merged(segments)
        if not chosen:
            self._settled[tenant, work.kind] = standing
        return chosen

    @asynccontextmanager
    async def _alone(self, tenant: str, step: str) -> AsyncIterator[Writing]:
        """A transaction for one step while no other process makes one. Raises _AnotherPacks."""
        async with self._database.writing(tenant) as connection:
            if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", LOCK):
                raise _AnotherPacks
            with PACKING_SECONDS.labels(step).time():
                yield connection
