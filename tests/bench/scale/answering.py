"""Asking matching, in the ways that the figures need; what is not there yet is said."""

from __future__ import annotations

import asyncio
import inspect
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from libs.contracts.identifiers import DocumentKey
from tests.bench.scale.stage import Stage
from tests.bench.scale.table import NotBuilt
from tests.bench.scale.upkeep import part

Call = Callable[[], Awaitable[Any]]


async def search(stage: Stage, tenant: str, query: str, limit: int = 10, filters: dict[str, Any] | None = None) -> Any:
    """A search for resumes. Raises NotBuilt where there are no filters."""
    if filters is None:
        return await stage.service.search(tenant, query, "resume", limit)
    taken = inspect.signature(stage.service.search).parameters
    if "condition" not in taken:
        raise NotBuilt("search takes no filters")
    condition: Any = part("index.filters.conditions", "parse_filters")(filters)
    asked: Any = stage.service.search
    return await asked(tenant, query, "resume", limit, condition=condition)


async def matches(stage: Stage, tenant: str, place: int, limit: int = 10) -> Any:
    """A job's matches."""
    return await stage.service.matches(DocumentKey(tenant, "job", f"j{place}"), limit)


async def applicants(stage: Stage, tenant: str, place: int, numbers: Sequence[int]) -> Any:
    """Some resumes, all scored for one job. Raises NotBuilt."""
    ids = [f"r{number}" for number in numbers]
    scored: Any = getattr(stage.service, "applicants", None)
    if scored is None:
        raise NotBuilt("matching scores no list of applicants")
    return await scored(DocumentKey(tenant, "job", f"j{place}"), ids)


async def timed(calls: Sequence[Call], *, warm: int = 0) -> list[float]:
    """Seconds of each call, one after the other; the first `warm` are made, but not counted."""
    taken = []
    for place, call in enumerate(calls):
        started = time.perf_counter()
        await call()
        if place >= warm:
            taken.append(time.perf_counter() - started)
    return taken


async def by_clients(
    calls: Sequence[Call], clients: int, *, seconds: float = math.inf
) -> tuple[list[float], int, float]:
    """The same calls by clients that each ask again once they are answered, until all are made or `seconds` are
    over: seconds of each, how many failed, and answers a second."""
    waiting, end = iter(calls), time.perf_counter() + seconds
    taken: list[float] = []
    failed = 0

    async def client() -> None:
        nonlocal failed
        for call in waiting:
            started = time.perf_counter()
            if started > end:
                return
            try:
                await call()
                taken.append(time.perf_counter() - started)
            except Exception as error:
                failed += 1
                print(f"  a client's call failed: {type(error).__name__}: {error}", flush=True)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return taken, failed, len(taken) / (time.perf_counter() - started)


async def spread(stage: Stage, tenant: str, count: int) -> list[Call]:
    """`count` answers as callers mix them: searches and matches in turn, distinct as far as there are enough."""
    made: list[Call] = []
    for place in range(count):
        if place % 2:
            made.append(lambda place=place: matches(stage, tenant, place // 2 % len(stage.sources.jobs)))  # type: ignore[misc]
        else:
            text = stage.queries.texts[place // 2 % len(stage.queries.texts)]
            made.append(lambda text=text: search(stage, tenant, text))  # type: ignore[misc]
    return made
