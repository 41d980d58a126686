"""What cannot be kept is set aside with its reason, and holds nobody up."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from libs.contracts.documents import DocumentError, Span
from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.events import VectorsEvent
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.topics import dead_letters_topic
from libs.messaging.consumer.retrying import Worker
from libs.telemetry.health import Health
from tests.fakes.documents import key_of, report, status_arrived, stretches, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

OLD = Revision(1000, 1)


async def _status(matching: Matching, key: str) -> str:
    shown = await matching.service.document(key_of(key))
    assert shown is not None
    return str(shown.status)


def _with_space(space: str) -> VectorsEvent:
    event = vectors_event("default/resume/bad", OLD)
    return msgspec.structs.replace(event, embedding=msgspec.structs.replace(event.embedding, space=space))


def _with_windows(vectors: np.ndarray) -> VectorsEvent:
    event = vectors_event("default/resume/bad", OLD)
    windows = stretches([Span(0, 10)], vectors.astype(np.float32))
    return msgspec.structs.replace(event, embedding=msgspec.structs.replace(event.embedding, windows=windows))


BAD = {
    "a space that is named as none is": _with_space("deadbee"),
    "a space that is SQL": _with_space("0a0b0c0d (x) VALUES (1); DROP TABLE matching.documents; --"),
    "nothing but zeros": _with_windows(np.zeros((1, 16))),
    "not a number": _with_windows(np.full((1, 16), np.nan)),
    "another dimension": _with_windows(np.ones((1, 17))),
    "no window": _with_windows(np.zeros((0, 16))),
    "a revision beyond the database's numbers": vectors_event("default/resume/bad", Revision(10**19 - 1, 1)),
    "a character that PostgreSQL has not": vectors_event("default/resume/bad", OLD, "NUL \x00 within"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_an_event_that_cannot_be_kept_is_set_aside_and_its_neighbours_are_indexed(
    matching: Matching, bad: VectorsEvent
) -> None:
    good = [vectors_event(f"default/resume/{name}", OLD) for name in ("a", "z")]
    records = [vectors_arrived(event) for event in (good[0], bad, good[1])]
    await asyncio.wait_for(Worker(matching.work, Health("test")).run(records), 30)
    letters = matching.publisher.topics[dead_letters_topic("matching")]
    assert [letter.value for letter in letters] == [records[1].value]
    ended = {name: status for name, _, status in matching.statuses()}
    assert ended == {"a": "indexed", "z": "indexed", "bad": "failed"}


async def test_a_status_that_cannot_be_kept_holds_nobody_up(matching: Matching) -> None:
    records = [
        status_arrived(report("default/resume/a", OLD, Status.QUEUED)),
        status_arrived(report("default/resume/b", Revision(10**19 - 1, 0), Status.QUEUED)),
        replace(status_arrived(report("default/resume/x", OLD, Status.QUEUED)), value=b"\xff{"),
        status_arrived(report("default/resume/c", OLD, Status.FAILED, DocumentError("internal", "a \x00 in it"))),
    ]
    await asyncio.wait_for(Worker(matching.work, Health("test")).run(records), 30)
    assert len(matching.publisher.topics[dead_letters_topic("matching")]) >= 2
    for name, status in (("a", "queued"), ("c", "failed")):
        assert (await _status(matching, f"default/resume/{name}")) == status


async def test_a_fault_of_our_own_statements_is_not_waited_out(matching: Matching) -> None:
    with pytest.raises(Exception, match="syntax error") as raised:
        async with matching.database.reading("default") as connection:
            await connection.fetch("SELEKT 1")
    assert not isinstance(raised.value, DependencyUnavailable | RecordRejected)
