"""A deleted document is gone at once and for good; the receipt says what is done where."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from libs.contracts.documents import Note
from libs.contracts.erasures import Receipt, Stores
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import receipt_id
from libs.contracts.inner.documents import ResumePage
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.structure import DisclaimedSpan, Entry, IdentitySpan, LineStyle, Mention, Requirement, Section
from libs.contracts.topics import STATUS, TEXT, VECTORS, vectors_topic
from libs.messaging.publishing import Outgoing
from libs.messaging.reporting import REVISION
from services.matching.service import Unknown
from services.matching.storage.database import Database
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import (
    SPACE,
    arrived,
    key_of,
    report,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.matching_arrivals import vectors_arrival
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY, JOB = "default/resume/r1", "default/job/j1"
BEFORE, DELETED, AFTER = Revision(1000, 1), Revision(1000, 2), Revision(1000, 3)
SECRET = "Xenobia Quux, registered nurse"


async def _search(matching: Matching) -> list[str]:
    found = await matching.service.search("default", "registered nurse", "resume", 10)
    return [result.id for result in found.results]


def _tombstones(matching: Matching, topic: str) -> list[Outgoing]:
    return [record for record in matching.publisher.topics[topic] if record.value is None]


async def test_an_erased_document_is_gone_from_reads_lists_search_and_matches(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET), vectors_event(JOB, BEFORE, "Registered nurse\nfor nights"))
    assert await _search(matching) == ["r1"]
    await matching.writer.erase(key_of(KEY), DELETED)
    assert await matching.service.document(key_of(KEY)) is None
    page = await matching.service.page("default", "resume", limit=10, cursor=None, status=None)
    assert page == ResumePage([], None, total=0)
    assert await _search(matching) == []
    assert (await matching.service.matches(key_of(JOB), 10)).results == []
    with pytest.raises(Unknown):
        await matching.service.calculate(key_of(JOB), key_of(KEY))
    with pytest.raises(Unknown):
        await matching.service.matches(key_of(KEY), 10)
    assert (await matching.service.figures("default", {})).documents["resume"]["indexed"] == 0


async def test_nothing_of_its_text_is_left_in_any_table(matching: Matching) -> None:
    event = vectors_event(
        KEY,
        BEFORE,
        SECRET,
        metadata={"who": "Quux"},
        description="Quux",
        requirements=["Quux"],
        sections=[Section(0, 4, "Quux")],
        identity_spans=[IdentitySpan(0, 12, "name")],
        entries=[Entry(start=14, end=30, type="work", title="Nurse", organization="Quux")],
        mentions=[Mention(start=14, end=30, type="skill", name="Quux")],
        disclaimed_spans=[DisclaimedSpan(14, 2718281, "denied")],
        requirements_found=[Requirement(start=14, end=30, text="Quux")],
        structure_version=1,
        line_styles=[LineStyle(size=1.7182)],
        notes=[Note("hidden_text", "Quux")],
    )
    await matching.index(event)
    await matching.writer.erase(key_of(KEY), DELETED)
    for table in ("documents", "erasures", f"vectors_{SPACE}"):
        rows = await matching.rows(f"SELECT t::text AS row FROM matching.{table} t")
        left = [row["row"] for row in rows if re.search(r"quux|1\.7182|2718281", row["row"], re.IGNORECASE)]
        assert not left, table
    assert await matching.rows(f"SELECT 1 FROM matching.vectors_{SPACE}") == []


async def test_an_old_revision_does_not_come_back_and_the_tombstone_is_published_again(matching: Matching) -> None:
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.read(status_arrived(report(KEY, BEFORE, Status.PARSED)), _vectors(BEFORE))
    assert await matching.service.document(key_of(KEY)) is None
    assert matching.statuses() == [("r1", str(BEFORE), "superseded")]
    published = _tombstones(matching, TEXT)
    assert [(record.key, dict(record.headers)[REVISION]) for record in published] == [
        (KEY.encode(), str(DELETED).encode())
    ]


async def test_a_later_submission_of_the_same_id_starts_a_new_document(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    old = await matching.service.document(key_of(KEY))
    await matching.writer.erase(key_of(KEY), DELETED)
    later = "2026-11-09T10:11:12.000Z"
    await matching.read(status_arrived(report(KEY, AFTER, Status.QUEUED, at=later)))
    queued = await matching.service.document(key_of(KEY))
    assert old is not None
    assert queued is not None
    assert (queued.status, queued.text, queued.indexed_revision) == ("queued", None, None)
    assert queued.created_at == later
    await matching.index(vectors_event(KEY, AFTER, "A new text"))
    await matching.read(tombstone_arrived(KEY, DELETED))
    new = await matching.service.document(key_of(KEY))
    assert new is not None
    assert (new.text, new.status) == ("A new text", "indexed")


async def test_the_mark_of_an_erasure_stays_for_good(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.writer.erase(key_of(KEY), BEFORE)
    await matching.index(vectors_event(KEY, AFTER, "A new text"))
    await matching.read(status_arrived(report(KEY, AFTER, Status.INDEXED)), tombstone_arrived(KEY, BEFORE))
    (mark,) = await matching.rows("SELECT erased_stamp, erased_offset FROM matching.documents")
    assert Revision(mark["erased_stamp"], mark["erased_offset"]) == DELETED
    await matching.read(_vectors(BEFORE))
    assert matching.statuses()[-1] == ("r1", str(BEFORE), "superseded")


async def test_an_erasure_of_an_unknown_document_holds_back_what_is_still_on_the_way(matching: Matching) -> None:
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    assert await matching.service.document(key_of(KEY)) is None


async def test_an_erasure_and_an_older_text_that_are_written_at_once_leave_nothing(matching: Matching) -> None:
    other = Database(matching.dsns.matching, connections=2)
    await other.open()
    try:
        for number in range(15):
            key = f"default/resume/race-{number}"
            await asyncio.gather(
                DocumentWriter(other, cache_seconds=1).write_vectors(
                    "default", [vectors_arrival(vectors_event(key, BEFORE, SECRET))]
                ),
                matching.writer.erase(key_of(key), DELETED),
            )
            assert await matching.service.document(key_of(key)) is None
            assert await matching.rows(f"SELECT id FROM matching.vectors_{SPACE}") == []
            assert await matching.rows("SELECT id FROM matching.documents WHERE text IS NOT NULL") == []
    finally:
        await other.close()


async def test_the_receipt_says_per_store_what_is_done_and_what_ages_out(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    receipt = await matching.writer.erase(key_of(KEY), DELETED)
    assert receipt.id == receipt_id(key_of(KEY), DELETED)
    assert _pending(receipt) == {"text_topic", "vectors_topics", "metadata_topic", "cache"}
    assert not receipt.awaits_nothing
    await matching.read(tombstone_arrived(KEY, DELETED, forgotten=True))
    later = await matching.writer.receipt("default", receipt.id)
    assert later is not None
    assert (_pending(later), later.status, later.awaits_nothing) == (set(), "done", True)
    for store in (later.stores.text_topic, later.stores.vectors_topics, later.stores.submitted_topic):
        assert (store.ages_out_at or "") > later.requested_at
    assert later.stores.cache.ages_out_at is None
    assert "Quux" not in str(later)
    assert await matching.writer.receipt("other", receipt.id) is None


async def test_a_cache_that_could_not_forget_is_pending_until_its_vectors_have_aged_out(matching: Matching) -> None:
    receipt = await matching.writer.erase(key_of(KEY), DELETED)
    await matching.read(tombstone_arrived(KEY, DELETED))
    later = await matching.writer.receipt("default", receipt.id)
    assert later is not None
    assert (_pending(later), later.status, later.awaits_nothing) == ({"cache"}, "pending", True)
    assert (later.stores.cache.ages_out_at or "") > later.requested_at
    over = await DocumentWriter(matching.database, cache_seconds=0).receipt("default", receipt.id)
    assert over is not None
    assert over.status == "done"


async def test_the_cache_is_done_when_every_space_that_is_computed_has_forgotten(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    await matching.spaces.register("00000002", "two", 16)
    receipt = await matching.writer.erase(key_of(KEY), DELETED)
    for topic, pending in ((VECTORS, {"cache"}), (VECTORS, {"cache"}), (vectors_topic("00000002").name, set[str]())):
        await matching.read(tombstone_arrived(KEY, DELETED, topic=topic, forgotten=True))
        # The one that matching publishes itself says nothing of a cache, and takes nothing back.
        await matching.read(tombstone_arrived(KEY, DELETED, topic=topic))
        found = await matching.writer.receipt("default", receipt.id)
        assert found is not None
        assert _pending(found) == pending


async def test_a_deletion_by_event_alone_ends_in_the_same_receipt(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    await matching.read(tombstone_arrived(KEY, DELETED))
    assert await matching.service.document(key_of(KEY)) is None
    assert matching.statuses()[-1] == ("r1", str(DELETED), "erased")
    receipt = await matching.writer.receipt("default", receipt_id(key_of(KEY), DELETED))
    assert receipt is not None
    assert receipt.stores.vectors_topics.status == "done"


async def test_the_topics_of_spaces_that_nobody_computes_any_more_are_emptied_too(matching: Matching) -> None:
    await matching.spaces.register("00000002", "two", 16)
    second = vectors_topic("00000002").name
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    await matching.read(tombstone_arrived(KEY, DELETED, topic=second))
    assert len(_tombstones(matching, VECTORS)) == 1
    # Their own tombstones are no reason for more.
    await matching.read(*(arrived(record) for record in _tombstones(matching, VECTORS)))
    await matching.read(tombstone_arrived(KEY, DELETED, topic=second))
    assert (len(_tombstones(matching, VECTORS)), len(_tombstones(matching, second))) == (1, 0)


async def test_topics_count_as_emptied_only_once_the_broker_has_every_tombstone(matching: Matching) -> None:
    await matching.spaces.register("00000002", "two", 16)
    second = vectors_topic("00000002").name
    receipt = await matching.writer.erase(key_of(KEY), DELETED)
    matching.publisher.away[second] = "it is being restarted"
    with pytest.raises(DependencyUnavailable):
        await matching.read(tombstone_arrived(KEY, DELETED, forgotten=True))
    found = await matching.writer.receipt("default", receipt.id)
    assert found is not None
    assert _pending(found) == {"text_topic", "vectors_topics", "metadata_topic", "cache"}
    matching.publisher.away.clear()
    await matching.read(tombstone_arrived(KEY, DELETED, forgotten=True))
    assert len(_tombstones(matching, second)) == 1
    found = await matching.writer.receipt("default", receipt.id)
    assert found is not None
    assert "vectors_topics" not in _pending(found)


async def test_an_erased_status_alone_erases(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, BEFORE, SECRET))
    await matching.read(status_arrived(report(KEY, DELETED, Status.ERASED)))
    assert await matching.service.document(key_of(KEY)) is None
    assert await matching.rows(f"SELECT 1 FROM matching.vectors_{SPACE}") == []


async def test_statuses_of_before_an_erasure_do_not_bring_the_document_back(matching: Matching) -> None:
    await matching.writer.erase(key_of(KEY), DELETED)
    for status in (Status.QUEUED, Status.PARSED, Status.INDEXED):
        await matching.writer.note("default", [report(KEY, BEFORE, status)])
    assert await matching.service.document(key_of(KEY)) is None
    assert matching.publisher.topics[STATUS] == []


def _vectors(revision: Revision) -> Any:
    return vectors_arrived(vectors_event(KEY, revision, SECRET))


def _pending(receipt: Receipt) -> set[str]:
    return {name for name in Stores.__struct_fields__ if getattr(receipt.stores, name).status == "pending"}
