"""What comes of a record of documents.text.v1."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.events import SourceEvent, StatusEvent, TextEvent, VectorsEvent, text_of
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.structure import IdentitySpan
from libs.contracts.topics import STATUS, TEXT, VECTORS
from libs.contracts.vectors import PackedVectors
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import text_record, tombstone_record
from libs.telemetry.tracing import traced
from services.embedding import consumer
from services.embedding.api import total
from services.embedding.consumer import EmbeddingWork
from services.embedding.metrics import MODEL_IDLE, TOKENS
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService, ModelRefusal
from tests.fakes.faulty_engine import FaultyEngine, raising
from tests.fakes.in_memory_publisher import InMemoryPublisher

pytestmark = pytest.mark.unit

DEAD = "dead-letters.embedding.v1"
SOURCE = SourceEvent("/ats", "event-1")
TEXT_OF_A_NURSE = "Registered nurse. Intensive care for five years."


@pytest.fixture
def publisher() -> InMemoryPublisher:
    return InMemoryPublisher()


@pytest.fixture
def work(service: EmbeddingService, publisher: InMemoryPublisher) -> EmbeddingWork:
    return EmbeddingWork(service, publisher, VECTORS)


def event(text: str = TEXT_OF_A_NURSE, *, id: str = "7", offset: int = 1, **fields: Any) -> TextEvent:
    return TextEvent(
        tenant="acme",
        kind="resume",
        id=id,
        revision=f"1764000000000-{offset}",
        source_event=SOURCE,
        text=text,
        as_of="2026-01-01",
        submitted_at="2026-01-01T00:00:00Z",
        content_hash="0" * 64,
        **fields,
    )


def read(outgoing: Outgoing) -> Record:
    return Record(TEXT, 3, 11, 1, 1, outgoing.key, outgoing.value, tuple(outgoing.headers))


def record(text: str = TEXT_OF_A_NURSE, *, id: str = "7", offset: int = 1, **fields: Any) -> Record:
    return read(text_record(event(text, id=id, offset=offset, **fields)))


def tombstone(id: str = "7", offset: int = 1) -> Record:
    return read(tombstone_record(TEXT, DocumentKey("acme", "resume", id), Revision(1_764_000_000_000, offset), SOURCE))


def vectors_of(publisher: InMemoryPublisher) -> list[VectorsEvent]:
    return [events.decode(outgoing.value or b"", VectorsEvent) for outgoing in publisher.topics[VECTORS]]


def statuses(publisher: InMemoryPublisher) -> list[tuple[str, str, str | None]]:
    found = [events.decode(outgoing.value or b"", StatusEvent) for outgoing in publisher.topics[STATUS]]
    return [(status.status.value, status.revision, status.error and status.error.code) for status in found]


def header(outgoing: Outgoing, name: str) -> str | None:
    return read(outgoing).header(name)


def _passed_on(publisher: InMemoryPublisher) -> list[tuple[int, str]]:
    """Offset of the revision and kind of what the vectors topic holds, in order."""
    return [
        (int((header(outgoing, "revision") or "").split("-")[1]), "tombstone" if outgoing.value is None else "text")
        for outgoing in publisher.topics[VECTORS]
    ]


def unpacked(packed: PackedVectors) -> np.ndarray:
    if packed.dtype == "float32":
        return np.frombuffer(packed.raw(), "<f4").reshape(packed.count, packed.dimension)
    scales = np.frombuffer(base64.b64decode(packed.scales or ""), "<f4")
    return np.frombuffer(packed.raw(), np.int8).reshape(packed.count, packed.dimension) * scales[:, None]


async def test_a_text_becomes_its_vectors(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    sent = event(title="Nurse", metadata={"city": "Boston"}, language="en")
    await work.handle([read(text_record(sent))])
    (outgoing,) = publisher.topics[VECTORS]
    assert outgoing.key == b"acme/resume/7"
    assert header(outgoing, "revision") == sent.revision
    (made,) = vectors_of(publisher)
    assert text_of(made) == sent
    units = made.embedding.units
    assert [sent.text[span.start : span.end] for span in units.spans] == [
        "Registered nurse.",
        "Intensive care for five years.",
    ]
    expected = FaultyEngine().embed(["Registered nurse.", "Intensive care for five years."])
    assert np.allclose(unpacked(units.vectors), expected, atol=0.01)
    windows = made.embedding.windows
    assert [(span.start, span.end) for span in windows.spans] == [(0, len(sent.text))]
    assert np.array_equal(unpacked(windows.vectors), FaultyEngine().embed([sent.text]))
    assert (made.embedding.space, made.embedding.dimension) == (FaultyEngine().space, 384)
    assert statuses(publisher) == []


async def test_a_trace_goes_on(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    outgoing = text_record(event())
    headers = [(name, value) for name, value in outgoing.headers if name != "traceparent"]
    await work.handle([read(Outgoing(TEXT, outgoing.key, outgoing.value, [*headers, ("traceparent", trace.encode())]))])
    assert (header(publisher.topics[VECTORS][0], "traceparent") or "").split("-")[1] == trace.split("-")[1]


async def test_a_failure_is_reported_in_the_trace_of_its_own_text(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    with traced(f"00-{trace}-b7ad6b7169203331-01"):
        nameless = record("Maria", identity_spans=[IdentitySpan(0, 5, "name")])
    await work.handle([nameless])
    assert trace in (header(publisher.topics[STATUS][0], "traceparent") or "")


async def test_who_somebody_is_never_reaches_the_model(work: EmbeddingWork, engine: FaultyEngine) -> None:
    text = "Maria Sanchez\nRegistered nurse."
    await work.handle([record(text, identity_spans=[IdentitySpan(0, 13, "name")])])
    assert engine.texts
    assert not any("Maria" in given for given in engine.texts)


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


async def test_a_tombstone_goes_on_with_its_revision(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    await work.handle([record(offset=1), tombstone(offset=4)])
    (outgoing,) = publisher.topics[VECTORS]
    assert (outgoing.key, outgoing.value) == (b"acme/resume/7", None)
    assert header(outgoing, "revision") == "1764000000000-4"
    assert header(outgoing, "ce_type") == "shortlist.document.deleted.v1"
    assert header(outgoing, "source_event_id") == "event-1"


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


async def test_a_withdrawal_goes_on_as_one(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    key, revision = DocumentKey("acme", "resume", "7"), Revision(1_764_000_000_000, 4)
    await work.handle([read(tombstone_record(TEXT, key, revision, SOURCE, withdrawn=True))])
    (outgoing,) = publisher.topics[VECTORS]
    assert outgoing.value is None
    assert header(outgoing, "ce_type") == "shortlist.document.withdrawn.v1"


async def test_a_failure_says_that_the_text_was_published(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    await work.handle([record("Maria", identity_spans=[IdentitySpan(0, 5, "name")])])
    await work.dead_letter(record(offset=8), RecordRejected(ErrorCode.INTERNAL, "ours"), 3)
    assert [msgspec.json.decode(sent.value)["published"] for sent in publisher.topics[STATUS]] == [True, True]


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"tenant":"acme"}',
        msgspec.json.encode(event()).replace(b"1764000000000-1", b"yesterday"),
        msgspec.json.encode(event()).replace(b'"acme"', b'"AC/ME"'),
    ],
    ids=["empty", "broken", "a list", "no text", "half", "revision", "tenant"],
)
async def test_what_cannot_be_read_is_set_aside_and_its_neighbours_go_on(
    work: EmbeddingWork, publisher: InMemoryPublisher, value: bytes
) -> None:
    good = record(id="8")
    bad = Record(TEXT, 3, 12, 1, 1, b"acme/resume/7", value, record().headers)
    await work.handle([bad, good])
    (letter,) = publisher.topics[DEAD]
    assert (letter.key, letter.value) == (b"acme/resume/7", value)
    assert header(letter, "dead_letter_offset") == "12"
    assert header(letter, "dead_letter_error_code") == "invalid_content"
    assert statuses(publisher) == [("failed", "1764000000000-1", "invalid_content")]
    assert [made.id for made in vectors_of(publisher)] == ["8"]


@pytest.mark.parametrize("key", [None, b"", b"acme", b"\xff/resume/7", b"acme/letter/7"])
async def test_a_tombstone_of_nobody_is_a_dead_letter_and_nobody_failed(
    work: EmbeddingWork, publisher: InMemoryPublisher, key: bytes | None
) -> None:
    await work.handle([Record(TEXT, 0, 1, 1, 1, key, None, tombstone().headers)])
    assert len(publisher.topics[DEAD]) == 1
    assert publisher.topics[STATUS] == publisher.topics[VECTORS] == []


async def test_a_document_of_nothing_but_a_name_fails_and_says_so(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    await work.handle([record("Maria", identity_spans=[IdentitySpan(0, 5, "name")]), record(id="8")])
    assert statuses(publisher) == [("failed", "1764000000000-1", "empty")]
    assert [made.id for made in vectors_of(publisher)] == ["8"]


async def test_while_the_model_is_away_nothing_is_published_and_the_batch_can_be_done_again(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    batch = [record(), record("Welder.", id="8")]
    engine.fault = raising
    with pytest.raises(DependencyUnavailable):
        await work.handle(batch)
    assert publisher.topics[VECTORS] == publisher.topics[STATUS] == publisher.topics[DEAD] == []
    engine.fault = None
    await work.handle(batch)
    assert sorted(made.id for made in vectors_of(publisher)) == ["7", "8"]


async def test_a_document_on_which_alone_the_model_fails_does_not_hold_up_the_others_for_ever(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    engine.fault = lambda vectors: raising(vectors) if "Poison." in engine.calls[-1] else vectors
    with pytest.raises(ModelRefusal, match="acme/resume/7"):
        await work.handle([record("Poison.")])
    assert publisher.topics[VECTORS] == []


async def test_while_the_broker_is_away_the_batch_is_not_done(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    publisher.away[VECTORS] = "no leader"
    with pytest.raises(DependencyUnavailable, match="no leader"):
        await work.handle([record()])


async def test_equal_texts_of_a_batch_are_computed_once(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine, counted
) -> None:
    await work.handle([record(id=str(number)) for number in range(5)])
    assert len(vectors_of(publisher)) == 5
    assert len({made.embedding.windows.vectors.data for made in vectors_of(publisher)}) == 1
    assert len(engine.texts) == len(set(engine.texts)) == counted.texts == 3


class Remembering:
    """A cache in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    async def get_many(self, texts: list[str]) -> dict[str, Any]:
        return {text: self.kept[text] for text in texts if text in self.kept}

    async def keep(self, document: DocumentKey, texts: list[str], vectors: dict[str, Any]) -> None:
        self.kept.update(vectors)


async def test_a_text_that_is_to_be_computed_again_is_not_taken_from_the_cache_and_renews_it(
    lane: ModelLane, publisher: InMemoryPublisher
) -> None:
    cache: Any = Remembering()
    work = EmbeddingWork(EmbeddingService(lane, cache), publisher, VECTORS)
    await work.handle([record()])
    fresh = dict(cache.kept)
    cache.kept = {text: np.ones_like(vector) for text, vector in fresh.items()}
    again = read(text_record(event(), recompute=True))
    await work.handle([record(id="8"), again])
    first, other, second = vectors_of(publisher)
    assert second.embedding == first.embedding
    assert other.embedding != first.embedding, "the other one is taken from the cache"
    assert all(np.array_equal(cache.kept[text], vector) for text, vector in fresh.items())


async def test_a_short_document_is_published_while_a_long_one_of_its_batch_is_still_worked_on(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    long = " ".join(f"She planned the care of {number} patients on her ward." for number in range(800))
    await work.handle([record(long, id="long"), record(id="short")])
    assert [made.id for made in vectors_of(publisher)] == ["short", "long"]


async def test_of_a_batch_with_a_document_that_the_model_fails_on_the_others_are_published(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    engine.fault = lambda vectors: raising(vectors) if "Poison." in engine.calls[-1] else vectors
    with pytest.raises(ModelRefusal, match="acme/resume/7"):
        await work.handle([record("Poison."), *(record(f"Good {n}.", id=str(n)) for n in range(10, 16))])
    assert sorted(made.id for made in vectors_of(publisher)) == [str(n) for n in range(10, 16)]


async def test_what_is_computed_for_the_batch_is_counted_with_its_padding_and_the_models_waiting(
    work: EmbeddingWork,
) -> None:
    before = total(TOKENS, "_total"), total(MODEL_IDLE, "_total")
    await work.handle([record(id="8")])
    # "Registered nurse ." and "Intensive care for five years .", and both as one window.
    assert total(TOKENS, "_total") - before[0] == 3 + 6 + 9
    assert total(MODEL_IDLE, "_total") > before[1]


async def test_events_are_read_and_written_beside_the_event_loop(
    work: EmbeddingWork, publisher: InMemoryPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long document's event takes long to read: heartbeats and queries go on meanwhile."""
    threads: dict[str, int] = {}

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            threads[name] = threading.get_ident()
            return function(*arguments)

        return call

    sent = record()
    monkeypatch.setattr(consumer.events, "decode", noted("read", events.decode))
    monkeypatch.setattr(consumer, "vectors_record", noted("written", consumer.vectors_record))
    await work.handle([sent])
    assert len(publisher.topics[VECTORS]) == 1
    assert threads.keys() == {"read", "written"}
    assert threading.get_ident() not in threads.values()
