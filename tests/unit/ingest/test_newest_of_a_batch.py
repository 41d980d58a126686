"""Which events of a document are worked on, of several in a batch."""

import pytest

from libs.contracts.events import TYPE_DELETED
from libs.contracts.topics import TEXT
from tests.fakes.submitted_records import STAMP, submitted

pytestmark = pytest.mark.unit

JOB = "default/job/4711"


async def test_only_a_keys_newest_revision_in_a_batch_is_worked_on(ingest):
    other = submitted(3, key=b"default/job/other")
    await ingest.take(submitted(1), submitted(2), other, submitted(4))
    assert [(str(text.key), text.revision) for text in ingest.texts] == [
        ("default/job/other", f"{STAMP}-3"),
        (JOB, f"{STAMP}-4"),
    ]
    own = [(event.revision, str(event.status)) for event in ingest.statuses if str(event.key) == JOB]
    assert own == [(f"{STAMP}-1", "superseded"), (f"{STAMP}-2", "superseded"), (f"{STAMP}-4", "parsed")]
    assert len(ingest.parser.parsed) == 2


async def test_a_newer_one_that_fails_supersedes_nothing_and_the_newest_below_it_is_worked_on(ingest):
    await ingest.take(submitted(1), submitted(2), submitted(3, value=b"{not json"), submitted(4, value=b""))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-2"]
    assert [(event.revision, str(event.status)) for event in ingest.statuses] == [
        (f"{STAMP}-1", "superseded"),
        (f"{STAMP}-2", "parsed"),
        (f"{STAMP}-3", "failed"),
        (f"{STAMP}-4", "failed"),
    ]


async def test_what_a_deletion_superseded_does_not_come_back_when_a_later_one_fails(ingest):
    await ingest.take(submitted(1), submitted(2, type=TYPE_DELETED, value=None), submitted(3, value=b"{not json"))
    assert [record.value for record in ingest.publisher.topics[TEXT]] == [None]
    assert [str(event.status) for event in ingest.statuses] == ["superseded", "failed"]


async def test_a_keys_events_go_out_in_revision_order_even_from_two_partitions(ingest):
    await ingest.take(submitted(7), submitted(2, type=TYPE_DELETED, value=None), submitted(5, value={"title": 1}))
    revisions = [dict(record.headers)["revision"].decode() for record in ingest.publisher.topics[TEXT]]
    assert revisions == [f"{STAMP}-2", f"{STAMP}-7"]
    assert [event.revision for event in ingest.statuses] == [f"{STAMP}-5", f"{STAMP}-7"]


async def test_a_deletion_supersedes_what_came_before_it_and_not_what_comes_after(ingest):
    await ingest.take(submitted(1), submitted(2, type=TYPE_DELETED, value=None), submitted(3))
    assert [record.value is None for record in ingest.publisher.topics[TEXT]] == [True, False]
    assert [str(event.status) for event in ingest.statuses] == ["superseded", "parsed"]


async def test_the_event_that_its_producer_sent_twice_counts_once(ingest):
    await ingest.take(submitted(1, id="same"), submitted(2, id="same"))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-2"]
    assert ingest.steps == [(JOB, "superseded", None), (JOB, "parsed", None)], "each sending has an end"


async def test_an_event_sent_again_after_another_one_counts_again(ingest):
    await ingest.take(submitted(1, id="a"), submitted(2, id="b"), submitted(3, id="a"))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-3"]


async def test_a_record_that_is_set_aside_supersedes_nothing(ingest):
    await ingest.take(submitted(1), submitted(2, type="com.example.thing"))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-1"]
    assert [(event.revision, str(event.status)) for event in ingest.statuses] == [
        (f"{STAMP}-1", "parsed"),
        (f"{STAMP}-2", "failed"),
    ]


async def test_one_bad_record_lets_all_others_of_its_batch_pass(ingest):
    await ingest.take(submitted(1, key=b"bad"), submitted(2), submitted(3, key=b"default/job/b", value=b"no json"))
    assert sorted(ingest.steps) == [(JOB, "parsed", None), ("default/job/b", "failed", "invalid_content")]
    assert ingest.dead_letters == ["invalid_key"]
