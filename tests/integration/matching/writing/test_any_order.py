"""Whatever order events arrive in, and however they are batched, a document ends the same."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.contracts.documents import DocumentError
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.records import Record
from tests.fakes.documents import (
    SPACE,
    key_of,
    report,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

FIRST, SECOND, DELETED, FOURTH, FIFTH = (Revision(1000, offset) for offset in (8, 9, 10, 11, 100))
ERROR = DocumentError("encrypted", "the file asks for a password")


def _history(key: str) -> list[Record]:
    """Indexed, failed, deleted, created again, and a last submission that fails."""
    return [
        status_arrived(report(key, FIRST, Status.QUEUED)),
        status_arrived(report(key, FIRST, Status.PARSED)),
        vectors_arrived(vectors_event(key, FIRST, "The first text")),
        status_arrived(report(key, FIRST, Status.INDEXED)),
        status_arrived(report(key, SECOND, Status.QUEUED)),
        status_arrived(report(key, SECOND, Status.FAILED, ERROR)),
        status_arrived(report(key, SECOND, Status.SUPERSEDED)),
        tombstone_arrived(key, DELETED),
        status_arrived(report(key, DELETED, Status.ERASED)),
        status_arrived(report(key, FOURTH, Status.PARSED)),
        vectors_arrived(vectors_event(key, FOURTH, "The fourth text\nin two lines")),
        status_arrived(report(key, FOURTH, Status.INDEXED)),
        status_arrived(report(key, FIFTH, Status.QUEUED)),
        status_arrived(report(key, FIFTH, Status.FAILED, ERROR)),
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_events_in_any_order_end_in_the_same_row(matching: Matching, data: st.DataObject) -> None:
    key = f"default/job/{uuid.uuid4().hex}"
    records = data.draw(st.permutations(_history(key)))
    cuts = data.draw(st.sets(st.integers(1, len(records) - 1)))
    edges = [0, *sorted(cuts), len(records)]
    for start, end in pairwise(edges):
        await matching.read(*records[start:end])

    shown = await matching.service.document(key_of(key))
    assert shown is not None
    assert (shown.status, shown.revision, shown.error) == (
        "failed",
        str(FIFTH),
        ERROR,
    )
    assert (shown.text, shown.indexed_revision) == ("The fourth text\nin two lines", str(FOURTH))
    assert shown.embedding.units == 2
    assert await _marks(matching, key) == {
        "erased": (DELETED.stamp, DELETED.offset),
        "vectors": (FOURTH.stamp, FOURTH.offset),
    }


async def _marks(matching: Matching, key: str) -> dict[str, Any]:
    rows = await matching.rows(
        f"""SELECT (erased_stamp, erased_offset) AS erased, (v.stamp, v."offset") AS vectors
            FROM matching.documents d LEFT JOIN matching.vectors_{SPACE} v USING (tenant, kind, id) WHERE id = $1""",
        key_of(key).id,
    )
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("order", [(Status.FAILED, Status.INDEXED), (Status.INDEXED, Status.FAILED)])
@pytest.mark.parametrize("together", [True, False])
async def test_a_revision_reported_both_indexed_and_failed_is_indexed(
    matching: Matching, order: tuple[Status, ...], together: bool
) -> None:
    key = "default/resume/both"
    reports = [report(key, FIRST, status, ERROR if status is Status.FAILED else None) for status in order]
    for batch in [reports] if together else [[each] for each in reports]:
        await matching.writer.note("default", batch)
    shown = await matching.service.document(key_of(key))
    assert shown is not None
    assert (shown.status, shown.error) == ("indexed", None)


async def test_a_document_whose_dead_letter_was_replayed_is_shown_as_indexed(matching: Matching) -> None:
    key = "default/resume/replayed"
    await matching.writer.note("default", [report(key, FIRST, Status.FAILED, ERROR)])
    await matching.index(vectors_event(key, FIRST))
    shown = await matching.service.document(key_of(key))
    assert shown is not None
    assert (shown.status, shown.error, shown.indexed_revision) == ("indexed", None, str(FIRST))


async def test_revisions_are_compared_as_numbers(matching: Matching) -> None:
    key = "default/resume/numbers"
    await matching.writer.note("default", [report(key, Revision(1000, 10), Status.QUEUED)])
    await matching.writer.note("default", [report(key, Revision(999, 99999), Status.FAILED, ERROR)])
    await matching.writer.note("default", [report(key, Revision(1000, 9), Status.FAILED, ERROR)])
    shown = await matching.service.document(key_of(key))
    assert shown is not None
    assert (shown.status, shown.revision) == ("queued", "1000-10")


async def test_what_a_dead_try_out_broker_took_with_it_is_shown_as_failed(matching: Matching) -> None:
    before, now = Revision(1000, 5), Revision(2000, 0)
    ids = {"queued": before, "parsed": before, "indexed": before, "new": now}
    for name, revision in ids.items():
        status = Status.QUEUED if name == "new" else Status(name)
        await matching.writer.note("other", [report(f"other/resume/{name}", revision, status)])
    assert await matching.writer.fail_lost(2000) == 2
    shown = {name: await matching.service.document(key_of(f"other/resume/{name}")) for name in ids}
    assert {name: each and each.status for name, each in shown.items()} == {
        "queued": "failed",
        "parsed": "failed",
        "indexed": "indexed",
        "new": "queued",
    }
    assert shown["queued"] is not None
    message = "lost with the try-out broker, send it again"
    assert shown["queued"].error == DocumentError("lost_with_tryout_broker", message)
