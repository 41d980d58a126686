"""Text and vectors of a document: replaced together, never by an older revision, never half."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import TextEvent
from libs.contracts.inner.documents import EmbeddingInfo
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.structure import DisclaimedSpan
from libs.contracts.topics import STATUS, TEXT
from libs.messaging.reporting import REVISION
from services.matching.storage.database import Database
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import (
    SPACE,
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

KEY = "default/job/j1"
OLD, NEW, NEWER = Revision(1000, 1), Revision(1000, 2), Revision(1000, 3)
OLD_TEXT = "A text of one line"
NEW_TEXT = "Another text\nof two lines"


async def _shown(matching: Matching, key: str = KEY) -> Any:
    shown = await matching.service.document(key_of(key))
    assert shown is not None
    return shown


async def _vectors(matching: Matching, key: str = KEY) -> list[tuple[Revision, int]]:
    rows = await matching.rows(
        f'SELECT stamp, "offset", length(unit_spans) / 8 AS units FROM matching.vectors_{SPACE} WHERE id = $1',
        key_of(key).id,
    )
    return [(Revision(row["stamp"], row["offset"]), row["units"]) for row in rows]


def _texts(matching: Matching) -> list[TextEvent | tuple[str, str]]:
    """What was published to the text topic: events, and tombstones as (type, revision)."""
    return [
        (dict(record.headers)["ce_type"].decode(), dict(record.headers)[REVISION].decode())
        if record.value is None
        else events.decode(record.value, TextEvent)
        for record in matching.publisher.topics[TEXT]
    ]


async def test_an_update_replaces_text_and_vectors(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, OLD, OLD_TEXT, description="old", requirements=["old"]))
    await matching.index(vectors_event(KEY, NEW, NEW_TEXT, description="new", requirements="new"))
    shown = await _shown(matching)
    assert (shown.text, shown.description, shown.requirements) == (NEW_TEXT, "new", "new")
    assert (shown.revision, shown.indexed_revision) == (str(NEW), str(NEW))
    assert shown.embedding == EmbeddingInfo(f"model-{SPACE}", dimension=16, space=SPACE, windows=1, units=2)
    assert await _vectors(matching) == [(NEW, 2)]
    assert matching.statuses() == [("j1", str(OLD), "indexed"), ("j1", str(NEW), "indexed")]
    assert _texts(matching) == []


async def test_an_older_event_changes_nothing_and_the_held_text_is_published_again(matching: Matching) -> None:
    newer = vectors_event(KEY, NEW, NEW_TEXT, metadata={"city": "Köln"}, requirements=["one", "two"])
    await matching.index(newer, vectors_event(KEY, OLD, OLD_TEXT))
    assert (await _shown(matching)).text == NEW_TEXT
    assert await _vectors(matching) == [(NEW, 2)]
    assert matching.statuses()[-1] == ("j1", str(OLD), "superseded")
    assert _texts(matching) == [events.text_of(newer)]


@pytest.mark.parametrize("together", [True, False])
async def test_a_log_that_ends_on_an_older_revision_is_repaired_however_it_was_batched(
    matching: Matching, together: bool
) -> None:
    records = [vectors_arrived(vectors_event(KEY, revision, str(revision))) for revision in (NEW, OLD)]
    for batch in [records] if together else [[record] for record in records]:
        await matching.read(*batch)
    assert [text.revision for text in _texts(matching) if isinstance(text, TextEvent)] == [str(NEW)]
    assert await _vectors(matching) == [(NEW, 1)]


@pytest.mark.parametrize("together", [True, False])
async def test_a_tombstone_behind_a_newer_text_is_repaired_too(matching: Matching, together: bool) -> None:
    records = [vectors_arrived(vectors_event(KEY, NEW, NEW_TEXT)), tombstone_arrived(KEY, OLD)]
    for batch in [records] if together else [[record] for record in records]:
        await matching.read(*batch)
    assert (await _shown(matching)).text == NEW_TEXT
    assert [text.revision for text in _texts(matching) if isinstance(text, TextEvent)] == [str(NEW)]


FAULT = DocumentError("internal", "a fault of our own")


async def test_where_a_newer_revision_fails_after_it_was_published_the_log_ends_on_what_is_held(
    matching: Matching,
) -> None:
    held = vectors_event(KEY, OLD, OLD_TEXT)
    await matching.index(held)
    await matching.read(status_arrived(report(KEY, NEW, Status.FAILED, FAULT, published=True)))
    assert _texts(matching) == [events.text_of(held)]
    shown = await _shown(matching)
    assert (shown.status, shown.text, shown.indexed_revision) == ("failed", OLD_TEXT, str(OLD))


async def test_where_nothing_is_held_the_failed_text_is_withdrawn_and_the_document_stays_failed(
    matching: Matching,
) -> None:
    await matching.read(status_arrived(report(KEY, OLD, Status.FAILED, FAULT, published=True)))
    assert _texts(matching) == [("shortlist.document.withdrawn.v1", str(OLD))]
    await matching.read(tombstone_arrived(KEY, OLD, withdrawn=True))
    assert (await _shown(matching)).status == "failed"
    assert matching.statuses() == [], "it is not erased"
    assert len(_texts(matching)) == 1, "nothing to repair"


async def test_a_failure_before_anything_was_published_leaves_the_logs_alone(matching: Matching) -> None:
    await matching.read(status_arrived(report(KEY, OLD, Status.FAILED, FAULT)))
    assert _texts(matching) == []


@pytest.mark.parametrize("together", [True, False])
async def test_a_withdrawal_behind_a_newer_text_is_repaired(matching: Matching, together: bool) -> None:
    newer = vectors_event(KEY, NEW, NEW_TEXT)
    records = [vectors_arrived(newer), tombstone_arrived(KEY, OLD, withdrawn=True)]
    for batch in [records] if together else [[record] for record in records]:
        await matching.read(*batch)
    assert (await _shown(matching)).text == NEW_TEXT
    assert _texts(matching) == [events.text_of(newer)]


async def test_of_a_batch_only_the_newest_is_written_and_nothing_is_repaired_that_was_in_order(
    matching: Matching,
) -> None:
    await matching.read(*(vectors_arrived(vectors_event(KEY, each, str(each))) for each in (OLD, NEW, NEWER)))
    assert (await _shown(matching)).text == str(NEWER)
    assert matching.statuses() == [
        ("j1", str(OLD), "superseded"),
        ("j1", str(NEW), "superseded"),
        ("j1", str(NEWER), "indexed"),
    ]
    assert _texts(matching) == []


async def test_the_same_delivery_again_has_no_effect(matching: Matching) -> None:
    record = vectors_arrived(vectors_event(KEY, NEW, NEW_TEXT))
    await matching.read(record)
    before = await _shown(matching)
    await matching.read(record)
    await matching.read(record, record)
    assert await _shown(matching) == before
    assert {status for _, _, status in matching.statuses()} == {"indexed"}
    assert _texts(matching) == []


async def test_when_a_newer_revision_fails_the_last_good_one_stays_and_the_status_says_so(matching: Matching) -> None:
    await matching.index(vectors_event("default/resume/r1", OLD, "Registered nurse, ward 7"))
    error = DocumentError("encrypted", "the file asks for a password")
    await matching.read(status_arrived(report("default/resume/r1", NEW, Status.FAILED, error)))
    shown = await _shown(matching, "default/resume/r1")
    assert (shown.status, shown.error.code, shown.revision) == ("failed", "encrypted", str(NEW))
    assert (shown.text, shown.indexed_revision) == ("Registered nurse, ward 7", str(OLD))
    found = await matching.service.search("default", "registered nurse", "resume", 10)
    assert [result.id for result in found.results] == ["r1"]


async def test_odd_unicode_is_stored_as_it_came(matching: Matching) -> None:
    odd = "Zoë 👩🏽‍⚕️ 𝒜\nעברית العربية\ufeff\u200b\u2028\uffff\U0010ffff e\u0301 ﬁ ß İ ı ẞ"
    metadata = {'na\'me "quoted" \\': ["ключ", "\t", "😀"], "π": 3.25, "null?": "NULL", "none": False}
    await matching.index(vectors_event(KEY, OLD, odd, title="𝒯 \\' %s {0} $1", metadata=metadata, requirements=[odd]))
    shown = await _shown(matching)
    assert (shown.text, shown.title) == (odd, "𝒯 \\' %s {0} $1")
    assert (shown.metadata, shown.requirements) == (metadata, [odd])


async def test_the_largest_document_in_chinese_is_stored_whole(matching: Matching) -> None:
    dimension = 384
    await matching.spaces.register("ffffffff", "large", dimension)
    line = "".join(chr(0x4E00 + (n * 37) % 2000) for n in range(49))
    text = "\n".join([line] * 4000) + "一"
    event = vectors_event("default/resume/long", OLD, text, space="ffffffff", dimension=dimension)
    assert len(event.embedding.units.spans) == 4000
    await matching.index(event)
    async with matching.database.reading("default") as connection:
        row = await connection.fetchrow(
            "SELECT length(text) AS chars, length(windows) AS windows, length(units) AS units FROM matching.documents"
            " JOIN matching.vectors_ffffffff USING (tenant, kind, id)"
        )
    assert row["chars"] == len(text) == 200_000
    assert row["windows"] == 500 * dimension * 4
    assert row["units"] == 4000 * dimension


async def test_two_processes_that_write_an_unknown_document_at_once_keep_the_newer(matching: Matching) -> None:
    other = Database(matching.dsns.matching, connections=2)
    await other.open()
    try:
        for number in range(15):
            key = f"default/resume/race-{number}"
            pair = (DocumentWriter(other, cache_seconds=1), OLD), (matching.writer, NEW)
            outcomes = await asyncio.gather(
                *(
                    writer.write_vectors("default", [vectors_arrival(vectors_event(key, each, str(each)))])
                    for writer, each in pair
                )
            )
            shown = await _shown(matching, key)
            assert (shown.text, shown.indexed_revision) == (str(NEW), str(NEW)), outcomes
            assert await _vectors(matching, key) == [(NEW, 1)]
    finally:
        await other.close()


async def test_a_document_of_two_spaces_keeps_both_vectors_of_one_text_and_no_older_ones(matching: Matching) -> None:
    second = "00000002"
    await matching.spaces.register(second, "two", 24)
    await matching.index(
        vectors_event(KEY, OLD, OLD_TEXT), vectors_event(KEY, OLD, OLD_TEXT, space=second, dimension=24)
    )
    await matching.index(vectors_event(KEY, NEW, OLD_TEXT, metadata={"only": "metadata"}))
    rows = f'SELECT "offset" FROM matching.vectors_{second}'
    assert await matching.rows(rows) == [{"offset": NEW.offset}]
    await matching.index(vectors_event(KEY, NEWER, NEW_TEXT))
    assert await matching.rows(rows) == []


async def test_vectors_of_a_text_that_hides_something_else_now_are_not_kept(matching: Matching) -> None:
    second = "00000002"
    await matching.spaces.register(second, "two", 24)
    await matching.index(
        vectors_event(KEY, OLD, OLD_TEXT), vectors_event(KEY, OLD, OLD_TEXT, space=second, dimension=24)
    )
    await matching.index(vectors_event(KEY, NEW, OLD_TEXT, disclaimed_spans=[DisclaimedSpan(0, 4, "denied")]))
    assert await matching.rows(f"SELECT 1 FROM matching.vectors_{second}") == []


async def test_nothing_is_written_while_the_broker_is_away_that_could_not_be_done_again(matching: Matching) -> None:
    matching.publisher.away[STATUS] = "it is being restarted"
    record = vectors_arrived(vectors_event(KEY, OLD, OLD_TEXT))
    with pytest.raises(DependencyUnavailable):
        await matching.read(record)
    matching.publisher.away.clear()
    await matching.read(record)
    assert matching.statuses() == [("j1", str(OLD), "indexed")]


async def test_a_batch_takes_one_transaction_for_a_tenants_statuses_and_one_for_its_vectors(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it holds: texts, older ones, a deletion, a failure that calls for a repair."""
    await matching.index(*(vectors_event(f"default/job/{name}", NEW, NEW_TEXT) for name in "abc"))
    began: list[str | None] = []
    transaction = Database._transaction

    def counted(self: Database, tenant: str | None, *, readonly: bool) -> Any:
        began.append(tenant)
        return transaction(self, tenant, readonly=readonly)

    monkeypatch.setattr(Database, "_transaction", counted)
    published = len(matching.publisher.topics[STATUS])
    await matching.read(
        vectors_arrived(vectors_event("default/job/a", NEWER, "Newer")),
        vectors_arrived(vectors_event("default/job/b", OLD, OLD_TEXT)),
        vectors_arrived(vectors_event("default/job/new", OLD, OLD_TEXT)),
        tombstone_arrived("default/job/c", OLD, withdrawn=True),
        status_arrived(report("default/job/c", NEWER, Status.FAILED, FAULT, published=True)),
        vectors_arrived(vectors_event("other/job/a", OLD, OLD_TEXT)),
    )
    assert began == ["default", "default", "other"]
    assert len(matching.publisher.topics[STATUS]) - published == 4
    assert [text.id for text in _texts(matching) if isinstance(text, TextEvent)] == ["c", "b", "c"]


async def test_int8_units_come_back_as_they_were(matching: Matching) -> None:
    event = vectors_event("default/resume/r1", OLD)
    await matching.index(event, vectors_event("default/job/j1", OLD))
    found = await matching.service.calculate(key_of("default/job/j1"), key_of("default/resume/r1"))
    best = [line.evidence[0] for line in found.requirements if line.evidence]
    assert best
    assert all(line.similarity > 0.99 for line in best)
    assert all(event.text[line.start : line.end] == line.text for line in best)
