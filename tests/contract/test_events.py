"""The wire form of every event: the golden examples are read, written back the same, and documented."""

import json
import re
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from libs.contracts import asyncapi, cloudevents, events
from libs.contracts.errors import RecordRejected
from libs.contracts.events import MetadataChange, SourceEvent, StatusEvent, TextEvent, VectorsEvent, WholeMetadata
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Named, Standing
from libs.contracts.statuses import Status
from libs.contracts.topics import METADATA, TEXT, TOPICS, VECTORS
from libs.messaging import reporting
from services.embedding import consumer as embedding
from services.gateway.clients import broker
from services.ingest import consumer as ingest
from services.matching import consumer as matching

pytestmark = pytest.mark.contract

GOLDEN = resources.files("libs.contracts") / "golden"
EVENTS = {
    "text.v1": TextEvent,
    "vectors.v1": VectorsEvent,
    "status.v1": StatusEvent,
    "metadata-change.v1": MetadataChange,
    "metadata.v1": WholeMetadata,
    # What names until when the document is kept, and a job's state.
    "text.v1-standing": TextEvent,
    "metadata-change.v1-standing": MetadataChange,
    "metadata-change.v1-expired": MetadataChange,
    "metadata.v1-standing": WholeMetadata,
}


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


@pytest.mark.parametrize(("name", "kind"), EVENTS.items())
def test_a_golden_event_is_read_and_written_back_unchanged(name, kind):
    event = events.decode(golden(name), kind)
    assert json.loads(events.encode(event)) == json.loads(golden(name))


@pytest.mark.parametrize(("name", "kind"), [("text.v1", TextEvent), ("vectors.v1", VectorsEvent)])
def test_an_event_from_before_texts_had_a_structure_is_still_read(name, kind):
    older, now = events.decode(golden(f"{name}-before-structure"), kind), events.decode(golden(name), kind)
    assert (older.submitted_at, older.as_of) == ("2026-11-23T17:04:54.925Z", "2026-11-23")
    assert older.structure_version == 0
    assert [(each.title, each.kind) for each in older.sections] == [("Marine welder", "other")]
    found = {
        "mentions": [],
        "disclaimed_spans": [],
        "requirements_found": [],
        "structure_version": 0,
        "metadata_revision": "",
    }
    assert older == msgspec.structs.replace(now, **found)
    assert older.named_metadata_at == older.parsed_revision, "it named its metadata, as every submission did then"


def test_a_standing_says_of_each_part_who_named_it():
    text = events.decode(golden("text.v1-standing"), TextEvent)
    own, before = Revision(1795453494925, 42), Revision(1795453494925, 41)
    until = "2027-06-30T22:00:00Z"
    assert text.standing == Standing(Named(until, own), Named("closed", before))
    change = events.decode(golden("metadata-change.v1-standing"), MetadataChange)
    assert change.standing == Standing(Named(None, own), Named("closed", own))
    whole = events.decode(golden("metadata.v1-standing"), WholeMetadata)
    assert whole.standing == Standing(Named(until, before), Named("closed", Revision(1795453494925, 44)))
    assert whole.named_metadata_at == own
    expired = events.decode(golden("metadata-change.v1-expired"), MetadataChange)
    assert (expired.expired, expired.standing) == (own, NEVER_NAMED)


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("text.v1-standing", TextEvent, "state_revision"),
        ("text.v1-standing", TextEvent, "state"),
        ("metadata.v1-standing", WholeMetadata, "metadata_revision"),
        ("metadata-change.v1-expired", MetadataChange, "expired_revision"),
    ],
)
def test_a_standing_of_another_form_is_refused(name, kind, field):
    broken = {**json.loads(golden(name)), field: "soon"}
    with pytest.raises(RecordRejected):
        events.decode(json.dumps(broken).encode(), kind)


@pytest.mark.parametrize(
    ("as_of", "metadata", "day"),
    [
        ("2026-11-23T23:04:54.925Z", {"as_of": "2025-06-30"}, "2025-06-30"),
        ("2026-11-23T23:04:54.925Z", {"as_of": "2025-06-31"}, "2026-11-23"),
        ("2026-11-23T23:04:54.925Z", {"as_of": 20250630}, "2026-11-23"),
    ],
)
def test_the_day_of_an_older_event_is_that_of_its_metadata_else_of_its_submission(as_of, metadata, day):
    older = {**json.loads(golden("text.v1-before-structure")), "as_of": as_of, "metadata": metadata}
    event = events.decode(json.dumps(older).encode(), TextEvent)
    assert (event.as_of, event.submitted_at) == (day, as_of)


@pytest.mark.parametrize(("name", "kind"), EVENTS.items())
def test_a_field_that_a_newer_producer_added_is_ignored(name, kind):
    newer = {**json.loads(golden(name)), "added_later": 1}
    assert events.decode(json.dumps(newer).encode(), kind) == events.decode(golden(name), kind)


@pytest.mark.parametrize(
    ("field", "value"),
    [("revision", "12"), ("revision", None), ("tenant", "No Such"), ("kind", "letter"), ("id", "..")],
)
def test_an_event_with_a_broken_identity_is_refused(field, value):
    broken = {**json.loads(golden("text.v1")), field: value}
    with pytest.raises(RecordRejected):
        events.decode(json.dumps(broken).encode(), TextEvent)


def test_vectors_that_do_not_hold_what_they_announce_are_refused():
    event = events.decode(golden("vectors.v1"), VectorsEvent)
    assert len(event.embedding.units.vectors.raw()) == 3 * 4
    short = json.loads(golden("vectors.v1"))
    short["embedding"]["windows"]["vectors"]["count"] = 2
    with pytest.raises(ValueError, match="announced"):
        events.decode(json.dumps(short).encode(), VectorsEvent).embedding.windows.vectors.raw()


def test_a_structured_event_says_the_same_as_a_binary_one():
    headers = [("content-type", b"application/cloudevents+json; charset=utf-8")]
    event = cloudevents.read(golden("submitted-job-structured.v1"), headers)
    assert (event.type, event.source, event.id) == (events.TYPE_SUBMITTED, "/ats", "a2")
    assert str(cloudevents.identity(None, event)) == "default/job/4711"
    assert json.loads(event.data or b"")["title"] == "Marine welder"


def test_the_committed_event_reference_is_what_the_code_says():
    committed = json.loads(Path("docs/asyncapi.json").read_text())
    assert committed == asyncapi.document(), "run `make docs`"


def test_every_record_that_is_sent_is_in_the_event_reference():
    key, revision, source = DocumentKey("default", "job", "1"), Revision(1, 2), SourceEvent("/ats", "a1")
    text, vectors = (events.decode(golden(name), kind) for name, kind in list(EVENTS.items())[:2])
    sent = [
        reporting.text_record(text),
        reporting.vectors_record(vectors, VECTORS),
        *(reporting.status_record(key, revision, status, source_event=source) for status in Status),
        reporting.metadata_change_record(events.decode(golden("metadata-change.v1"), MetadataChange)),
        reporting.metadata_record(events.decode(golden("metadata.v1"), WholeMetadata)),
        reporting.tombstone_record(METADATA, key, revision, source),
        reporting.expiry_record(key, revision),
        *(
            reporting.tombstone_record(topic, key, revision, source, withdrawn=withdrawn)
            for topic in (TEXT, VECTORS)
            for withdrawn in (False, True)
        ),
    ]
    channels = asyncapi.document()["channels"]
    for record in sent:
        [message] = channels[record.topic.replace(".", "-")]["messages"].values()
        headers = dict(record.headers)
        assert headers.keys() <= message["headers"]["properties"].keys()
        assert (headers["ce_type"] or b"").decode() in message["headers"]["properties"]["ce_type"]["enum"]
        if record.value is None:
            assert "null" in [form.get("type") for form in message["payload"]["oneOf"]]


@pytest.mark.parametrize("service", [ingest, embedding, matching])
def test_what_a_service_declares_to_read_and_write_is_what_the_event_reference_says(service):
    is_pattern = isinstance(service.READS, str)
    reads = {name for name in TOPICS if re.fullmatch(service.READS, name)} if is_pattern else set(service.READS)
    assert said(service.SERVICE, "receive") == reads
    assert said(service.SERVICE, "send") == set(service.WRITES)


def test_what_the_gateway_declares_to_write_is_what_the_event_reference_says():
    assert said("gateway", "send") == set(broker.WRITTEN)


def said(service: str, action: str) -> set[str]:
    """The topics that a service receives or sends, by the event reference."""
    document = asyncapi.document()
    return {
        document["channels"][operation["channel"]["$ref"].removeprefix("#/channels/")]["address"]
        for name, operation in document["operations"].items()
        if operation["action"] == action and name.startswith(f"{service}-")
    }


def test_compacted_topics_keep_tombstones_longer_than_any_other_retention():
    longest = max(topic.retention_ms or 0 for topic in TOPICS.values())
    compacted = [topic for topic in TOPICS.values() if topic.cleanup_policy == "compact"]
    assert len(compacted) == 3
    assert all(int(topic.settings["delete.retention.ms"]) > longest for topic in compacted)


def test_the_largest_record_fits_into_its_dead_letter():
    largest = max(topic.max_message_bytes for name, topic in TOPICS.items() if not name.startswith("dead-letters"))
    assert all(topic.max_message_bytes > largest for name, topic in TOPICS.items() if name.startswith("dead-letters"))
