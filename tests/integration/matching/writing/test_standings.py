"""Until when a document is kept and whether a job is open: what was named last counts, in whatever order it arrives."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from libs.contracts import events, topics
from libs.contracts.events import WholeMetadata
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.records import Record
from libs.messaging.reporting import metadata_record
from services.matching.consumer import MatchingWork
from services.matching.writing.metadata.forgetting import join_old
from tests.fakes.documents import (
    arrived,
    changed,
    key_of,
    report,
    source_event,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

JOB = "default/job/j1"
ONE, OTHER = "2030-01-01T00:00:00Z", "2031-06-30T22:00:00.500000Z"


def at(offset: int) -> Revision:
    return Revision(1000, offset)


def text(offset: int, words: str = "Welder wanted", **fields: Any) -> Record:
    return vectors_arrived(vectors_event(JOB, at(offset), words, **fields))


async def shown(matching: Matching) -> tuple[str | None, str]:
    document = await matching.service.document(key_of(JOB))
    assert document is not None
    return document.expires_at, getattr(document, "state")  # noqa: B009  (a job's; resumes have none)


def whole(matching: Matching) -> list[WholeMetadata | None]:
    return [
        None if record.value is None else events.decode(record.value, WholeMetadata)
        for record in matching.publisher.topics[topics.METADATA]
    ]


async def test_a_document_that_says_nothing_stays_and_is_open(matching: Matching) -> None:
    await matching.read(text(1))
    assert await shown(matching) == (None, "open")
    assert await matching.rows("SELECT * FROM matching.standings") == []


async def test_a_submission_that_names_it_replaces_it_and_one_that_names_none_leaves_it(matching: Matching) -> None:
    await matching.read(text(1, expires_at=ONE, state="closed"))
    assert await shown(matching) == (ONE, "closed")
    await matching.read(text(2, "A newer text"))
    assert await shown(matching) == (ONE, "closed")
    await matching.read(text(3, "A still newer text", expires_at=OTHER))
    assert await shown(matching) == (OTHER, "closed")
    await matching.read(text(4, "The newest text", expires_at=None, state=None))
    assert await shown(matching) == (None, "open")


async def test_in_every_order_of_arrival_the_newest_counts(matching: Matching) -> None:
    said = {
        2: lambda key: vectors_arrived(vectors_event(key, at(2), "Welder", expires_at=ONE, state="closed")),
        3: lambda key: changed(key, at(3), state="open"),
        4: lambda key: changed(key, at(4), expires_at=OTHER, metadata={"a": 1}),
        5: lambda key: vectors_arrived(vectors_event(key, at(5), "Welder of hulls", metadata_revision=None)),
    }
    for number, order in enumerate(itertools.permutations(said)):
        key = f"default/job/o{number}"
        for offset in order:
            await matching.read(said[offset](key))
        document = await matching.service.document(key_of(key))
        assert document is not None
        assert (document.expires_at, getattr(document, "state"), document.metadata) == (OTHER, "open", {"a": 1}), order  # noqa: B009


async def test_a_change_of_it_touches_neither_text_nor_vectors(matching: Matching) -> None:
    await matching.read(status_arrived(report(JOB, at(1), Status.INDEXED)), text(1, metadata={"a": 1}))
    before = await matching.service.document(key_of(JOB))
    vectors = [
        await matching.rows(f"SELECT *, xmin::text FROM matching.{name}_0a0b0c0d") for name in ("vectors", "cards")
    ]
    texts = len(matching.publisher.topics[topics.TEXT])
    await matching.read(changed(JOB, at(2), state="closed", expires_at=ONE))
    after = await matching.service.document(key_of(JOB))
    assert before is not None
    assert after is not None
    differing = {name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)}
    assert differing == {"state", "expires_at", "metadata_revision", "updated_at"}
    assert after.metadata_revision == str(at(2)), "by which its caller sees that it is applied"
    names = ("vectors", "cards")
    assert [await matching.rows(f"SELECT *, xmin::text FROM matching.{name}_0a0b0c0d") for name in names] == vectors
    assert len(matching.publisher.topics[topics.TEXT]) == texts


async def test_the_topics_always_tell_it_so_that_a_filled_database_has_it(matching: Matching) -> None:
    await matching.read(text(1, expires_at=ONE, state="closed", metadata_revision=None))
    assert whole(matching) == [], "the vectors topic tells it"
    last_text = text(2, "A newer text", metadata_revision=None)
    await matching.read(last_text)
    [told] = whole(matching)
    assert told is not None
    assert (told.expires_at, told.state, told.revision, told.metadata_revision) == (ONE, "closed", str(at(1)), None)
    stored = await shown(matching)
    filled = MatchingWork(matching.writer, matching.spaces, matching.publisher, is_replay=lambda record: True)
    for order in itertools.permutations([last_text, arrived(metadata_record(told))]):
        await _emptied(matching)
        for record in order:
            await filled.handle([record])
        assert await shown(matching) == stored
        document = await matching.service.document(key_of(JOB))
        assert document is not None
        assert (document.metadata, document.metadata_revision) == ({}, None), "nobody named any"


async def test_an_event_sent_again_leaves_a_later_change_also_in_a_filled_database(matching: Matching) -> None:
    event = source_event("the same")
    first = text(1, expires_at=ONE, source_event=event)
    again = text(3, expires_at=ONE, source_event=event)
    await matching.read(first, changed(JOB, at(2), expires_at=OTHER))
    await matching.read(again)
    assert await shown(matching) == (OTHER, "open")
    told = whole(matching)[-1]
    assert told is not None
    filled = MatchingWork(matching.writer, matching.spaces, matching.publisher, is_replay=lambda record: True)
    for order in itertools.permutations([again, arrived(metadata_record(told))]):
        await _emptied(matching)
        for record in order:
            await filled.handle([record])
        assert await shown(matching) == (OTHER, "open")


async def test_an_id_that_comes_with_another_end_is_another_event(matching: Matching) -> None:
    event = source_event("one id for all")
    await matching.read(text(1, expires_at=ONE, source_event=event))
    await matching.read(text(2, expires_at=OTHER, source_event=event))
    assert await shown(matching) == (OTHER, "open")


async def test_a_newer_text_of_a_batch_takes_over_what_the_one_before_it_named(matching: Matching) -> None:
    await matching.read(text(1, expires_at=ONE), changed(JOB, at(2), expires_at=OTHER), text(3, "A newer text"))
    assert await shown(matching) == (OTHER, "open"), "each at its own revision"


async def test_an_erasure_forgets_what_was_named_up_to_it(matching: Matching) -> None:
    await matching.read(text(1, expires_at=ONE, state="closed"))
    await matching.read(tombstone_arrived(JOB, at(2)))
    assert await matching.rows("SELECT * FROM matching.standings") == []
    await matching.read(changed(JOB, at(1), expires_at=OTHER), changed(JOB, at(3), state="closed"), text(4, "Anew"))
    assert await shown(matching) == (None, "closed")
    await matching.read(tombstone_arrived(JOB, at(2)))
    assert await shown(matching) == (None, "closed"), "what was named since stays"


async def test_what_is_named_of_a_document_that_never_comes_is_forgotten(matching: Matching) -> None:
    await matching.read(changed(JOB, at(1), state="closed"), changed("default/job/j2", at(1), state="closed"))
    await matching.read(status_arrived(report("default/job/j2", at(2), Status.QUEUED)))
    await join_old(matching.database, timedelta(0))
    assert [row["id"] for row in await matching.rows("SELECT id FROM matching.standings")] == ["j2"]


async def _emptied(matching: Matching) -> None:
    async with matching.database.writing("default") as connection:
        for table in ("documents", "events", "sent_events", "metadata_changes", "standings", "cards", "unpacked",
                      "filter_values", "vectors_0a0b0c0d", "nearest_0a0b0c0d", "cards_0a0b0c0d"):  # fmt: skip
            await connection.execute(f"DELETE FROM matching.{table}")
