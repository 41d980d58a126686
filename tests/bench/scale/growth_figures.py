"""A very large tenant beside one of a tenth of it in the same database: how answers grow with the documents."""

from __future__ import annotations

from tests.bench.scale.answer_figures import search_seconds, warm
from tests.bench.scale.answering import matches, timed
from tests.bench.scale.stage import BIG, Stage
from tests.bench.scale.table import Row, percentile
from tests.bench.scale.upkeep import upkeep

FEWER = "fewer"
ROUNDS = 3
SEARCHES, JOBS = 170, 60


async def growth_rows(stage: Stage, fewer: int) -> list[Row]:
    """The p95 of searches and matches of the big tenant by those of one with `fewer` resumes.

    Asked in turn, so that whatever else the machine does meets both: between two fillings, which take an hour, it may
    become half as fast.
    """
    size = len(await stage.numbers(BIG))
    if await stage.fill(FEWER, fewer):
        await upkeep(stage)
        await stage.analyze()
    taken: dict[tuple[str, str], list[float]] = {(kind, tenant): [] for kind in _KINDS for tenant in (FEWER, BIG)}
    for tenant in (FEWER, BIG):
        await warm(stage, tenant)
    for number in range(ROUNDS):
        for tenant in (FEWER, BIG):
            taken["search", tenant] += await search_seconds(stage, tenant, SEARCHES)
            places = range(number * JOBS, (number + 1) * JOBS)
            calls = [lambda place=place, tenant=tenant: matches(stage, tenant, place) for place in places]  # type: ignore[misc]
            taken["a job's 10 matches", tenant] += await timed(calls)
    return [_row(kind, taken[kind, BIG], taken[kind, FEWER], size, fewer) for kind in _KINDS]


_KINDS = ("search", "a job's 10 matches")


def _row(kind: str, many: list[float], few: list[float], size: int, fewer: int) -> Row:
    p95, before = percentile(many, 95), percentile(few, 95)
    more = {f"p95 ms at {size:,}": 1_000 * p95, f"at {fewer:,}": 1_000 * before}
    more["p50 ratio"] = percentile(many, 50) / percentile(few, 50)
    name = f"{kind}: p95 at {size:,} ÷ at {fewer:,}, asked in turn"
    return Row(name, p95 / before, "ratio", 2.5, n=len(many), documents=size, more=more)
