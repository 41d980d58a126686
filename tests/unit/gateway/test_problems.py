"""Every refusal is a problem: a stable type, a sentence, the field at fault, an id that leads to the log; no more."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
import structlog
from httpx import ASGITransport, AsyncClient
from litestar.exceptions import HTTPException, InternalServerException

from libs.contracts.documents import DocumentError
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.filters import InvalidFilter
from services.gateway.middleware.outer_problems import OuterProblems
from services.gateway.middleware.security_headers import SecurityHeaders
from services.gateway.problems import CODES, MatchingRefusal, Problem, failed_document, problem_of

pytestmark = pytest.mark.unit

SECRET = "postgresql://user:pass@10.0.0.7/db"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize("code", list(CODES))
async def test_each_code_is_answered_whole_outside_the_router_too(code: str) -> None:
    async def raises(scope: Any, receive: Any, send: Any) -> None:
        raise Problem(code, "a sentence", parameter="x")

    door = SecurityHeaders()(OuterProblems()(raises))  # type: ignore[arg-type]
    async with AsyncClient(transport=ASGITransport(door), base_url="http://x") as client:  # type: ignore[arg-type]
        outside = await client.get("/")
    status, title = CODES[code]
    body = outside.json()
    assert outside.status_code == status
    assert outside.headers["content-type"] == "application/problem+json"
    assert outside.headers["cache-control"] == "no-store"
    assert len(body.pop("trace_id")) == 32
    assert body == {
        "type": f"urn:shortlist:problem:{code}",
        "title": title,
        "status": status,
        "detail": "a sentence",
        "errors": [{"parameter": "x", "detail": "a sentence"}],
    }


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(SECRET),
        DependencyUnavailable("matching", SECRET),
        InternalServerException(SECRET),
        HTTPException(detail=SECRET, status_code=400),
        RecordRejected(ErrorCode.INTERNAL, SECRET),
        MatchingRefusal(400, {"type": "urn:shortlist:problem:http", "detail": SECRET}, {}),
        MatchingRefusal(404, {}, {}),
    ],
)
def test_nothing_of_the_inside_is_told(error: Exception) -> None:
    answer = json.dumps(problem_of(error).body())
    assert SECRET not in answer
    assert "10.0.0.7" not in answer
    assert problem_of(error).body()["detail"]


def test_what_our_own_rules_refuse_keeps_its_sentence() -> None:
    assert problem_of(InvalidFilter("a", "the filter 'a' is odd")).body()["errors"][0]["parameter"] == "filters"
    told = DependencyUnavailable("broker", SECRET, told="it is full")
    assert "it is full" in problem_of(told).body()["detail"]
    failed = failed_document(DocumentError("encrypted", "the PDF is encrypted"), {"id": "r1"}, {})
    assert failed.body()["error"]["code"] == "encrypted"
    assert failed.body()["trace_id"]


AT_FAULT: list[tuple[str, str, str, bytes, dict[str, str]]] = [
    ("POST", "/resumes", "pointer:/text", b'{"text":5}', JSON),
    ("POST", "/resumes", "pointer:", b"{}", JSON),
    ("POST", "/resumes", "pointer:/id", b'{"text":"a","id":"a/b"}', JSON),
    ("POST", "/resumes", "pointer:/metadata", b'{"text":"a","metadata":[]}', JSON),
    ("POST", "/jobs", "pointer:/metadata/a~1b", b'{"text":"a","metadata":{"a/b":{}}}', JSON),
    ("POST", "/jobs", "pointer:/requirements/1", b'{"requirements":["a",1]}', JSON),
    ("POST", "/resumes", "header:Content-Type", b"x", {"content-type": "application/pdf"}),
    ("PUT", "/resumes/a%20b", "parameter:document_id", b'{"text":"a"}', JSON),
    ("GET", "/resumes?limit=0", "parameter:limit", b"", {}),
    ("GET", "/jobs?limit=ten", "parameter:limit", b"", {}),
    ("GET", "/jobs?status=gone", "parameter:status", b"", {}),
    ("GET", "/jobs?filters=%5B%5D", "parameter:filters", b"", {}),
    ("GET", "/jobs?updated_since=now", "parameter:updated_since", b"", {}),
    ("GET", "/resumes?q=%25", "parameter:q", b"", {}),
    ("GET", "/jobs?cursor=nonsense", "parameter:cursor", b"", {}),
    ("GET", "/score-log?since=2026-01-01", "parameter:resume_id", b"", {}),
    ("GET", "/jobs/j/matches", "header:Shortlist-Actor", b"", {"shortlist-actor": ""}),
    ("POST", "/matching/calculate", "pointer:/job_id", b'{"job_id":"a b","resume_id":"r"}', JSON),
    ("POST", "/matching/calculate", "pointer:/resume_ids/1", b'{"job_id":"a","resume_ids":["r"," "]}', JSON),
    ("POST", "/matching/similarity-search", "pointer:/query", b'{"query":"%","kind":"job"}', JSON),
    ("POST", "/matching/similarity-search", "pointer:/kind", b'{"query":"a","kind":"dog"}', JSON),
    ("POST", "/matching/similarity-search", "pointer:/limit", b'{"query":"a","kind":"job","limit":0}', JSON),
    (
        "POST",
        "/matching/similarity-search",
        "pointer:/filters/a",
        b'{"query":"a","kind":"job","filters":{"a":[]}}',
        JSON,
    ),
    ("PUT", "/resumes/r1", "header:If-Match", b'{"text":"a"}', JSON | {"if-match": '"1"'}),
]
# Of the readers underneath, of Python, of what runs behind the gateway.
FOREIGN = re.compile(r"`|Expected|Traceback|Error\b|codec|Exception|Input data|line \d+ col")


@pytest.mark.parametrize(
    ("method", "path", "place", "body", "headers"), AT_FAULT, ids=[f"{c[1]} {c[2]}" for c in AT_FAULT]
)
async def test_the_field_at_fault_is_named(
    refusing_door: Any, matching: Any, method: str, path: str, place: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = await refusing_door.client.request(method, "/api/v1" + path, content=body, headers=headers)
    assert 400 <= answer.status_code < 502
    [error] = answer.json()["errors"]
    kind, _, name = place.partition(":")
    assert error[kind] == name, answer.text
    assert error["detail"]
    assert not FOREIGN.search(answer.text), answer.text


async def test_the_trace_id_leads_to_the_log(refusing_door: Any, matching: Any) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await refusing_door.client.get("/api/v1/resumes/nobody", headers=headers)
    assert answer.json()["trace_id"] == trace
    [line] = [line for line in lines if line["event"] == "request"]
    assert line["request_id"] == answer.headers["x-request-id"]


async def test_without_traces_the_requests_own_id_leads_there(
    refusing_door: Any, matching: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.problems.current_trace_id", lambda: None)
    answer = await refusing_door.client.get("/api/v1/resumes/nobody", headers={"x-request-id": "mine"})
    assert answer.json()["trace_id"] == answer.headers["x-request-id"] == "mine"


async def test_an_error_of_our_own_says_no_more_than_that(
    refusing_door: Any, matching: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError(SECRET)

    monkeypatch.setattr("services.gateway.api.documents.key_of", broken)
    caplog.set_level(logging.CRITICAL)
    answer = await refusing_door.client.get("/api/v1/resumes/r1")
    assert answer.status_code == 500
    assert set(answer.json()) == {"type", "title", "status", "detail", "trace_id"}
    assert SECRET not in answer.text
