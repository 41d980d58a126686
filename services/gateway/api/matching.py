"""/matching and /erasures, and the administrator's calls."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, get, post
from litestar.params import PathParameter
from msgspec import UNSET

from libs.contracts.erasures import Receipt
from libs.contracts.filters import parse_filters
from libs.contracts.identifiers import KINDS, is_kind
from libs.contracts.inner.matching import (
    MAX_RESULTS,
    Calculation,
    FilteredSearch,
    Pair,
    Reembedding,
    SearchResults,
)
from libs.contracts.inner.storage import Storage
from services.gateway.api.bodies import AnyRequest, key_of, read_object
from services.gateway.api.description import NEEDS_KEY, json_body, problems, with_body
from services.gateway.api.queries import SEARCH_TEXTS, check_query
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

ReceiptId = Annotated[str, PathParameter(description="as in the link of the answer to DELETE", max_length=200)]

_READ = ("unauthorized", "unavailable")
_ASK = (*_READ, "request_timeout", "too_large")


_SEARCH = {"query": "registered nurse", "kind": "resume", "limit": 10, "filters": {"city": ["Bern", "Basel"]}}


class _LooseSearch(msgspec.Struct):
    """A search as it comes; its fields are checked one by one, so that each has its own code."""

    query: str
    kind: str
    limit: int = 10
    filters: Any = None


@post(
    "/matching/calculate",
    status_code=200,
    operation_id="calculateMatch",
    summary="The score of a pair, with requirements and evidence",
    tags=["matching"],
    operation_class=with_body(json_body(Pair, {"job_id": "j-4711", "resume_id": "r-17"})),
    response_description="The score, from what is stored",
    responses=problems("invalid_body", "invalid_id", "not_found", "not_indexed", "unsupported_type", *_ASK),
)
async def calculate(request: AnyRequest, gateway: FromWiring) -> Calculation:
    """A pair's score and its reasons."""
    pair = read_object(await request.body(), request.content_type[0], Pair)
    job = key_of(request.user.tenant, "job", pair.job_id)
    resume = key_of(request.user.tenant, "resume", pair.resume_id)
    return await gateway.ranking.calculate(job, resume)


@post(
    "/matching/similarity-search",
    status_code=200,
    operation_id="searchBySimilarity",
    summary="The documents closest to a free text",
    description=SEARCH_TEXTS,
    tags=["matching"],
    operation_class=with_body(json_body(FilteredSearch, _SEARCH)),
    response_description="Closest first",
    responses=problems(
        "invalid_body", "invalid_query", "invalid_kind", "invalid_limit", "invalid_filter", "unsupported_type", *_ASK
    ),
)
async def search(request: AnyRequest, gateway: FromWiring) -> SearchResults:
    """The documents closest to a text."""
    wanted = read_object(await request.body(), request.content_type[0], _LooseSearch)
    if not is_kind(wanted.kind):
        raise Problem("invalid_kind", f"kind is resume or job, not {wanted.kind[:80]!r}")
    if not 1 <= wanted.limit <= MAX_RESULTS:
        raise Problem("invalid_limit", f"limit is 1 to {MAX_RESULTS}, not {wanted.limit}")
    check_query(wanted.query)
    kind = KINDS[KINDS.index(wanted.kind)]
    if wanted.filters is not None:
        parse_filters(wanted.filters)
    filters = UNSET if wanted.filters is None else wanted.filters
    return await gateway.ranking.search(request.user.tenant, FilteredSearch(wanted.query, kind, wanted.limit, filters))


@get(
    "/erasures/{receipt_id:str}",
    operation_id="getErasure",
    summary="What is done of an erasure, per store",
    tags=["erasures"],
    response_description="Per store, done or pending, and what ages out when",
    responses=problems("invalid_id", "not_found", *_READ),
)
async def erasure(request: AnyRequest, gateway: FromWiring, receipt_id: ReceiptId) -> Receipt:
    """What is done of an erasure."""
    return await gateway.deleting.receipt(request.user.tenant, receipt_id)


@post(
    "/admin/reembed",
    status_code=202,
    operation_id="reembed",
    summary="Send every stored text through the model again",
    tags=["admin"],
    response_description="Begun",
    responses=problems("forbidden", *_READ),
)
async def reembed(request: AnyRequest, gateway: FromWiring) -> Reembedding:
    """Begins, and does not wait for the end."""
    return await gateway.matching.reembed(request.user.tenant)


@get(
    "/admin/storage",
    operation_id="getStorage",
    summary="What the database holds, of which size, and what would be done next",
    tags=["admin"],
    response_description="Documents, bytes by part, and the state of the indexes",
    responses=problems("forbidden", *_READ),
)
async def storage(request: AnyRequest, gateway: FromWiring) -> Storage:
    """Sizes are of all tenants; documents and words of the key's own."""
    return await gateway.matching.storage(request.user.tenant)


matching_routes = Router("/", route_handlers=[calculate, search, erasure, reembed, storage], security=NEEDS_KEY)
