"""Which of two events of one source is the newer one, by its sequence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.errors import RecordRejected
from libs.contracts.revision import Revision
from libs.contracts.sequence import Appended, EventSequence, read_sequence, superseding

pytestmark = pytest.mark.unit


def _event(text: str, event_id: str | None = "a", source: str = "/ats", *, is_integer: bool = True) -> EventSequence:
    return EventSequence(source, event_id, text, is_integer)


@given(st.integers(), st.integers())
def test_integers_are_compared_as_numbers(one: int, other: int) -> None:
    assert _event(str(one)).is_below(_event(str(other))) == (one < other)


@given(st.text(), st.text())
def test_text_is_compared_by_code_points(one: str, other: str) -> None:
    assert _event(one, is_integer=False).is_below(_event(other, is_integer=False)) == (list(one) < list(other))


@pytest.mark.parametrize(
    ("event", "earlier", "behind"),
    [
        (_event("4"), _event("5"), True),
        (_event("6"), _event("5"), False),
        (_event("5", "b"), _event("5"), True),
        (_event("05", "b"), _event("5"), True),
        (_event("5"), _event("5"), False),
        (_event("5", None), _event("5"), False),
        (_event("4", source="/other"), _event("5"), False),
        (_event("4", is_integer=False), _event("5"), False),
    ],
)
def test_behind_is_what_is_lower_or_equal_by_another_event_of_one_source(
    event: EventSequence, earlier: EventSequence, behind: bool
) -> None:
    assert event.is_behind(earlier) is behind


def test_only_what_came_before_supersedes() -> None:
    event = Appended(_event("4", "x"), Revision(1, 5))
    others = [Appended(_event("9", "y"), Revision(1, 9)), Appended(_event("5", "z"), Revision(1, 3))]
    assert superseding(event, others) == Revision(1, 3)
    assert superseding(event, others[:1]) is None


def test_a_type_that_is_not_known_compares_as_text_and_no_sequence_is_none() -> None:
    assert read_sequence("10", "Float") == ("10", None)
    assert read_sequence("10", "Integer") == ("10", "Integer")
    assert read_sequence("", "Integer") is None
    with pytest.raises(RecordRejected, match="no text may have"):
        read_sequence("a\x00b", None)


@pytest.mark.parametrize(("revision", "below"), [("7-3", Revision(7, 2)), ("7-0", Revision(6, 2**63 - 1))])
def test_just_below_a_revision_nothing_fits_between(revision: str, below: Revision) -> None:
    assert Revision.parse(revision).just_below == below
