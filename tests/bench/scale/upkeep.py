"""What matching does in the background, done at once: words packed and merged, indexes built anew where rows died."""

from __future__ import annotations

import importlib
import time
from typing import Any

from services.matching.storage.database import Database
from tests.bench.scale.stage import Stage
from tests.bench.scale.table import NotBuilt

# As the settings of matching have them.
SPREAD_FROM = 200_000
BUILD_MIB = 512


def part(module: str, name: str) -> Any:
    """Something of services.matching. Raises NotBuilt where it is not there."""
    try:
        return getattr(importlib.import_module(f"services.matching.{module}"), name)
    except (ImportError, AttributeError):
        raise NotBuilt(f"services.matching.{module} has no {name}") from None


async def upkeep(stage: Stage) -> float:
    """Works until nothing is left to be done; returns how many seconds it took."""
    started = time.perf_counter()
    for name, work in (("words", _pack), ("vectors", _tend_vectors)):
        began = time.perf_counter()
        try:
            await work(stage)
            print(f"  upkeep of {name}: {time.perf_counter() - began:.1f} s", flush=True)
        except NotBuilt as why:
            print(f"  upkeep of {name}: not built: {why}", flush=True)
    return time.perf_counter() - started


async def spread(stage: Stage, tenant: str) -> None:
    """Spreads a tenant's resumes over shards now. A tenant that grows beyond SPREAD_FROM is spread on the way, when it
    has no more; one that is filled at once would have most of its vectors written twice."""
    begin = part("index.vectors.shards", "begin_to_spread")
    async with stage.writing.writing(tenant) as connection:
        await begin(connection, tenant, "resume")
    began = time.perf_counter()
    moved = await part("index.vectors.spreading", "Spreading")(stage.writing, SPREAD_FROM).step()
    print(f"  spread {moved:,} vectors: {time.perf_counter() - began:.1f} s", flush=True)


def packing(database: Database) -> Any:
    """The worker that packs and merges words. Raises NotBuilt."""
    return part("index.words.upkeep.worker", "Packing")(database)


async def _pack(stage: Stage) -> None:
    worker = packing(stage.writing)
    while await worker.step():
        pass


async def _tend_vectors(stage: Stage) -> None:
    spreading = part("index.vectors.spreading", "Spreading")(stage.writing, SPREAD_FROM)
    made = part("storage.index_maintenance", "IndexMaintenance")
    maintenance = made(stage.dsns.matching, stage.dsns.owner, BUILD_MIB)
    await part("index.vectors.nearest_upkeep", "NearestUpkeep")(spreading, maintenance, 3_600.0).step()
