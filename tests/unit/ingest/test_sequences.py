"""What ingest does where a source says the order of its events, of several in a batch and of one alone."""

import json

import pytest

from libs.contracts.events import TYPE_DELETED, TYPE_METADATA_CHANGED, TYPE_SUBMITTED, SourceEvent
from libs.contracts.topics import METADATA_CHANGES, TEXT
from tests.fakes.submitted_records import STAMP, submitted

pytestmark = pytest.mark.unit

JOB = "default/job/4711"
STRUCTURED = "application/cloudevents+json"


def numbered(offset, sequence, **bent):
    return submitted(offset, ce_sequence=str(sequence), ce_sequencetype="Integer", **bent)


def deleted(offset, sequence):
    return numbered(offset, sequence, type=TYPE_DELETED, value=None)


def told(ingest):
    """(offset, status, offset of what superseded it by its sequence) in the order of publishing."""
    return [
        (_offset(each.revision), str(each.status), each.superseded_by and _offset(each.superseded_by))
        for each in ingest.statuses
    ]


def texts(ingest):
    """Offset and kind of what the topic of texts holds."""
    return [
        (_offset(dict(record.headers)["revision"].decode()), record.value is not None)
        for record in ingest.publisher.topics[TEXT]
    ]


def _offset(revision):
    return int(revision.removeprefix(f"{STAMP}-"))


async def test_the_sequence_goes_with_the_text_and_the_status(ingest):
    await ingest.take(numbered(1, 41))
    source_event = SourceEvent("/ats", "event-1", "41", "Integer")
    assert ingest.texts[0].source_event == source_event
    assert ingest.statuses[0].source_event == source_event


async def test_in_structured_mode_it_is_an_attribute(ingest):
    value = {"specversion": "1.0", "id": "a", "source": "/ats", "type": TYPE_SUBMITTED, "data": {"title": "Welder"}}
    for offset, sequence in enumerate(["7", 8], 1):
        named = {**value, "sequence": sequence, "sequencetype": "Integer"}
        await ingest.take(submitted(offset, value=named, content_type=STRUCTURED))
    assert [text.source_event.sequence for text in ingest.texts] == ["7", "8"]
    assert {text.source_event.sequence_type for text in ingest.texts} == {"Integer"}


async def test_without_one_nothing_is_said_of_it(ingest):
    await ingest.take(submitted(1))
    for record in (*ingest.publisher.topics[TEXT], *ingest.publisher.topics["documents.status.v1"]):
        assert json.loads(record.value)["source_event"] == {"source": "/ats", "id": "event-1"}
        assert not [name for name, _ in record.headers if "sequence" in name]


async def test_a_deletion_takes_it_to_the_tombstone(ingest):
    await ingest.take(deleted(1, 6))
    (record,) = ingest.publisher.topics[TEXT]
    headers = dict(record.headers)
    assert (headers["source_event_sequence"], headers["source_event_sequencetype"]) == (b"6", b"Integer")


async def test_the_highest_of_a_batch_is_worked_on_and_what_comes_behind_it_is_late(ingest):
    await ingest.take(numbered(1, 9), numbered(2, 11), numbered(3, 10))
    assert texts(ingest) == [(2, True)]
    assert told(ingest) == [(1, "superseded", None), (2, "parsed", None), (3, "superseded", 2)]


async def test_what_fails_still_supersedes_what_comes_behind_it_and_the_one_before_it_counts(ingest):
    await ingest.take(numbered(1, 9), numbered(2, 11, value=b"{not json"), numbered(3, 10))
    assert texts(ingest) == [(1, True)]
    assert told(ingest) == [(1, "parsed", None), (2, "failed", None), (3, "superseded", 2)]


async def test_a_late_deletion_erases_nothing_and_a_late_submission_does_not_follow_a_deletion(ingest):
    await ingest.take(numbered(1, 9), deleted(2, 8))
    assert texts(ingest) == [(1, True)]
    await ingest.take(deleted(3, 20), numbered(4, 19))
    assert texts(ingest)[1:] == [(3, False)]
    assert told(ingest) == [
        (1, "parsed", None),
        (2, "superseded", 1),
        (4, "superseded", 3),
    ]


async def test_of_equal_sequences_the_first_counts_but_the_same_event_again_is_no_other_one(ingest):
    await ingest.take(numbered(1, 9, id="a"), numbered(2, 9, id="b"), numbered(3, 9, id="a"))
    assert texts(ingest) == [(3, True)]
    assert told(ingest) == [(1, "superseded", None), (2, "superseded", 1), (3, "parsed", None)]


@pytest.mark.parametrize(
    "other", [{"ce_source": "/other", "ce_sequence": "4", "ce_sequencetype": "Integer"}, {}, {"ce_sequence": "4"}]
)
async def test_of_what_cannot_be_compared_all_goes_on_to_matching_in_the_order_of_arrival(ingest, other):
    await ingest.take(numbered(1, 9), submitted(2, **other), numbered(3, 10))
    assert texts(ingest) == [(2, True), (3, True)]
    await ingest.take(submitted(4, **other, id="4"), numbered(5, 8, type=TYPE_DELETED, value=None))
    assert texts(ingest)[2:] == [(4, True), (5, False)], "whether it is late, only matching knows"


async def test_text_is_compared_as_text_unless_the_type_says_integer(ingest):
    await ingest.take(submitted(1, ce_sequence="9"), submitted(2, ce_sequence="10", ce_sequencetype="Custom"))
    assert texts(ingest) == [(1, True)]


@pytest.mark.parametrize(
    ("sequence", "type", "said"),
    [
        ("a7", "Integer", "ce_sequence is no integer, though ce_sequencetype says Integer: 'a7'"),
        ("1.5", "Integer", "ce_sequence is no integer"),
        ("1" * 201, "Integer", "ce_sequence has 201 characters; 200 are allowed"),
        ("x" * 201, None, "ce_sequence has 201 characters; 200 are allowed"),
    ],
)
@pytest.mark.parametrize("type_of_event", [TYPE_SUBMITTED, TYPE_DELETED, TYPE_METADATA_CHANGED])
async def test_an_invalid_sequence_fails_the_document(ingest, sequence, type, said, type_of_event):
    bent = {"value": None} if type_of_event == TYPE_DELETED else {}
    headers = {"ce_sequence": sequence} | ({} if type is None else {"ce_sequencetype": type})
    await ingest.take(submitted(1, type=type_of_event, **bent, **headers))
    assert ingest.steps == [(JOB, "failed", "invalid_content")]
    assert said in ingest.statuses[0].error.message
    assert (ingest.dead_letters, texts(ingest), ingest.statuses[0].source_event.sequence) == ([], [], None)


@pytest.mark.parametrize("sequence", ["9" * 200, "+12", "-3", "007"])
async def test_integers_of_any_length_are_taken_as_they_are(ingest, sequence):
    await ingest.take(numbered(1, sequence))
    assert ingest.texts[0].source_event.sequence == sequence


async def test_changes_of_metadata_keep_the_order_of_arrival(ingest):
    change = {"type": TYPE_METADATA_CHANGED, "value": {"stage": "interview"}}
    await ingest.take(numbered(1, 9), numbered(2, 12, **change), numbered(3, 11, **change), numbered(4, 10))
    assert len(ingest.publisher.topics[METADATA_CHANGES]) == 2
    assert texts(ingest) == [(4, True)], "a change replaces nothing, so that a submission before it is not late"
