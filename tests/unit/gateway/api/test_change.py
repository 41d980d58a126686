"""PATCH: metadata alone, as an event that matching applies in its order."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from libs.contracts import cloudevents, events, topics
from libs.contracts.documents import DocumentError
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from tests.fakes.in_memory_publisher import FIRST_STAMP

pytestmark = pytest.mark.unit

MERGE_PATCH = {"content-type": "application/merge-patch+json"}
R1 = DocumentKey("default", "resume", "r1")


async def change(door: Any, body: Any, address: str = "/api/v1/resumes/r1", **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await door.client.patch(address, content=content, headers={**MERGE_PATCH, **headers})


@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_change_is_accepted_once_its_event_is_in_the_log(door: Any, matching: Any, slash: str) -> None:
    matching.index(R1, "1000-1", metadata={"stage": "new"})
    answer = await change(door, {"metadata": {"stage": "hired", "recruiter": None}}, f"/api/v1/resumes/r1{slash}")
    (record,) = door.publisher.topics[topics.SUBMITTED]
    event = cloudevents.read(record.value, record.headers)
    assert record.key == b"default/resume/r1"
    assert (event.type, event.content_type) == (events.TYPE_METADATA_CHANGED, "application/json")
    assert json.loads(event.data or b"") == {"stage": "hired", "recruiter": None}
    revision = answer.json()["metadata_revision"]
    assert Revision.parse(revision)
    assert (answer.status_code, answer.json()) == (
        202,
        {"id": "r1", "kind": "resume", "metadata_revision": revision, "links": {"self": "/api/v1/resumes/r1"}},
    )
    assert answer.headers["location"] == "/api/v1/resumes/r1"
    assert door.publisher.topics[topics.STATUS] == [], "no status is reported of it"


async def test_jobs_are_changed_alike(door: Any, matching: Any) -> None:
    matching.index(DocumentKey("default", "job", "j1"), "1000-1")
    answer = await change(door, {"metadata": {"open": False}}, "/api/v1/jobs/j1")
    assert (answer.status_code, answer.json()["kind"]) == (202, "job")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid_body"),
        ([], 400, "invalid_body"),
        ({}, 400, "invalid_body"),
        ({"text": "new", "metadata": {}}, 400, "invalid_body"),
        ({"metadata": None}, 400, "invalid_metadata"),
        ({"metadata": {"a": {}}}, 400, "invalid_metadata"),
        ({"metadata": {f"k{number}": 1 for number in range(51)}}, 400, "invalid_metadata"),
        ({"metadata": {"a": "x" * 20_000}}, 400, "invalid_metadata"),
        ({"metadata": {"a": "x" * 200_000}}, 413, "too_large"),
    ],
)
async def test_what_is_no_change_is_refused_and_nothing_written(
    door: Any, matching: Any, body: Any, status: int, code: str
) -> None:
    matching.index(R1, "1000-1")
    answer = await change(door, body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:shortlist:problem:{code}")
    assert door.publisher.topics[topics.SUBMITTED] == []


async def test_only_a_merge_patch_is_taken(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1")
    answer = await door.client.patch("/api/v1/resumes/r1", json={"metadata": {"a": 1}})
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:shortlist:problem:unsupported_type")
    assert "application/merge-patch+json" in answer.json()["detail"]


async def test_a_document_that_is_unknown_or_was_deleted_is_not_changed(door: Any, matching: Any) -> None:
    assert (await change(door, {"metadata": {"a": 1}})).status_code == 404
    matching.index(R1, "1000-1")
    await door.client.delete("/api/v1/resumes/r1")
    assert (await change(door, {"metadata": {"a": 1}})).status_code == 404
    sent = [cloudevents.read(record.value, record.headers).type for record in door.publisher.topics[topics.SUBMITTED]]
    assert sent == [events.TYPE_DELETED]


async def test_a_change_with_which_the_metadata_would_be_too_many_is_refused_at_once(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1", metadata={f"k{number}": number for number in range(50)})
    answer = await change(door, {"metadata": {"more": 1}})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_metadata")
    assert "51 entries" in answer.json()["detail"]
    assert (await change(door, {"metadata": {"more": 1, "k0": None}})).status_code == 202


async def test_who_waits_gets_the_document_with_the_change_in_it(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1", metadata={"stage": "new"}, metadata_revision=f"{2**62}-1")
    answer = await change(door, {"metadata": {"stage": "hired"}}, Prefer="wait=5")
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "wait=5")
    assert answer.json()["metadata_revision"] == f"{2**62}-1"


async def test_who_waits_in_vain_is_told_that_it_was_accepted(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1", metadata_revision=None)
    answer = await change(door, {"metadata": {"stage": "hired"}}, Prefer="wait=0")
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "wait=0")


async def waited(door: Any, status: Status, error: DocumentError | None = None) -> Any:
    """PATCHes r1 preferring to wait, and has that reported of its revision meanwhile."""
    call = asyncio.create_task(change(door, {"metadata": {"stage": "hired"}}, Prefer="wait=30"))
    async with asyncio.timeout(10):
        while not door.publisher.topics[topics.SUBMITTED]:
            await asyncio.sleep(0.01)
    stamp = FIRST_STAMP + 1
    await door.report(R1, f"{stamp}-0", status, error)
    return await call


async def test_who_waits_for_a_change_that_is_refused_is_told_why(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1", metadata_revision=None)
    answer = await waited(door, Status.FAILED, DocumentError("invalid_content", "with the change, it is too much"))
    assert answer.status_code == 422
    assert answer.json()["error"] == {"code": "invalid_content", "message": "with the change, it is too much"}


async def test_who_waits_while_the_document_is_deleted_is_told_so(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1", metadata_revision=None)
    answer = await waited(door, Status.ERASED)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:shortlist:problem:erased")
