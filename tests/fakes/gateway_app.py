"""A small gateway over HTTP for tests of its callers: keeps documents in memory, and misbehaves as it is told to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, delete, get, post, put, route
from litestar.params import FromPath, FromQuery, JSONBody

from libs.contracts.identifiers import Kind
from libs.contracts.inner.documents import DOCUMENT_OF, Document
from libs.contracts.inner.health import Live
from libs.contracts.inner.matching import Applicants, ApplicantsOrder, RankedMatch, Reembedding, UnscoredApplicant
from services.gateway.api.schemas import Accepted, Deleted, Links, ReceiptLinks

API = "/api/v1"
PATHS = [f"{API}/resumes/{{document_id:str}}", f"{API}/jobs/{{document_id:str}}"]
WEBHOOK_CALLS = ("/secret", "/replay", "/test", "/deliveries")
AnyRequest = Request[Any, Any, Any]


@dataclass
class Held:
    """A document as the fake keeps it. `looks`: how often it has been asked for since its last submission."""

    kind: Kind
    id: str
    fields: dict[str, Any] | None
    file: tuple[str, str, bytes] | None
    revision: str
    looks: int = 0
    error: dict[str, str] | None = None
    indexed_before: bool = False


@dataclass
class FakeGateway:
    """Settings a test may change at any time, and what came in.

    `refusals`: answers given, one each, to the next submissions and calculations instead of taking them: (status,
    Retry-After). `scores`: of a job's id the score of each resume, or the reason why it has none, or None to leave it
    out of the answer; `scoring_versions`: by job, where not v1.1; `orders`: what was asked to be scored, as it came.
    `looks_needed`: how often a document must be asked for before it is indexed. `failing`: errors by id.
    `webhook_calls`: what was asked of webhooks, each answered by `answers` under `METHOD PATH`.
    `stale`: a replaced document shows its old revision's end for that many looks, as a reader that lags would.
    """

    refusals: list[tuple[int, str | None]] = field(default_factory=list)
    refused_ids: dict[str, tuple[int, str]] = field(default_factory=dict)
    failing: dict[str, tuple[str, str]] = field(default_factory=dict)
    looks_needed: int = 1
    stale: int = 0
    stuck: set[str] = field(default_factory=set)
    api_key: str | None = None
    log_asked: list[dict[str, str]] = field(default_factory=list)
    webhook_calls: list[tuple[str, Any]] = field(default_factory=list)
    documents: dict[tuple[str, str], Held] = field(default_factory=dict)
    submissions: list[Held] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, dict[str, float | str | None]] = field(default_factory=dict)
    orders: list[dict[str, Any]] = field(default_factory=list)
    scoring_versions: dict[str, str] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    offset: int = 0

    async def submit(self, request: AnyRequest, kind: Kind, document_id: str) -> Response[Any]:
        self.calls["submit"] += 1
        if self.api_key and request.headers.get("authorization") != f"Bearer {self.api_key}":
            return problem(401, "unauthorized", "a key is needed")
        if self.refusals:
            status, after = self.refusals.pop(0)
            return problem(status, "overloaded", "too much at the moment", after)
        if document_id in self.refused_ids:
            status, told = self.refused_ids[document_id]
            return problem(status, "invalid_body", told)
        held = await self._read(request, kind, document_id)
        self.submissions.append(held)
        self.documents[(kind, document_id)] = held
        links = Links(f"{API}/{kind}s/{document_id}")
        return Response(Accepted(document_id, held.kind, "queued", held.revision, links), status_code=202)

    async def _read(self, request: AnyRequest, kind: Kind, document_id: str) -> Held:
        fields, file = None, None
        if request.content_type[0] == "multipart/form-data":
            upload = (await request.form())["file"]
            file = (upload.filename, upload.content_type, await upload.read())
        else:
            fields = await request.json()
        self.offset += 1
        before = self.documents.get((kind, document_id))
        held = Held(kind, document_id, fields, file, f"1000-{self.offset}", indexed_before=before is not None)
        if document_id in self.failing:
            code, message = self.failing[document_id]
            held.error = {"code": code, "message": message}
        return held

    def shown(self, held: Held) -> Document:
        """The document as a reader sees it at this look."""
        held.looks += 1
        revision, status, error = held.revision, "queued", None
        if held.indexed_before and held.looks <= self.stale:
            revision, status = "1000-0", "indexed"
        elif held.looks >= self.looks_needed + self.stale and held.id not in self.stuck:
            status, error = ("failed", held.error) if held.error else ("indexed", None)
        given = held.fields or {}
        body = {
            "id": held.id,
            "kind": held.kind,
            "status": status,
            "error": error,
            "revision": revision,
            "title": given.get("title"),
            "text": given.get("text"),
            "language": None,
            "as_of": None,
            "sections": [],
            "identity_spans": [],
            "mentions": [],
            "disclaimed_spans": [],
            "notes": [],
            "structure_version": None,
            "metadata": given.get("metadata", {}),
            "metadata_revision": revision,
            "expires_at": given.get("expires_at"),
            "created_at": "2026-11-01T00:00:00.000Z",
            "updated_at": "2026-11-01T00:00:00.000Z",
            "indexed_at": None,
            "indexed_revision": None,
            "embedding": None,
            **(
                {"description": None, "requirements": None, "requirements_found": [], "state": "open"}
                if held.kind == "job"
                else {"entries": []}
            ),
        }
        return msgspec.convert(body, DOCUMENT_OF[held.kind])

    def applicants(self, order: ApplicantsOrder) -> Response[Any]:
        """The scores it was told, best first; resumes it was told nothing of are unknown."""
        told = self.scores.get(order.job_id)
        if told is None:
            return problem(404, "not_found", f"there is no job with the id {order.job_id}")
        results, unscored = [], []
        for resume_id in order.resume_ids:
            answer = told.get(resume_id, "unknown")
            if isinstance(answer, float):
                results.append(RankedMatch(resume_id, None, answer, "scored", {}, []))
            elif answer is not None:
                unscored.append(msgspec.convert({"id": resume_id, "reason": answer}, UnscoredApplicant))
        results.sort(key=lambda result: -(result.score or 0))
        return Response(Applicants(results, unscored, self.scoring_versions.get(order.job_id, "v1.1")))

    def app(self) -> Litestar:
        """The ASGI application."""

        @put(PATHS)
        async def submit(request: AnyRequest, document_id: FromPath[str]) -> Response[Any]:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                return await self.submit(request, _kind(request), document_id)
            finally:
                self.at_once -= 1

        @get(PATHS)
        async def read(request: AnyRequest, document_id: FromPath[str]) -> Response[Any]:
            self.calls["read"] += 1
            held = self.documents.get((_kind(request), document_id))
            if held is None:
                return problem(404, "not_found", f"there is no {_kind(request)} {document_id}")
            return Response(self.shown(held))

        @delete(PATHS, status_code=202)
        async def erase(request: AnyRequest, document_id: FromPath[str]) -> Deleted:
            del self.documents[(_kind(request), document_id)]
            return Deleted(ReceiptLinks(f"{API}/erasures/er-1"))

        @get([f"{API}/resumes", f"{API}/jobs"])
        async def listed(
            request: AnyRequest,
            limit: FromQuery[int] = 50,
            cursor: FromQuery[int] = 0,
            status: FromQuery[str | None] = None,
        ) -> dict[str, Any]:
            self.calls["list"] += 1
            kind = _kind(request)
            shown = [self.shown(held) for (held_kind, _), held in self.documents.items() if held_kind == kind]
            fitting = [one for one in shown if status in (None, one.status)]
            page = fitting[cursor : cursor + limit]
            following = cursor + limit if cursor + limit < len(fitting) else None
            return {"items": page, "next_cursor": None if following is None else str(following)}

        @post(f"{API}/matching/similarity-search", status_code=200)
        async def search(data: JSONBody[dict[str, Any]]) -> Any:
            return self.answers["search"]

        @post(f"{API}/matching/calculate", status_code=200)
        async def calculate(data: JSONBody[dict[str, Any]]) -> Response[Any]:
            if self.refusals:
                status, after = self.refusals.pop(0)
                return problem(status, "overloaded", "too much at the moment", after)
            self.orders.append(data)
            return self.applicants(msgspec.convert(data, ApplicantsOrder))

        @get(f"{API}/jobs/{{document_id:str}}/matches")
        async def matches(document_id: FromPath[str]) -> Any:
            return self.answers["matches"]

        @post(f"{API}/admin/reembed", status_code=202)
        async def reembed() -> Reembedding:
            return Reembedding(len(self.documents))

        @get(f"{API}/admin/storage")
        async def storage() -> Any:
            return self.answers["storage"]

        @get(f"{API}/score-log")
        async def score_log(request: AnyRequest) -> Any:
            self.log_asked.append(dict(request.query_params.items()))
            return self.answers["score_log"]

        @route(
            [f"{API}/webhooks", *(f"{API}/webhooks/{{webhook_id:str}}{rest}" for rest in ("", *WEBHOOK_CALLS))],
            http_method=["GET", "POST", "PATCH", "DELETE"],
        )
        async def webhooks(request: AnyRequest) -> Response[Any]:
            body = await request.json() if await request.body() else None
            call = f"{request.method} {request.url.path.removeprefix(API)}"
            self.webhook_calls.append((call, body))
            answer = self.answers[call]
            return Response(answer.pop(0) if isinstance(answer, list) else answer, status_code=200)

        @get(f"{API}/health/live")
        async def live() -> Live:
            return Live("gateway", "live")

        @get(f"{API}/health/detailed")
        async def detailed() -> Any:
            return self.answers["health"]

        handlers = [submit, read, erase, listed, search, calculate, matches, reembed, storage]
        handlers += [score_log, webhooks, live, detailed]
        return Litestar(handlers, openapi_config=None)


def _kind(request: AnyRequest) -> Kind:
    return "resume" if request.url.path.startswith(f"{API}/resumes") else "job"


def problem(status: int, code: str, detail: str, retry_after: str | None = None) -> Response[Any]:
    """An error as RFC 9457 has it."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return Response(
        {"type": f"urn:shortlist:problem:{code}", "title": code, "status": status, "detail": detail},
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )
