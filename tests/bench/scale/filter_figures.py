"""Finding the nearest under filters that many, few or hardly any documents pass, correlated with the query and not."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np
from pgvector import HalfVector

from tests.bench.scale.answering import search
from tests.bench.scale.mixing import Mixer
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import NotBuilt, Row, milliseconds, not_built
from tests.bench.scale.upkeep import part

BEST = 10
QUERIES = 40
# Without a filter HNSW alone decides, and finds some queries' nearest far worse than others'.
QUERIES_OF_ALL = 150
SHARES = (1.0, 0.1, 0.01, 0.001)
# As matching does: so many that pass are compared one by one.
FEW = 20_000


async def filter_rows(stage: Stage) -> list[Row]:
    """Recall of the nearest ten, and how long whole searches take, under each filter."""
    size = len(await stage.numbers(BIG))
    rows: list[Row] = []
    for correlated in (False, True):
        for share in SHARES:
            queries = _queries(stage, correlated, QUERIES_OF_ALL if share == 1.0 else QUERIES)
            name = f"dense recall@{BEST}, a filter of {100 * share:g} %" + (", correlated" if correlated else "")
            filters = await _filters(stage, share, correlated)
            try:
                rows.append(await _recall_row(stage, name, queries, filters, size))
            except NotBuilt as why:
                rows.append(not_built(name, why, 0.97, "share", at_least=True))
            if filters is None:
                continue
            title = f"(searches under {'a correlated' if correlated else 'a'} filter of {100 * share:g} %)"
            try:
                rows.append(await _search_row(stage, title, queries, filters, size, share))
            except NotBuilt as why:
                rows.append(not_built(title, why))
    return rows


async def _recall_row(stage: Stage, name: str, queries: list[int], filters: dict[str, Any] | None, size: int) -> Row:
    nearest = part("index.vectors.nearest", "nearest")
    condition = None if filters is None else part("index.filters.conditions", "parse_filters")(filters)
    recalls, taken, passed = [], [], size
    for place in queries:
        vector = HalfVector(stage.queries.vectors[place])
        async with stage.database.reading(BIG) as connection:
            started = time.perf_counter()
            if condition is None:
                found = await nearest(connection, stage.space, BIG, "resume", vector, BEST)
            else:
                within = await part("index.filters.conditions", "passing")(
                    connection, BIG, "resume", condition, at_most=FEW
                )
                passed = size if within is None else len(within)
                only: dict[str, Any] = {"condition": condition} if within is None else {"within": within}
                found = await nearest(connection, stage.space, BIG, "resume", vector, BEST, **only)
            taken.append(time.perf_counter() - started)
        exact = await _exact(stage, vector, condition)
        # Of those as near as the last one, any will do.
        recalls.append(sum(each.value >= exact[-1] - 1e-5 for each in found[: len(exact)]) / len(exact))
    more = {"p95 ms": 1_000 * float(np.percentile(taken, 95)), "lowest": min(recalls)}
    note = "" if filters is None else f"{passed:,} pass" if passed < size else "by the index"
    return Row(name, statistics.mean(recalls), "share", 0.97, True, len(recalls), size, note, more)


async def _search_row(
    stage: Stage, title: str, queries: list[int], filters: dict[str, Any], size: int, share: float
) -> Row:
    taken, filled = [], 0
    for place in queries:
        started = time.perf_counter()
        found = await search(stage, BIG, stage.queries.texts[place], BEST, filters)
        taken.append(time.perf_counter() - started)
        filled += len(found.results) >= min(BEST, int(share * size * 0.5))
    return milliseconds(title, taken, None, size, f"{filled} of {len(queries)} filled")


async def _exact(stage: Stage, vector: HalfVector, condition: Any) -> list[float]:
    """The cosines of the nearest that pass, by comparing every vector."""
    passes, values = "", []
    if condition is not None:
        sql, values = condition.sql("n.number", 4)
        passes = f"AND {sql}"
    async with stage.database.reading(BIG) as connection:
        # $2 is the kind for the condition; there is no index over the sum.
        rows = await connection.fetch(
            f"""SELECT 1 - (n.document <=> $3) AS near FROM matching.nearest_{stage.space.name} n
            WHERE n.tenant = $1 AND n.kind = $2 {passes} ORDER BY (n.document <=> $3) + 0 LIMIT {BEST}""",
            BIG,
            "resume",
            vector,
            *values,
        )
    return [row["near"] for row in rows]


async def _filters(stage: Stage, share: float, correlated: bool) -> dict[str, Any] | None:
    """A filter that about such a share passes; None for all."""
    if share == 1.0:
        return None
    if not correlated:
        return {"share": {"lt": round(1_000 * share)}}
    async with stage.database.reading(BIG) as connection:
        rows = await connection.fetch(
            "SELECT (metadata::jsonb ->> 'near')::float8 AS near FROM matching.documents WHERE tenant = $1 "
            "AND kind = 'resume'",
            BIG,
        )
    near = np.array([row["near"] for row in rows if row["near"] is not None])
    return {"near": {"gte": float(np.quantile(near, 1.0 - share))}}


def _queries(stage: Stage, correlated: bool, count: int) -> list[int]:
    """Any, or those nearest to what the filter keeps and those farthest from it, half and half."""
    if not correlated:
        return list(range(count))
    order = np.argsort(-(stage.queries.vectors @ Mixer(stage.sources).landmark))
    return [*order[: count // 2].tolist(), *order[-(count // 2) :].tolist()]
