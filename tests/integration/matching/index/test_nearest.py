"""The nearest documents are found, by whichever way, and each way takes the index that it is meant to take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg
import numpy as np
import pytest
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from services.matching.index.vectors.nearest import Condition, nearest, nearest_exactly
from tests.fakes.explained_plans import Explained, Plan
from tests.fakes.stored_nearest import vector_of
from tests.integration.matching.index.conftest import LARGE, SMALL, SPACE, Filled

pytestmark = pytest.mark.integration

ALL = np.arange(1, LARGE + 1)
GENERIC = pytest.mark.parametrize("generic", [False, True], ids=["custom", "generic"])


@dataclass(frozen=True)
class Between:
    """Numbers of a range: they share some centres, so that they are near to some queries and far from others."""

    first: int
    last: int

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        return f"{number} BETWEEN ${first}::bigint AND ${first + 1}::bigint", [self.first, self.last]


@dataclass(frozen=True)
class Every:
    """One number of so many, wherever their vectors are."""

    step: int

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        return f"{number} % ${first}::bigint = 0", [self.step]


@dataclass(frozen=True)
class Tagged:
    """Those that have a value in another table, as filters have them."""

    key: str

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        return (
            "EXISTS (SELECT FROM matching.filter_values f WHERE f.tenant = $1 AND f.kind = $2"
            f" AND f.number = {number} AND f.key = ${first} OFFSET 0)"
        ), [self.key]


def _passing(condition: Condition) -> np.ndarray:
    if isinstance(condition, Between):
        return np.arange(condition.first, condition.last + 1)
    assert isinstance(condition, Every)
    return ALL[ALL % condition.step == 0]


def _recall(found: list[Any], best: list[float]) -> float:
    return sum(each.value >= best[-1] - 1e-3 for each in found[: len(best)]) / len(best)


def _searches(plans: list[Plan]) -> list[Plan]:
    return [plan for plan in plans if "<=>" in plan.statement]


async def test_the_index_finds_what_is_nearest_best_first(filled: Filled) -> None:
    recalls = []
    async with filled.database.reading("large") as connection:
        explained = Explained(connection)
        for query in filled.queries:
            found = await nearest(explained, SPACE, "large", "resume", HalfVector(query), 10)
            values = [each.value for each in found]
            assert values == sorted(values, reverse=True)
            assert len({each.number for each in found}) == 10
            recalls.append(_recall(found, filled.best(query, ALL, 10)))
    assert np.mean(recalls) >= 0.97
    assert all(_is_hnsw(plan, filled) for plan in _searches(explained.plans))


def _is_read_whole(plan: Plan) -> bool:
    return any(
        node["Node Type"] == "Seq Scan" and node["Relation Name"].startswith(f"nearest_{SPACE.name}")
        for node in plan.nodes()
    )


def _is_hnsw(plan: Plan, filled: Filled) -> bool:
    return "Sort" not in plan.kinds and any(
        name.startswith(f"{filled.partition}_document_idx") for name in plan.indexes
    )


async def test_the_value_is_the_cosine(filled: Filled) -> None:
    query = filled.queries[0]
    async with filled.database.reading("large") as connection:
        (found,) = await nearest(connection, SPACE, "large", "resume", HalfVector(query), 1)
    assert found.value == pytest.approx(float(filled.vectors[found.number - 1] @ query), abs=2e-3)


@pytest.mark.parametrize("limit", [1, 10, 100, 400, 1500])
async def test_as_many_are_found_as_are_asked_for(filled: Filled, limit: int) -> None:
    async with filled.database.reading("large") as connection:
        found = await nearest(connection, SPACE, "large", "resume", HalfVector(filled.queries[1]), limit)
    assert len(found) == limit
    assert _recall(found, filled.best(filled.queries[1], ALL, limit)) >= 0.95


@pytest.mark.parametrize(
    "condition",
    [
        Between(1, LARGE),
        Every(2),
        Every(10),
        Between(1, LARGE // 10),
        Between(LARGE - LARGE // 10, LARGE),
        Every(100),
        Between(500, 500 + LARGE // 100),
        Every(1000),
        Between(9000, 9000 + LARGE // 1000),
    ],
    ids=str,
)
async def test_under_a_condition_the_limit_is_filled_with_the_nearest_that_pass(
    filled: Filled, condition: Between | Every
) -> None:
    passing, recalls = _passing(condition), []
    async with filled.database.reading("large") as connection:
        for query in filled.queries[::4]:
            found = await nearest(connection, SPACE, "large", "resume", HalfVector(query), 10, condition=condition)
            assert len(found) == min(10, len(passing))
            assert {each.number for each in found} <= set(passing.tolist())
            recalls.append(_recall(found, filled.best(query, passing, 10)))
    assert np.mean(recalls) >= 0.97


async def test_where_fewer_pass_than_are_wanted_all_of_them_are_found(filled: Filled) -> None:
    async with filled.database.reading("large") as connection:
        asked = (SPACE, "large", "resume", HalfVector(filled.queries[2]), 50)
        found = await nearest(connection, *asked, condition=Every(1000))
        none = await nearest(connection, *asked, condition=Every(LARGE + 1))
    assert (len(found), none) == (LARGE // 1000, [])


async def test_of_given_numbers_the_nearest_are_found_exactly_and_none_else(filled: Filled) -> None:
    given = np.unique(np.random.default_rng(3).integers(1, LARGE + SMALL, 3000))
    ours = given[given <= LARGE]
    async with filled.database.reading("large") as connection:
        for query in filled.queries[:5]:
            found = await nearest(connection, SPACE, "large", "resume", HalfVector(query), 100, within=given)
            assert [each.value for each in found] == pytest.approx(filled.best(query, ours, 100), abs=2e-3)
            narrowed = await nearest(
                connection, SPACE, "large", "resume", HalfVector(query), 100, within=given, condition=Every(7)
            )
            assert {each.number for each in narrowed} <= set(ours[ours % 7 == 0].tolist())
        assert await nearest(connection, SPACE, "large", "resume", HalfVector(query), 5, within=ALL[:0]) == []


async def test_a_small_tenant_beside_a_large_one_is_compared_exactly(filled: Filled) -> None:
    async with filled.database.reading(filled.small) as connection:
        explained = Explained(connection)
        query = HalfVector(filled.queries[3])
        found = await nearest(explained, SPACE, filled.small, "resume", query, SMALL + 1)
    assert {each.number for each in found} == set(range(LARGE + 1, LARGE + SMALL + 1))
    (search,) = _searches(explained.plans)
    assert search.indexes == {f"{filled.partition}_pkey"}
    read = next(node for node in search.nodes() if "Index Name" in node)
    assert read["Actual Rows"] <= SMALL


@GENERIC
@pytest.mark.parametrize("way", ["index", "condition", "filter", "within", "small", "exact"])
async def test_every_statement_touches_one_partition_by_an_index(filled: Filled, way: str, generic: bool) -> None:
    """As the service role, with fresh statistics; also as the server plans a statement that it has seen often."""
    tenant = filled.small if way == "small" else "large"
    async with filled.database.reading(tenant) as connection:
        explained = Explained(connection, generic=generic)
        asked = (SPACE, tenant, "resume", HalfVector(filled.queries[4]), 100)
        if way == "exact":
            await nearest_exactly(explained, *asked)
        else:
            within = ALL[::20] if way == "within" else None
            condition = {"condition": Every(2), "filter": Tagged("even")}.get(way)
            await nearest(explained, *asked, within=within, condition=condition)
    for plan in explained.plans:
        read = {name for name in plan.tables if name.startswith(f"nearest_{SPACE.name}")}
        assert read <= {filled.partition}, plan.statement
        assert way == "exact" or not _is_read_whole(plan), plan.statement
    if way in ("index", "condition", "filter"):
        assert _is_hnsw(_searches(explained.plans)[0], filled)


@pytest.fixture(scope="session", autouse=True)
async def tagged(filled: Filled) -> None:
    connection = await asyncpg.connect(filled.dsns.superuser)
    await connection.execute(
        """INSERT INTO matching.filter_values (tenant, kind, number, key, position, type, text_value)
           SELECT 'large', 'resume', n, 'even', 0, 's', 'yes' FROM generate_series(2, $1, 2) n""",
        LARGE,
    )
    await connection.execute("VACUUM ANALYZE matching.filter_values")
    await connection.close()


async def test_a_filter_in_another_table_is_kept_to(filled: Filled) -> None:
    async with filled.database.reading("large") as connection:
        query = HalfVector(filled.queries[5])
        found = await nearest(connection, SPACE, "large", "resume", query, 50, condition=Tagged("even"))
        none = await nearest(connection, SPACE, "large", "resume", query, 50, condition=Tagged("odd"))
    assert _recall(found, filled.best(filled.queries[5], ALL[1::2], 50)) >= 0.97
    assert none == []


async def test_nothing_of_another_tenant_is_found_by_any_way(filled: Filled) -> None:
    """Row level security holds though the statement names the other one."""
    query = HalfVector(filled.queries[6])
    async with filled.database.reading("other") as connection:
        assert await nearest(connection, SPACE, "large", "resume", query, 10) == []
        assert await nearest(connection, SPACE, "large", "resume", query, 10, within=ALL[:50]) == []
        assert await nearest_exactly(connection, SPACE, "large", "resume", query, 10) == []
        assert await vector_of(connection, SPACE, "large", "resume", 1) is None


async def test_a_document_of_another_kind_is_not_found(filled: Filled) -> None:
    async with filled.database.reading("large") as connection:
        assert await nearest(connection, SPACE, "large", "job", HalfVector(filled.queries[7]), 10) == []


@GENERIC
async def test_a_documents_vector_is_read_by_its_number(filled: Filled, generic: bool) -> None:
    async with filled.database.reading("large") as reading:
        connection = Explained(reading, generic=generic)
        found = await vector_of(connection, SPACE, "large", "resume", 12)
        (plan,) = connection.plans
        assert all(name.endswith("_pkey") for name in plan.indexes)
        assert not _is_read_whole(plan)
        assert len(plan.tables) <= 2
        assert found is not None
        assert found.to_numpy() == pytest.approx(filled.vectors[11], abs=1e-3)
        assert await vector_of(connection, SPACE, "large", "resume", LARGE + SMALL + 1) is None


async def test_a_vector_of_zeros_is_near_to_nothing_and_hinders_no_search(filled: Filled) -> None:
    connection = await asyncpg.connect(filled.dsns.superuser)
    await register_vector(connection)
    nothing = HalfVector([0.0] * SPACE.dimension)
    await connection.execute(
        f"INSERT INTO matching.nearest_{SPACE.name} "
        "VALUES ('zeros', 'resume', 0, 900001, $1), ('zeros', 'resume', 0, 900002, $2)",
        nothing,
        HalfVector(filled.vectors[0]),
    )
    await connection.close()
    async with filled.database.reading("zeros") as reading:
        query = HalfVector(filled.vectors[0])
        found = await nearest(reading, SPACE, "zeros", "resume", query, 10)
        assert [each.number for each in found] == [900002, 900001]
        assert found[1].value < found[0].value
        assert len(await nearest(reading, SPACE, "zeros", "resume", nothing, 10)) == 2
    async with filled.database.reading("large") as reading:
        assert len(await nearest(reading, SPACE, "large", "resume", nothing, 10)) == 10
