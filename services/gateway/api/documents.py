"""/resumes and /jobs: the same calls for both kinds of document, each made by a function of its own."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, Router, delete, get, patch, post, put
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType
from litestar.params import HeaderParameter, QueryParameter

from libs.contracts.identifiers import Kind
from libs.contracts.inner.documents import (
    DOCUMENT_OF,
    MAX_PERSON_CHARS,
    PAGE_OF,
    Document,
    Page,
    VisibleStatus,
)
from services.gateway.access.scopes import READS, WRITES, Scope
from services.gateway.api import PREFIX
from services.gateway.api.bodies import MAX_CHANGE_BYTES, MERGE_PATCH, AnyRequest, key_of
from services.gateway.api.bulk import BULK, bulk_route
from services.gateway.api.change import change
from services.gateway.api.conditions import NOT_MODIFIED, CreateOnly, IfMatch, IfNoneMatch, shown
from services.gateway.api.deletion import delete_document
from services.gateway.api.description import (
    EXAMPLES,
    FAILED,
    NEEDS_KEY,
    Shown,
    answer,
    document_body,
    problems,
    schema_of,
    with_body,
)
from services.gateway.api.document_rankings import ONE, DocumentId, matches_route, similar_route
from services.gateway.api.filters import Filters, UpdatedSince, checked_filters, checked_time
from services.gateway.api.idempotent import IdempotencyKey
from services.gateway.api.queries import check_person
from services.gateway.api.schemas import (
    Accepted,
    Changed,
    Deleted,
    Erased,
    JobChangeBody,
    ResumeChangeBody,
)
from services.gateway.api.standing import ListedState, NoState, checked_state
from services.gateway.api.submit import Taken, submit
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

Prefer = Annotated[
    str | None,
    HeaderParameter(name="Prefer", description="`wait=N`: answer once it has ended, after N seconds at most"),
]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=200, description="how many to list")]
Cursor = Annotated[
    str | None, QueryParameter(name="cursor", max_length=2000, description="`next_cursor` of the page before")
]
StatusFilter = Annotated[
    VisibleStatus | None, QueryParameter(name="status", description="only documents of this status")
]

PersonQuery = Annotated[
    str | None,
    QueryParameter(
        name="q",
        description="only resumes whose name, e-mail address and telephone number hold all of this: words by how they "
        "begin, in any order and without accents; parts of an address; four or more digits of a number. At most "
        f"{MAX_PERSON_CHARS} characters",
    ),
]
_NotTaken = Annotated[str | None, QueryParameter(name="q", include_in_schema=False)]

_READ = ("unauthorized", "unavailable")
_LIST = ("invalid_limit", "invalid_cursor", "invalid_status", "invalid_query", "forbidden")
_NARROWED = ("invalid_filter", "invalid_updated_since")
_WRITE = ("unauthorized", "invalid_body", "invalid_id", "invalid_metadata", "empty", "erased", "too_large")
_WRITE_TOO = ("unsupported_type", "unsupported_encoding", "request_timeout", "not_supported", "unavailable")
_ONCE = ("precondition_failed", "idempotency_in_progress")


def document_routes(kind: Kind) -> Router:
    """The routes of one kind of document."""
    made = (_create, bulk_route, _replace, _change, _read, _list, _delete, matches_route, similar_route)
    handlers = [make(kind) for make in made]
    return Router(f"/{kind}s", route_handlers=[*handlers, _of_that_name(kind)], tags=[f"{kind}s"], security=NEEDS_KEY)


def _of_that_name(kind: Kind) -> Router:
    """The calls of a document whose id is `bulk`: the router looks no further than to an address without parameters."""
    return Router(
        BULK,
        route_handlers=[make(kind, "/") for make in (_replace, _change, _read, _delete)],
        dependencies={"document_id": Provide(lambda: BULK.removeprefix("/"), sync_to_thread=False)},
        signature_namespace={"DocumentId": NamedDependency[str]},
        include_in_schema=False,
    )


def _create(kind: Kind) -> HTTPRouteHandler:
    @post(
        "/",
        status_code=202,
        operation_id=f"create{kind.capitalize()}",
        summary=f"Send a {kind}",
        description="An id in use is replaced, as with PUT. Without an id one is made.",
        operation_class=with_body(document_body(kind, raw_files=False)),
        responses=_answers_to_a_submission(kind),
        opt=WRITES,
    )
    async def create(
        request: AnyRequest,
        gateway: FromWiring,
        prefer: Prefer = None,
        if_match: IfMatch = None,
        if_none_match: CreateOnly = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Taken:
        return await submit(request, gateway, kind, None)

    return create


def _replace(kind: Kind, path: str = ONE) -> HTTPRouteHandler:
    @put(
        path,
        status_code=202,
        operation_id=f"put{kind.capitalize()}",
        summary=f"Create or replace a {kind}",
        description="As JSON, as a form with a file, or the file's own bytes. Text, vectors and what was found replace "
        "those of before together, once they are indexed; metadata replace those of before whole, and stay where none "
        "are sent. `Prefer: wait=N` waits for that.",
        operation_class=with_body(document_body(kind, raw_files=True)),
        responses=_answers_to_a_submission(kind),
        opt=WRITES,
    )
    async def replace(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        prefer: Prefer = None,
        if_match: IfMatch = None,
        if_none_match: CreateOnly = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Taken:
        return await submit(request, gateway, kind, document_id)

    return replace


def _change(kind: Kind, path: str = ONE) -> HTTPRouteHandler:
    document, id = DOCUMENT_OF[kind], EXAMPLES[kind]["id"]
    example = {
        "id": id,
        "kind": kind,
        "metadata_revision": "1764000000000-43",
        "links": {"self": f"{PREFIX}/{kind}s/{id}"},
    }
    body: dict[str, Any] = {"metadata": {"stage": "interview", "recruiter": None}, "expires_at": "2027-06-30T00:00:00Z"}
    form = ResumeChangeBody if kind == "resume" else JobChangeBody
    names = "metadata and expires_at" if kind == "resume" else "metadata, expires_at and state"

    @patch(
        path,
        status_code=202,
        operation_id=f"patch{kind.capitalize()}",
        summary=f"Change a {kind}'s {names} alone",
        description="A JSON merge patch (RFC 7396): null removes a name. Changes are applied in the order in which "
        "they were accepted; neither the text nor its vectors are touched. `Prefer: wait=N` waits until it is applied.",
        request_max_body_size=MAX_CHANGE_BYTES,
        operation_class=with_body(
            {MERGE_PATCH: OpenAPIMediaType(schema_of(form), examples={"example": Shown(value=body)})}
        ),
        responses={
            202: answer(Changed, "Accepted; `Location` is where to see it", example),
            200: answer(document, "Applied while its caller waited"),
            422: FAILED,
            **problems(
                *(
                    "unauthorized",
                    "invalid_body",
                    "invalid_id",
                    "invalid_metadata",
                    "invalid_expires_at",
                    "invalid_state",
                ),
                *("not_found", "erased", "too_large", *_ONCE, *_WRITE_TOO),
            ),
        },
        opt=WRITES,
    )
    async def changed(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        prefer: Prefer = None,
        if_match: IfMatch = None,
        if_none_match: CreateOnly = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[Changed | Document]:
        return await change(request, gateway, kind, document_id)

    return changed


def _answers_to_a_submission(kind: Kind) -> dict[int, ResponseSpec]:
    document, id = DOCUMENT_OF[kind], EXAMPLES[kind]["id"]
    named = {"id": id, "kind": kind, "status": "queued", "revision": "1764000000000-42"}
    accepted = {**named, "links": {"self": f"{PREFIX}/{kind}s/{id}"}}
    return {
        202: answer(Accepted, "Accepted; `Location` is where to follow it", accepted),
        200: answer(document, "Replaced and indexed while its caller waited"),
        201: answer(document, "Created and indexed while its caller waited"),
        422: FAILED,
        **problems(*_WRITE, "invalid_expires_at", "invalid_state", *_ONCE, *_WRITE_TOO),
    }


def _read(kind: Kind, path: str = ONE) -> HTTPRouteHandler:
    @get(
        path,
        operation_id=f"get{kind.capitalize()}",
        summary=f"A {kind} with its status",
        description="With its stored text and what was found in it. Known from the moment it was accepted; while a "
        "newer submission is on its way or has failed, the last good one is shown, with the newer one's status. To "
        "keys without the scope `identify` the text is masked where it tells who a person is.",
        response_description=f"The {kind}",
        responses={304: NOT_MODIFIED, **problems("invalid_id", "not_found", *_READ)},
        signature_namespace={"Document": DOCUMENT_OF[kind]},
        opt=READS,
    )
    async def read(
        request: AnyRequest, gateway: FromWiring, document_id: DocumentId, if_none_match: IfNoneMatch = None
    ) -> Response[Document]:
        return shown(request, await gateway.reading.document(key_of(request.user.tenant, kind, document_id)))

    return read


def _list(kind: Kind) -> HTTPRouteHandler:
    @get(
        "/",
        operation_id=f"list{kind.capitalize()}s",
        summary=f"All {kind}s, page by page",
        description="Without their texts and what has offsets into these: sections, identity spans, entries, mentions, "
        "disclaimed spans, requirements found and notes are shown where one document is read. In the order of ids; a "
        "cursor goes with the kind, status, filters and time it was given for.",
        response_description="A page",
        responses={304: NOT_MODIFIED, **problems(*_LIST, "invalid_state", *_NARROWED, *_READ)},
        # Litestar describes a parameter by its type: jobs are of no person.
        signature_namespace={
            "Page": PAGE_OF[kind],
            "PersonQuery": PersonQuery if kind == "resume" else _NotTaken,
            "ListedState": NoState if kind == "resume" else ListedState,
        },
        opt=READS,
    )
    async def listed(
        request: AnyRequest,
        gateway: FromWiring,
        limit: Limit = 50,
        cursor: Cursor = None,
        status: StatusFilter = None,
        filters: Filters = None,
        updated_since: UpdatedSince = None,
        asked_state: ListedState = None,
        q: PersonQuery = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response[Page]:
        check_person(kind, q)
        if q is not None and not request.user.may(Scope.IDENTIFY):
            raise Problem("forbidden", "q finds people by who they are: it takes a key with the scope identify")
        given = {
            "limit": str(limit),
            "cursor": cursor,
            "status": status,
            "filters": checked_filters(filters),
            "updated_since": checked_time(updated_since, "updated_since", "invalid_updated_since"),
            "state": checked_state(asked_state, kind),
            "q": q,
        }
        params = {name: value for name, value in given.items() if value is not None}
        return shown(request, await gateway.reading.page(request.user.tenant, kind, params))

    return listed


def _delete(kind: Kind, path: str = ONE) -> HTTPRouteHandler:
    example = {"links": {"receipt": f"{PREFIX}/erasures/er-1764000000000-42-0f3c"}}

    @delete(
        path,
        status_code=202,
        operation_id=f"delete{kind.capitalize()}",
        summary=f"Delete a {kind}",
        description="Gone from reads, search and matches from then on. `Prefer: wait=N` waits until all is done that "
        "can be; what only ages out is not waited for.",
        responses={
            202: answer(Deleted, "Deleted; the receipt tells what is done where", example),
            200: answer(Erased, "All that can be done was done while the caller waited"),
            **problems("invalid_id", "not_found", "not_supported", "idempotency_key_used", *_ONCE, *_READ),
        },
        opt=WRITES,
    )
    async def remove(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        prefer: Prefer = None,
        if_match: IfMatch = None,
        if_none_match: CreateOnly = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[Deleted | Erased]:
        return await delete_document(request, gateway, kind, document_id)

    return remove
