"""A repair never buries a newer text that nobody has read yet; where that one fails, what was left is repaired."""

from __future__ import annotations

import pytest

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.events import TextEvent
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.topics import TEXT
from libs.messaging.records import Record
from tests.fakes.documents import report, status_arrived, tombstone_arrived, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = "default/resume/r1"
LATE, HELD, FAILED, NEWER = (Revision(1000, offset) for offset in (1, 2, 3, 4))
FAULT = DocumentError("internal", "a fault of our own")

PASSES = {
    "an older text": lambda: vectors_arrived(vectors_event(KEY, LATE, "late")),
    "a tombstone of an older revision": lambda: tombstone_arrived(KEY, LATE),
    "a withdrawal": lambda: tombstone_arrived(KEY, FAILED, withdrawn=True),
    "the failure of a published text": lambda: status_arrived(
        report(KEY, FAILED, Status.FAILED, FAULT, published=True)
    ),
}


def _texts(matching: Matching) -> list[str | None]:
    """The revisions of the texts that were published, None for a tombstone."""
    return [
        None if record.value is None else events.decode(record.value, TextEvent).revision
        for record in matching.publisher.topics[TEXT]
    ]


@pytest.mark.parametrize("passing", PASSES.values(), ids=PASSES.keys())
@pytest.mark.parametrize("on_the_way", [Status.QUEUED, Status.PARSED])
async def test_what_passes_while_a_newer_text_is_on_its_way_is_not_repaired_before_that_one_ended(
    matching: Matching, passing: object, on_the_way: Status
) -> None:
    await matching.index(vectors_event(KEY, HELD, "held"))
    await matching.read(status_arrived(report(KEY, NEWER, on_the_way)))
    await matching.read(_record(passing))
    assert _texts(matching) == []
    await matching.index(vectors_event(KEY, NEWER, "newer"))
    await matching.read(status_arrived(report(KEY, NEWER, Status.INDEXED)))
    assert _texts(matching) == [], "its own arrival ended the log"
    await matching.read(status_arrived(report(KEY, Revision(1000, 5), Status.FAILED, FAULT)))
    assert _texts(matching) == [], "nothing is owed any more"


@pytest.mark.parametrize("passing", PASSES.values(), ids=PASSES.keys())
async def test_where_the_newer_one_fails_before_it_has_a_text_the_log_is_repaired_then_and_once(
    matching: Matching, passing: object
) -> None:
    await matching.index(vectors_event(KEY, HELD, "held"))
    await matching.read(status_arrived(report(KEY, NEWER, Status.QUEUED)))
    await matching.read(_record(passing))
    await matching.read(status_arrived(report(KEY, NEWER, Status.FAILED, FAULT)))
    assert _texts(matching) == [str(HELD)]
    await matching.read(status_arrived(report(KEY, NEWER, Status.FAILED, FAULT)))
    assert _texts(matching) == [str(HELD)]


async def test_where_nothing_is_held_the_failed_text_is_withdrawn_when_the_newer_one_fails_too(
    matching: Matching,
) -> None:
    await matching.read(status_arrived(report(KEY, NEWER, Status.QUEUED)))
    await matching.read(_record(PASSES["the failure of a published text"]))
    assert _texts(matching) == []
    await matching.read(status_arrived(report(KEY, NEWER, Status.FAILED, FAULT)))
    assert _texts(matching) == [None]


async def test_texts_that_are_sent_again_leave_out_those_that_a_newer_one_will_replace(matching: Matching) -> None:
    await matching.index(vectors_event(KEY, HELD, "held"), vectors_event("default/resume/r2", HELD, "at rest"))
    await matching.read(status_arrived(report(KEY, NEWER, Status.PARSED)))
    await matching.reembed()
    assert [record.key for record in matching.publisher.topics[TEXT]] == [b"default/resume/r2"]
    await matching.read(status_arrived(report(KEY, NEWER, Status.FAILED, FAULT)))
    assert [record.key for record in matching.publisher.topics[TEXT]][1:] == [KEY.encode()]


def _record(make: object) -> Record:
    assert callable(make)
    made = make()
    assert isinstance(made, Record)
    return made
