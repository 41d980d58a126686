"""After a fifth of the documents was deleted and as many came anew, with the upkeep done: is it as before?"""

from __future__ import annotations

import random
import statistics
import time

from pgvector import HalfVector

from tests.bench.scale.answer_figures import search_seconds, warm
from tests.bench.scale.filling import erase_resumes
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import NotBuilt, Row, percentile
from tests.bench.scale.upkeep import part, upkeep

SHARE = 0.2
RECALL_QUERIES = 60
SEARCHES = 300


async def churn_rows(stage: Stage) -> list[Row]:
    """Recall of the index of vectors and p95 of searches, before and after."""
    size = len(await stage.numbers(BIG))
    before, recall_before = await _figures(stage)
    numbers = await stage.numbers(BIG)
    gone = random.Random(3).sample(numbers, int(SHARE * size))
    started = time.perf_counter()
    parts = [gone[at::8] for at in range(8)]
    await stage.in_workers(erase_resumes, [(stage.dsns.matching, BIG, each) for each in parts])
    erased = len(gone) / (time.perf_counter() - started)
    await stage.write(BIG, list(range(numbers[-1] + 1, numbers[-1] + 1 + len(gone))))
    seconds = await upkeep(stage)
    await stage.analyze()
    after, recall_after = await _figures(stage)
    more = {"before ms": 1_000 * before, "after ms": 1_000 * after, "upkeep s": seconds, "erased/s": erased}
    name = f"after {SHARE:.0%} deleted and as many written"
    rows = [Row(f"{name}: search p95 ÷ before", after / before, "ratio", 1.2, n=SEARCHES, documents=size, more=more)]
    if recall_before is None or recall_after is None:
        return [*rows, Row(f"{name}: recall@10 lost", None, "share", 0.01, note="not built: nearest_exactly")]
    more = {"before": recall_before, "after": recall_after}
    lost = recall_before - recall_after
    return [*rows, Row(f"{name}: recall@10 lost", lost, "share", 0.01, n=RECALL_QUERIES, documents=size, more=more)]


async def _figures(stage: Stage) -> tuple[float, float | None]:
    await warm(stage, BIG)
    seconds = await search_seconds(stage, BIG, SEARCHES)
    try:
        recall = await dense_recall(stage)
    except NotBuilt:
        recall = None
    return percentile(seconds, 95), recall


async def dense_recall(stage: Stage) -> float:
    """Mean recall@10 of the index of vectors. Raises NotBuilt."""
    nearest, exactly = part("index.vectors.nearest", "nearest"), part("index.vectors.nearest", "nearest_exactly")
    recalls = []
    for vector in stage.queries.vectors[:RECALL_QUERIES]:
        async with stage.database.reading(BIG) as connection:
            asked = (connection, stage.space, BIG, "resume", HalfVector(vector), 10)
            found, exact = await nearest(*asked), await exactly(*asked)
        recalls.append(sum(each.value >= exact[-1].value - 1e-5 for each in found) / len(exact))
    return statistics.mean(recalls)
