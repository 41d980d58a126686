"""Answers that a caller already has, and writes that depend on what is there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.statuses import Status

pytestmark = pytest.mark.unit

R1 = DocumentKey("default", "resume", "r1")
URL = "/api/v1/resumes/r1"
CHANGE = {"content": json.dumps({"metadata": {"a": 1}}), "headers": {"content-type": "application/merge-patch+json"}}


async def tag(door: Any) -> str:
    return str((await door.client.get(URL)).headers["etag"])


@pytest.mark.parametrize("path", ["/resumes/r1", "/resumes/", "/resumes/r1/matches", "/resumes/r1/similar"])
async def test_an_answer_that_still_holds_is_not_sent_again(door: Any, matching: Any, path: str) -> None:
    matching.index(R1, "1000-1")
    first = await door.client.get(f"/api/v1{path}")
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache")
    again = await door.client.get(f"/api/v1{path}", headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    matching.index(R1, "1000-2", title="Another")
    matching.index(DocumentKey("default", "resume", "r2"), "1000-3", title="One more")
    matching.index(DocumentKey("default", "job", "j1"), "1000-4", title="A job")
    changed = await door.client.get(f"/api/v1{path}", headers={"if-none-match": first.headers["etag"]})
    assert (changed.status_code, changed.headers["etag"] != first.headers["etag"]) == (200, True)


async def test_a_write_of_what_was_read_is_taken_and_one_of_what_has_changed_is_not(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1")
    read = await tag(door)
    matching.index(R1, "1000-2")
    for method, given in (("PUT", {"json": {"text": "A nurse"}}), ("PATCH", CHANGE), ("DELETE", {})):
        headers = {**given.get("headers", {}), "if-match": read}
        refused = await door.client.request(method, URL, **{**given, "headers": headers})
        assert (refused.status_code, refused.json()["type"]) == (412, "urn:shortlist:problem:precondition_failed")
        assert refused.headers["etag"] == await tag(door)
    assert not any(door.publisher.topics.values()), "nothing was done"
    newest = await tag(door)
    assert (await door.client.put(URL, json={"text": "A nurse"}, headers={"if-match": newest})).status_code == 202


async def test_a_step_of_its_status_is_no_change_of_a_document(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1")
    read = await tag(door)
    matching.index(R1, "1000-1", updated_at="2026-11-02T00:00:00.000Z")
    assert await tag(door) != read
    assert (await door.client.patch(URL, **{**CHANGE, "headers": {**CHANGE["headers"], "if-match": read}})).is_success  # type: ignore[dict-item]


async def test_a_submission_on_its_way_is_the_newest_revision_already(door: Any, matching: Any) -> None:
    matching.index(R1, "1000-1")
    read = await tag(door)
    await door.report(R1, "1000-9", Status.QUEUED)
    refused = await door.client.delete(URL, headers={"if-match": read})
    assert refused.status_code == 412


async def test_only_what_is_not_there_is_created_and_only_what_is_there_is_replaced(door: Any, matching: Any) -> None:
    body = {"text": "A nurse"}
    missing = await door.client.put(URL, json=body, headers={"if-match": "*"})
    assert (missing.status_code, "etag" in missing.headers) == (412, False)
    assert (await door.client.put(URL, json=body, headers={"if-none-match": "*"})).status_code == 202
    matching.index(R1, "1000-1")
    assert (await door.client.put(URL, json=body, headers={"if-none-match": "*"})).status_code == 412
    assert (await door.client.put(URL, json=body, headers={"if-match": "*"})).status_code == 202
