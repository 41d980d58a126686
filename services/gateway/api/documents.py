"""/resumes and /jobs: the same calls for both kinds of document, each made by a function of its own."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from libs.contracts.identifiers import Kind
from libs.contracts.inner.documents import DOCUMENT_OF, PAGE_OF, Document, Page, VisibleStatus
from libs.contracts.inner.matching import MAX_RESULTS, Matches, SimilarDocuments
from services.gateway.api import PREFIX
from services.gateway.api.bodies import AnyRequest, key_of
from services.gateway.api.description import EXAMPLES, FAILED, NEEDS_KEY, answer, document_body, problems, with_body
from services.gateway.api.schemas import Accepted, Deleted, Erased, ReceiptLinks
from services.gateway.api.submit import Taken, refuse_conditions, submit, wait_of
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

DocumentId = Annotated[
    str, PathParameter(description="The document's id: 1 to 200 of A-Z a-z 0-9 . _ ~ : @ + -", max_length=2000)
]
Prefer = Annotated[
    str | None,
    HeaderParameter(name="Prefer", description="`wait=N`: answer once it has ended, after N seconds at most"),
]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=200, description="how many to list")]
MatchLimit = Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_RESULTS, description="how many to rank")]
Cursor = Annotated[
    str | None, QueryParameter(name="cursor", max_length=2000, description="`next_cursor` of the page before")
]
StatusFilter = Annotated[
    VisibleStatus | None, QueryParameter(name="status", description="only documents of this status")
]
Filters = Annotated[
    str | None, QueryParameter(name="filters", max_length=8192, description="only documents that pass; JSON")
]

_ONE = "/{document_id:str}"
_READ = ("unauthorized", "unavailable")
_WRITE = ("unauthorized", "invalid_body", "invalid_id", "invalid_metadata", "empty", "erased", "too_large")
_WRITE_TOO = ("unsupported_type", "request_timeout", "not_supported", "unavailable")


def document_routes(kind: Kind) -> Router:
    """The routes of one kind of document."""
    handlers = [make(kind) for make in (_create, _replace, _read, _list, _delete, _matches, _similar)]
    return Router(f"/{kind}s", route_handlers=handlers, tags=[f"{kind}s"], security=NEEDS_KEY)


def _create(kind: Kind) -> HTTPRouteHandler:
    @post(
        "/",
        status_code=202,
        operation_id=f"create{kind.capitalize()}",
        summary=f"Send a {kind}",
        description="An id in use is replaced, as with PUT. Without an id one is made.",
        operation_class=with_body(document_body(kind, raw_files=False)),
        responses=_answers_to_a_submission(kind),
    )
    async def create(request: AnyRequest, gateway: FromWiring, prefer: Prefer = None) -> Taken:
        return await submit(request, gateway, kind, None)

    return create


def _replace(kind: Kind) -> HTTPRouteHandler:
    @put(
        _ONE,
        status_code=202,
        operation_id=f"put{kind.capitalize()}",
        summary=f"Create or replace a {kind}",
        operation_class=with_body(document_body(kind, raw_files=True)),
        responses=_answers_to_a_submission(kind),
    )
    async def replace(
        request: AnyRequest, gateway: FromWiring, document_id: DocumentId, prefer: Prefer = None
    ) -> Taken:
        return await submit(request, gateway, kind, document_id)

    return replace


def _answers_to_a_submission(kind: Kind) -> dict[int, ResponseSpec]:
    document, id = DOCUMENT_OF[kind], EXAMPLES[kind]["id"]
    named = {"id": id, "kind": kind, "status": "queued", "revision": "1764000000000-42"}
    accepted = {**named, "links": {"self": f"{PREFIX}/{kind}s/{id}"}}
    return {
        202: answer(Accepted, "Accepted; `Location` is where to follow it", accepted),
        200: answer(document, "Replaced and indexed while its caller waited"),
        201: answer(document, "Created and indexed while its caller waited"),
        422: FAILED,
        **problems(*_WRITE, *_WRITE_TOO),
    }


def _read(kind: Kind) -> HTTPRouteHandler:
    @get(
        _ONE,
        operation_id=f"get{kind.capitalize()}",
        summary=f"A {kind} with its status",
        response_description=f"The {kind}",
        responses=problems("invalid_id", "not_found", *_READ),
        signature_namespace={"Document": DOCUMENT_OF[kind]},
    )
    async def read(request: AnyRequest, gateway: FromWiring, document_id: DocumentId) -> Document:
        return await gateway.reading.document(key_of(request.user.tenant, kind, document_id))

    return read


def _list(kind: Kind) -> HTTPRouteHandler:
    @get(
        "/",
        operation_id=f"list{kind.capitalize()}s",
        summary=f"All {kind}s, page by page",
        description="Without their texts and what has offsets into these: sections, identity spans, entries, mentions, "
        "requirements found and notes are shown where one document is read.",
        response_description="A page",
        responses=problems("invalid_limit", "invalid_cursor", "invalid_status", *_READ),
        signature_namespace={"Page": PAGE_OF[kind]},
    )
    async def listed(
        request: AnyRequest, gateway: FromWiring, limit: Limit = 50, cursor: Cursor = None, status: StatusFilter = None
    ) -> Page:
        given = {"limit": str(limit), "cursor": cursor, "status": status}
        params = {name: value for name, value in given.items() if value is not None}
        return await gateway.reading.page(request.user.tenant, kind, params)

    return listed


def _delete(kind: Kind) -> HTTPRouteHandler:
    example = {"links": {"receipt": f"{PREFIX}/erasures/er-1764000000000-42-0f3c"}}

    @delete(
        _ONE,
        status_code=202,
        operation_id=f"delete{kind.capitalize()}",
        summary=f"Delete a {kind}",
        description="Gone from reads, search and matches from then on. `Prefer: wait=N` waits until all is done that "
        "can be; what only ages out is not waited for.",
        responses={
            202: answer(Deleted, "Deleted; the receipt tells what is done where", example),
            200: answer(Erased, "All that can be done was done while the caller waited"),
            **problems("invalid_id", "not_found", "not_supported", *_READ),
        },
    )
    async def remove(
        request: AnyRequest, gateway: FromWiring, document_id: DocumentId, prefer: Prefer = None
    ) -> Response[Deleted | Erased]:
        refuse_conditions(request)
        key = key_of(request.user.tenant, kind, document_id)
        if not await gateway.reading.exists(key):
            raise Problem("not_found", f"there is no {kind} with the id {document_id}")
        made = await gateway.deleting.delete(key)
        links = ReceiptLinks(f"{PREFIX}/erasures/{made}")
        headers = {"Location": links.receipt}
        seconds = wait_of(request)
        if seconds is None:
            return Response(Deleted(links), status_code=202, headers=headers)
        headers["Preference-Applied"] = f"wait={seconds}"
        done = await gateway.waiting.until_erased(key.tenant, made, seconds)
        if done is None:
            return Response(Deleted(links), status_code=202, headers=headers)
        fields: dict[str, Any] = msgspec.structs.asdict(done)
        return Response(Erased(**fields, links=links), status_code=200, headers=headers)

    return remove


def _matches(kind: Kind) -> HTTPRouteHandler:
    @get(
        f"{_ONE}/matches",
        operation_id=f"get{kind.capitalize()}Matches",
        summary=f"What fits a {kind} best",
        response_description="Ranked, best first",
        responses=problems("invalid_id", "invalid_limit", "invalid_filter", "not_found", "not_indexed", *_READ),
    )
    async def matches(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        limit: MatchLimit = 10,
        filters: Filters = None,
    ) -> Matches:
        return await gateway.ranking.matches(key_of(request.user.tenant, kind, document_id), limit, filters)

    return matches


def _similar(kind: Kind) -> HTTPRouteHandler:
    @get(
        f"{_ONE}/similar",
        operation_id=f"getSimilar{kind.capitalize()}s",
        summary=f"{kind.capitalize()}s like one",
        description="Of the same kind, by meaning and words, itself left out. 100 is the same text; a score compares "
        "documents of this answer, and says nothing of how well a job and a resume match.",
        response_description="Most alike first",
        responses=problems("invalid_id", "invalid_limit", "invalid_filter", "not_found", "not_indexed", *_READ),
    )
    async def similar(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        limit: MatchLimit = 10,
        filters: Filters = None,
    ) -> SimilarDocuments:
        return await gateway.ranking.similar(key_of(request.user.tenant, kind, document_id), limit, filters)

    return similar
