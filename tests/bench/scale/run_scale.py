"""`make bench-scale`: retrieval among 100,000 documents against its goals, into build/bench-scale.json.

At most 45 minutes on two cores. `SIZES="100000 1000000"` fills on to a million after that and measures answers there,
beside those of a tenant of the first size; `KEEP=DIR` keeps the filled database there and goes on from it,
`ONLY="word word"` takes the groups of figures whose names hold one of the words, `ANSWER_SECONDS=9` ends each kind of
answers after about as long (90).
"""

from __future__ import annotations

import os

# As matching sets it for itself: read where numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from services.embedding.engines.protocol import Engine
from tests.bench.scale import plots, table
from tests.bench.scale.answer_figures import answer_rows, tenant_rows
from tests.bench.scale.churn_figures import churn_rows
from tests.bench.scale.filter_figures import filter_rows
from tests.bench.scale.growth_figures import growth_rows
from tests.bench.scale.machine_probe import probe
from tests.bench.scale.memory_figures import memory_rows
from tests.bench.scale.queries import real_queries
from tests.bench.scale.recall_figures import lexical_rows, shown_rows
from tests.bench.scale.sources import read_sources, sources_file
from tests.bench.scale.stage import BIG, Stage, closed, opened, started_server
from tests.bench.scale.storage_figures import storage_rows
from tests.bench.scale.table import NotBuilt, Row
from tests.bench.scale.upkeep import SPREAD_FROM, spread, upkeep
from tests.bench.scale.writing_figures import writing_rows
from tests.bench.texts import bench_engine

# A smaller run says nothing that belongs into docs/.
SHOWN_FROM = 100_000

Measure = Callable[[], Awaitable[list[Row]]]


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    sizes = [int(each) for each in os.environ.get("SIZES", "100000").replace(",", " ").split()]
    only = os.environ.get("ONLY", "").split()
    keep = os.environ.get("KEEP")
    with tempfile.TemporaryDirectory(prefix="shortlist-scale-") as temporary:
        folder = Path(keep).resolve() if keep else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        server, dsns = started_server(folder)
        try:
            started = time.perf_counter()
            engine = bench_engine()
            path = sources_file(engine)
            sources = read_sources(path)
            queries = real_queries(engine, sources.jobs)
            print(f"{len(sources.sentences):,} sentences, {len(sources.jobs)} jobs, {len(queries.texts)} queries")
            print(f"made ready in {time.perf_counter() - started:.0f} s", flush=True)

            async def run() -> list[Row]:
                stage = await opened(sources, path, queries, dsns, os.cpu_count() or 2)
                try:
                    return await _all(stage, engine, sizes, only)
                finally:
                    await closed(stage)

            rows = asyncio.run(run())
        finally:
            server.stop()
    table.write(rows, {"seconds": round(time.perf_counter() - started), "sizes": sizes, **probe()})
    if not only and max(sizes) >= SHOWN_FROM:
        plots.draw(rows)
        table.write_page(rows)


async def _all(stage: Stage, engine: Engine, sizes: list[int], only: list[str]) -> list[Row]:
    rows: list[Row] = []
    for size in sizes:
        print(f"--- {size:,} resumes; the machine: {probe()}", flush=True)
        if size > SPREAD_FROM and size > sizes[0]:
            await spread(stage, BIG)
        await stage.fill(BIG, size)
        await upkeep(stage)
        await stage.analyze()
        groups: dict[str, Measure] = {
            "answers": lambda: answer_rows(stage, engine),
            "lexical": lambda: lexical_rows(stage),
            "filters": lambda: filter_rows(stage),
            "tenants": lambda: tenant_rows(stage),
            "storage": lambda: storage_rows(stage),
            "memory": lambda: memory_rows(stage),
            "shown": lambda: shown_rows(stage),
            "writing": lambda: writing_rows(stage),
            "churn": lambda: churn_rows(stage),
        }
        if size > sizes[0]:
            # What is promised of the first size has been measured there, and would take hours.
            groups = {name: groups[name] for name in _AT_MORE}
            groups["growth"] = lambda: growth_rows(stage, sizes[0])
        for name, measure in groups.items():
            if not only or any(word in name for word in only):
                rows += await _measured(name, measure)
    return rows


_AT_MORE = ("answers", "storage", "memory")


async def _measured(name: str, measure: Measure) -> list[Row]:
    started = time.perf_counter()
    try:
        found = await measure()
    except NotBuilt as why:
        found = [table.not_built(name, why)]
    except Exception as error:
        # The figures after it are worth having all the same.
        logging.exception("the figures of %s could not be taken", name)
        found = [Row(name, None, "", note=f"failed: {type(error).__name__}: {error}")]
    table.show(found)
    print(f"  ({name}: {time.perf_counter() - started:.0f} s)", flush=True)
    return found


if __name__ == "__main__":
    main()
