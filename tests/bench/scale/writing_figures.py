"""How fast documents get in, what searches feel of it, and how figures grow with the number of documents."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from services.matching.writing.arrivals import VectorsArrival
from tests.bench.scale.answer_figures import search_seconds
from tests.bench.scale.answering import search, timed
from tests.bench.scale.filling import resumes_made, write_at_a_pace, written
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import NotBuilt, Row, percentile
from tests.bench.scale.upkeep import packing

ONE_BY_ONE = 400
IN_BATCHES = 1_000
BULK = 2_000
BULK_BATCH = 100
BULK_CONNECTIONS = 2
A_SECOND = 50
UNDER_WAY_SECONDS = 30
_START_SECONDS = 2.0


async def writing_rows(stage: Stage) -> list[Row]:
    """Into the filled, live index, with the packing of words going on beside it."""
    size = len(await stage.numbers(BIG))
    background = _in_background(stage)
    try:
        made = await _made(stage, ONE_BY_ONE)
        alone = ONE_BY_ONE / await written(stage.writer, BIG, made, 1)
        made = await _made(stage, IN_BATCHES)
        batches = IN_BATCHES / await written(stage.writer, BIG, made, 50)
        bulk, note = await _bulk(stage)
        rows = [
            Row("documents written, one a transaction", alone, "documents/s", 80.0, True, ONE_BY_ONE, size),
            Row("... in batches of 50", batches, "documents/s", 250.0, True, IN_BATCHES, size),
            Row("... in bulk, until searchable", bulk, "documents/s", 400.0, True, BULK, size, note),
        ]
        return [*rows, await _under_way_row(stage, size)]
    finally:
        if background is not None:
            background.cancel()


async def _made(stage: Stage, count: int) -> list[VectorsArrival]:
    """Resumes of new numbers, made by all workers, before the time is taken."""
    first = (await stage.numbers(BIG))[-1] + 1
    workers = stage.workers._max_workers
    parts = [list(range(first + at, first + count, workers)) for at in range(workers)]
    made = await stage.in_workers(resumes_made, [(stage.sources_path, BIG, part) for part in parts])
    return sorted((each for part in made for each in part), key=lambda each: each.revision)


async def _bulk(stage: Stage) -> tuple[float, str]:
    """Over several connections, until a search finds the last one written."""
    made = await _made(stage, BULK)
    started = time.perf_counter()
    parts = [made[at::BULK_CONNECTIONS] for at in range(BULK_CONNECTIONS)]
    await asyncio.gather(*(written(stage.writer, BIG, part, BULK_BATCH) for part in parts))
    rate = BULK / (time.perf_counter() - started)
    text = stage.queries.texts[0]
    await search(stage, BIG, text)
    return rate, f"{BULK_CONNECTIONS} connections, batches of {BULK_BATCH}"


async def _under_way_row(stage: Stage, size: int) -> Row:
    """Searches while another process writes A_SECOND documents a second, against searches before and after."""
    before = await search_seconds(stage, BIG, 200)
    first = (await stage.numbers(BIG))[-1] + 1
    numbers = list(range(first, first + A_SECOND * UNDER_WAY_SECONDS))
    loop = asyncio.get_running_loop()
    # Made first: what is measured is the writing. It says when by the clock of the machine.
    begin = time.time() + _START_SECONDS + 0.03 * len(numbers)
    arguments = (stage.sources_path, stage.dsns.matching, BIG, numbers, A_SECOND, begin)
    writing = loop.run_in_executor(stage.workers, write_at_a_pace, *arguments)
    await asyncio.sleep(max(0.0, begin - time.time()))
    texts, taken = stage.queries.texts, []
    while time.time() < begin + UNDER_WAY_SECONDS and not writing.done():
        text = texts[len(taken) % len(texts)]
        taken += await timed([lambda text=text: search(stage, BIG, text)])  # type: ignore[misc]
    late = await writing
    rest = [*before, *await search_seconds(stage, BIG, 200)]
    more = {"p95 ms": 1_000 * percentile(taken, 95), "at rest ms": 1_000 * percentile(rest, 95)}
    note = f"{late} of {len(numbers)} written over 1 s late" if late else ""
    ratio = percentile(taken, 95) / percentile(rest, 95)
    name = f"search p95 while {A_SECOND} documents/s are written ÷ at rest"
    return Row(name, ratio, "ratio", 2.0, n=len(taken), documents=size, note=note, more=more)


def _in_background(stage: Stage) -> asyncio.Task[Any] | None:
    """The packing as matching runs it."""
    try:
        return asyncio.create_task(packing(stage.writing).run_forever())
    except NotBuilt:
        return None
