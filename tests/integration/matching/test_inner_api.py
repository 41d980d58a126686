"""The inner HTTP: forms, pages, refusals."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from httpx import AsyncClient

from libs.contracts.documents import DocumentError
from libs.contracts.events import VectorsEvent
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from tests.fakes.documents import report, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)


async def _queue(matching: Matching, *names: str, kind: str = "resume") -> None:
    reports = [report(f"default/{kind}/{name}", REVISION, Status.QUEUED) for name in names]
    await matching.writer.note("default", reports)


async def _pages(client: AsyncClient, **params: Any) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        answer = await client.get("/documents/resume", params={**params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        pages.append([item["id"] for item in answer.json()["items"]])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return pages


async def test_a_document_is_shown_from_its_first_status_on(matching: Matching, client: AsyncClient) -> None:
    await _queue(matching, "j1", kind="job")
    answer = await client.get("/documents/job/j1")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown.pop("created_at") == shown.pop("updated_at")
    assert shown == {
        "id": "j1",
        "kind": "job",
        "status": "queued",
        "error": None,
        "revision": "1000-1",
        "title": None,
        "language": None,
        "as_of": None,
        "text": None,
        "sections": [],
        "identity_spans": [],
        "mentions": [],
        "disclaimed_spans": [],
        "requirements_found": [],
        "notes": [],
        "structure_version": None,
        "metadata": {},
        "metadata_revision": None,
        "expires_at": None,
        "state": "open",
        "description": None,
        "requirements": None,
        "indexed_at": None,
        "indexed_revision": None,
        "embedding": None,
    }


NURSE = "Ada Example\nRegistered nurse at City Hospital since March 2016\nFluent in Spanish"
FOUND: dict[str, Any] = {
    "sections": [{"start": 12, "end": 81, "title": "Registered nurse", "kind": "experience"}],
    "identity_spans": [{"start": 0, "end": 11, "type": "name"}],
    "mentions": [{"start": 73, "end": 80, "type": "language", "name": "Spanish", "level": "C1", "state": "had"}],
    "disclaimed_spans": [{"start": 63, "end": 80, "state": "wished"}],
    "notes": [{"code": "hidden_text", "message": "White text was left out: 'nurse nurse'"}],
}
OF_A_RESUME = {
    "entries": [
        {
            "start": 12,
            "end": 62,
            "type": "work",
            "title": "Registered nurse",
            "organization": "City Hospital",
            "from": "2016-03",
            "to": None,
            "in_progress": True,
            "months": None,
            "level": None,
            "subject": None,
        }
    ]
}
OF_A_JOB = {
    "requirements_found": [
        {
            "start": 63,
            "end": 80,
            "text": "Fluent in Spanish",
            "necessity": "nice",
            "numbers": [{"start": 63, "end": 69, "value": 2.0, "at_most": None, "unit": "years"}],
            "parts": [{"start": 73, "end": 80, "text": "Spanish", "necessity": "must", "numbers": []}],
        }
    ]
}


def _indexed(key: str, **found: Any) -> VectorsEvent:
    event = vectors_event(key, REVISION, NURSE, as_of="2025-06-30", structure_version=1, language="en")
    return msgspec.convert({**msgspec.to_builtins(event), **found}, VectorsEvent)


@pytest.mark.parametrize(("kind", "more"), [("resume", OF_A_RESUME), ("job", OF_A_JOB)])
async def test_a_document_shows_what_was_found_in_its_text(
    matching: Matching, client: AsyncClient, kind: str, more: dict[str, Any]
) -> None:
    await matching.index(_indexed(f"default/{kind}/d1", **FOUND, **OF_A_RESUME, **OF_A_JOB))
    shown = (await client.get(f"/documents/{kind}/d1")).json()
    wanted = {**FOUND, **more}
    assert {name: shown[name] for name in wanted} == wanted
    assert (shown["language"], shown["as_of"], shown["structure_version"]) == ("en", "2025-06-30", 1)
    assert ("entries" in shown, "requirements_found" in shown) == (kind == "resume", kind == "job")


async def test_what_was_found_stays_shown_while_a_newer_submission_is_on_its_way(
    matching: Matching, client: AsyncClient
) -> None:
    await matching.index(_indexed("default/resume/d1", **FOUND))
    await matching.writer.note("default", [report("default/resume/d1", Revision(1000, 2), Status.QUEUED)])
    shown = (await client.get("/documents/resume/d1")).json()
    assert (shown["status"], shown["identity_spans"]) == ("queued", FOUND["identity_spans"])


async def test_a_list_shows_nothing_that_has_offsets_into_a_text(matching: Matching, client: AsyncClient) -> None:
    await matching.index(*(_indexed(f"default/{kind}/d1", **FOUND, **OF_A_RESUME) for kind in ("resume", "job")))
    for kind in ("resume", "job"):
        (item,) = (await client.get(f"/documents/{kind}")).json()["items"]
        assert (item["language"], item["as_of"]) == ("en", "2025-06-30")
        assert not item.keys() & {"text", *FOUND, *OF_A_RESUME, *OF_A_JOB}


async def test_ids_of_every_allowed_character_are_found(matching: Matching, client: AsyncClient) -> None:
    for name in ("a@b:c+d~e_f-g.h", "...", "x" * 200, "%".replace("%", "~")):
        await _queue(matching, name)
        answer = await client.get(f"/documents/resume/{quote(name, safe='')}")
        assert (answer.status_code, answer.json().get("id")) == (200, name)


async def test_pages_hold_every_document_once_in_order_of_ids(matching: Matching, client: AsyncClient) -> None:
    names = [f"r{number:02}" for number in range(10)]
    await _queue(matching, *names)
    await _queue(matching, "a-job", kind="job")
    await matching.writer.note("other", [report("other/resume/r00x", REVISION, Status.QUEUED)])
    assert await _pages(client, limit=4) == [names[:4], names[4:8], names[8:]]
    assert await _pages(client, limit=5) == [names[:5], names[5:]]
    assert await _pages(client) == [names]


async def test_documents_that_come_while_pages_are_read_shift_nothing(matching: Matching, client: AsyncClient) -> None:
    names = [f"r{number:02}" for number in range(6)]
    await _queue(matching, *names)
    first = (await client.get("/documents/resume", params={"limit": 3})).json()
    await _queue(matching, "r00a", "a", "r04a", "z")
    rest = (await client.get("/documents/resume", params={"limit": 9, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in [*first["items"], *rest["items"]]] == [*names[:5], "r04a", "r05", "z"]


async def test_a_list_by_status_holds_all_but_texts(matching: Matching, client: AsyncClient) -> None:
    await matching.index(vectors_event("default/resume/good", REVISION, title="Nurse"))
    await _queue(matching, "waiting")
    error = DocumentError("empty", "the file holds no text")
    await matching.writer.note("default", [report("default/resume/bad", REVISION, Status.FAILED, error)])
    for status, name in (("indexed", "good"), ("queued", "waiting"), ("failed", "bad"), ("parsed", None)):
        items = (await client.get("/documents/resume", params={"status": status})).json()["items"]
        assert [item["id"] for item in items] == ([] if name is None else [name])
        assert all("text" not in item for item in items)
    failed = (await client.get("/documents/resume", params={"status": "failed"})).json()["items"][0]
    assert failed["error"] == {"code": "empty", "message": "the file holds no text"}


CURSORS = [
    "nonsense",
    "",
    "%00",
    base64.urlsafe_b64encode(b"2:r1").decode(),
    base64.urlsafe_b64encode(b"1:../x").decode(),
]


@pytest.mark.parametrize("cursor", [*CURSORS, "ü", "MTpy MQ", "MTpyMQ====="])
async def test_a_cursor_that_no_page_gave_is_refused(client: AsyncClient, cursor: str) -> None:
    answer = await client.get("/documents/resume", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_cursor")


OTHER_LISTS = [("job", "default", {}), ("resume", "other", {}), ("resume", "default", {"status": "queued"})]


@pytest.mark.parametrize(("kind", "tenant", "more"), OTHER_LISTS)
async def test_a_cursor_of_another_list_is_refused(
    matching: Matching, client: AsyncClient, kind: str, tenant: str, more: dict[str, str]
) -> None:
    await _queue(matching, "r1", "r2")
    cursor = (await client.get("/documents/resume", params={"limit": 1})).json()["next_cursor"]
    params, headers = {"cursor": cursor, **more}, {"Shortlist-Tenant": tenant}
    answer = await client.get(f"/documents/{kind}", params=params, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_cursor")


async def test_a_receipt_with_a_nul_is_unknown(client: AsyncClient) -> None:
    assert (await client.get("/erasures/er-1-2-%00")).status_code == 404


REFUSED: list[tuple[int, str, str, Any]] = [
    (400, "GET", "/documents/resume?limit=0", None),
    (400, "GET", "/documents/resume?limit=201", None),
    (400, "GET", "/documents/resume?limit=²", None),
    (400, "GET", "/documents/resume?status=superseded", None),
    (400, "GET", "/documents/cv", None),
    (400, "GET", "/documents/cv/x", None),
    (400, "GET", f"/documents/resume/{'x' * 201}", None),
    (404, "GET", "/documents/resume/unknown", None),
    (404, "GET", "/documents/resume/unknown/matches", None),
    (400, "GET", "/documents/resume/unknown/matches?limit=101", None),
    (404, "POST", "/calculate", {"job_id": "unknown", "resume_id": "unknown"}),
    (400, "POST", "/calculate", {"job_id": "unknown"}),
    (400, "POST", "/calculate", {"job_id": "a/b", "resume_id": "x"}),
    (400, "POST", "/search", {"query": " ", "kind": "resume"}),
    (400, "POST", "/search", {"query": "x", "kind": "cv"}),
    (400, "POST", "/search", {"query": "x", "kind": "job", "limit": 0}),
    (400, "POST", "/search", {"query": "x", "kind": "job", "limit": 101}),
    (400, "POST", "/search", {"query": "x", "kind": "job", "limit": "many"}),
    (400, "POST", "/erasures", {"kind": "resume", "id": "x", "revision": "first"}),
    (400, "POST", "/erasures", {"kind": "resume", "id": "..", "revision": "1-1"}),
    (404, "GET", "/erasures/er-1-1-0123", None),
    (400, "PUT", "/spaces/ABCDEF01", {"model": "x", "dimension": 3}),
    (400, "PUT", "/spaces/00000009", {"model": "x", "dimension": 0}),
    (400, "PUT", "/spaces/00000009", {"model": "x", "dimension": 100_000}),
    (404, "GET", "/nowhere", None),
    (405, "DELETE", "/documents/resume", None),
]


@pytest.mark.parametrize(("status", "method", "path", "body"), REFUSED, ids=lambda value: str(value)[:40])
async def test_a_refusal_is_a_problem_with_a_sentence(
    client: AsyncClient, status: int, method: str, path: str, body: Any
) -> None:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["type"].startswith("urn:shortlist:problem:")
    assert answer.json()["detail"]


async def test_without_a_tenant_nothing_is_answered(client: AsyncClient) -> None:
    for tenant in ("", "UPPER", "a b"):
        answer = await client.get("/documents/resume", headers={"Shortlist-Tenant": tenant})
        assert answer.status_code == 400


async def test_another_tenants_document_is_unknown(matching: Matching, client: AsyncClient) -> None:
    await matching.index(vectors_event("default/resume/r1", REVISION), vectors_event("default/job/j1", REVISION))
    other = {"Shortlist-Tenant": "other"}
    assert (await client.get("/documents/resume/r1", headers=other)).status_code == 404
    assert (await client.get("/documents/job/j1/matches", headers=other)).status_code == 404
    pair = {"job_id": "j1", "resume_id": "r1"}
    assert (await client.post("/calculate", json=pair, headers=other)).status_code == 404
    found = await client.post("/search", json={"query": "nurse", "kind": "resume"}, headers=other)
    assert found.json()["results"] == []


async def test_statuses_are_taken_for_the_callers_own_tenant_only(matching: Matching, client: AsyncClient) -> None:
    body = msgspec.to_builtins([report("default/resume/r1", REVISION, Status.QUEUED)])
    assert (await client.post("/statuses", json=body)).status_code == 204
    assert (await client.get("/documents/resume/r1")).json()["status"] == "queued"
    assert (await client.post("/statuses", json=body, headers={"Shortlist-Tenant": "other"})).status_code == 400
    body[0]["revision"] = "one"
    assert (await client.post("/statuses", json=body)).status_code == 400


async def test_a_document_that_is_not_indexed_yet_is_a_conflict_that_says_where_it_stands(
    matching: Matching, client: AsyncClient
) -> None:
    await matching.index(vectors_event("default/resume/r1", REVISION))
    await _queue(matching, "j1", kind="job")
    for answer in (
        await client.post("/calculate", json={"job_id": "j1", "resume_id": "r1"}),
        await client.get("/documents/job/j1/matches"),
    ):
        assert answer.status_code == 409
        assert answer.json()["document"] == {"kind": "job", "id": "j1", "status": "queued"}


async def test_figures_count_documents_by_kind_and_status(matching: Matching, client: AsyncClient) -> None:
    await matching.index(vectors_event("default/resume/r1", REVISION))
    await _queue(matching, "j1", "j2", kind="job")
    figures = (await client.get("/figures")).json()
    assert figures["documents"]["resume"] == {"queued": 0, "parsed": 0, "indexed": 1, "failed": 0}
    assert figures["documents"]["job"] == {"queued": 2, "parsed": 0, "indexed": 0, "failed": 0}
    assert figures["space"]["dimension"] == 16
    assert figures["lag"] == {}


async def test_while_the_database_is_away_the_answer_is_503_with_retry_after(
    matching: Matching, client: AsyncClient
) -> None:
    await matching.database.close()
    answer = await client.get("/documents/resume/r1")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
