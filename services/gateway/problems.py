"""Every error the gateway answers, RFC 9457 `application/problem+json`, mapped once.

Problem                 raised by the gateway's own code, by code
MatchingRefusal         matching's own 4xx answer, passed on
RecordRejected          the document's own fault (libs.contracts.errors)
InvalidFilter           filters that are not of the form (libs.contracts.filters)
DependencyUnavailable   a part is away: 503 with Retry-After (libs.contracts.errors)
HTTPException           what Litestar raises: no route, wrong method, body too large
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar.exceptions import HTTPException, ValidationException
from litestar.plugins.problem_details import ProblemDetailsConfig, ProblemDetailsException, ProblemDetailsPlugin

from libs.contracts.documents import MAX_FILE_BYTES, DocumentError
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.filters import InvalidFilter
from libs.telemetry.logs import get_logger

TYPE_PREFIX = "urn:shortlist:problem:"
RETRY_SECONDS = 2

log = get_logger(__name__)

# Each code with its HTTP status and title. A document's own error codes (422) come beside them.
CODES: Final[dict[str, tuple[int, str]]] = {
    "invalid_body": (400, "The body cannot be read"),
    "invalid_id": (400, "The id is not of the form"),
    "invalid_metadata": (400, "The metadata is not of the form"),
    "invalid_limit": (400, "The limit is out of range"),
    "invalid_cursor": (400, "The cursor is not one of ours"),
    "invalid_status": (400, "There is no such status"),
    "invalid_kind": (400, "There is no such kind of document"),
    "invalid_filter": (400, "A filter is not of the form"),
    "invalid_updated_since": (400, "The time cannot be read"),
    "invalid_query": (400, "The query cannot be used"),
    "invalid_time": (400, "The time cannot be read"),
    "invalid_url": (400, "The URL cannot be used"),
    "invalid_state": (400, "There is no such state"),
    "invalid_actor": (400, "The name of who looks is not of the form"),
    "invalid_request": (400, "The request cannot be read"),
    "empty": (400, "There is no text"),
    "unauthorized": (401, "A key is needed"),
    "forbidden": (403, "The key may not do this"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "The method is not allowed here"),
    "request_timeout": (408, "The body did not come"),
    "not_indexed": (409, "The document is not indexed"),
    "erased": (409, "The document was deleted meanwhile"),
    "too_many": (409, "There are too many already"),
    "too_large": (413, "Too large"),
    "unsupported_type": (415, "The content type is not supported"),
    "overloaded": (429, "Too many requests"),
    "internal": (500, "An error of our own"),
    "not_supported": (501, "This is not built yet"),
    "unavailable": (503, "A part is away"),
}

_BY_STATUS: Final[dict[int, str]] = {
    400: "invalid_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "too_large",
    415: "unsupported_type",
    429: "overloaded",
    503: "unavailable",
}


_PARAMETER_NAMES: Final[dict[str, str]] = {"document_id": "id", "receipt_id": "id", "filters": "filter"}


class ProblemBody(msgspec.Struct, omit_defaults=True):
    """An error. `type` is `urn:shortlist:problem:CODE`; `detail` is a sentence for the person who must act."""

    type: str
    title: str
    status: int
    detail: str


class MatchingRefusal(Exception):
    """Matching's own 4xx answer. `body` is its problem+json object, empty where it sent none."""

    def __init__(self, status: int, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(f"matching answered {status}: {body.get('detail', '')}")
        self.status = status
        self.body = body
        self.headers = headers


class Problem(ProblemDetailsException):
    """An answer by code; `extra` are further members of the body."""

    def __init__(
        self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, extra: dict[str, Any] | None = None
    ) -> None:
        status, title = CODES[code]
        super().__init__(
            detail=detail,
            status_code=status,
            title=title,
            type_=TYPE_PREFIX + code,
            headers=dict(headers or {}),
            extra=extra,
        )
        self.code = code


def unavailable(detail: str, *, extra: dict[str, Any] | None = None) -> Problem:
    """503 with Retry-After."""
    return Problem("unavailable", detail, headers={"Retry-After": str(RETRY_SECONDS)}, extra=extra)


def failed_document(error: DocumentError, extra: dict[str, Any], headers: Mapping[str, str]) -> ProblemDetailsException:
    """422: the document failed while the caller waited; the type is the document's own error code."""
    return ProblemDetailsException(
        detail=error.message,
        status_code=422,
        title="The document failed",
        type_=TYPE_PREFIX + error.code,
        headers=dict(headers),
        extra={"error": {"code": error.code, "message": error.message}, **extra},
    )


def problems_plugin() -> ProblemDetailsPlugin:
    """The plugin that answers every exception as a problem."""
    return ProblemDetailsPlugin(
        ProblemDetailsConfig(
            exception_to_problem_detail_map={
                HTTPException: _of_http,
                DependencyUnavailable: _of_dependency,
                RecordRejected: _of_record,
                InvalidFilter: _of_filter,
                MatchingRefusal: _of_matching,
                Exception: _of_bug,
            }
        )
    )


def _of_http(error: HTTPException) -> ProblemDetailsException:
    if isinstance(error, ProblemDetailsException):
        return error
    if error.status_code >= 500:
        log.warning("request_not_finished", reason=error.detail)
        return Problem("internal", error.detail)
    code, detail = _BY_STATUS.get(error.status_code, "invalid_request"), error.detail
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        code, detail = _of_parameters(error.extra)
    elif error.status_code == 404:
        detail = "there is nothing at this address; GET /openapi.json lists what there is"
    elif error.status_code == 405:
        detail = f"this address takes {(error.headers or {}).get('allow', 'other methods')}"
    elif error.status_code == 413:
        detail = f"the body is too large: a file may have {MAX_FILE_BYTES} bytes"
    problem = Problem(code, detail, headers=error.headers or {})
    problem.status_code = error.status_code
    return problem


def _of_parameters(faults: list[Any]) -> tuple[str, str]:
    named = [(str(fault.get("key", "")), str(fault.get("message", ""))) for fault in faults if isinstance(fault, dict)]
    first = _PARAMETER_NAMES.get(named[0][0], named[0][0]) if named else ""
    code = f"invalid_{first}" if f"invalid_{first}" in CODES else "invalid_request"
    return code, "; ".join(f"{_PARAMETER_NAMES.get(key, key)}: {message}" for key, message in named)


def _of_dependency(error: DependencyUnavailable) -> ProblemDetailsException:
    log.warning("dependency_unavailable", part=error.part, reason=error.message)
    return unavailable(f"{error.part} cannot be used at the moment ({error.message}); try again shortly")


def _of_record(error: RecordRejected) -> ProblemDetailsException:
    code = str(error.code)
    if error.code is ErrorCode.INTERNAL:
        return _of_bug(error)
    return Problem(code if code in CODES else "invalid_body", error.message)


def _of_filter(error: InvalidFilter) -> ProblemDetailsException:
    return Problem("invalid_filter", str(error))


def _of_matching(error: MatchingRefusal) -> ProblemDetailsException:
    known = {"type", "title", "status", "detail"}
    # Its titles are its codes; callers are shown the same title for a code whoever refuses.
    _, title = CODES.get(str(error.body.get("type", "")).removeprefix(TYPE_PREFIX), (0, ""))
    return ProblemDetailsException(
        detail=str(error.body.get("detail", "")),
        status_code=error.status,
        title=title or str(error.body.get("title", "")) or None,
        type_=str(error.body.get("type", "")) or TYPE_PREFIX + _BY_STATUS.get(error.status, "invalid_request"),
        headers=dict(error.headers),
        extra={name: value for name, value in error.body.items() if name not in known},
    )


def _of_bug(error: Exception) -> ProblemDetailsException:
    log.error("unexpected_error", error=repr(error), exc_info=error)
    return Problem("internal", "the gateway met an error of its own; its log says more under this request's id")
