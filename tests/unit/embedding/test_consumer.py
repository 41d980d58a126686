"""What comes of a record of documents.text.v1."""

from __future__ import annotations

import base64

import msgspec
import numpy as np
import pytest

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.events import text_of
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.structure import DisclaimedSpan, IdentitySpan
from libs.contracts.topics import STATUS, TEXT, VECTORS
from libs.contracts.vectors import PackedVectors
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import text_record, tombstone_record
from libs.telemetry.tracing import traced
from services.embedding.consumer import EmbeddingWork
from tests.fakes.faulty_engine import FaultyEngine
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.text_records import SOURCE, event, header, read, record, statuses, tombstone, vectors_of

pytestmark = pytest.mark.unit

DEAD = "dead-letters.embedding.v1"


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


async def test_what_somebody_has_not_never_reaches_the_model(work: EmbeddingWork, engine: FaultyEngine) -> None:
    text = "Registered nurse. I have never ventilated patients."
    await work.handle([record(text, disclaimed_spans=[DisclaimedSpan(18, 51, "denied")])])
    assert engine.texts
    assert not any("ventilated" in given for given in engine.texts)


async def test_who_somebody_is_never_reaches_the_model(work: EmbeddingWork, engine: FaultyEngine) -> None:
    text = "Maria Sanchez\nRegistered nurse."
    await work.handle([record(text, identity_spans=[IdentitySpan(0, 13, "name")])])
    assert engine.texts
    assert not any("Maria" in given for given in engine.texts)


async def test_a_tombstone_goes_on_with_its_revision(work: EmbeddingWork, publisher: InMemoryPublisher) -> None:
    await work.handle([record(offset=1), tombstone(offset=4)])
    (outgoing,) = publisher.topics[VECTORS]
    assert (outgoing.key, outgoing.value) == (b"acme/resume/7", None)
    assert header(outgoing, "revision") == "1764000000000-4"
    assert header(outgoing, "ce_type") == "shortlist.document.deleted.v1"
    assert header(outgoing, "source_event_id") == "event-1"


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
