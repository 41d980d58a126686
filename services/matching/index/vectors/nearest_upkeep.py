"""Keeping the indexes of vectors small and quick: spread where a tenant is large, built anew where many rows died."""

from __future__ import annotations

import asyncio
import time

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.logs import get_logger
from services.matching.index.vectors.spreading import Spreading
from services.matching.metrics import NEAREST_REBUILDS
from services.matching.storage.index_maintenance import IndexMaintenance, Maintaining, VectorTable

log = get_logger(__name__)

# An index is built anew where so many rows died, and at least that share of those that live.
DEAD_ROWS, DEAD_SHARE = 1000, 0.1
# Where fewer died, they are taken out once a day, so that nothing that was erased stays for long.
VACUUM_SECONDS = 86_400.0


class NearestUpkeep:
    """Does both at its start and every `every_seconds`. Several processes may run it: one at a time rebuilds."""

    def __init__(self, spreading: Spreading, maintenance: IndexMaintenance, every_seconds: float) -> None:
        self._spreading = spreading
        self._maintenance = maintenance
        self._every_seconds = every_seconds

    async def run_forever(self) -> None:
        """Ends by cancellation."""
        while True:
            try:
                await self.step()
            except DependencyUnavailable as fault:
                log.warning("nearest_upkeep_waits", reason=str(fault))
            except Exception as error:
                # A fault of our own must not end the upkeep for as long as the process lives.
                log.error("nearest_upkeep_failed", exc_info=error)
            await asyncio.sleep(self._every_seconds)

    async def step(self) -> list[str]:
        """Does what is due; returns the partitions whose indexes were built anew. Raises DependencyUnavailable."""
        moved = await self._spreading.step()
        if moved:
            log.info("vectors_moved", vectors=moved)
        async with self._maintenance.alone() as maintaining:
            return [] if maintaining is None else await _tend(maintaining)


def is_rebuilding_due(table: VectorTable) -> bool:
    """Whether so many rows died that the index is better built anew."""
    return table.dead >= max(DEAD_ROWS, DEAD_SHARE * table.live)


async def _tend(maintaining: Maintaining) -> list[str]:
    rebuilt: list[str] = []
    for table in await maintaining.tables():
        due = is_rebuilding_due(table)
        if due:
            began = time.monotonic()
            await maintaining.rebuild(table.name)
            NEAREST_REBUILDS.inc()
            rebuilt.append(table.name)
            log.info("index_rebuilt", table=table.name, dead=table.dead, seconds=round(time.monotonic() - began, 1))
        if due or (table.dead > 0 and table.since_vacuum > VACUUM_SECONDS):
            await maintaining.vacuum(table.name)
    return rebuilt
