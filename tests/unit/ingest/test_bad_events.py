"""What comes in and where it ends (contracts: Events), row by row: failures, dead letters, faults of our own."""

import base64

import pytest

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.events import TYPE_DELETED, TYPE_SUBMITTED, SourceEvent
from libs.contracts.topics import SUBMITTED, TEXT
from services.ingest.sandbox.pool import ParserFault
from tests.fakes.ingest_work import DEAD_LETTERS
from tests.fakes.submitted_records import submitted

pytestmark = pytest.mark.unit

JOB = "default/job/4711"
STRUCTURED = "application/cloudevents+json"
OWN_TOPIC = f"{SUBMITTED}.acme"


@pytest.mark.parametrize(
    ("value", "content_type", "code"),
    [
        (b"not json", "application/json", "invalid_content"),
        ({"title": 7}, "application/json", "invalid_content"),
        ({"description": "a", "metadata": [1]}, "application/json", "invalid_content"),
        ({"title": "", "description": " \n"}, "application/json", "empty"),
        (b"", "application/json", "empty"),
        (b"", "application/pdf", "empty"),
        (b"{\\rtf1}", "application/rtf", "unsupported_type"),
        (b"%PDF-1.7 broken", "application/pdf", "invalid_content"),
        (b"a" * 8_388_609, "text/plain", "too_large"),
        (b"a" * 200_001, "text/plain", "too_large"),
    ],
)
async def test_bad_content_under_a_good_key_fails_with_a_reason_and_is_no_dead_letter(
    ingest, value, content_type, code
):
    await ingest.take(submitted(value=value, content_type=content_type))
    assert ingest.steps == [(JOB, "failed", code)]
    assert len(ingest.statuses[0].error.message) > 15
    assert ingest.dead_letters == []
    assert ingest.texts == []


async def test_metadata_of_the_wrong_form_in_the_attribute_fails(ingest):
    await ingest.take(submitted(ce_metadata='{"a":{"b":1}}'))
    assert ingest.steps == [(JOB, "failed", "invalid_content")]
    assert ingest.dead_letters == []


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"key": None}, "invalid_key"),
        ({"key": b""}, "invalid_key"),
        ({"key": b"default/job"}, "invalid_key"),
        ({"key": b"default/letter/7"}, "invalid_key"),
        ({"key": b"\xff\xfe"}, "invalid_key"),
        ({"key": b"De Fault/job/7"}, "invalid_key"),
        ({"key": b"default/job/.."}, "invalid_key"),
        ({"key": None, "ce_partitionkey": "default"}, "invalid_key"),
        ({"key": b"bad", "ce_partitionkey": JOB}, "invalid_key"),
    ],
)
async def test_a_record_that_names_no_document_is_a_dead_letter_alone(ingest, bent, code):
    await ingest.take(submitted(**bent))
    assert ingest.dead_letters == [code]
    assert ingest.steps == []


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"ce_partitionkey": "default/job/other"}, "key_mismatch"),
        ({"ce_partitionkey": "nonsense"}, "invalid_key"),
        ({"ce_subject": "resume/4711"}, "subject_mismatch"),
        ({"type": "shortlist.document.submitted.v2"}, "unknown_version"),
        ({"type": "shortlist.document.renamed.v1"}, "unknown_type"),
        ({"type": "com.example.thing"}, "unknown_type"),
        ({"type": None}, "unknown_type"),
        ({"ce_specversion": "2.0"}, "unknown_version"),
        ({"value": b"no envelope", "content_type": STRUCTURED}, "invalid_content"),
        ({"value": None}, "null_without_delete"),
        ({"value": None, "type": None}, "null_without_delete"),
        ({"ce_id": None}, "missing_attribute"),
        ({"ce_id": ""}, "missing_attribute"),
        ({"ce_source": None}, "missing_attribute"),
        ({"ce_id": None, "type": TYPE_DELETED, "value": None}, "missing_attribute"),
    ],
)
async def test_any_other_dead_letter_also_shows_its_document_as_failed(ingest, bent, code):
    await ingest.take(submitted(**bent))
    assert ingest.dead_letters == [code]
    assert ingest.steps == [(JOB, "failed", code)]
    assert ingest.publisher.topics[TEXT] == []


async def test_what_is_missing_is_named_and_the_event_is_reported_by_its_place(ingest):
    await ingest.take(submitted(5, ce_id=None, ce_source=None))
    (status,) = ingest.statuses
    assert status.error.message == (
        "the event has no ce_id and no ce_source: every event needs an id of its own and its source's name"
    )
    assert status.source_event == SourceEvent(SUBMITTED, "0-5")


ENVELOPE = {"specversion": "1.0", "id": "a", "source": "/ats", "type": TYPE_SUBMITTED, "data": {"title": "Welder"}}
NO_HEADERS = {"type": None, "ce_specversion": None, "ce_id": None, "ce_source": None}
REGISTRY = b"\x00\x00\x00\x00\x2a" + b'{"title":"Welder"}'


@pytest.mark.parametrize("content_type", [None, "application/json"])
async def test_a_structured_event_without_its_content_type_is_told_what_to_send(ingest, content_type):
    await ingest.take(submitted(value=ENVELOPE, **{**NO_HEADERS, "content_type": content_type}))
    assert ingest.dead_letters == ["unknown_type"]
    assert ingest.steps == [(JOB, "failed", "unknown_type")]
    assert ingest.statuses[0].error.message == (
        "the value is a structured CloudEvent, but the record's headers do not say so: send the header"
        " content-type: application/cloudevents+json"
    )


@pytest.mark.parametrize(
    ("bent", "code", "dead"),
    [
        ({}, "invalid_content", False),
        ({"content_type": "application/vnd.confluent.avro"}, "invalid_content", False),
        ({"content_type": STRUCTURED}, "invalid_content", True),
        ({**NO_HEADERS, "content_type": None}, "unknown_type", True),
        ({"type": "shortlist.document.metadata-changed.v1"}, "invalid_content", False),
    ],
)
async def test_bytes_of_a_schema_registry_are_named(ingest, bent, code, dead):
    await ingest.take(submitted(value=REGISTRY, **bent))
    assert ingest.steps == [(JOB, "failed", code)]
    assert (ingest.dead_letters == [code]) is dead
    message = ingest.statuses[0].error.message
    assert "the byte 0 and the schema id 42, as a schema registry's serializer writes it" in message
    assert "send the JSON alone" in message


@pytest.mark.parametrize("mode", ["binary", "structured"])
async def test_an_event_of_another_version_fails_the_document_that_its_partitionkey_names(ingest, mode):
    if mode == "binary":
        record = submitted(key=None, ce_specversion="0.3", ce_partitionkey=JOB)
    else:
        value = {**ENVELOPE, "specversion": "0.3", "partitionkey": JOB}
        record = submitted(key=None, value=value, **{**NO_HEADERS, "content_type": STRUCTURED})
    await ingest.take(record)
    assert ingest.dead_letters == ["unknown_version"]
    assert ingest.steps == [(JOB, "failed", "unknown_version")]


async def test_base64_with_the_line_breaks_of_mime_is_base64(ingest):
    file = base64.encodebytes(b"A welder of ships, who dives. " * 20).decode().replace("\n", "\r\n")
    value = {**ENVELOPE, "datacontenttype": "text/plain", "data_base64": f" {file}\t"}
    del value["data"]
    await ingest.take(submitted(value=value, content_type=STRUCTURED))
    assert ingest.texts[0].text.startswith("A welder of ships, who dives.")


async def test_what_is_no_base64_fails(ingest):
    value = {**ENVELOPE, "data_base64": "no*base64"}
    await ingest.take(submitted(value=value, content_type=STRUCTURED))
    assert ingest.dead_letters == ["invalid_content"]


async def test_a_dead_letter_is_the_record_untouched(ingest):
    record = submitted(9, key=b"bad", value=b"\x00\xff", odd=b"\xff", nothing=None)
    await ingest.take(record)
    (letter,) = ingest.publisher.topics[DEAD_LETTERS]
    assert (letter.key, letter.value) == (record.key, record.value)
    assert tuple(letter.headers[: len(record.headers)]) == record.headers


async def test_a_tenants_own_topic_takes_its_own_keys(ingest):
    await ingest.take(submitted(topic=OWN_TOPIC, key=b"acme/job/1"))
    assert ingest.steps == [("acme/job/1", "parsed", None)]


@pytest.mark.parametrize(
    "bent", [{}, {"value": None}, {"type": "x"}, {"type": TYPE_DELETED, "value": None}, {"ce_subject": "job/x"}]
)
async def test_another_tenants_key_there_is_a_dead_letter_alone(ingest, bent):
    await ingest.take(submitted(topic=OWN_TOPIC, key=b"default/job/1", **bent))
    assert ingest.dead_letters == ["invalid_key"]
    assert ingest.steps == []
    assert ingest.publisher.topics[TEXT] == []


async def test_another_tenants_partitionkey_there_is_a_dead_letter_alone_too(ingest):
    await ingest.take(submitted(topic=OWN_TOPIC, key=None, ce_partitionkey="default/job/1"))
    assert (ingest.dead_letters, ingest.steps) == (["invalid_key"], [])


async def test_a_producers_clock_never_decides(ingest):
    await ingest.take(submitted(timestamp_type=0))
    assert ingest.dead_letters == ["internal"]
    assert ingest.steps == []


async def test_a_broker_that_is_away_stops_the_batch(ingest):
    ingest.publisher.away[TEXT] = "gone"
    with pytest.raises(DependencyUnavailable):
        await ingest.take(submitted())


async def test_a_sandbox_that_cannot_start_is_no_documents_fault(ingest):
    ingest.parser.faults = [DependencyUnavailable("sandbox", "no processes left")]
    with pytest.raises(DependencyUnavailable):
        await ingest.take(submitted())
    assert ingest.steps == []


async def test_a_parsers_bug_is_left_to_the_bounded_attempts(ingest):
    ingest.parser.faults = [ParserFault("KeyError: x")]
    with pytest.raises(ParserFault):
        await ingest.take(submitted())
    assert ingest.steps == []


async def test_a_record_given_up_is_a_dead_letter_and_failed(ingest):
    await ingest.work.dead_letter(submitted(6), RecordRejected(ErrorCode.INTERNAL, "a fault of our own"), attempts=3)
    assert ingest.dead_letters == ["internal"]
    assert dict(ingest.publisher.topics[DEAD_LETTERS][0].headers)["dead_letter_attempts"] == b"3"
    assert ingest.steps == [(JOB, "failed", "internal")]
    assert ingest.statuses[0].source_event.id == "event-6"


async def test_a_record_whose_very_reading_fails_can_be_given_up(ingest, monkeypatch):
    def broken(*_):
        raise KeyError("a bug of ours")

    monkeypatch.setattr("services.ingest.consumer.read_record", broken)
    await ingest.work.dead_letter(submitted(6), RecordRejected(ErrorCode.INTERNAL, "a fault of our own"), attempts=3)
    assert ingest.dead_letters == ["internal"]
    assert ingest.steps == [(JOB, "failed", "internal")]
