"""How long answers take: searches, matches, applicants, many clients at once, a small tenant beside a big one."""

from __future__ import annotations

import os
import statistics
import time

from services.embedding.engines.protocol import Engine
from tests.bench.scale.answering import applicants, by_clients, matches, search, spread, timed
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import NotBuilt, Row, milliseconds, not_built, percentile

# Queries that are asked before those that count: after a start, pages come from the disk.
WARM = 130
SEARCHES = 500
JOBS = 200
CLIENTS = 8
APPLICANTS = 1_000
APPLICANT_JOBS = 7
SMALL = 1_000
# A run that is far from its goals would take hours otherwise.
MOST_SECONDS = float(os.environ.get("ANSWER_SECONDS", "90"))
WARM_SHARE = 0.15


async def answer_rows(stage: Stage, engine: Engine) -> list[Row]:
    """One client, then eight."""
    size = len(await stage.numbers(BIG))
    await warm(stage, BIG)
    rows = [_query_embedding(stage, engine), await search_row(stage, size)]
    for limit, goal in ((10, 100.0), (100, 250.0)):
        count = await _as_many(stage, limit)
        calls = [lambda place=place, limit=limit: matches(stage, BIG, place, limit) for place in range(count)]  # type: ignore[misc]
        rows.append(milliseconds(f"a job's {limit} matches, 1 client", await timed(calls, warm=3), goal, size))
    rows.append(await _applicants_row(stage, size))
    return rows + await _clients_rows(stage, size)


async def warm(stage: Stage, tenant: str) -> None:
    """Matches of jobs that are not measured, by as many clients as there will be: each connection's process has to see
    the pages of the indexes before it is as fast as in a service that has run for an hour."""
    places = range(JOBS, len(stage.sources.jobs))
    calls = [lambda place=place: matches(stage, tenant, place) for place in places]  # type: ignore[misc]
    await by_clients(calls, CLIENTS, seconds=MOST_SECONDS / 2)


async def search_row(stage: Stage, size: int, name: str = "search, 1 client", goal: float | None = 60.0) -> Row:
    """Searches for every query, one after the other."""
    return milliseconds(name, await search_seconds(stage, BIG), goal, size)


async def search_seconds(stage: Stage, tenant: str, count: int = SEARCHES) -> list[float]:
    """Seconds of distinct searches, the first WARM of them not counted; fewer where they take too long."""
    texts = stage.queries.texts
    warm: list[float] = []
    while len(warm) < WARM and sum(warm) < WARM_SHARE * MOST_SECONDS:
        text = texts[-1 - len(warm)]
        warm += await timed([lambda text=text: search(stage, tenant, text)])  # type: ignore[misc]
    count = min(count, len(texts), max(20, int(MOST_SECONDS / statistics.median(warm))))
    return await timed([lambda text=text: search(stage, tenant, text) for text in texts[:count]])  # type: ignore[misc]


def _query_embedding(stage: Stage, engine: Engine) -> Row:
    """What the query's vector would cost beside it, by the real model, one query at a time."""
    taken = []
    for text in stage.queries.texts[:120]:
        started = time.perf_counter()
        engine.embed([text], query=True)
        taken.append(time.perf_counter() - started)
    return milliseconds("(a query's embedding, not in the searches)", taken[20:], None, 0)


async def _as_many(stage: Stage, limit: int) -> int:
    """So many jobs that MOST_SECONDS are not exceeded by far."""
    started = time.perf_counter()
    await matches(stage, BIG, len(stage.sources.jobs) - 1, limit)
    return min(JOBS, max(10, int(MOST_SECONDS / 2 / (time.perf_counter() - started))))


async def _applicants_row(stage: Stage, size: int) -> Row:
    name = "1,000 applicants of one job, all scored"
    numbers = (await stage.numbers(BIG))[:: max(1, size // APPLICANTS)][:APPLICANTS]
    try:
        calls = [lambda place=place: applicants(stage, BIG, place, numbers) for place in range(APPLICANT_JOBS + 1)]  # type: ignore[misc]
        taken = await timed(calls, warm=1)
    except NotBuilt as why:
        return not_built(name, why, 1.5, "s")
    note = f"{len(numbers)} applicants" if len(numbers) < APPLICANTS else ""
    more = {"p50": statistics.median(taken)}
    return Row(name, max(taken), "s at most", 1.5, n=len(taken), documents=size, note=note, more=more)


async def _clients_rows(stage: Stage, size: int) -> list[Row]:
    """The same mix of searches and matches by one client and by eight."""
    started = time.perf_counter()
    await timed(await spread(stage, BIG, 4))
    each = (time.perf_counter() - started) / 4
    count = min(400, max(16, int(MOST_SECONDS / 2 / each)))
    alone = await timed(await spread(stage, BIG, count))
    taken, failed, rate = await by_clients(await spread(stage, BIG, count), CLIENTS)
    worse = percentile(taken, 95) / percentile(alone, 95) if taken else None
    more = {"p95 of one": 1_000 * percentile(alone, 95), "p95 of eight": 1_000 * percentile(taken or [0.0], 95)}
    return [
        Row("8 clients, searches and matches in turn", rate, "answers/s", 30.0, True, count, size),
        Row("... their p95 ÷ one client's", worse, "ratio", 5.0, n=count, documents=size, more=more),
        Row("... answers that failed", failed, "answers", 0.0, n=count, documents=size),
    ]


async def tenant_rows(stage: Stage) -> list[Row]:
    """A tenant of a thousand in the partition of the big one, against one in a partition without it."""
    size = len(await stage.numbers(BIG))
    beside, alone = await _tenants(stage)
    for tenant in (beside, alone):
        await stage.fill(tenant, SMALL)
    taken: dict[str, list[float]] = {beside: [], alone: []}
    # In turn, so that whatever else the machine does meets both.
    for _ in range(3):
        for tenant, times in taken.items():
            times += await search_seconds(stage, tenant, 150)
    near, far = (percentile(taken[tenant], 95) for tenant in (beside, alone))
    more = {"p95 beside ms": 1_000 * near, "p95 alone ms": 1_000 * far}
    name = "a tenant of 1,000 in the partition of the big one ÷ alone"
    return [Row(name, near / far, "p95 ratio", 1.5, n=len(taken[beside]), documents=size, more=more)]


async def _tenants(stage: Stage) -> tuple[str, str]:
    """Names of a tenant in the big one's partition, and of one in another."""
    table = f"matching.nearest_{stage.space.name}"
    parts = int((await stage.owner(f"SELECT count(*) FROM pg_inherits WHERE inhparent = '{table}'::regclass"))[0][0])
    rows = await stage.owner(f"""
        SELECT name, (SELECT part FROM generate_series(0, {parts - 1}) AS part
            WHERE satisfies_hash_partition('{table}'::regclass, {parts}, part, name COLLATE "C", 0::smallint)) AS part
        FROM (SELECT '{BIG}' AS name UNION ALL SELECT 'small' || n FROM generate_series(1, 200) AS n) AS tried""")
    parts_of = {row["name"]: row["part"] for row in rows}
    big = parts_of.pop(BIG)
    beside = next(name for name, part in parts_of.items() if part == big)
    return beside, next(name for name, part in parts_of.items() if part != big)
