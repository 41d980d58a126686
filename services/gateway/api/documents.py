"""/resumes and /jobs: the same calls for both kinds of document."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from libs.contracts.erasures import Receipt
from libs.contracts.identifiers import Kind
from services.gateway.api import PREFIX
from services.gateway.api import schemas as forms
from services.gateway.api.bodies import AnyRequest, key_of
from services.gateway.api.description import FAILED, NEEDS_KEY, answer, document_body, problems, with_body
from services.gateway.api.schemas import VisibleStatus
from services.gateway.api.submit import refuse_conditions, take_in, wait_of
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
MatchLimit = Annotated[int, QueryParameter(name="limit", ge=1, le=100, description="how many to rank")]
Cursor = Annotated[
    str | None, QueryParameter(name="cursor", max_length=2000, description="`next_cursor` of the page before")
]
StatusFilter = Annotated[
    VisibleStatus | None, QueryParameter(name="status", description="only documents of this status")
]

_READ = ("unauthorized", "unavailable")
_WRITE = ("unauthorized", "invalid_body", "invalid_id", "invalid_metadata", "empty", "erased", "too_large")
_WRITE_TOO = ("unsupported_type", "not_supported", "unavailable")


def document_routes(kind: Kind) -> Router:
    """The routes of one kind of document."""
    name = kind.capitalize()
    document = forms.ResumeDocument if kind == "resume" else forms.JobDocument
    page = forms.ResumePage if kind == "resume" else forms.JobPage
    example_id = "r-17" if kind == "resume" else "j-4711"
    named = {"id": example_id, "kind": kind, "status": "queued", "revision": "1764000000000-42"}
    accepted = {**named, "links": {"self": f"{PREFIX}/{kind}s/{example_id}"}}
    receipt = {"links": {"receipt": f"{PREFIX}/erasures/er-1764000000000-42-0f3c"}}
    taken_in: dict[int, Any] = {
        202: answer(forms.Accepted, "Taken in; `Location` is where to follow it", accepted),
        200: answer(document, "Replaced and indexed while its caller waited"),
        201: answer(document, "Created and indexed while its caller waited"),
        422: FAILED,
        **problems(*_WRITE, *_WRITE_TOO),
    }

    @post(
        "/",
        status_code=202,
        operation_id=f"create{name}",
        summary=f"Send a {kind}",
        description="An id in use is replaced, as with PUT. Without an id one is made.",
        operation_class=with_body(document_body(kind, raw_files=False)),
        responses=taken_in,
    )
    async def create(request: AnyRequest, gateway: FromWiring, prefer: Prefer = None) -> Response[Any]:
        return await take_in(request, gateway, kind, None)

    @put(
        "/{document_id:str}",
        status_code=202,
        operation_id=f"put{name}",
        summary=f"Create or replace a {kind}",
        operation_class=with_body(document_body(kind, raw_files=True)),
        responses=taken_in,
    )
    async def replace(
        request: AnyRequest, gateway: FromWiring, document_id: DocumentId, prefer: Prefer = None
    ) -> Response[Any]:
        return await take_in(request, gateway, kind, document_id)

    @get(
        "/{document_id:str}",
        operation_id=f"get{name}",
        summary=f"A {kind} with its status",
        responses={200: answer(document, f"The {kind}"), **problems("invalid_id", "not_found", *_READ)},
    )
    async def read(request: AnyRequest, gateway: FromWiring, document_id: DocumentId) -> Response[Any]:
        return Response(await gateway.reading.document(key_of(request.user.tenant, kind, document_id)))

    @get(
        "/",
        operation_id=f"list{name}s",
        summary=f"All {kind}s, page by page",
        responses={
            200: answer(page, "A page"),
            **problems("invalid_limit", "invalid_cursor", "invalid_status", *_READ),
        },
    )
    async def listed(
        request: AnyRequest, gateway: FromWiring, limit: Limit = 50, cursor: Cursor = None, status: StatusFilter = None
    ) -> Response[Any]:
        given = {"limit": str(limit), "cursor": cursor, "status": status}
        params = {name: value for name, value in given.items() if value is not None}
        return Response(await gateway.reading.page(request.user.tenant, kind, params))

    @delete(
        "/{document_id:str}",
        status_code=202,
        operation_id=f"delete{name}",
        summary=f"Delete a {kind}",
        description="Gone from reads, search and matches from then on. `Prefer: wait=N` waits until all is done that "
        "can be; what only ages out is not waited for.",
        responses={
            202: answer(forms.Deleted, "Deleted; the receipt tells what is done where", receipt),
            200: answer(Receipt, "All that can be done was done while the caller waited"),
            **problems("invalid_id", "not_found", "not_supported", *_READ),
        },
    )
    async def remove(
        request: AnyRequest, gateway: FromWiring, document_id: DocumentId, prefer: Prefer = None
    ) -> Response[Any]:
        refuse_conditions(request)
        key = key_of(request.user.tenant, kind, document_id)
        if not await gateway.reading.exists(key):
            raise Problem("not_found", f"there is no {kind} with the id {document_id}")
        made = await gateway.deleting.delete(key)
        links = {"links": {"receipt": f"{PREFIX}/erasures/{made}"}}
        headers = {"Location": links["links"]["receipt"]}
        seconds = wait_of(request)
        if seconds is None:
            return Response(links, status_code=202, headers=headers)
        headers["Preference-Applied"] = f"wait={seconds}"
        done = await gateway.waiting.until_erased(key.tenant, made, seconds)
        if done is None:
            return Response(links, status_code=202, headers=headers)
        return Response({**msgspec.to_builtins(done), **links}, status_code=200, headers=headers)

    @get(
        "/{document_id:str}/matches",
        operation_id=f"get{name}Matches",
        summary=f"What fits a {kind} best",
        responses={
            200: answer(forms.Matches, "Ranked, best first"),
            **problems("invalid_id", "invalid_limit", "not_found", "not_indexed", *_READ),
        },
    )
    async def matches(
        request: AnyRequest, gateway: FromWiring, document_id: DocumentId, limit: MatchLimit = 10
    ) -> Response[Any]:
        return Response(await gateway.ranking.matches(key_of(request.user.tenant, kind, document_id), limit))

    return Router(
        f"/{kind}s",
        route_handlers=[create, replace, read, listed, remove, matches],
        tags=[f"{kind}s"],
        security=NEEDS_KEY,
    )
