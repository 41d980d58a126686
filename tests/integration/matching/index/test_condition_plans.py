"""Filters use their indexes, as the service role under row level security, among twenty thousand documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from services.matching.index.filters.conditions import Condition, parse_filters, passing, passing_of
from tests.fakes.explained import PLANS, explained
from tests.fakes.many_documents import fill
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

COUNT = 20_000
# Filters, and how many documents pass.
FILTERS: list[tuple[dict[str, Any], int]] = [
    ({"all": "same"}, COUNT),
    ({"ten": 3}, 2_000),
    ({"hundred": 3}, 200),
    ({"thousand": 3}, 20),
    ({"thousand": [3, 4, 5]}, 60),
    ({"tags": ["tag3", "tag20"]}, 600),
    ({"thousand": {"gte": 3, "lt": 13}}, 200),
    ({"seen": {"gte": "2026-12-25"}}, 378),
    ({"all": "same", "thousand": 3}, 20),
    ({"all": {"exists": True}, "thousand": 3, "ten": {"not": 5}}, 20),
    ({"thousand": {"not": {"gte": 1}}}, 20),
    ({"seen": {"exists": False}}, 0),
]


def condition_of(filters: dict[str, Any]) -> Condition:
    condition = parse_filters(filters)
    assert condition is not None
    return condition


@pytest.fixture
async def filled(matching: Matching) -> Matching:
    await fill(matching.dsns, COUNT)
    return matching


async def test_every_statement_of_filters_uses_its_index(filled: Matching) -> None:
    some = np.arange(1, COUNT, 50)
    for plan in PLANS:
        for filters, count in FILTERS:
            condition = condition_of(filters)
            async with explained(filled.dsns.matching, "default", plan) as connection:
                found = await passing(connection, "default", "resume", condition, at_most=COUNT)
                assert found is not None
                assert len(found) == count, filters
                few = await passing_of(connection, "default", "resume", condition, some)
                assert few.tolist() == np.intersect1d(found, some).tolist(), filters
                sql, values = condition.sql("c.number", 4)
                await connection.fetch(
                    f"SELECT number FROM matching.cards c WHERE tenant = $1 AND kind = $2 AND id > $3 AND {sql} "
                    "ORDER BY id LIMIT 10",
                    *("default", "resume", "r-8", *values),
                )
            for each in connection.plans:
                assert "Seq Scan" not in each, f"{plan} {filters}\n{each}"
                assert "Index" in each, f"{plan} {filters}\n{each}"


async def test_what_few_pass_is_found_by_the_value_not_by_the_key(filled: Matching) -> None:
    for filters, index, by in (
        ({"hundred": 3}, "filter_values_by_text", "text_value = "),
        ({"tags": ["tag3", "tag20"]}, "filter_values_by_text", "text_value = ANY"),
        ({"thousand": {"lt": 3}}, "filter_values_by_number", "number_value < "),
        ({"seen": {"gte": "2026-12-25"}}, "filter_values_by_number", "number_value >= "),
    ):
        for plan in PLANS:
            async with explained(filled.dsns.matching, "default", plan) as connection:
                await passing(connection, "default", "resume", condition_of(filters), at_most=5_000)
            (only,) = connection.plans
            assert f"using {index} " in only, only
            assert by in next(line for line in only.splitlines() if "Index Cond" in line), only
