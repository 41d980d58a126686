"""Events whose source says their order: the newest by that order is kept, whatever the order they were appended in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.events import SourceEvent, StatusEvent, TextEvent
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.topics import STATUS, TEXT, VECTORS
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from services.matching.consumer import MatchingWork
from tests.fakes.documents import (
    arrived,
    key_of,
    numbered,
    report,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

ERROR = DocumentError("encrypted", "the file asks for a password")
FIRST, SECOND, THIRD = (Revision(1000, offset) for offset in (1, 2, 3))


def _submitted(key: str, revision: Revision, text: str, source: SourceEvent, **fields: Any) -> list[Record]:
    """A submission that is parsed and embedded."""
    return [
        status_arrived(report(key, revision, Status.PARSED, source=source)),
        vectors_arrived(vectors_event(key, revision, text, source_event=source, **fields)),
    ]


def _failed(key: str, revision: Revision, source: SourceEvent) -> list[Record]:
    return [status_arrived(report(key, revision, Status.FAILED, ERROR, source=source))]


def _deleted(key: str, revision: Revision, source: SourceEvent) -> list[Record]:
    return [tombstone_arrived(key, revision, source=source)]


async def _shown(matching: Matching, key: str) -> tuple[str, str | None, str] | None:
    shown = await matching.service.document(key_of(key))
    return None if shown is None else (shown.status, shown.text, shown.revision)


def _superseded(matching: Matching) -> dict[str, str | None]:
    """The revisions that ended as superseded, each with that of the event which did so by its sequence."""
    found = [events.decode(each.value or b"", StatusEvent) for each in matching.publisher.topics[STATUS]]
    return {each.revision: each.superseded_by for each in found if each.status is Status.SUPERSEDED}


@pytest.mark.parametrize("together", [True, False])
async def test_a_lower_sequence_that_comes_later_is_superseded(matching: Matching, together: bool) -> None:
    key = "default/job/late"
    higher = _submitted(key, FIRST, "The tenth text", numbered("a10", 10))
    lower = _submitted(key, SECOND, "The ninth text", numbered("a9", 9))
    for batch in [higher + lower] if together else [higher, lower]:
        await matching.read(*batch)
    assert await _shown(matching, key) == ("indexed", "The tenth text", str(FIRST))
    assert _superseded(matching) == {str(SECOND): str(FIRST)}
    (repair,) = matching.publisher.topics[TEXT]
    sent = events.decode(repair.value or b"", TextEvent)
    assert (sent.text, sent.revision, sent.source_event) == ("The tenth text", str(FIRST), numbered("a10", 10))


async def test_a_higher_sequence_that_comes_later_replaces_what_is_stored(matching: Matching) -> None:
    key = "default/job/in-order"
    await matching.read(*_submitted(key, FIRST, "The ninth text", numbered("a9", 9)))
    await matching.read(*_submitted(key, SECOND, "The tenth text", numbered("a10", 10)))
    assert await _shown(matching, key) == ("indexed", "The tenth text", str(SECOND))
    assert matching.publisher.topics[TEXT] == []


async def test_of_two_events_with_one_sequence_the_first_counts_and_the_same_event_again_is_no_other(
    matching: Matching,
) -> None:
    key = "default/job/equal"
    await matching.read(*_submitted(key, FIRST, "The first", numbered("a", 5)))
    await matching.read(*_submitted(key, SECOND, "The second", numbered("b", 5)))
    assert await _shown(matching, key) == ("indexed", "The first", str(FIRST))
    await matching.read(*_submitted(key, THIRD, "The first", numbered("a", 5)))
    assert await _shown(matching, key) == ("indexed", "The first", str(THIRD))
    assert _superseded(matching) == {str(SECOND): str(FIRST)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SourceEvent("/ats", "a", "9", None), SourceEvent("/ats", "b", "10", None)),
        (SourceEvent("/ats", "a", "b", None), SourceEvent("/ats", "b", "a", None)),
        (numbered("a", 10**150), numbered("b", 10**150 - 1)),
        (SourceEvent("/ats", "a", "+7", "Integer"), SourceEvent("/ats", "b", "007", "Integer")),
        (numbered("a", 0), numbered("b", -1)),
    ],
    ids=["text, not numbers", "text", "numbers of any length", "the same number", "below zero"],
)
async def test_sequences_are_compared_as_their_type_says(
    matching: Matching, first: SourceEvent, second: SourceEvent
) -> None:
    key = "default/job/compared"
    await matching.read(*_submitted(key, FIRST, "The first", first))
    await matching.read(*_submitted(key, SECOND, "The second", second))
    assert await _shown(matching, key) == ("indexed", "The first", str(FIRST))


@pytest.mark.parametrize(
    "other",
    [numbered("b", 4, "/other"), SourceEvent("/ats", "b"), SourceEvent("/ats", "b", "4", None)],
    ids=["another source", "no sequence", "another type"],
)
async def test_arrival_decides_against_what_cannot_be_compared(matching: Matching, other: SourceEvent) -> None:
    key = "default/job/mixed"
    await matching.read(*_submitted(key, FIRST, "The fifth of the ATS", numbered("a", 5)))
    await matching.read(*_submitted(key, SECOND, "Another's text", other))
    assert await _shown(matching, key) == ("indexed", "Another's text", str(SECOND))
    # Its own source had sent a newer one before, so that it does not come in between.
    await matching.read(*_submitted(key, THIRD, "The third of the ATS", numbered("c", 3)))
    assert await _shown(matching, key) == ("indexed", "Another's text", str(SECOND))


async def test_what_failed_supersedes_what_comes_late_and_is_still_shown(matching: Matching) -> None:
    key = "default/job/failed"
    await matching.read(*_submitted(key, FIRST, "The first text", numbered("a", 1)))
    await matching.read(*_failed(key, SECOND, numbered("c", 3)))
    await matching.read(*_submitted(key, THIRD, "The second text", numbered("b", 2)))
    assert await _shown(matching, key) == ("failed", "The first text", str(SECOND))
    assert _superseded(matching) == {str(THIRD): str(SECOND)}


async def test_a_late_event_that_fails_is_not_what_is_shown(matching: Matching) -> None:
    key = "default/job/late-failed"
    await matching.read(*_submitted(key, FIRST, "The second text", numbered("b", 2)))
    await matching.read(*_failed(key, SECOND, numbered("a", 1)))
    assert await _shown(matching, key) == ("indexed", "The second text", str(FIRST))
    assert _superseded(matching) == {str(SECOND): str(FIRST)}


@pytest.mark.parametrize("together", [True, False])
async def test_a_submission_before_a_deletion_that_came_first_leaves_the_document_erased(
    matching: Matching, together: bool
) -> None:
    key = "default/job/erased"
    deletion = _deleted(key, FIRST, numbered("d", 6))
    late = _submitted(key, SECOND, "The fifth text", numbered("a", 5))
    for batch in [deletion + late] if together else [deletion, late]:
        await matching.read(*batch)
    assert await _shown(matching, key) is None
    assert _superseded(matching) == {str(SECOND): str(FIRST)}
    last = matching.publisher.topics[TEXT][-1]
    headers = dict(last.headers)
    assert (last.value, headers["revision"]) == (None, str(FIRST).encode())
    assert (headers["source_event_source"], headers["source_event_sequence"]) == (b"/ats", b"6")
    await matching.read(*_submitted(key, THIRD, "The seventh text", numbered("b", 7)))
    assert await _shown(matching, key) == ("indexed", "The seventh text", str(THIRD))


async def test_a_late_deletion_erases_nothing(matching: Matching) -> None:
    key = "default/job/kept"
    await matching.read(*_submitted(key, FIRST, "The sixth text", numbered("a", 6)))
    await matching.read(*_deleted(key, SECOND, numbered("d", 5)))
    assert await _shown(matching, key) == ("indexed", "The sixth text", str(FIRST))
    assert _superseded(matching) == {str(SECOND): str(FIRST)}
    assert events.decode(matching.publisher.topics[TEXT][-1].value or b"", TextEvent).revision == str(FIRST)


async def test_a_deletion_without_a_sequence_erases_and_what_its_source_sent_before_stays_erased(
    matching: Matching,
) -> None:
    key = "default/job/by-gateway"
    await matching.read(*_submitted(key, FIRST, "The sixth text", numbered("a", 6)))
    await matching.read(*_deleted(key, SECOND, SourceEvent("/shortlist/gateway", "d")))
    await matching.read(*_submitted(key, THIRD, "The fifth text", numbered("b", 5)))
    assert await _shown(matching, key) is None


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("deleted", [True, False])
async def test_what_is_stored_gives_way_to_a_higher_sequence_of_a_lower_revision(
    matching: Matching, together: bool, deleted: bool
) -> None:
    """As in a log that compaction left in this order, or where two partitions hold a document."""
    key = "default/job/gives-way"
    late = numbered("a", 1)
    first = _deleted(key, SECOND, late) if deleted else _submitted(key, SECOND, "The first text", late)
    newer = _submitted(key, FIRST, "The second text", numbered("b", 2), metadata={"stage": "new"})
    for batch in [first + newer] if together else [first, newer]:
        await matching.read(*batch)
    assert await _shown(matching, key) == ("indexed", "The second text", str(FIRST))
    shown = await matching.service.document(key_of(key))
    assert shown is not None
    assert shown.metadata == {"stage": "new"}
    assert str(SECOND) in _superseded(matching)


async def test_what_is_stored_gives_way_to_a_deletion_with_a_higher_sequence(matching: Matching) -> None:
    key = "default/job/gives-way-to-deletion"
    await matching.read(*_submitted(key, SECOND, "The first text", numbered("a", 1)))
    await matching.read(*_deleted(key, FIRST, numbered("d", 2)))
    assert await _shown(matching, key) is None
    assert await matching.rows("SELECT 1 FROM matching.cards WHERE id = $1", key_of(key).id) == []


async def test_the_last_events_of_a_document_are_remembered(matching: Matching) -> None:
    key = "default/job/many-events"
    for number in range(15):
        revision = Revision(2000, number)
        await matching.read(*_submitted(key, revision, f"Text {number}", numbered(f"{number}", number)))
    rows = await matching.rows('SELECT "offset" FROM matching.sequences WHERE id = $1 ORDER BY 1', key_of(key).id)
    assert [row["offset"] for row in rows] == list(range(5, 15))


@dataclass(frozen=True)
class Sent:
    """An event of a history: of a source (None: without a sequence), and what it does."""

    source: str | None
    sequence: int
    does: str

    def event(self, number: int) -> SourceEvent:
        return (
            numbered(f"e{number}", self.sequence, self.source) if self.source else SourceEvent("/plain", f"e{number}")
        )


def _expected(history: Sequence[Sent]) -> tuple[str, str | None] | None:
    """Status and text in the end, by the rule: late is what comes behind an event of its source that is not lower."""
    highest: dict[str, int] = {}
    status, text = "", None
    for number, sent in enumerate(history):
        if sent.source is not None:
            if sent.sequence <= highest.get(sent.source, -1):
                continue
            highest[sent.source] = sent.sequence
        if sent.does == "fail":
            status = "failed"
        elif sent.does == "delete":
            status, text = "erased", None
        else:
            status, text = "indexed", f"Text {number}"
    return None if status == "erased" else (status, text)


def _records(key: str, number: int, sent: Sent) -> list[Record]:
    revision, event = Revision(3000, number), sent.event(number)
    if sent.does == "fail":
        return _failed(key, revision, event)
    return (
        _deleted(key, revision, event) if sent.does == "delete" else _submitted(key, revision, f"Text {number}", event)
    )


def _embedded(outgoing: Outgoing) -> Record:
    """What embedding makes of a text or tombstone that was published again."""
    if outgoing.value is None:
        return arrived(Outgoing(VECTORS, outgoing.key, None, outgoing.headers))
    text = events.decode(outgoing.value, TextEvent)
    fields = {name: getattr(text, name) for name in ("source_event", "metadata", "metadata_revision")}
    return vectors_arrived(vectors_event(str(text.key), text.parsed_revision, text.text, **fields))


async def _read_to_the_end(matching: Matching, records: list[Record], cuts: set[int]) -> list[Record]:
    """Reads records in batches, and all that is published of them; returns the log of all that was read."""
    edges = sorted({0, len(records), *(cut for cut in cuts if cut < len(records))})
    log = list(records)
    before = {topic: len(matching.publisher.topics[topic]) for topic in (TEXT, STATUS)}
    for start, end in pairwise(edges):
        await matching.read(*records[start:end])
    for _ in range(10):
        came = {topic: matching.publisher.topics[topic][count:] for topic, count in before.items()}
        before = {topic: before[topic] + len(found) for topic, found in came.items()}
        more = [*map(arrived, came[STATUS]), *map(_embedded, came[TEXT])]
        if not more:
            return log
        log += more
        await matching.read(*more)
    raise AssertionError("what follows from the events goes on for ever")


_CUTS = st.sets(st.integers(1, 20))
_HISTORIES = st.lists(
    st.builds(
        Sent,
        st.sampled_from(["/a", "/a", "/a", "/b", None]),
        st.integers(0, 6),
        st.sampled_from(["index", "index", "index", "delete", "fail"]),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=_HISTORIES, cuts=_CUTS, data=st.data())
async def test_whatever_the_history_and_the_batches_a_document_ends_by_the_rule(
    matching: Matching, history: list[Sent], cuts: set[int], data: st.DataObject
) -> None:
    key = f"default/job/{uuid.uuid4().hex}"
    records = [record for number, sent in enumerate(history) for record in _records(key, number, sent)]
    log = await _read_to_the_end(matching, records, cuts)
    shown = await _shown(matching, key)
    expected = _expected(history)
    # A step reported before the tombstone that makes it late is read may hide that another source's event failed.
    is_hidden = len({each.source for each in history}) > 1 and {"delete", "fail"} <= {each.does for each in history}
    if is_hidden:
        assert (shown and shown[1]) == (expected and expected[1])
    else:
        assert (shown and shown[:2]) == expected

    # A database that is filled again, from what compaction left of the vectors and all statuses, ends the same.
    texts = [record for record in log if record.topic != STATUS]
    kept = sorted(data.draw(st.sets(st.integers(0, len(texts) - 1)))) if len(texts) > 1 else []
    left = [texts[number] for number in kept if texts[number] is not texts[-1]] + texts[-1:]
    again = f"default/job/{uuid.uuid4().hex}"
    parts = [[record for record in log if record.topic == STATUS], left]
    # Only the topic of statuses tells what failed, and what another source sent before.
    is_told = len({sent.source for sent in history}) == 1 and all(sent.does != "fail" for sent in history)
    if is_told and data.draw(st.booleans()):
        parts.reverse()
    filling = [_renamed(record, key, again) for part in parts for record in part]
    work = MatchingWork(matching.writer, matching.spaces, matching.publisher, is_replay=lambda _: True)
    edges = sorted({0, len(filling), *(cut for cut in data.draw(_CUTS) if cut < len(filling))})
    for start, end in pairwise(edges):
        await work.handle(filling[start:end])
    filled = await _shown(matching, again)
    if is_hidden:
        assert (filled and filled[1]) == (shown and shown[1])
    else:
        assert filled == shown


def _renamed(record: Record, key: str, other: str) -> Record:
    """The record as one of another document, which the database knows nothing of yet."""
    value = record.value
    if value is not None:
        value = json.dumps({**json.loads(value), "id": key_of(other).id}).encode()
    headers = [(name, (text or b"").replace(key.encode(), other.encode())) for name, text in record.headers]
    return arrived(Outgoing(record.topic, other.encode(), value, headers))
