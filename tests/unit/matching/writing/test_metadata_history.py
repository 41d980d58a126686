"""Metadata are the fold over what was said of them in the order of revision, in whichever order it arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.revision import Revision
from services.matching.writing.metadata.history import MOST_CHANGES, History, Statement, added, erased, joined

pytestmark = pytest.mark.unit

NAMES, VALUES = st.sampled_from("abc"), st.sampled_from(["x", "y", 1])
WHOLE = st.dictionaries(NAMES, VALUES, max_size=3).map(lambda said: (True, said))
PATCH = st.dictionaries(NAMES, st.one_of(VALUES, st.none()), max_size=3).map(lambda said: (False, said))


def at(offset: int) -> Revision:
    return Revision(1000, offset)


def change(offset: int, **said) -> Statement:
    return Statement(at(offset), said, replaces=False)


def whole(offset: int, **said) -> Statement:
    return Statement(at(offset), said, replaces=True)


def after(*said: Statement, indexed: bool = True) -> History:
    history, refused = added(History(indexed=indexed), said)
    assert not refused
    return history


@given(st.lists(st.one_of(WHOLE, PATCH), min_size=1, max_size=8), st.data())
def test_in_any_order_and_however_often_it_comes_the_fold_is_the_same(told, data):
    said = [Statement(at(offset), each, replaces) for offset, (replaces, each) in enumerate(told)]
    expected: dict[str, object] = {}
    for each in said:
        expected = {} if each.replaces else expected
        expected = {name: value for name, value in {**expected, **each.said}.items() if value is not None}
    # The first text is there from the first on, or comes later.
    history = History()
    arriving = data.draw(st.permutations(said + data.draw(st.lists(st.sampled_from(said), max_size=3))))
    indexed_before = data.draw(st.integers(0, len(arriving)))
    for number, each in enumerate(arriving):
        if number == indexed_before:
            history = History(history.metadata, history.at, history.statements, indexed=True)
        history, _ = added(history, [each])
    history, _ = added(History(history.metadata, history.at, history.statements, indexed=True), [])
    assert (history.metadata, history.at) == (expected, said[-1].revision)


def test_a_document_without_changes_keeps_nothing_beside_its_own_row():
    assert after(whole(1, a=1)).statements == ()
    assert after(whole(1, a=1), change(2, a=2), whole(3, a=3)).statements == ()


def test_a_text_that_comes_late_has_its_metadata_put_below_the_changes_after_it():
    history = after(whole(1, a=1, b=1), change(3, b=3))
    history, _ = added(history, [whole(2, a=2, c=2)])
    assert history.metadata == {"a": 2, "b": 3, "c": 2}
    assert history.at == at(3)


def test_a_change_with_which_metadata_would_lose_their_form_is_left_out_and_those_after_it_count():
    full = {f"k{number}": number for number in range(50)}
    history, refused = added(after(whole(1, **full)), [change(2, more=1), change(3, k0=None), change(4, other=1)])
    assert [each.statement.revision for each in refused] == [at(2)]
    assert "51 entries" in refused[0].reason
    assert history.metadata == {**{name: value for name, value in full.items() if name != "k0"}, "other": 1}


def test_changes_wait_unjudged_for_the_text_that_says_what_they_change():
    many = {f"k{number}": number for number in range(50)}
    history, refused = added(History(), [change(2, **many), change(3, more=1)])
    assert refused == []
    history, refused = added(History(statements=history.statements, indexed=True), [whole(1, a=1)])
    assert [each.statement.revision for each in refused] == [at(2)]
    assert history.metadata == {"a": 1, "more": 1}


@pytest.mark.parametrize("indexed", [True, False])
def test_what_is_kept_of_one_document_is_bounded(indexed):
    history = History(indexed=indexed)
    for offset in range(MOST_CHANGES * 2):
        history, _ = added(history, [change(offset, **{f"k{offset % 40}": offset})])
    assert len(history.statements) <= MOST_CHANGES + 1
    assert history.metadata == {f"k{offset % 40}": offset for offset in range(MOST_CHANGES * 2)}


def test_what_is_old_is_joined_and_metadata_stay_as_they_are():
    now = datetime.now(UTC)
    old, new = now - timedelta(days=9), now - timedelta(days=1)
    statements = [
        Statement(at(1), {"a": 1}, replaces=True, noted_at=old),
        Statement(at(2), {"a": None, "b": 2}, replaces=False, noted_at=old),
        Statement(at(3), {"c": 3}, replaces=False, noted_at=new),
    ]
    history = after(*statements)
    left = joined(history, now - timedelta(days=8))
    assert [(each.revision, each.replaces, each.said) for each in left.statements] == [
        (at(2), True, {"b": 2}),
        (at(3), False, {"c": 3}),
    ]
    assert (left.metadata, left.at) == (history.metadata, history.at)
    assert joined(left, now).statements == ()


def test_an_erasure_leaves_what_was_said_after_it():
    history = after(whole(1, a=1), change(2, b=2), change(4, c=4))
    assert erased(history, at(3)).metadata == {"c": 4}
    assert erased(history, at(4)) == History(indexed=True)
