"""Which texts and deletions of a document go on, of several in a batch."""

from __future__ import annotations

import pytest

from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.structure import IdentitySpan
from libs.contracts.topics import TEXT, VECTORS
from libs.messaging.reporting import tombstone_record
from services.embedding.consumer import EmbeddingWork
from tests.fakes.faulty_engine import FaultyEngine
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.text_records import SOURCE, TEXT_OF_A_NURSE, header, read, record, statuses, tombstone, vectors_of

pytestmark = pytest.mark.unit


def _passed_on(publisher: InMemoryPublisher) -> list[tuple[int, str]]:
    """Offset of the revision and kind of what the vectors topic holds, in order."""
    return [
        (int((header(outgoing, "revision") or "").split("-")[1]), "tombstone" if outgoing.value is None else "text")
        for outgoing in publisher.topics[VECTORS]
    ]


async def test_only_the_newest_of_a_document_is_computed(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    await work.handle([record("Old.", offset=2), record("Newest.", offset=9), record(id="8")])
    # Which of two documents is published first does not matter.
    made = sorted((each.id, each.text) for each in vectors_of(publisher))
    assert made == [("7", "Newest."), ("8", TEXT_OF_A_NURSE)]
    assert statuses(publisher) == [("superseded", "1764000000000-2", None)]
    assert "Old." not in engine.texts


async def test_the_older_one_that_the_log_ends_on_is_passed_on_behind_the_newest_so_that_matching_repairs_the_log(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    await work.handle([record("Newest.", offset=9), record("Late.", offset=5), record("Last.", offset=6)])
    assert [made.text for made in vectors_of(publisher)] == ["Newest.", "Last."]
    assert statuses(publisher) == [("superseded", "1764000000000-5", None)]
    assert "Late." not in engine.texts


async def test_what_a_newer_one_follows_is_not_passed_on(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    await work.handle([record("New.", offset=9), record("Late.", offset=5), record("Newest.", offset=10)])
    assert [made.text for made in vectors_of(publisher)] == ["Newest."]
    assert sorted(statuses(publisher)) == [
        ("superseded", "1764000000000-5", None),
        ("superseded", "1764000000000-9", None),
    ]


async def test_the_offsets_of_revisions_are_compared_as_numbers(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle([record("Old.", offset=9), record("Newest.", offset=10)])
    assert [made.text for made in vectors_of(publisher)] == ["Newest."]


async def test_a_newer_one_that_fails_supersedes_nothing(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    nameless = record("Maria", offset=9, identity_spans=[IdentitySpan(0, 5, "name")])
    await work.handle([record("Oldest.", offset=1), record("Good.", offset=5), nameless])
    assert [made.text for made in vectors_of(publisher)] == ["Good."]
    assert sorted(statuses(publisher)) == [
        ("failed", "1764000000000-9", "empty"),
        ("superseded", "1764000000000-1", None),
    ]


async def test_a_tombstone_that_a_newer_text_stands_before_is_passed_on_behind_it(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle([record(offset=5), tombstone(offset=4)])
    assert [outgoing.value is None for outgoing in publisher.topics[VECTORS]] == [False, True]
    assert header(publisher.topics[VECTORS][1], "revision") == "1764000000000-4"


async def test_a_tombstone_that_a_newer_text_follows_goes_on_before_it(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle([tombstone(offset=4), record(offset=5)])
    assert _passed_on(publisher) == [(4, "tombstone"), (5, "text")]
    assert statuses(publisher) == []


async def test_every_deletion_of_a_batch_goes_on_whatever_stands_between(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle(
        [tombstone(offset=2), record(offset=6), tombstone(offset=4), tombstone(offset=5), record(offset=9)]
    )
    assert _passed_on(publisher) == [(2, "tombstone"), (4, "tombstone"), (5, "tombstone"), (9, "text")]
    assert statuses(publisher) == [("superseded", "1764000000000-6", None)]


async def test_an_erased_text_does_not_take_the_place_of_one_that_fails(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    nameless = record("Maria", offset=5, identity_spans=[IdentitySpan(0, 5, "name")])
    await work.handle([record("Erased.", offset=3), tombstone(offset=4), nameless])
    assert _passed_on(publisher) == [(4, "tombstone")]
    assert sorted(statuses(publisher)) == [
        ("failed", "1764000000000-5", "empty"),
        ("superseded", "1764000000000-3", None),
    ]


async def test_a_withdrawal_that_a_newer_text_follows_is_reported_as_nothing(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    key, revision = DocumentKey("acme", "resume", "7"), Revision(1_764_000_000_000, 4)
    await work.handle([read(tombstone_record(TEXT, key, revision, SOURCE, withdrawn=True)), record(offset=5)])
    assert _passed_on(publisher) == [(5, "text")]
    assert statuses(publisher) == []


def _numbered(sequence: int, source: str = "/ats") -> SourceEvent:
    return SourceEvent(source, f"{source}-{sequence}", str(sequence), "Integer")


async def test_where_a_sequence_may_put_an_older_one_first_all_go_on_in_the_order_of_revision(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle(
        [
            record("The tenth.", offset=2, source_event=_numbered(10)),
            record("Of nobody's order.", offset=3),
            tombstone(offset=4, source=_numbered(8)),
            record("The ninth.", offset=5, source_event=_numbered(9)),
        ]
    )
    assert _passed_on(publisher) == [(2, "text"), (3, "text"), (4, "tombstone"), (5, "text")]
    assert statuses(publisher) == []
    assert header(publisher.topics[VECTORS][2], "source_event_sequence") == "8"


async def test_the_repair_of_a_late_one_goes_on_behind_it(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    late, stored = _numbered(9), _numbered(10)
    await work.handle(
        [record("The ninth.", offset=5, source_event=late), record("The tenth.", offset=2, source_event=stored)]
    )
    assert _passed_on(publisher) == [(5, "text"), (2, "text")]
    assert statuses(publisher) == []


async def test_of_those_without_a_sequence_only_the_newest_goes_on_beside_one(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle([record("Old.", offset=2), record("New.", offset=3), record(offset=4, source_event=_numbered(1))])
    assert _passed_on(publisher) == [(3, "text"), (4, "text")]
    assert statuses(publisher) == [("superseded", "1764000000000-2", None)]


async def test_one_that_cannot_be_embedded_fails_and_the_others_go_on(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    nothing_left = {"identity_spans": [IdentitySpan(0, 4, "name")]}
    await work.handle(
        [
            record("Anna", offset=2, source_event=_numbered(9), **nothing_left),
            record("The tenth.", offset=3, source_event=_numbered(10)),
        ]
    )
    assert _passed_on(publisher) == [(3, "text")]
    assert [(status, revision) for status, revision, _ in statuses(publisher)] == [("failed", "1764000000000-2")]
