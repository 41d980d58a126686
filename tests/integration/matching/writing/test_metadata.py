"""Metadata are changed alone: in the order of revision, whatever order they arrive in, and nothing else is touched."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.contracts import events, topics
from libs.contracts.events import SourceEvent, StatusEvent, WholeMetadata
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.records import Record
from services.matching.consumer import MatchingWork
from services.matching.writing.metadata.forgetting import join_old
from tests.fakes.documents import (
    arrived,
    key_of,
    metadata_changed,
    report,
    source_event,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = "default/resume/r1"


def at(offset: int) -> Revision:
    return Revision(1000, offset)


def change(offset: int, key: str = KEY, source: SourceEvent | None = None, **patch: Any) -> Record:
    return metadata_changed(key, at(offset), source, **patch)


def text(offset: int, words: str = "Registered nurse", key: str = KEY, **fields: Any) -> Record:
    """A submission that names metadata, where these are given, else none."""
    named = {"metadata_revision": ""} if "metadata" in fields else {"metadata_revision": None}
    return vectors_arrived(vectors_event(key, at(offset), words, **{**named, **fields}))


def erased(offset: int, key: str = KEY) -> list[Record]:
    return [status_arrived(report(key, at(offset), Status.ERASED)), tombstone_arrived(key, at(offset))]


async def shown(matching: Matching, key: str = KEY) -> tuple[dict[str, Any], str | None]:
    document = await matching.service.document(key_of(key))
    assert document is not None
    return document.metadata, document.metadata_revision


def published(matching: Matching, key: str = KEY) -> list[WholeMetadata | None]:
    """What the topic of metadata has of a document, oldest first; None for a tombstone."""
    return [
        None if record.value is None else events.decode(record.value, WholeMetadata)
        for record in matching.publisher.topics[topics.METADATA]
        if record.key == key.encode()
    ]


def last(matching: Matching, key: str = KEY) -> tuple[dict[str, Any], str] | None:
    found = published(matching, key)[-1]
    return None if found is None else (dict(found.metadata), found.revision)


async def test_a_change_touches_metadata_alone(matching: Matching) -> None:
    await matching.read(status_arrived(report(KEY, at(1), Status.INDEXED)), text(1, metadata={"stage": "new", "a": 1}))
    before = await matching.service.document(key_of(KEY))
    vectors = await matching.rows("SELECT *, xmin::text FROM matching.vectors_0a0b0c0d")
    nearest = await matching.rows("SELECT *, xmin::text FROM matching.nearest_0a0b0c0d")
    texts = len(matching.publisher.topics[topics.TEXT])
    await matching.read(change(2, stage="hired", a=None, b=[]))
    after = await matching.service.document(key_of(KEY))
    assert before is not None
    assert after is not None
    assert (after.metadata, after.metadata_revision) == ({"stage": "hired", "b": []}, str(at(2)))
    for name in ("text", "status", "revision", "indexed_revision", "indexed_at", "created_at", "title"):
        assert getattr(after, name) == getattr(before, name)
    assert after.updated_at > before.updated_at
    assert await matching.rows("SELECT *, xmin::text FROM matching.vectors_0a0b0c0d") == vectors
    assert await matching.rows("SELECT *, xmin::text FROM matching.nearest_0a0b0c0d") == nearest
    assert len(matching.publisher.topics[topics.TEXT]) == texts
    assert last(matching) == ({"stage": "hired", "b": []}, str(at(2)))


async def test_a_submission_that_names_metadata_replaces_them_and_one_that_names_none_leaves_them(
    matching: Matching,
) -> None:
    await matching.read(text(1, metadata={"a": 1}))
    assert published(matching) == [], "the vectors topic tells them"
    await matching.read(change(2, b=2), text(3, "A newer text"))
    assert await shown(matching) == ({"a": 1, "b": 2}, str(at(2)))
    assert last(matching) == ({"a": 1, "b": 2}, str(at(2))), "the vectors topic tells them no more"
    await matching.read(text(4, "The newest text", metadata={"c": 3}))
    assert await shown(matching) == ({"c": 3}, str(at(4)))
    await matching.read(text(5, "The very newest text", metadata={}))
    assert await shown(matching) == ({}, str(at(5)))


async def test_a_change_that_comes_before_an_older_text_loses_nothing_of_either(matching: Matching) -> None:
    await matching.read(text(1, metadata={"a": 1, "stage": "new"}))
    await matching.read(change(3, stage="hired"))
    assert await shown(matching) == ({"a": 1, "stage": "hired"}, str(at(3)))
    await matching.read(text(2, "A text that took long", metadata={"a": 2, "stage": "seen"}))
    assert await shown(matching) == ({"a": 2, "stage": "hired"}, str(at(3)))
    assert last(matching) == ({"a": 2, "stage": "hired"}, str(at(3)))


async def test_a_change_of_a_document_that_is_not_known_yet_waits_for_it(matching: Matching) -> None:
    await matching.read(change(2, stage="hired"))
    assert await matching.service.document(key_of(KEY)) is None
    assert published(matching) == []
    await matching.read(text(1, metadata={"stage": "new", "a": 1}))
    assert await shown(matching) == ({"stage": "hired", "a": 1}, str(at(2)))
    assert last(matching) == ({"stage": "hired", "a": 1}, str(at(2)))


async def test_a_text_on_its_way_keeps_its_status(matching: Matching) -> None:
    await matching.read(text(1, metadata={"a": 1}), status_arrived(report(KEY, at(2), Status.QUEUED)))
    await matching.read(change(3, a=3))
    document = await matching.service.document(key_of(KEY))
    assert document is not None
    assert (document.status, document.revision, document.metadata) == ("queued", str(at(2)), {"a": 3})


async def test_the_same_delivery_again_changes_nothing_and_is_published_again(matching: Matching) -> None:
    await matching.read(text(1, metadata={"a": 1}), change(2, a=2))
    await matching.read(change(3, a=None))
    rows = await matching.rows("SELECT metadata, updated_at FROM matching.documents")
    await matching.read(change(2, a=2), change(3, a=None))
    assert await matching.rows("SELECT metadata, updated_at FROM matching.documents") == rows
    assert last(matching) == ({}, str(at(3)))


async def test_an_event_that_its_producer_sends_again_takes_no_change_back(matching: Matching) -> None:
    same = source_event("the same")
    await matching.read(text(1, metadata={"a": 1}, source_event=same), change(2, a=2))
    await matching.read(text(3, metadata={"a": 1}, source_event=same))
    assert await shown(matching) == ({"a": 2}, str(at(3)))
    assert last(matching) == ({"a": 2}, str(at(3)))
    await matching.read(text(4, "Another text", metadata={"b": 1}), change(5, c=1))
    await matching.read(text(6, metadata={"a": 1}, source_event=same))
    assert await shown(matching) == ({"b": 1, "c": 1}, str(at(6)))


async def test_a_change_with_which_metadata_would_lose_their_form_is_a_dead_letter_and_shows_as_failed(
    matching: Matching,
) -> None:
    full = {f"k{number}": number for number in range(50)}
    await matching.read(text(1, metadata=full))
    refused = change(2, more=1)
    await matching.read(refused, change(3, k0=None))
    assert (await shown(matching))[1] == str(at(3))
    (letter,) = matching.publisher.topics[topics.dead_letters_topic("matching")]
    assert (letter.key, letter.value) == (refused.key, refused.value)
    ended = [events.decode(record.value or b"", StatusEvent) for record in matching.publisher.topics[topics.STATUS]]
    failed = [each for each in ended if each.status is Status.FAILED]
    assert [(each.revision, each.published) for each in failed] == [(str(at(2)), False)]
    assert failed[0].error is not None
    assert "51 entries" in failed[0].error.message


async def test_one_that_waited_and_is_refused_when_its_text_comes_is_a_dead_letter_too(matching: Matching) -> None:
    came = change(2, **{f"k{number}": number for number in range(50)})
    await matching.read(came)
    await matching.read(text(1, metadata={"a": 1}))
    (letter,) = matching.publisher.topics[topics.dead_letters_topic("matching")]
    assert (letter.key, json.loads(letter.value or b"")) == (came.key, json.loads(came.value or b""))
    assert dict(letter.headers)["revision"] == str(at(2)).encode()
    assert await shown(matching) == ({"a": 1}, str(at(1)))


async def test_an_erasure_takes_changes_with_it_and_those_up_to_it_come_to_nothing(matching: Matching) -> None:
    await matching.read(text(1, metadata={"secret": "one"}), change(2, secret="two"))
    await matching.read(change(3, secret="three", key="default/resume/unknown"))
    await matching.read(*erased(4), *erased(4, "default/resume/unknown"))
    assert last(matching) is None
    assert last(matching, "default/resume/unknown") is None
    await matching.read(change(2, secret="two"), change(3, secret="three"))
    assert await matching.rows("SELECT * FROM matching.metadata_changes") == []
    await matching.read(text(5, "A new document"))
    assert await shown(matching) == ({}, None)
    assert "secret" not in str(await matching.rows("SELECT * FROM matching.documents"))


async def test_a_change_sent_again_after_the_erasure_stays_erased(matching: Matching) -> None:
    event = source_event("the change")
    await matching.read(text(1, metadata={"a": 1}), change(2, source=event, secret="two"))
    await matching.read(*erased(3))
    await matching.read(change(4, source=event, secret="two"), text(5, "A new document"))
    assert await shown(matching) == ({}, None)
    assert await matching.rows("SELECT * FROM matching.metadata_changes") == []


async def test_an_erasure_that_comes_late_takes_what_was_named_before_it_from_the_document_after_it(
    matching: Matching,
) -> None:
    await matching.read(text(1, metadata={"secret": 1}), text(5, "A new document"), change(6, stage="new"))
    await matching.read(*erased(3))
    assert await shown(matching) == ({"stage": "new"}, str(at(6)))
    assert last(matching) == ({"stage": "new"}, str(at(6)))


async def test_what_was_published_too_late_to_know_of_the_erasure_does_not_stay_at_the_topics_end(
    matching: Matching,
) -> None:
    await matching.read(text(1, metadata={"a": 1}), change(2, secret="two"))
    late = arrived(matching.publisher.topics[topics.METADATA][-1])
    await matching.read(*erased(3))
    await matching.read(late)
    assert last(matching) is None
    count = len(published(matching))
    await matching.read(arrived(matching.publisher.topics[topics.METADATA][-1]))
    assert len(published(matching)) == count, "its own tombstone is not answered with another"


async def test_what_it_reads_of_its_own_is_published_again_only_where_the_topic_ends_on_another(
    matching: Matching,
) -> None:
    await matching.read(text(1, metadata={"a": 1}), change(2, a=2))
    first = arrived(matching.publisher.topics[topics.METADATA][-1])
    await matching.read(first)
    assert len(published(matching)) == 1
    await matching.read(change(3, a=3))
    await matching.read(first)
    assert last(matching) == ({"a": 3}, str(at(3)))


async def test_a_database_that_is_filled_again_ends_with_the_same_metadata(matching: Matching) -> None:
    """From compacted topics: of each document the last record alone, in any order."""
    await matching.read(text(1, metadata={"a": 1}), change(2, b=2), text(3, "A newer text"))
    other = "default/resume/r2"
    await matching.read(
        text(1, key=other, metadata={"a": 1}), change(2, other, a=2), text(3, key=other, metadata={"c": 1})
    )
    before = [await shown(matching, key) for key in (KEY, other)]
    kept = {record.key: record for record in matching.publisher.topics[topics.METADATA]}
    whole = [arrived(record) for record in kept.values()]
    newest = [text(3, "A newer text"), text(3, key=other, metadata={"c": 1})]
    for records in ([*newest, *whole], [*whole, *newest]):
        await _empty(matching)
        filling = MatchingWork(matching.writer, matching.spaces, matching.publisher, is_replay=lambda record: True)
        count = len(matching.publisher.topics[topics.METADATA])
        for record in records:
            await filling.handle([record])
        assert [await shown(matching, key) for key in (KEY, other)] == before
        assert len(matching.publisher.topics[topics.METADATA]) == count, "what was published before is not again"


async def _empty(matching: Matching) -> None:
    async with matching.database.writing("default") as connection:
        for table in (
            "documents", "events", "sent_events", "metadata_changes", "cards", "unpacked", "vectors_0a0b0c0d",
            "nearest_0a0b0c0d", "cards_0a0b0c0d", "filter_values",
        ):  # fmt: skip
            await connection.execute(f"DELETE FROM matching.{table} WHERE tenant = 'default'")


async def test_a_text_that_is_sent_again_takes_no_change_back(matching: Matching) -> None:
    await matching.read(text(1, metadata={"a": 1}), change(2, a=2))
    await matching.reembed()
    sent = events.decode(matching.publisher.topics[topics.TEXT][-1].value or b"", events.TextEvent)
    assert (sent.metadata, sent.metadata_revision) == ({"a": 2}, None)
    await matching.read(change(3, a=3))
    again = vectors_event(KEY, at(1), "Registered nurse", metadata={"a": 2}, metadata_revision=None)
    await matching.read(vectors_arrived(again))
    assert await shown(matching) == ({"a": 3}, str(at(3)))


async def test_tenants_change_their_own_documents_alone(matching: Matching) -> None:
    other = "other/resume/r1"
    await matching.read(text(1, metadata={"a": 1}), text(1, key=other, metadata={"a": 1}))
    await matching.read(change(2, a=2))
    assert await shown(matching, other) == ({"a": 1}, str(at(1)))
    assert await shown(matching) == ({"a": 2}, str(at(2)))


async def test_changes_that_are_old_are_joined_and_those_of_no_document_dropped(matching: Matching) -> None:
    await matching.read(text(1, metadata={"a": 1}), change(2, b=2), change(3, c=3))
    await matching.read(change(3, "default/resume/never", a=1))
    await matching.read(status_arrived(report("default/resume/waiting", at(1), Status.QUEUED)))
    await matching.read(change(3, "default/resume/waiting", a=1))
    before = await shown(matching)
    assert await join_old(matching.database) == 0
    await join_old(matching.database, timedelta(seconds=-60))
    rows = await matching.rows("SELECT id FROM matching.metadata_changes")
    assert rows == [{"id": "waiting"}]
    assert await shown(matching) == before
    await matching.read(change(4, b=None))
    assert await shown(matching) == ({"a": 1, "c": 3}, str(at(4)))


SAID = st.lists(
    st.one_of(
        st.tuples(st.just("text"), st.none() | st.dictionaries(st.sampled_from("ab"), st.integers(0, 2), max_size=2)),
        st.tuples(
            st.just("change"),
            st.dictionaries(st.sampled_from("ab"), st.none() | st.integers(0, 2), min_size=1, max_size=2),
        ),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=SAID, data=st.data())
async def test_texts_in_order_and_changes_in_any_order_end_in_the_fold_by_revision(
    matching: Matching, said: list[tuple[str, dict[str, int] | None]], data: st.DataObject
) -> None:
    key = str(DocumentKey("default", "resume", uuid.uuid4().hex))
    texts, changes, expected = [text(0, "The first", key)], [], {}
    for offset, (what, metadata) in enumerate(said, 1):
        if what == "text":
            texts.append(text(offset, f"The {offset}th", key, **({} if metadata is None else {"metadata": metadata})))
            expected = expected if metadata is None else dict(metadata)
        else:
            changes.append(change(offset, key, **(metadata or {})))
            merged = {**expected, **(metadata or {})}
            expected = {name: value for name, value in merged.items() if value is not None}
    places = data.draw(st.permutations(["text"] * len(texts) + ["change"] * len(changes)))
    left = {"text": iter(texts), "change": iter(data.draw(st.permutations(changes)))}
    records = [next(left[place]) for place in places]
    cut = data.draw(st.integers(0, len(records)))
    await matching.read(*records[:cut])
    await matching.read(*records[cut:])
    assert (await shown(matching, key))[0] == expected
