"""Filters find what a plain reading of the metadata finds, whatever both hold."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.contracts.iso_dates import moment_of
from services.matching.index.filters.conditions import parse_filters, passing, passing_of
from services.matching.index.filters.filter_rows import Filtered, FilterRows, write_filter_rows, write_filters
from services.matching.index.filters.filter_values import filter_values
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

NUMBERS = range(1, 9)
LONG = "x" * 3_000
TEXTS = ["a", "b", "true", "1", "", "A", "ä", LONG, LONG + "y", "2026-03-01", "2026-03-01T12:00:00+02:00", "2025-12-31"]
NUMERIC = [0, 1, 1.0, -1, 2.5, 2**53, 2**53 + 1, 1e300]
KEYS = ["k", "l", "k" * 300, "@language"]

texts = st.sampled_from(TEXTS)
numeric = st.sampled_from(NUMERIC)
scalars = st.one_of(texts, numeric, st.booleans())
documents = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(KEYS[:3]), st.one_of(scalars, st.lists(texts, max_size=3)), max_size=3),
        st.sampled_from(["de", "en", None]),
    ),
    min_size=len(NUMBERS),
    max_size=len(NUMBERS),
)
bounds = st.sampled_from(["gte", "gt", "lte", "lt"])
days = st.sampled_from([text for text in TEXTS if moment_of(text)])
positive = st.one_of(
    scalars,
    st.lists(scalars, min_size=1, max_size=4),
    st.dictionaries(bounds, numeric, min_size=1, max_size=2),
    st.dictionaries(bounds, days, min_size=1, max_size=2),
    st.fixed_dictionaries({"exists": st.booleans()}),
)
wanted = st.one_of(positive, st.fixed_dictionaries({"not": positive}))
filters = st.dictionaries(st.sampled_from(KEYS), wanted, min_size=1, max_size=3)


def passes(metadata: Mapping[str, Any], language: str | None, filters: Mapping[str, Any]) -> bool:
    """A plain reading of what filters promise."""
    held = dict(metadata) if language is None else {**metadata, "@language": language}
    return all(holds(held.get(key), key in held, each) for key, each in filters.items())


def holds(value: Any, is_there: bool, each: Any) -> bool:
    if isinstance(each, dict) and "not" in each:
        return not holds(value, is_there, each["not"])
    if isinstance(each, dict) and "exists" in each:
        return is_there is each["exists"]
    values = value if isinstance(value, list) else [value] if is_there else []
    if isinstance(each, dict):
        return any(all(lies(one, name, bound) for name, bound in each.items()) for one in values)
    asked = each if isinstance(each, list) else [each]
    return any(kind_of(one) is kind_of(other) and one == other for one in values for other in asked)


def lies(value: Any, name: str, bound: Any) -> bool:
    if kind_of(value) is not kind_of(bound):
        return False
    if isinstance(bound, str):
        value, bound = moment_of(value), moment_of(bound)
        if value is None:
            return False
    else:
        # Ranges compare numbers as PostgreSQL's double precision.
        value, bound = float(value), float(bound)
    return bool({"gte": value >= bound, "gt": value > bound, "lte": value <= bound, "lt": value < bound}[name])


def kind_of(value: Any) -> type:
    return bool if isinstance(value, bool) else float if isinstance(value, int | float) else type(value)


@pytest.fixture
async def carded(matching: Matching) -> Matching:
    """Cards of as many documents as an example has."""
    async with matching.database.writing("default") as connection:
        await connection.execute(
            "INSERT INTO matching.cards (tenant, kind, number, id, version) "
            "SELECT 'default', 'resume', n, 'r' || n, n FROM unnest($1::bigint[]) n",
            list(NUMBERS),
        )
    return matching


@given(found=documents, asked=filters)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_filters_find_what_a_plain_reading_finds(carded: Matching, found: Any, asked: dict[str, Any]) -> None:
    expected = [n for n, (metadata, language) in zip(NUMBERS, found, strict=True) if passes(metadata, language, asked)]
    condition = parse_filters(asked)
    assert condition is not None
    rows = [
        FilterRows("resume", number, filter_values(metadata, language))
        for number, (metadata, language) in zip(NUMBERS, found, strict=True)
    ]
    async with carded.database.writing("default") as connection:
        # In place of the rows that the example before has written.
        await write_filter_rows(connection, "default", rows)
        for at_most in (1, 2, 8):
            few = await passing(connection, "default", "resume", condition, at_most=at_most)
            assert (None if few is None else few.tolist()) == (expected if len(expected) <= at_most else None)
        some = await passing_of(connection, "default", "resume", condition, np.array([2, 3, 5, 7]))
        assert some.tolist() == [n for n in expected if n in (2, 3, 5, 7)]
        sql, values = condition.sql("c.number", 3)
        of_sql = await connection.fetch(
            f"SELECT number FROM matching.cards c WHERE tenant = $1 AND kind = $2 AND {sql} ORDER BY 1",
            "default",
            "resume",
            *values,
        )
        assert [row["number"] for row in of_sql] == expected


async def test_filters_see_their_own_tenant_and_kind_alone(carded: Matching) -> None:
    for tenant, kind in itertools.product(("default", "other"), ("resume", "job")):
        async with carded.database.writing(tenant) as connection:
            number = 1 if (tenant, kind) == ("default", "resume") else 2
            await write_filter_rows(connection, tenant, [FilterRows(kind, number, filter_values({"k": "a"}, None))])  # type: ignore[arg-type]
    condition = parse_filters({"k": "a"})
    assert condition is not None
    async with carded.database.reading("default") as connection:
        found = await passing(connection, "default", "resume", condition, at_most=10)
        assert found is not None
        assert found.tolist() == [1]
        # Not even by naming the other tenant.
        other = await passing(connection, "other", "resume", condition, at_most=10)
        assert other is not None
        assert other.tolist() == []


async def test_rows_are_written_by_the_ids_of_documents_that_have_a_card(carded: Matching) -> None:
    before = [Filtered("resume", f"r{number}", {"k": "a", "l": "a"}, "en") for number in (1, 2, 99)]
    after = [Filtered("resume", "r1", {"k": "b"}, "de"), Filtered("job", "r1", {"k": "b"}, "de")]
    async with carded.database.writing("default") as connection:
        await write_filters(connection, "default", before)
        await write_filters(connection, "default", after)
        rows = await connection.fetch("SELECT number, key, text_value FROM matching.filter_values ORDER BY 1, 2")
    written = {1: {"k": "sb", "@language": "sde"}, 2: {"k": "sa", "l": "sa", "@language": "sen"}}
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["number"], {})[row["key"]] = row["text_value"]
    assert found == written


async def test_a_condition_is_of_a_qualified_column() -> None:
    condition = parse_filters({"k": "a"})
    assert condition is not None
    with pytest.raises(ValueError, match="qualified"):
        condition.sql("number", 3)


async def test_metadata_of_the_largest_form_is_stored(carded: Matching) -> None:
    largest = {f"{number}" * 100: [str(part) for part in range(60)] for number in range(10, 50)}
    async with carded.database.writing("default") as connection:
        rows = filter_values({**largest, LONG * 2: LONG * 2}, "en")
        await write_filter_rows(connection, "default", [FilterRows("resume", 1, rows)])
        condition = parse_filters({LONG * 2: LONG * 2, "11" * 100: "59"})
        assert condition is not None
        found = await passing(connection, "default", "resume", condition, at_most=10)
    assert found is not None
    assert found.tolist() == [1]
