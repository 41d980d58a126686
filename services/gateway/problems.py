"""Every error the gateway answers, RFC 9457 `application/problem+json`, mapped once.

Problem                 raised by the gateway's own code, by code
MatchingRefusal         matching's own 4xx answer, passed on
RecordRejected          the document's own fault (libs.contracts.errors)
InvalidFilter           filters that are not of the form (libs.contracts.filters)
DependencyUnavailable   a part is away: 503 with Retry-After (libs.contracts.errors)
HTTPException           what Litestar raises: no route, wrong method, body too large
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.plugins.problem_details import ProblemDetailsConfig, ProblemDetailsException, ProblemDetailsPlugin
from litestar.types import Send
from msgspec import UNSET, Meta, UnsetType
from structlog.contextvars import get_contextvars

from libs.contracts.documents import DocumentError, InvalidMetadata
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.filters import InvalidFilter
from libs.contracts.inner.problems import PROBLEM_JSON
from libs.contracts.json_reading import misfit_of_message
from libs.telemetry.logs import get_logger
from libs.telemetry.tracing import current_trace_id

TYPE_PREFIX = "urn:shortlist:problem:"
RETRY_SECONDS = 2

log = get_logger(__name__)

# Each code with its HTTP status and title. A document's own error codes (422) come beside them.
CODES: Final[dict[str, tuple[int, str]]] = {
    "invalid_body": (400, "The body cannot be read"),
    "invalid_id": (400, "The id is not of the form"),
    "invalid_metadata": (400, "The metadata is not of the form"),
    "invalid_expires_at": (400, "The end of a document's time cannot be read"),
    "invalid_state": (400, "There is no such state"),
    "invalid_limit": (400, "The limit is out of range"),
    "invalid_cursor": (400, "The cursor is not one of ours"),
    "invalid_status": (400, "There is no such status"),
    "invalid_kind": (400, "There is no such kind of document"),
    "invalid_filter": (400, "A filter is not of the form"),
    "invalid_updated_since": (400, "The time cannot be read"),
    "invalid_query": (400, "The query cannot be used"),
    "invalid_time": (400, "The time cannot be read"),
    "invalid_url": (400, "The URL cannot be used"),
    "invalid_actor": (400, "The name of who looks is not of the form"),
    "invalid_request": (400, "The request cannot be read"),
    "unknown_parameter": (400, "There is no such parameter here"),
    "empty": (400, "There is no text"),
    "unauthorized": (401, "A key is needed"),
    "forbidden": (403, "The key may not do this"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "The method is not allowed here"),
    "request_timeout": (408, "The body did not come"),
    "not_indexed": (409, "The document is not indexed"),
    "erased": (409, "The document was deleted meanwhile"),
    "too_many": (409, "There are too many already"),
    "idempotency_in_progress": (409, "The same request is being worked on"),
    "precondition_failed": (412, "The document is not as you say"),
    "idempotency_key_used": (422, "The key was used for another request"),
    "too_large": (413, "Too large"),
    "unsupported_type": (415, "The content type is not supported"),
    "unsupported_encoding": (415, "The content encoding is not supported"),
    "overloaded": (429, "Too many requests"),
    "rate_limited": (429, "The key's quota is used up"),
    "head_too_large": (431, "The address and the headers are too long"),
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


_DETAILS: Final[dict[int, str]] = {
    404: "there is nothing at this address; GET /openapi.json lists what there is",
}
# As callers know them, and as the codes name them.
_PARAMETER_NAMES: Final[dict[str, str]] = {"document_id": "the id", "receipt_id": "the receipt's id"}
_PARAMETER_CODES: Final[dict[str, str]] = {"document_id": "id", "receipt_id": "id", "filters": "filter"}


class FieldError(msgspec.Struct, omit_defaults=True):
    """What is at fault: a field of the body by its JSON pointer, or a parameter or header by its name."""

    detail: Annotated[str, Meta(description="A sentence about it")]
    pointer: Annotated[
        str | UnsetType,
        Meta(description="A field of the body, as a JSON pointer (RFC 6901); empty for the body itself"),
    ] = UNSET
    parameter: Annotated[str | UnsetType, Meta(description="A parameter of the address, by its name")] = UNSET
    header: Annotated[str | UnsetType, Meta(description="A header, by its name")] = UNSET


class ProblemBody(msgspec.Struct, omit_defaults=True):
    """An error. `type` is `urn:shortlist:problem:CODE`; `detail` is a sentence for the person who must act.

    `errors` stands where fields are at fault. `trace_id` leads whoever runs the gateway to what its log says of this
    request.
    """

    type: Annotated[str, Meta(description="`urn:shortlist:problem:CODE`: stable, for programs")]
    title: Annotated[str, Meta(description="What kind of error it is, the same for each type")]
    status: Annotated[int, Meta(description="The HTTP status")]
    detail: Annotated[str, Meta(description="A sentence for the person who must act")]
    errors: Annotated[
        list[FieldError] | UnsetType, Meta(description="What is at fault, where it is a field, a parameter or a header")
    ] = UNSET
    trace_id: Annotated[
        str | UnsetType, Meta(description="Leads whoever runs the gateway to what its log says of this request")
    ] = UNSET


class MatchingRefusal(Exception):
    """Matching's own 4xx answer. `body` is its problem+json object, empty where it sent none."""

    def __init__(self, status: int, body: dict[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(f"matching answered {status}: {body.get('detail', '')}")
        self.status = status
        self.body = body
        self.headers = headers


class ProblemAnswer(ProblemDetailsException):
    """A problem of whatever type, whose answer carries the trace's id."""

    def body(self) -> dict[str, Any]:
        """The members of the answer."""
        own = {"type": self.type_, "title": self.title, "status": self.status_code, "detail": self.detail}
        more = self.extra if isinstance(self.extra, dict) else {}
        return {name: value for name, value in {**own, **more}.items() if value is not None} | {"trace_id": trace_id()}

    def to_response(self, request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
        """The answer."""
        return Response(self.body(), headers=self.headers, media_type=PROBLEM_JSON, status_code=self.status_code)


class Problem(ProblemAnswer):
    """An answer by code; `extra` are further members of the body.

    `errors` are the fields at fault. Where it is one, `pointer` (into the body), `parameter` or `header` names it, and
    the detail is its own.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        extra: dict[str, Any] | None = None,
        pointer: str | None = None,
        parameter: str | None = None,
        header: str | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        status, title = CODES[code]
        places = {"pointer": pointer, "parameter": parameter, "header": header}
        named = {name: place for name, place in places.items() if place is not None}
        all_errors = [*errors, *([FieldError(detail, **named)] if named else [])]
        super().__init__(
            detail=detail,
            status_code=status,
            title=title,
            type_=TYPE_PREFIX + code,
            headers=dict(headers or {}),
            extra={**({"errors": msgspec.to_builtins(all_errors)} if all_errors else {}), **(extra or {})},
        )
        self.code = code


def trace_id() -> str:
    """By which the log tells of the request that is being answered: its trace's id, or where there are no traces the
    request's own."""
    return current_trace_id() or str(get_contextvars().get("request_id") or uuid.uuid4().hex)


def invalid_metadata(error: InvalidMetadata, pointer: str = "/metadata") -> Problem:
    """Metadata that are not of the form; `pointer` is where they stand in the body."""
    return Problem("invalid_metadata", str(error), pointer=pointer + error.pointer)


def unavailable(detail: str, *, extra: dict[str, Any] | None = None) -> Problem:
    """503 with Retry-After."""
    return Problem("unavailable", detail, headers={"Retry-After": str(RETRY_SECONDS)}, extra=extra)


def failed_document(error: DocumentError, extra: dict[str, Any], headers: Mapping[str, str]) -> ProblemAnswer:
    """422: the document failed while the caller waited; the type is the document's own error code."""
    return ProblemAnswer(
        detail=error.message,
        status_code=422,
        title="The document failed",
        type_=TYPE_PREFIX + error.code,
        headers=dict(headers),
        extra={"error": {"code": error.code, "message": error.message}, **extra},
    )


def problem_of(error: Exception) -> ProblemAnswer:
    """The answer to any exception; what is nobody's but our own fault is logged here."""
    return next(answer for form, answer in _answers().items() if isinstance(error, form))(error)


async def send_problem(problem: ProblemAnswer, send: Send) -> None:
    """Answers with a problem from outside the router."""
    body = msgspec.json.encode(problem.body())
    own = {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body)), **(problem.headers or {})}
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in own.items()]
    await send({"type": "http.response.start", "status": problem.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def problems_plugin() -> ProblemDetailsPlugin:
    """The plugin that answers every exception of a route as a problem."""
    return ProblemDetailsPlugin(ProblemDetailsConfig(exception_to_problem_detail_map=_answers()))


def _answers() -> dict[type[Exception], Callable[[Any], ProblemAnswer]]:
    """How each kind of exception is answered; the first that fits counts."""
    return {
        HTTPException: _of_http,
        DependencyUnavailable: _of_dependency,
        RecordRejected: _of_record,
        InvalidFilter: _of_filter,
        MatchingRefusal: _of_matching,
        Exception: _of_bug,
    }


def answer_too_large(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """The answer to a body that the framework read no further, since it passed the route's limit."""
    limit = request.route_handler.resolve_request_max_body_size()
    told = f"; {limit:,} bytes are allowed" if isinstance(limit, int) else ""
    return Problem("too_large", f"the body is larger than what this address takes{told}").to_response(request)


def _of_http(error: HTTPException) -> ProblemAnswer:
    if isinstance(error, ProblemAnswer):
        return error
    if error.status_code >= 500:
        # What Litestar raises itself says what its own code met.
        return _of_bug(error)
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        return _of_parameters(error.extra)
    code = _BY_STATUS.get(error.status_code, "invalid_request")
    # Litestar's own details quote its code; what is not named here is said in general.
    detail = _DETAILS.get(error.status_code, "the request cannot be read as it was sent")
    if error.status_code == 405:
        detail = f"this address takes {(error.headers or {}).get('allow', 'other methods')}"
    return Problem(code, detail, headers=error.headers or {})


def _of_parameters(faults: list[Any]) -> Problem:
    errors = []
    for fault in faults:
        key = str(fault.get("key", "")) if isinstance(fault, dict) else ""
        message = str(fault.get("message", "")) if isinstance(fault, dict) else ""
        place = "header" if isinstance(fault, dict) and fault.get("source") == "header" else "parameter"
        detail = f"{_PARAMETER_NAMES.get(key, key)} {misfit_of_message(message).sentence}"
        errors.append(FieldError(detail, **{place: key}))
    first = next((str(each.parameter) for each in errors if each.parameter), "")
    code = f"invalid_{_PARAMETER_CODES.get(first, first)}"
    return Problem(
        code if code in CODES else "invalid_request", "; ".join(each.detail for each in errors), errors=errors
    )


def _of_dependency(error: DependencyUnavailable) -> ProblemAnswer:
    # The reason may name addresses within the installation, and what a library said.
    log.warning("dependency_unavailable", part=error.part, reason=error.message)
    why = f" ({error.told})" if error.told else ""
    return unavailable(f"{error.part} cannot be used at the moment{why}; try again shortly")


def _of_record(error: RecordRejected) -> ProblemAnswer:
    code = str(error.code)
    if error.code is ErrorCode.INTERNAL:
        return _of_bug(error)
    return Problem(code if code in CODES else "invalid_body", error.message)


def _of_filter(error: InvalidFilter) -> ProblemAnswer:
    return Problem("invalid_filter", str(error), parameter="filters")


def _of_matching(error: MatchingRefusal) -> ProblemAnswer:
    known = {"type", "title", "status", "detail"}
    code = str(error.body.get("type", "")).removeprefix(TYPE_PREFIX)
    if code not in CODES:
        # What its framework refuses, or whatever stands between: words of nobody who knows the caller.
        log.warning("matching_refused", status=error.status, reason=str(error))
        detail = _DETAILS.get(error.status, "the request cannot be answered as it was sent")
        return Problem(_BY_STATUS.get(error.status, "invalid_request"), detail, headers=error.headers)
    errors = [FieldError(str(error.body.get("detail", "")), parameter="cursor")] if code == "invalid_cursor" else []
    return ProblemAnswer(
        detail=str(error.body.get("detail", "")),
        status_code=error.status,
        # Its titles are its codes; callers are shown the same title for a code whoever refuses.
        title=CODES[code][1],
        type_=TYPE_PREFIX + code,
        headers=dict(error.headers),
        extra={
            **({"errors": msgspec.to_builtins(errors)} if errors else {}),
            **{name: value for name, value in error.body.items() if name not in known},
        },
    )


def _of_bug(error: Exception) -> ProblemAnswer:
    log.error("unexpected_error", error=repr(error), exc_info=error)
    return Problem("internal", "the gateway met an error of its own; its log says more under this trace's id")
