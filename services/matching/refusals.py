"""Why matching refuses, as problem+json: every kind of error with its status and code."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from libs.contracts.errors import BeingFilled, DependencyUnavailable, Overloaded, RecordRejected
from libs.contracts.filters import InvalidFilter
from libs.contracts.inner.problems import PROBLEM_JSON, InnerProblem, NamedDocument, problem
from libs.telemetry.logs import get_logger
from services.matching.answers.asked import NotIndexed, Unknown
from services.matching.answers.cursors import InvalidCursor
from services.matching.index.identity.people import InvalidPerson
from services.matching.metrics import ANSWERS_REFUSED

log = get_logger(__name__)

AnyRequest = Request[Any, Any, Any]


class InvalidRequest(Exception):
    """The request is not of its form; the message says what is wrong."""


class InvalidQuery(InvalidRequest):
    """There is nothing in the query that could be looked for."""


def exception_handlers() -> dict[Any, Any]:
    """Every kind of refusal as problem+json."""
    return {
        Unknown: lambda _, error: refusal(404, "not_found", str(error)),
        NotIndexed: _not_indexed,
        InvalidFilter: lambda _, error: refusal(400, "invalid_filter", str(error)),
        InvalidCursor: lambda _, error: refusal(400, "invalid_cursor", str(error)),
        msgspec.MsgspecError: lambda _, error: refusal(400, "invalid_body", str(error)),
        InvalidPerson: lambda _, error: refusal(400, "invalid_query", str(error)),
        InvalidQuery: lambda _, error: refusal(400, "invalid_query", str(error)),
        InvalidRequest: lambda _, error: refusal(400, "invalid_request", str(error)),
        RecordRejected: lambda _, error: refusal(400, str(error.code), error.message),
        Overloaded: _overloaded,
        BeingFilled: lambda _, error: refusal(503, "being_filled", str(error), retry_after=1),
        DependencyUnavailable: lambda _, error: refusal(503, "unavailable", str(error), retry_after=1),
        HTTPException: lambda _, error: refusal(error.status_code, "http", error.detail),
        Exception: _own_fault,
    }


def _own_fault(request: AnyRequest, error: Exception) -> Response[InnerProblem]:
    log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return refusal(500, "internal", f"a fault of matching's own: {type(error).__name__}")


def _overloaded(_: AnyRequest, error: Overloaded) -> Response[InnerProblem]:
    ANSWERS_REFUSED.labels(error.part).inc()
    return refusal(429, "overloaded", f"too much is asked at once: {error.message}", retry_after=1)


def _not_indexed(_: AnyRequest, error: NotIndexed) -> Response[InnerProblem]:
    named = NamedDocument(error.key.kind, error.key.id, error.shown.status)
    return _answered(problem(409, "not_indexed", str(error), named))


def refusal(status: int, code: str, detail: str, *, retry_after: int | None = None) -> Response[InnerProblem]:
    """A refusal with its code; `retry_after` in seconds."""
    return _answered(problem(status, code, detail), retry_after)


def _answered(body: InnerProblem, retry_after: int | None = None) -> Response[InnerProblem]:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(body, status_code=body.status, media_type=PROBLEM_JSON, headers=headers)
