"""Filters: what is taken, and what is refused by the name of its key."""

from __future__ import annotations

from typing import Any

import pytest

from libs.contracts.filters import (
    MAX_FILTERS,
    MAX_FILTERS_BYTES,
    MAX_VALUES,
    Exists,
    InvalidFilter,
    KeyFilter,
    OneOf,
    Range,
    parse_filters,
    read_filters,
)

pytestmark = pytest.mark.unit

DAY = 86_400.0


@pytest.mark.parametrize(
    ("wanted", "test", "negated"),
    [
        ("x", OneOf(("x",)), False),
        ("", OneOf(("",)), False),
        (True, OneOf((True,)), False),
        (0, OneOf((0,)), False),
        (1.5, OneOf((1.5,)), False),
        (["x", 1, False], OneOf(("x", 1, False)), False),
        (["x"] * MAX_VALUES, OneOf(("x",) * MAX_VALUES), False),
        ({"gte": 1}, Range("number", gte=1.0), False),
        ({"gt": 1, "lt": 2.5}, Range("number", gt=1.0, lt=2.5), False),
        ({"gte": "1970-01-02", "lte": "1970-01-03T00:00:00Z"}, Range("date", gte=DAY, lte=2 * DAY), False),
        ({"exists": True}, Exists(), False),
        ({"exists": False}, Exists(), True),
        ({"not": "x"}, OneOf(("x",)), True),
        ({"not": ["x", 2]}, OneOf(("x", 2)), True),
        ({"not": {"lt": 3}}, Range("number", lt=3.0), True),
        ({"not": {"exists": True}}, Exists(), True),
        ({"not": {"exists": False}}, Exists(), False),
    ],
)
def test_what_may_be_wanted_of_a_key(wanted: Any, test: Any, negated: bool) -> None:
    assert parse_filters({"k": wanted}) == (KeyFilter("k", test, negated),)


@pytest.mark.parametrize(
    "wanted",
    [
        None, [], {}, [None], [["x"]], [{"gte": 1}], ["x"] * (MAX_VALUES + 1), {"gte": None}, {"gte": True},
        {"gte": "soon"}, {"gte": "2026-02-30"}, {"gte": 1, "lt": "2026-01-01"}, {"gte": [1]}, {"ge": 1}, {"eq": "x"},
        {"gte": 1, "exists": True}, {"exists": "yes"}, {"exists": 1}, {"not": None}, {"not": []}, {"not": {}},
        {"not": {"not": "x"}}, {"not": "x", "gte": 1}, float("nan"), float("inf"), 10**400, {"lt": float("nan")},
        "a\0b", ["\ud800"],
    ],
)  # fmt: skip
def test_anything_else_is_refused_by_the_name_of_its_key(wanted: Any) -> None:
    with pytest.raises(InvalidFilter, match="'city'") as refusal:
        parse_filters({"stage": "x", "city": wanted})
    assert refusal.value.key == "city"


@pytest.mark.parametrize("filters", [None, "x", 5, [], [{"city": "x"}], True])
def test_filters_are_an_object(filters: Any) -> None:
    with pytest.raises(InvalidFilter, match="object"):
        parse_filters(filters)


def test_there_are_so_many_filters_at_most() -> None:
    assert len(parse_filters({f"k{number}": 1 for number in range(MAX_FILTERS)})) == MAX_FILTERS
    with pytest.raises(InvalidFilter, match=f"{MAX_FILTERS} are allowed"):
        parse_filters({f"k{number}": 1 for number in range(MAX_FILTERS + 1)})


def test_no_filters_ask_for_nothing() -> None:
    assert parse_filters({}) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 8_000, "not JSON"),
        ("[]", "object"),
        ('{"a":1,"b":2,"a":3}', "'a' twice"),
        ('{"a":NaN}', "'a' is a number"),
        ('{"a":1e999}', "'a' is a number"),
        ('{"a":' + "9" * 5_000 + "}", "'a' is a number"),
        ('{"a":{"gte":"x"}}', "'a'"),
        ('{"a":"' + "x" * MAX_FILTERS_BYTES + '"}', f"{MAX_FILTERS_BYTES} bytes"),
    ],
)
def test_filters_in_an_address_are_refused_with_a_sentence(text: str, says: str) -> None:
    with pytest.raises(InvalidFilter, match=says):
        read_filters(text)


def test_filters_in_an_address_are_handed_on_as_they_are() -> None:
    assert read_filters('{"a": [1, "x"], "@language": "de"}') == {"a": [1, "x"], "@language": "de"}
