"""Reads: matching's document under the newest status, and never a 404 for what was accepted."""

from __future__ import annotations

from typing import Any

import pytest

from libs.contracts.documents import DocumentError
from libs.contracts.identifiers import DocumentKey
from libs.contracts.statuses import Status

pytestmark = pytest.mark.unit

RESUME = DocumentKey("default", "resume", "r1")
JOB = DocumentKey("default", "job", "j1")
URL = "/api/v1/resumes/r1"


async def test_written_on_one_gateway_read_on_the_other_at_once(open_door: Any) -> None:
    async with open_door() as first, open_door() as second:
        written = await first.client.put(URL, json={"text": "A nurse"})
        read = await second.client.get(written.headers["location"])
        assert (read.status_code, read.json()["status"]) == (200, "queued")
        assert read.json()["text"] is None


async def test_a_document_nobody_indexed_yet_has_all_fields_of_the_contract(door: Any) -> None:
    await door.client.put("/api/v1/jobs/j1", json={"title": "Nurse"})
    body = (await door.client.get("/api/v1/jobs/j1/")).json()
    assert set(body) == {
        "id", "kind", "status", "error", "revision", "title", "text", "metadata", "metadata_revision", "created_at",
        "updated_at", "indexed_at", "indexed_revision", "embedding", "description", "requirements", "language",
        "as_of", "sections", "identity_spans", "mentions", "disclaimed_spans", "requirements_found", "notes",
        "structure_version", "expires_at", "state",
    }  # fmt: skip
    assert (body["expires_at"], body["state"]) == (None, "open")
    lists = ("sections", "identity_spans", "mentions", "disclaimed_spans", "requirements_found", "notes")
    assert all(body[name] == [] for name in lists)
    assert (body["language"], body["as_of"], body["structure_version"]) == (None, None, None)


async def test_status_is_of_the_newest_submission_text_of_the_last_indexed(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    error = DocumentError("encrypted", "the PDF is encrypted")
    await door.report(RESUME, "6-2", Status.FAILED, error)
    body = (await door.client.get(URL)).json()
    assert (body["status"], body["revision"], body["error"]["code"]) == ("failed", "6-2", "encrypted")
    assert (body["text"], body["indexed_revision"]) == ("A text", "5-1")


async def test_an_old_status_does_not_hide_what_matching_has_since_stored(door: Any, matching: Any) -> None:
    await door.report(RESUME, "9-1", Status.QUEUED)
    matching.index(RESUME, "10-1")
    body = (await door.client.get(URL)).json()
    assert (body["status"], body["revision"]) == ("indexed", "10-1")


async def test_statuses_apply_in_whatever_order_they_come(door: Any) -> None:
    await door.report(RESUME, "5-10", Status.PARSED)
    await door.report(RESUME, "5-10", Status.QUEUED)
    await door.report(RESUME, "5-9", Status.FAILED, DocumentError("empty", "old"))
    await door.report(RESUME, "5-11", Status.SUPERSEDED)
    body = (await door.client.get(URL)).json()
    assert (body["status"], body["revision"], body["error"]) == ("parsed", "5-10", None)


async def test_indexed_is_only_said_with_the_text_at_hand(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    await door.report(RESUME, "6-1", Status.INDEXED)
    body = (await door.client.get(URL)).json()
    assert (body["status"], body["revision"], body["indexed_revision"]) == ("indexed", "5-1", "5-1")


async def test_where_the_newest_statuses_cannot_be_read_an_unknown_document_is_503_not_404(door: Any) -> None:
    door.statuses.away = True
    answer = await door.client.get(URL)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    door.statuses.away = False
    assert (await door.client.get(URL)).status_code == 404


async def test_with_matching_away_what_is_on_the_way_is_still_told(door: Any, matching: Any) -> None:
    await door.client.put(URL, json={"text": "A nurse"})
    matching.away = True
    known = await door.client.get(URL)
    assert (known.status_code, known.json()["status"], known.json()["degraded"]) == (200, "queued", True)
    assert (await door.client.get("/api/v1/resumes/nobody")).status_code == 503


async def test_a_forgetful_overlay_says_503_until_matching_has_stored_what_it_forgot(open_door: Any) -> None:
    async with open_door(overlay_documents=100) as door:
        for number in range(101):
            await door.client.put(f"/api/v1/resumes/r{number}", json={"text": "A nurse"})
        assert (await door.client.get("/api/v1/resumes/r0")).status_code == 503
        assert (await door.client.get("/api/v1/resumes/r100")).status_code == 200
        door.statuses.stored = {0: 101}
        assert (await door.client.get("/api/v1/resumes/r0")).status_code == 404


async def test_lists_carry_the_newest_statuses_and_no_text(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    matching.index(DocumentKey("default", "resume", "r2"), "5-2")
    await door.client.put(URL, json={"text": "newer"})
    items = (await door.client.get("/api/v1/resumes/")).json()["items"]
    assert [(item["id"], item["status"]) for item in items] == [("r1", "queued"), ("r2", "indexed")]
    assert all("text" not in item for item in items)
    only = (await door.client.get("/api/v1/resumes/?status=indexed")).json()["items"]
    assert [item["id"] for item in only] == ["r2"]


async def test_a_query_without_a_limit_asks_for_ten(door: Any, matching: Any) -> None:
    answer = await door.client.post("/api/v1/matching/similarity-search/", json={"query": "nurse", "kind": "resume"})
    assert answer.status_code == 200
    assert matching.searches == [{"query": "nurse", "kind": "resume", "limit": 10}]


async def test_calculate_of_a_document_on_its_way_is_409_with_its_status(door: Any, matching: Any) -> None:
    matching.index(JOB, "5-1")
    await door.client.put(URL, json={"text": "A nurse"})
    answer = await door.client.post("/api/v1/matching/calculate", json={"job_id": "j1", "resume_id": "r1"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:shortlist:problem:not_indexed")
    assert answer.json()["document"] == {"kind": "resume", "id": "r1", "status": "queued"}
    matching.index(RESUME, "6-1")
    scored = await door.client.post("/api/v1/matching/calculate/", json={"job_id": "j1", "resume_id": "r1"})
    assert (scored.status_code, scored.json()["score"]) == (200, 50.0)


async def test_with_matching_away_searches_say_503(door: Any, matching: Any) -> None:
    matching.away = True
    for path, body in (
        ("/matching/calculate", {"job_id": "a", "resume_id": "b"}),
        ("/matching/similarity-search", {"query": "a", "kind": "job"}),
    ):
        answer = await door.client.post("/api/v1" + path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:shortlist:problem:unavailable")
        assert answer.headers["retry-after"]


async def test_what_matching_cannot_answer_at_once_is_429_with_when_to_ask_again(door: Any, matching: Any) -> None:
    matching.busy = True
    for path, body in (
        ("/matching/calculate", {"job_id": "a", "resume_id": "b"}),
        ("/matching/similarity-search", {"query": "a", "kind": "job"}),
    ):
        answer = await door.client.post("/api/v1" + path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (429, "urn:shortlist:problem:overloaded")
        assert answer.headers["retry-after"] == "1"


async def test_reembedding_says_how_many_documents_it_takes(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    answer = await door.client.post("/api/v1/admin/reembed")
    assert (answer.status_code, answer.json()) == (202, {"documents": 1})


async def test_storage_is_told_as_matching_tells_it(door: Any, matching: Any) -> None:
    matching.index(RESUME, "5-1")
    answer = await door.client.get("/api/v1/admin/storage")
    assert (answer.status_code, answer.json()["documents"], answer.json()["bytes"]) == (200, 1, 8_192)
