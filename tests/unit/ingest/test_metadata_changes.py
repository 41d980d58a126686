"""Changes of metadata alone pass ingest as documents do, and touch no text."""

import json

import pytest

from libs.contracts import events
from libs.contracts.events import TYPE_DELETED, TYPE_METADATA_CHANGED, MetadataChange
from libs.contracts.topics import METADATA_CHANGES, TEXT
from tests.fakes.submitted_records import STAMP, submitted

pytestmark = pytest.mark.unit

JOB = "default/job/4711"


def changed(offset, patch, **given):
    return submitted(offset, value=patch, type=TYPE_METADATA_CHANGED, **given)


def changes(ingest) -> list[MetadataChange]:
    return [events.decode(record.value, MetadataChange) for record in ingest.publisher.topics[METADATA_CHANGES]]


async def test_a_change_goes_on_to_matching_with_its_revision_under_the_documents_key(ingest):
    await ingest.take(changed(7, {"stage": "hired", "recruiter": None, "tags": ["a"]}, ce_time="2026-11-23T17:05:11Z"))
    (record,) = ingest.publisher.topics[METADATA_CHANGES]
    assert record.key == JOB.encode()
    assert dict(record.headers)["revision"] == f"{STAMP}-7".encode()
    (change,) = changes(ingest)
    assert (str(change.key), change.revision, change.source_event.id) == (JOB, f"{STAMP}-7", "event-7")
    assert change.metadata == {"stage": "hired", "recruiter": None, "tags": ["a"]}
    assert change.submitted_at == "2026-11-23T17:05:11.000Z"
    assert ingest.steps == [], "a text on its way keeps its status"
    assert ingest.publisher.topics[TEXT] == []
    assert ingest.parser.parsed == []


async def test_a_change_is_taken_in_structured_mode_and_within_a_field_of_its_name(ingest):
    event = {
        "specversion": "1.0",
        "type": TYPE_METADATA_CHANGED,
        "source": "/ats",
        "id": "c1",
        "partitionkey": JOB,
        "data": {"metadata": {"stage": "hired"}},
    }
    await ingest.take(submitted(1, value=event, key=None, type=None, content_type="application/cloudevents+json"))
    (change,) = changes(ingest)
    assert (str(change.key), change.metadata) == (JOB, {"stage": "hired"})


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"{not json", "invalid_content"),
        ({"a": {"b": 1}}, "invalid_content"),
        (b"[]", "invalid_content"),
        (b"", "empty"),
    ],
)
async def test_a_change_that_cannot_be_read_shows_as_failed_with_the_reason(ingest, value, code):
    await ingest.take(changed(1, value))
    assert ingest.steps == [(JOB, "failed", code)]
    assert ingest.publisher.topics[METADATA_CHANGES] == []


async def test_a_version_that_nobody_knows_is_a_dead_letter(ingest):
    await ingest.take(submitted(1, value={"a": 1}, type="shortlist.document.metadata-changed.v2"))
    assert ingest.dead_letters == ["unknown_version"]


async def test_a_tenants_own_topic_takes_its_changes_and_no_others(ingest):
    own, other = b"acme/job/1", b"other/job/1"
    topic = "documents.submitted.v1.acme"
    await ingest.take(changed(1, {"a": 1}, key=own, topic=topic), changed(2, {"a": 2}, key=other, topic=topic))
    assert [str(change.key) for change in changes(ingest)] == ["acme/job/1"]
    assert ingest.dead_letters == ["invalid_key"]
    assert ingest.steps == []


async def test_a_dead_letter_that_is_put_back_keeps_the_revision_it_had(ingest):
    await ingest.take(changed(9, {"a": 1}, replayed_revision=f"{STAMP}-2"))
    assert [change.revision for change in changes(ingest)] == [f"{STAMP}-2"]


async def test_changes_supersede_nothing_and_go_on_with_the_submissions_of_their_batch(ingest):
    await ingest.take(submitted(1), changed(2, {"a": 2}), submitted(3, value=b"{not json"), changed(4, {"a": 4}))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-1"], "a failed one supersedes nothing either"
    assert [change.revision for change in changes(ingest)] == [f"{STAMP}-2", f"{STAMP}-4"]


async def test_what_is_no_text_is_taken_out_of_a_change(ingest):
    await ingest.take(changed(1, json.dumps({"a\x00": "b\x00", "c\ud83d": None}).encode()))
    (change,) = changes(ingest)
    assert all("\x00" not in name for name in change.metadata)
    assert "b" in change.metadata.values()


@pytest.mark.parametrize(
    ("body", "metadata", "named_at"),
    [
        ({"text": "A nurse", "metadata": {"a": 1}}, {"a": 1}, f"{STAMP}-1"),
        ({"text": "A nurse", "metadata": {}}, {}, f"{STAMP}-1"),
        ({"text": "A nurse", "metadata": None}, {}, None),
        ({"text": "A nurse"}, {}, None),
    ],
)
async def test_a_text_tells_metadata_that_were_named_from_none(ingest, body, metadata, named_at):
    await ingest.take(submitted(1, key=b"default/resume/r1", value=body))
    (text,) = ingest.texts
    assert (text.metadata, text.metadata_revision) == (metadata, named_at)


async def test_a_file_names_its_metadata_in_its_header_or_none(ingest):
    file = {"key": b"default/resume/r1", "value": b"A nurse", "content_type": "text/plain"}
    await ingest.take(submitted(1, **file))
    await ingest.take(submitted(2, **file, ce_metadata="{}"))
    await ingest.take(submitted(3, **file, ce_metadata='{"a": 1}'))
    assert [(text.metadata, text.metadata_revision) for text in ingest.texts] == [
        ({}, None),
        ({}, f"{STAMP}-2"),
        ({"a": 1}, f"{STAMP}-3"),
    ]


async def test_metadata_of_a_submission_that_is_superseded_unread_are_not_lost(ingest):
    named = {"text": "A nurse", "metadata": {"a": 1}}
    key = b"default/resume/r1"
    await ingest.take(submitted(1, key=key, value=named), submitted(2, key=key, value={"text": "A newer text"}))
    (text,) = ingest.texts
    assert (text.revision, text.metadata, text.metadata_revision) == (f"{STAMP}-2", {"a": 1}, f"{STAMP}-1")


async def test_metadata_of_before_a_deletion_do_not_come_back(ingest):
    key = b"default/resume/r1"
    await ingest.take(
        submitted(1, key=key, value={"text": "A nurse", "metadata": {"a": 1}}),
        submitted(2, key=key, type=TYPE_DELETED, value=None),
        submitted(3, key=key, value={"text": "A newer text"}),
    )
    (text,) = ingest.texts
    assert (text.metadata, text.metadata_revision) == ({}, None)
