"""/matching and /erasures, and the administrator's calls."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import PathParameter

from libs.contracts.erasures import Receipt
from libs.contracts.identifiers import KINDS, is_kind
from services.gateway.api import schemas as forms
from services.gateway.api.bodies import AnyRequest, key_of, read_object
from services.gateway.api.description import NEEDS_KEY, TEXT, answer, json_body, problems, with_body
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

MAX_QUERY_CHARS = 20_000
MAX_SEARCH_LIMIT = 100

ReceiptId = Annotated[str, PathParameter(description="as in the link of the answer to DELETE", max_length=200)]

_PAIR = Schema(
    type=OpenAPIType.OBJECT, properties={"job_id": TEXT, "resume_id": TEXT}, required=["job_id", "resume_id"]
)
_SEARCH = Schema(
    type=OpenAPIType.OBJECT,
    properties={
        "query": Schema(type=OpenAPIType.STRING, max_length=MAX_QUERY_CHARS),
        "kind": Schema(type=OpenAPIType.STRING, enum=list(KINDS)),
        "limit": Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=MAX_SEARCH_LIMIT, default=10),
    },
    required=["query", "kind"],
)
_READ = ("unauthorized", "unavailable")


class _LooseSearch(msgspec.Struct):
    """A search as it comes; its fields are checked one by one, so that each has its own code."""

    query: str
    kind: str
    limit: int = 10
    filters: dict[str, Any] | None = None


@post(
    "/matching/calculate",
    status_code=200,
    operation_id="calculateMatch",
    summary="The score of a pair, with requirements and evidence",
    tags=["matching"],
    operation_class=with_body(json_body(_PAIR, {"job_id": "j-4711", "resume_id": "r-17"})),
    responses={
        200: answer(forms.Calculation, "The score, from what is stored"),
        **problems("invalid_body", "invalid_id", "not_found", "not_indexed", "unsupported_type", *_READ),
    },
)
async def calculate(request: AnyRequest, gateway: FromWiring) -> Response[Any]:
    pair = read_object(await request.body(), request.content_type[0], forms.CalculateBody)
    job = key_of(request.user.tenant, "job", pair.job_id)
    resume = key_of(request.user.tenant, "resume", pair.resume_id)
    return Response(await gateway.ranking.calculate(job, resume))


@post(
    "/matching/similarity-search",
    status_code=200,
    operation_id="searchBySimilarity",
    summary="The documents closest to a free text",
    tags=["matching"],
    operation_class=with_body(json_body(_SEARCH, {"query": "registered nurse", "kind": "resume", "limit": 10})),
    responses={
        200: answer(forms.SearchResults, "Closest first"),
        **problems("invalid_body", "invalid_query", "invalid_kind", "invalid_limit", "unsupported_type", *_READ),
    },
)
async def search(request: AnyRequest, gateway: FromWiring) -> Response[Any]:
    wanted = read_object(await request.body(), request.content_type[0], _LooseSearch)
    if not is_kind(wanted.kind):
        raise Problem("invalid_kind", f"kind is resume or job, not {wanted.kind[:80]!r}")
    if not 1 <= wanted.limit <= MAX_SEARCH_LIMIT:
        raise Problem("invalid_limit", f"limit is 1 to {MAX_SEARCH_LIMIT}, not {wanted.limit}")
    if not wanted.query.strip() or len(wanted.query) > MAX_QUERY_CHARS:
        raise Problem("invalid_query", f"the query needs 1 to {MAX_QUERY_CHARS} characters that are not all spaces")
    body = {"query": wanted.query, "kind": wanted.kind, "limit": wanted.limit}
    if wanted.filters is not None:
        body["filters"] = wanted.filters
    kind = KINDS[KINDS.index(wanted.kind)]
    return Response(await gateway.ranking.search(request.user.tenant, kind, body))


@get(
    "/erasures/{receipt_id:str}",
    operation_id="getErasure",
    summary="What is done of an erasure, per store",
    tags=["erasures"],
    responses={
        200: answer(Receipt, "Per store, done or pending, and what ages out when"),
        **problems("invalid_id", "not_found", *_READ),
    },
)
async def erasure(request: AnyRequest, gateway: FromWiring, receipt_id: ReceiptId) -> Response[Any]:
    return Response(await gateway.deleting.receipt(request.user.tenant, receipt_id))


@post(
    "/admin/reembed",
    status_code=202,
    operation_id="reembed",
    summary="Send every stored text through the model again",
    tags=["admin"],
    responses={202: answer(forms.Reembedding, "Begun", {"documents": 1529}), **problems("forbidden", *_READ)},
)
async def reembed(request: AnyRequest, gateway: FromWiring) -> Response[Any]:
    return Response(await gateway.matching.reembed(request.user.tenant), status_code=202)


matching_routes = Router("/", route_handlers=[calculate, search, erasure, reembed], security=NEEDS_KEY)
