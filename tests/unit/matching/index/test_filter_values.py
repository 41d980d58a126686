"""Metadata as rows: whatever a document may carry has some, that no index is too small for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.documents import METADATA_BYTES
from services.matching.index.filters.filter_values import FilterValue, filter_values, key_of, text_of

pytestmark = pytest.mark.unit


def rows(value: Any) -> list[tuple[str, str | None, float | None]]:
    return [(row.type, row.text, row.number) for row in filter_values({"k": value}, None)]


def test_each_value_has_a_row_of_its_type() -> None:
    assert rows("Bern") == [("s", "sBern", None)]
    assert rows(True) == [("b", "btrue", None)]
    assert rows(3) == [("n", "n3", 3.0)]
    assert rows(2.5) == [("n", "n2.5", 2.5)]
    assert rows(["a", "b", "a"]) == [("s", "sa", None), ("s", "sb", None)]
    assert rows([]) == [("e", None, None)]


def test_a_date_has_a_row_more_by_which_it_is_compared() -> None:
    assert rows("1970-01-02") == [("s", "s1970-01-02", None), ("d", None, 86_400.0)]
    assert rows(["x", "1970-01-01T01:00:00+01:00"])[-1] == ("d", None, 0.0)


def test_the_language_has_a_row_of_its_own_and_metadata_cannot_pretend_one() -> None:
    assert filter_values({}, "de") == [FilterValue("@language", 0, "s", "sde", None)]
    assert filter_values({"@language": "fr"}, "de") == filter_values({}, "de")
    assert filter_values({"@language": "fr"}, None) == []


def test_values_of_different_types_are_never_equal() -> None:
    texts = [text_of(value) for value in ("true", True, "1", 1, "btrue", "sx", "n1", "", "h" + "0" * 64)]
    assert len(set(texts)) == len(texts)


def test_numbers_are_equal_whatever_they_are_written_as_and_none_loses_a_digit() -> None:
    assert text_of(1) == text_of(1.0)
    assert text_of(0) == text_of(-0.0)
    assert text_of(2**53) != text_of(2**53 + 1)
    assert rows(-(2**63)) == [("n", f"n{-(2**63)}", -(2.0**63))]


@pytest.mark.parametrize("length", [500, 501, METADATA_BYTES])
def test_long_texts_stay_different_and_fit_into_an_index(length: int) -> None:
    one, other = "x" * length, "x" * (length - 1) + "y"
    assert text_of(one) != text_of(other)
    assert key_of(one) != key_of(other)
    assert max(len(text_of(one)), len(key_of(one))) <= 501
    assert key_of(key_of(one)) != key_of(one)


@given(
    st.dictionaries(
        st.text(),
        st.one_of(
            st.text(),
            st.booleans(),
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False, allow_infinity=False),
            st.lists(st.text()),
        ),
        max_size=50,
    )
)
def test_places_of_a_key_are_distinct_and_every_key_has_one(metadata: dict[str, Any]) -> None:
    found = filter_values(metadata, "en")
    places = [(row.key, row.position) for row in found]
    assert len(set(places)) == len(places)
    assert {row.key for row in found} == {key_of(key) for key in metadata} | {"@language"}
