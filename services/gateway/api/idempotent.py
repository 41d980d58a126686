"""Writes that may be sent twice: with an Idempotency-Key the same request has one effect and one answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import HeaderParameter

from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.documents import DocumentSummary
from libs.contracts.inner.problems import PROBLEM_JSON
from services.gateway.api.bodies import AnyRequest
from services.gateway.api.conditions import tag_of
from services.gateway.idempotency.once import HEADER, REPLAYED, derived_event_id, key_in, request_digest
from services.gateway.idempotency.stored_requests import StoredAnswer
from services.gateway.problems import ProblemAnswer, problem_of
from services.gateway.service import Gateway

# What a repeat would be told as well: the request itself is refused, or its document failed.
_DEFINITE = frozenset({404, 409, 412, 422})

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        description="your own name of this request, the best a UUID: for 24 hours the same request under it has one "
        f"effect and the same answer (with `{REPLAYED}: true`). Another request under it is refused with 422, and one "
        "that comes while the first is worked on with 409",
    ),
]

Work = Callable[[str | None], Awaitable[Response[Any]]]
"""Does what is asked for. Called with the id of the event to publish; None where any will do."""


def idempotency_key(request: AnyRequest) -> str | None:
    """The request's key; None without one. Raises Problem (`invalid_request`)."""
    return key_in(request.headers.get(HEADER))


async def once(
    request: AnyRequest, gateway: Gateway, key: DocumentKey, asked: tuple[bytes | str | None, ...], work: Work
) -> Response[Any]:
    """The answer to a write of a document: from `work`, or what it was when the same was asked before.

    `asked` tells this request from others of its method and address. Raises what `work` raises, Problem:
    `idempotency_key_used`, `idempotency_in_progress`, `not_supported`; DependencyUnavailable.
    """
    name = idempotency_key(request)
    if name is None:
        return await work(None)
    tenant, method, path = request.user.tenant, request.method, request.url.path.rstrip("/")
    digest = request_digest(method, path, request.headers.get("if-match"), request.headers.get("if-none-match"), *asked)
    async with gateway.once.work(tenant, name, digest) as begun:
        if isinstance(begun, StoredAnswer):
            return await _replayed(gateway, key, begun)
        try:
            response = await work(derived_event_id(tenant, method, path, name))
        except Exception as error:
            problem = error if isinstance(error, ProblemAnswer) else problem_of(error)
            if problem.status_code in _DEFINITE:
                body = {name: value for name, value in problem.body().items() if name != "trace_id"}
                begun.remember(StoredAnswer(problem.status_code, dict(problem.headers or {}), body))
            raise
        begun.remember(_answer_of(response))
        return response


def _answer_of(response: Response[Any]) -> StoredAnswer:
    content = response.content
    headers = {name: value for name, value in response.headers.items() if name.lower() != "etag"}
    # A document is shown as it is when the request comes again: its text is kept nowhere else.
    body = None if isinstance(content, DocumentSummary) else msgspec.to_builtins(content)
    return StoredAnswer(response.status_code or 200, headers, body)


async def _replayed(gateway: Gateway, key: DocumentKey, answer: StoredAnswer) -> Response[Any]:
    headers = {**answer.headers, REPLAYED: "true"}
    if answer.body is None:
        document = await gateway.reading.document(key)
        return Response(document, status_code=answer.status, headers={**headers, "ETag": tag_of(document)})
    media_type = PROBLEM_JSON if answer.status >= 400 else "application/json"
    return Response(answer.body, status_code=answer.status, headers=headers, media_type=media_type)
