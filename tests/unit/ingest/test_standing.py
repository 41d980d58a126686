"""Until when a document is kept and a job's state pass ingest: named in JSON, by attributes, and by changes."""

import json

import pytest

from libs.contracts import events
from libs.contracts.events import TYPE_METADATA_CHANGED, MetadataChange
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Named, Standing
from libs.contracts.topics import METADATA_CHANGES
from tests.fakes.submitted_records import STAMP, submitted

pytestmark = pytest.mark.unit

END, OTHER = "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"
RESUME = b"default/resume/r1"


def at(offset: int) -> Revision:
    return Revision(STAMP, offset)


def changes(ingest) -> list[MetadataChange]:
    return [events.decode(record.value, MetadataChange) for record in ingest.publisher.topics[METADATA_CHANGES]]


async def test_a_json_body_names_both_and_a_text_says_it_at_its_own_revision(ingest):
    body = {"title": "Welder", "description": "Hulls.", "expires_at": "2027-01-01T01:00:00+01:00", "state": "closed"}
    await ingest.take(submitted(7, value=body))
    [event] = ingest.texts
    assert event.standing == Standing(Named(END, at(7)), Named("closed", at(7)))
    written = json.loads(events.encode(event))
    assert (written["expires_at"], written["state"]) == (END, "closed")


async def test_who_names_none_says_nothing_of_it(ingest):
    await ingest.take(submitted(1))
    [event] = ingest.texts
    assert event.standing == NEVER_NAMED
    assert not {"expires_at", "state", "expires_at_revision"} & json.loads(events.encode(event)).keys()


async def test_null_takes_it_back(ingest):
    await ingest.take(submitted(1, value={"title": "Welder", "expires_at": None, "state": None}))
    assert ingest.texts[0].standing == Standing(Named(None, at(1)), Named(None, at(1)))


async def test_a_files_bytes_have_attributes_beside_them(ingest):
    file = {"value": b"Ada Example\nRegistered nurse", "content_type": "text/plain"}
    await ingest.take(submitted(1, key=RESUME, ce_expiresat=END, **file))
    await ingest.take(submitted(2, ce_state="closed", ce_expiresat="", **file))
    assert ingest.texts[0].standing == Standing(Named(END, at(1)))
    assert ingest.texts[1].standing == Standing(Named(None, at(2)), Named("closed", at(2)))


async def test_the_content_counts_more_than_the_attributes_each_for_itself(ingest):
    body = {"title": "Welder", "expires_at": END}
    await ingest.take(submitted(1, value=body, ce_expiresat=OTHER, ce_state="closed"))
    assert ingest.texts[0].standing == Standing(Named(END, at(1)), Named("closed", at(1)))


@pytest.mark.parametrize(
    ("key", "body", "headers"),
    [
        (b"default/job/1", {"title": "Welder", "expires_at": "soon"}, {}),
        (b"default/job/1", {"title": "Welder", "state": "CA"}, {}),
        (RESUME, {"text": "A nurse", "state": "open"}, {}),
        (RESUME, {"basics": {"name": "Ada"}, "state": "open"}, {}),
        (RESUME, {"text": "A nurse"}, {"ce_expiresat": "2027-01-01"}),
        (RESUME, {"text": "A nurse"}, {"ce_state": "closed"}),
    ],
)
async def test_what_is_not_of_the_form_fails_with_the_reason(ingest, key, body, headers):
    await ingest.take(submitted(1, key=key, value=body, **headers))
    assert ingest.steps == [(key.decode(), "failed", "invalid_content")]
    assert ingest.dead_letters == []


async def test_another_systems_posting_may_have_a_state_of_its_own(ingest):
    lists = [{"text": "What you do", "content": "<li>Weld hulls</li>"}]
    lever = {"text": "Welder", "lists": lists, "state": "published"}
    await ingest.take(submitted(1, value={**lever, "expires_at": END}))
    assert ingest.texts[0].standing == Standing(Named(END, at(1)))


async def test_a_newer_submission_of_the_batch_takes_over_what_the_older_named(ingest):
    await ingest.take(
        submitted(1, value={"title": "Welder", "expires_at": END, "state": "closed"}),
        submitted(2, value={"title": "Welder of hulls", "state": "open"}),
        submitted(3, value={"title": "Welder of ships"}),
    )
    [event] = ingest.texts
    assert event.revision == str(at(3))
    assert event.standing == Standing(Named(END, at(1)), Named("open", at(2)))


async def test_a_change_names_it_by_attributes_with_or_without_metadata(ingest):
    change = {"type": TYPE_METADATA_CHANGED}
    await ingest.take(submitted(1, value={"stage": "hired"}, ce_expiresat=END, **change))
    await ingest.take(submitted(2, value=b"", ce_state="closed", **change))
    await ingest.take(submitted(3, value={}, ce_state="", ce_expiresat="", **change))
    first, second, third = changes(ingest)
    assert (first.metadata, first.standing) == ({"stage": "hired"}, Standing(Named(END, at(1))))
    assert (second.metadata, second.standing) == ({}, Standing(None, Named("closed", at(2))))
    assert third.standing == Standing(Named(None, at(3)), Named(None, at(3)))
    assert ingest.steps == []


async def test_a_change_of_metadata_named_so_is_one_of_metadata(ingest):
    await ingest.take(submitted(1, value={"state": "CA", "expires_at": "soon"}, type=TYPE_METADATA_CHANGED))
    [change] = changes(ingest)
    assert (change.metadata, change.standing) == ({"state": "CA", "expires_at": "soon"}, NEVER_NAMED)


async def test_a_change_that_is_not_of_the_form_fails_with_the_reason(ingest):
    await ingest.take(submitted(1, value={}, type=TYPE_METADATA_CHANGED, ce_expiresat="soon"))
    assert ingest.steps == [("default/job/4711", "failed", "invalid_content")]
    assert changes(ingest) == []
