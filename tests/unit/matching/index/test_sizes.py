"""Sizes are counted once in a while, and remembered of some tenants only."""

from __future__ import annotations

from typing import Any

import pytest

from services.matching.index.vectors import sizes
from services.matching.index.vectors.sizes import Sizes

pytestmark = pytest.mark.unit


class Counting:
    """A database whose tenants have so many rows."""

    def __init__(self, own: int) -> None:
        self.own = own
        self.asked: list[str] = []

    async def fetchrow(self, statement: str, tenant: str) -> dict[str, Any]:
        self.asked.append(tenant)
        return {"own": self.own, "partition": 40_000.0}


async def test_a_size_is_counted_again_when_it_is_old() -> None:
    now = 0.0
    found, database = Sizes(lambda: now), Counting(own=10_000)
    for _ in range(3):
        size = await found.of(database, "matching.nearest_x", "acme", "resume")  # type: ignore[arg-type]
    assert (size.own, size.share, database.asked) == (10_000, 0.25, ["acme"])
    now, database.own = sizes.REMEMBERED_SECONDS + 1, 20_000
    assert (await found.of(database, "matching.nearest_x", "acme", "resume")).own == 20_000  # type: ignore[arg-type]


async def test_the_one_asked_for_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MOST_REMEMBERED", 2)
    found, database = Sizes(), Counting(own=1)
    for tenant in ("a", "b", "a", "c", "a", "b"):
        await found.of(database, "matching.nearest_x", tenant, "resume")  # type: ignore[arg-type]
    assert database.asked == ["a", "b", "c", "b"]
