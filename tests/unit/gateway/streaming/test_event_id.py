"""The id of an event: what went in comes out, in characters that travel in a header and a query."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.streaming.event_id import MalformedId, TopicPosition, cluster_mark, read, written

pytestmark = pytest.mark.unit

POSITION = TopicPosition(cluster_mark("kafka one"), (0, 17, 4_711))
OFFSETS = st.lists(st.integers(0, 2**62), min_size=1, max_size=40).map(tuple)


@given(OFFSETS, st.text())
def test_an_id_names_the_place_it_was_made_of(offsets: tuple[int, ...], cluster: str) -> None:
    position = TopicPosition(cluster_mark(cluster), offsets)
    assert read(written(position)) == position
    assert re.fullmatch(r"[A-Za-z0-9_-]+", written(position))


@given(st.data())
def test_a_character_that_was_changed_or_lost_is_noticed(data: st.DataObject) -> None:
    id = written(POSITION)
    at = data.draw(st.integers(0, len(id) - 2))
    other = data.draw(st.sampled_from("abcXYZ019-_").filter(lambda one: one != id[at]))
    for wrong in (id[:at] + other + id[at + 1 :], id[:at] + id[at + 1 :], id + other):
        with pytest.raises(MalformedId):
            read(wrong)


@given(st.text(max_size=200))
def test_whatever_is_sent_in_its_place_is_refused(text: str) -> None:
    with pytest.raises(MalformedId):
        read(text)


def test_clusters_differ_and_an_id_of_twelve_partitions_is_short() -> None:
    assert cluster_mark("kafka one") != cluster_mark("kafka two")
    assert len(written(TopicPosition(cluster_mark("kafka one"), (1_000_000,) * 12))) < 110
