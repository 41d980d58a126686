"""What matching answers over HTTP, to the other services. The tenant is in the header Shortlist-Tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post, put
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from libs.contracts.errors import BeingFilled, DependencyUnavailable, Overloaded, RecordRejected
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DEFAULT_TENANT, DocumentKey, Kind, is_kind, is_tenant
from libs.contracts.revision import Revision
from libs.telemetry.logs import get_logger
from libs.telemetry.tracing import TRACEPARENT, traced
from services.matching.answers.asked import NotIndexed, Unknown
from services.matching.answers.documents import MAX_PAGE, VISIBLE, InvalidCursor
from services.matching.metrics import ANSWERS_REFUSED
from services.matching.service import MatchingService
from services.matching.spaces.lifecycle import Spaces
from services.matching.spaces.reembedding import Reembedding
from services.matching.writing.document_writer import DocumentWriter

log = get_logger(__name__)

TENANT_HEADER = "Shortlist-Tenant"
MAX_LIMIT = 100
AnyRequest = Request[Any, Any, Any]
Made = TypeVar("Made")


class InvalidRequest(Exception):
    """The request is not of its form; the message says what is wrong."""


class Parts(msgspec.Struct, frozen=True):
    """What the handlers work with, once the database is there."""

    service: MatchingService
    writer: DocumentWriter
    spaces: Spaces
    reembedding: Reembedding


class Api:
    """The handlers' state: nothing before the start is over."""

    def __init__(self) -> None:
        self.parts: Parts | None = None
        self.lag: Any = dict

    def ready(self) -> Parts:
        """The parts. Raises DependencyUnavailable while they are not there."""
        if self.parts is None:
            raise DependencyUnavailable("database", "matching is still starting")
        return self.parts


class PairBody(msgspec.Struct, frozen=True):
    """A job and a resume to be scored."""

    job_id: str
    resume_id: str


class SearchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A search by free text."""

    query: str
    kind: Kind
    limit: int = 10
    filters: dict[str, Any] | None = None


class ErasureBody(msgspec.Struct, frozen=True):
    """A document to be erased, up to a revision."""

    kind: Kind
    id: str
    revision: str


class SpaceBody(msgspec.Struct, frozen=True):
    """What is told of a space that embedding computes."""

    model: str
    dimension: int


def routes(api: Api) -> list[HTTPRouteHandler]:
    """The handlers of the inner API."""

    @get("/documents/{kind:str}/{document_id:str}")
    async def document(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Any:
        key = _key(request, kind, document_id)
        found = await api.ready().service.document(key)
        if found is None:
            raise Unknown(key)
        return found

    @get("/documents/{kind:str}")
    async def page(request: AnyRequest, kind: FromPath[str]) -> Any:
        params = request.query_params
        status = params.get("status")
        if status is not None and status not in VISIBLE:
            raise InvalidRequest(f"status must be one of {', '.join(VISIBLE)}")
        return await api.ready().service.page(
            _tenant(request),
            _kind(kind),
            limit=_limit(params.get("limit", "50"), MAX_PAGE),
            cursor=params.get("cursor"),
            status=status,
        )

    @get("/documents/{kind:str}/{document_id:str}/matches")
    async def matches(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Any:
        key = _key(request, kind, document_id)
        return await api.ready().service.matches(key, _limit(request.query_params.get("limit", "10"), MAX_LIMIT))

    @post("/statuses", status_code=204)
    async def statuses(request: AnyRequest) -> None:
        reports = msgspec.json.decode(await request.body(), type=list[StatusEvent])
        tenant = _tenant(request)
        _of_form(lambda: [(report.key, report.parsed_revision) for report in reports])
        if any(report.tenant != tenant for report in reports):
            raise InvalidRequest("a status of another tenant was sent")
        await api.ready().writer.note(tenant, reports)

    @post("/erasures", status_code=200)
    async def erase(request: AnyRequest) -> Any:
        body = msgspec.json.decode(await request.body(), type=ErasureBody)
        revision = _of_form(lambda: Revision.parse(body.revision))
        return await api.ready().writer.erase(_key(request, body.kind, body.id), revision)

    @get("/erasures/{receipt:str}")
    async def erasure(request: AnyRequest, receipt: FromPath[str]) -> Any:
        found = await api.ready().writer.receipt(_tenant(request), receipt)
        return found if found is not None else _problem(404, "not_found", "there is no such receipt")

    @post("/calculate", status_code=200)
    async def calculate(request: AnyRequest) -> Any:
        body = msgspec.json.decode(await request.body(), type=PairBody)
        job, resume = _key(request, "job", body.job_id), _key(request, "resume", body.resume_id)
        return await api.ready().service.calculate(job, resume)

    @post("/search", status_code=200)
    async def search(request: AnyRequest) -> Any:
        body = msgspec.json.decode(await request.body(), type=SearchBody)
        if body.filters:
            raise InvalidRequest("filters are not built yet: leave them out")
        if not body.query.strip():
            raise InvalidRequest("the query holds no text")
        limit = _limit(str(body.limit), MAX_LIMIT)
        return await api.ready().service.search(_tenant(request), body.query, body.kind, limit)

    @put("/spaces/{space:str}", status_code=200)
    async def register(request: AnyRequest, space: FromPath[str]) -> Any:
        body = msgspec.json.decode(await request.body(), type=SpaceBody)
        if len(space) != 8 or any(digit not in "0123456789abcdef" for digit in space):
            raise InvalidRequest("a space is named by 8 hex digits")
        found = await api.ready().spaces.register(space, body.model, body.dimension)
        return {"topic": found.topic, "group": found.group, "state": found.state}

    @post("/reembed", status_code=200)
    async def reembed() -> Any:
        return {"documents": await api.ready().reembedding.begin()}

    @get("/figures")
    async def figures(request: AnyRequest) -> Any:
        tenant = request.headers.get(TENANT_HEADER, DEFAULT_TENANT)
        return {**await api.ready().service.figures(tenant), "lag": api.lag()}

    handlers = [document, page, matches, statuses, erase, erasure, calculate, search, register, reembed, figures]
    return list(handlers)


def exception_handlers() -> dict[Any, Any]:
    """Every kind of refusal as problem+json."""
    return {
        Unknown: lambda _, error: _problem(404, "not_found", str(error)),
        NotIndexed: _not_indexed,
        InvalidCursor: lambda _, error: _problem(400, "invalid_cursor", str(error)),
        msgspec.MsgspecError: lambda _, error: _problem(400, "invalid_body", str(error)),
        InvalidRequest: lambda _, error: _problem(400, "invalid_request", str(error)),
        RecordRejected: lambda _, error: _problem(400, str(error.code), error.message),
        Overloaded: _overloaded,
        BeingFilled: lambda _, error: _problem(503, "being_filled", str(error), retry_after=1),
        DependencyUnavailable: lambda _, error: _problem(503, "unavailable", str(error), retry_after=1),
        HTTPException: lambda _, error: _problem(error.status_code, "http", error.detail),
        Exception: _own_fault,
    }


def tracing(app: Any) -> Any:
    """ASGI middleware: continues the caller's trace."""

    async def traced_app(scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers") or [])
        with traced(headers.get(TRACEPARENT.encode(), b"").decode("latin-1")):
            await app(scope, receive, send)

    return traced_app


def _own_fault(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return _problem(500, "internal", f"a fault of matching's own: {type(error).__name__}")


def _overloaded(_: AnyRequest, error: Overloaded) -> Response[Any]:
    ANSWERS_REFUSED.labels(error.part).inc()
    return _problem(429, "overloaded", f"too much is asked at once: {error.message}", retry_after=1)


def _not_indexed(_: AnyRequest, error: NotIndexed) -> Response[Any]:
    shown = {"kind": error.key.kind, "id": error.key.id, "status": error.shown["status"]}
    return _problem(409, "not_indexed", str(error), document=shown)


def _tenant(request: AnyRequest) -> str:
    tenant = request.headers.get(TENANT_HEADER, "")
    if not is_tenant(tenant):
        raise InvalidRequest(f"the header {TENANT_HEADER} must name a tenant")
    return tenant


def _kind(kind: str) -> Kind:
    if not is_kind(kind):
        raise InvalidRequest("kind must be resume or job")
    return kind  # type: ignore[return-value]  # checked above


def _key(request: AnyRequest, kind: str, document_id: str) -> DocumentKey:
    tenant, known = _tenant(request), _kind(kind)
    return _of_form(lambda: DocumentKey(tenant, known, document_id))


def _of_form(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except ValueError as error:
        raise InvalidRequest(str(error)) from error


def _limit(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise InvalidRequest(f"limit must be a number from 1 to {most}")
    return int(text)


def _problem(status: int, code: str, detail: str, *, retry_after: int | None = None, **extra: Any) -> Response[Any]:
    body = {"type": f"urn:shortlist:problem:{code}", "title": code, "status": status, "detail": detail, **extra}
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)
