"""No replay of an event brings a document back that was erased since; a new submission of its id starts a new one."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.events import TextEvent
from libs.contracts.identifiers import receipt_id
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.topics import TEXT
from libs.messaging.reporting import REVISION
from services.matching.consumer import MatchingWork
from services.matching.writing import replays
from tests.fakes.documents import (
    SPACE,
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

KEY = "default/resume/r1"
FIRST, DELETED, REPLAYED, LATER, LAST = (Revision(1000, offset) for offset in (1, 2, 3, 4, 5))
A, B = source_event("quux-a"), source_event("quux-b")
SECRET = "Xenobia Quux, registered nurse"
FAULT = DocumentError("internal", "a fault of our own")


def _published(matching: Matching) -> list[tuple[str, str, str | None]]:
    """Type, revision and text of what was published to the text topic."""
    return [
        (
            (dict(record.headers)["ce_type"] or b"").decode(),
            (dict(record.headers)[REVISION] or b"").decode(),
            None if record.value is None else events.decode(record.value, TextEvent).text,
        )
        for record in matching.publisher.topics[TEXT]
    ]


DELETION = "shortlist.document.deleted.v1"


async def _assert_gone(matching: Matching, revision: Revision) -> None:
    assert await matching.service.document(key_of(KEY)) is None
    assert await matching.rows(f"SELECT 1 FROM matching.vectors_{SPACE}") == []
    (row,) = await matching.rows('SELECT status, stamp, "offset", text FROM matching.documents')
    assert row == {"status": "erased", "stamp": revision.stamp, "offset": revision.offset, "text": None}


async def _replay(matching: Matching, revision: Revision, **fields: Any) -> None:
    await matching.read(
        status_arrived(report(KEY, revision, Status.PARSED, source=A)),
        vectors_arrived(vectors_event(KEY, revision, SECRET, source_event=A, **fields)),
    )


async def test_the_original_record_replayed_after_a_deletion_stays_erased(matching: Matching) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await _replay(matching, REPLAYED)
    await _assert_gone(matching, REPLAYED)
    assert matching.statuses()[-1] == ("r1", str(REPLAYED), "erased")
    assert _published(matching) == [(DELETION, str(REPLAYED), None)], "the topics must not end on the text"

    # What was published comes back, and nothing more comes of it.
    await matching.read(
        status_arrived(report(KEY, REPLAYED, Status.ERASED, source=A)), tombstone_arrived(KEY, REPLAYED)
    )
    await _assert_gone(matching, REPLAYED)
    assert len(_published(matching)) == 1
    receipt = await matching.writer.receipt("default", receipt_id(key_of(KEY), REPLAYED))
    assert receipt is not None
    assert receipt.stores.text_topic.status == "done"
    await _replay(matching, LATER)
    await _assert_gone(matching, LATER)


async def test_meanwhile_it_is_not_shown_as_on_its_way(matching: Matching) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.read(status_arrived(report(KEY, REPLAYED, Status.PARSED, source=A)))
    assert await matching.service.document(key_of(KEY)) is None


@pytest.mark.parametrize("status", [Status.PARSED, Status.FAILED, Status.SUPERSEDED])
async def test_also_where_it_was_never_indexed_before_the_deletion(matching: Matching, status: Status) -> None:
    error = FAULT if status is Status.FAILED else None
    await matching.read(status_arrived(report(KEY, FIRST, status, error, source=A)))
    await matching.writer.erase(key_of(KEY), DELETED)
    await _replay(matching, REPLAYED)
    await _assert_gone(matching, REPLAYED)


async def test_also_where_its_text_comes_out_otherwise_than_before(matching: Matching) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await _replay(matching, REPLAYED, metadata={"read": "by a newer parser"})
    await _assert_gone(matching, REPLAYED)


@pytest.mark.parametrize("published", [True, False])
async def test_a_replay_that_fails_stays_erased_too(matching: Matching, published: bool) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.read(status_arrived(report(KEY, REPLAYED, Status.FAILED, FAULT, source=A, published=published)))
    await _assert_gone(matching, REPLAYED)
    assert matching.statuses()[-1] == ("r1", str(REPLAYED), "erased")
    assert _published(matching) == [(DELETION, str(REPLAYED), None)]


async def test_a_new_submission_after_the_deletion_is_a_new_document_and_a_replay_of_an_erased_event_leaves_it(
    matching: Matching,
) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.index(vectors_event(KEY, LATER, "A new text", source_event=B))
    await _replay(matching, LAST)
    shown = await matching.service.document(key_of(KEY))
    assert shown is not None
    assert (shown.text, shown.status, shown.indexed_revision) == ("A new text", "indexed", str(LAST))
    assert matching.statuses()[-1] == ("r1", str(LAST), "indexed")
    assert [(revision, text) for _, revision, text in _published(matching)] == [(str(LAST), "A new text")]


async def test_a_replay_does_not_bury_a_new_submission_on_its_way(matching: Matching) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.read(status_arrived(report(KEY, LATER, Status.PARSED, source=B)))
    await _replay(matching, REPLAYED)
    assert _published(matching) == []
    await matching.index(vectors_event(KEY, LATER, "A new text", source_event=B))
    shown = await matching.service.document(key_of(KEY))
    assert shown is not None
    assert (shown.text, shown.status) == ("A new text", "indexed")


async def test_a_database_that_is_filled_again_knows_the_erased_events_by_the_status_topic(matching: Matching) -> None:
    """The vectors topic has only the tombstone by then; the new database has a secret of its own."""
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await _lose_database(matching)
    await _fill_again(matching, FIRST)
    await _replay(matching, REPLAYED)
    await _assert_gone(matching, REPLAYED)


async def test_it_is_erased_again_where_its_first_status_is_read_after_it(matching: Matching) -> None:
    """While a database is filled again, the partitions of the topics are read in any order."""
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await _lose_database(matching)
    await matching.read(tombstone_arrived(KEY, DELETED))
    await _replay(matching, REPLAYED)
    await matching.read(status_arrived(report(KEY, FIRST, Status.PARSED, source=A)))
    await _assert_gone(matching, REPLAYED)
    assert matching.statuses()[-1] == ("r1", str(REPLAYED), "erased")
    assert _published(matching)[-1] == (DELETION, str(REPLAYED), None)


async def test_it_is_erased_again_where_all_its_statuses_are_read_together_after_it(matching: Matching) -> None:
    """The status topic of an empty database may be read in one go, after the vectors: no later report will come."""
    await _lose_database(matching)
    await matching.index(vectors_event(KEY, REPLAYED, SECRET, source_event=A))
    await matching.read(
        *(
            status_arrived(report(KEY, revision, status, source=A))
            for revision, status in (
                (FIRST, Status.INDEXED),
                (DELETED, Status.ERASED),
                (REPLAYED, Status.PARSED),
                (REPLAYED, Status.INDEXED),
            )
        )
    )
    await _assert_gone(matching, REPLAYED)
    assert matching.statuses()[-1] == ("r1", str(REPLAYED), "erased")


async def test_a_replay_read_together_with_the_new_submission_before_it_leaves_that_one(matching: Matching) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await matching.read(
        vectors_arrived(vectors_event(KEY, LATER, "A new text", source_event=B)),
        vectors_arrived(vectors_event(KEY, LAST, SECRET, source_event=A)),
    )
    shown = await matching.service.document(key_of(KEY))
    assert shown is not None
    assert (shown.text, shown.status, shown.indexed_revision) == ("A new text", "indexed", str(LAST))
    assert [(revision, text) for _, revision, text in _published(matching)] == [(str(LAST), "A new text")]


async def test_an_event_that_was_sent_again_is_known_for_as_long_as_that_record_lies_in_its_topic(
    matching: Matching,
) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    await _age_marks(matching, "5 days")
    await _replay(matching, REPLAYED)
    await _age_marks(matching, "5 days")
    await matching.writer.forget_sent()
    await _replay(matching, LATER)
    await _assert_gone(matching, LATER)


async def test_marks_are_keyed_tell_nothing_and_leave_when_the_submitted_topic_has_forgotten_them(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _replay(matching, FIRST)
    await matching.writer.erase(key_of(KEY), DELETED)
    before = await matching.rows("SELECT mark, t::text AS row FROM matching.sent_events t")
    assert before
    assert not [each for each in before if "quux" in each["row"] or len(each["mark"]) != 16]
    await _lose_database(matching)
    await _fill_again(matching, FIRST)
    after = await matching.rows("SELECT mark FROM matching.sent_events")
    assert {each["mark"] for each in before}.isdisjoint(each["mark"] for each in after)

    for number in range(5):
        await matching.read(status_arrived(report(KEY, FIRST, Status.PARSED, source=source_event(str(number)))))
    await matching.writer.forget_sent()
    assert len(await matching.rows("SELECT FROM matching.sent_events")) == 6
    monkeypatch.setattr(replays, "FORGOTTEN_AT_ONCE", 2)
    await _age_marks(matching, "9 days")
    await matching.writer.forget_sent()
    assert await matching.rows("SELECT FROM matching.sent_events") == []


async def _age_marks(matching: Matching, by: str) -> None:
    connection = await asyncpg.connect(matching.dsns.superuser)
    try:
        await connection.execute(f"UPDATE matching.sent_events SET noted_at = noted_at - interval '{by}'")
    finally:
        await connection.close()


async def _lose_database(matching: Matching) -> None:
    connection = await asyncpg.connect(matching.dsns.superuser)
    try:
        tables = ("documents", "events", "sent_events", "erasures", f"vectors_{SPACE}")
        await connection.execute(f"TRUNCATE {', '.join(f'matching.{table}' for table in tables)}")
        await connection.execute("UPDATE matching.sent_events_secret SET secret = 'the secret of another database'")
    finally:
        await connection.close()
    matching.publisher.topics.clear()


async def _fill_again(matching: Matching, *parsed: Revision) -> None:
    """Reads the tombstone of DELETED and the statuses of the event A once more."""
    work = MatchingWork(matching.writer, matching.spaces, matching.publisher, is_replay=lambda record: True)
    await work.handle(
        [
            *(status_arrived(report(KEY, revision, Status.PARSED, source=A)) for revision in parsed),
            tombstone_arrived(KEY, DELETED),
        ]
    )
    assert not any(matching.publisher.topics.values())
