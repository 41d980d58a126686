"""/matching and /erasures, and the administrator's calls."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Router, get, post
from litestar.params import PathParameter
from msgspec import UNSET

from libs.contracts.erasures import Receipt
from libs.contracts.filters import InvalidFilter, parse_filters
from libs.contracts.identifiers import KINDS, is_kind
from libs.contracts.inner.matching import Applicants, ApplicantsOrder, Calculation, CalculationOrder, Pair, Reembedding
from libs.contracts.inner.searching import MAX_RESULTS, FilteredSearch, SearchResults
from libs.contracts.inner.storage import Storage
from libs.contracts.json_reading import pointer_to
from services.gateway.access.scopes import OPERATES, READS
from services.gateway.api.asker import Actor, asker_of
from services.gateway.api.bodies import MAX_ORDER_BYTES, AnyRequest, key_of
from services.gateway.api.description import NEEDS_KEY, json_body, json_body_of_either, problems, with_body
from services.gateway.api.json_objects import read_object
from services.gateway.api.queries import SEARCH_TEXTS, check_query
from services.gateway.api.standing import checked_state
from services.gateway.limits.costs import RANKS
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

ReceiptId = Annotated[str, PathParameter(description="as in the link of the answer to DELETE", max_length=200)]

_READ = ("unauthorized", "unavailable")
_ASK = (*_READ, "unsupported_encoding", "request_timeout", "too_large")


_SEARCH = {"query": "registered nurse", "kind": "resume", "limit": 10, "filters": {"city": ["Bern", "Basel"]}}


class _LooseSearch(msgspec.Struct):
    """A search as it comes; its fields are checked one by one, so that each has its own code."""

    query: str
    kind: str
    limit: int = 10
    filters: Any = None
    state: Any = None


@post(
    "/matching/calculate",
    status_code=200,
    request_max_body_size=MAX_ORDER_BYTES,
    operation_id="calculateMatch",
    summary="The score of a pair, with requirements and evidence",
    tags=["matching"],
    description="With `resume_ids`, 1 to 1,000, in place of `resume_id` all applicants of one job are scored, as fully "
    "as one: those with a score best first, with the best evidence of each requirement as in matches, and the others "
    "with the reason: `unknown`, `not_indexed` (yet, or in the active model) or `insufficient_data`.",
    operation_class=with_body(
        json_body_of_either(
            ("pair", Pair, {"job_id": "j-4711", "resume_id": "r-17"}),
            ("applicants", ApplicantsOrder, {"job_id": "j-4711", "resume_ids": ["r-17", "r-18"]}),
        )
    ),
    response_description="The score, from what is stored; of `resume_ids` all scores",
    responses=problems(
        "invalid_body", "invalid_id", "invalid_actor", "not_found", "not_indexed", "unsupported_type", *_ASK
    ),
    opt=READS | RANKS,
)
async def calculate(request: AnyRequest, gateway: FromWiring, actor: Actor = None) -> Calculation | Applicants:
    """A pair's score and its reasons, or the scores of all applicants of a job."""
    order = read_object(await request.body(), request.content_type[0], CalculationOrder)
    if (order.resume_id is UNSET) == (order.resume_ids is UNSET):
        raise Problem(
            "invalid_body",
            "either resume_id or resume_ids must say which resumes are scored, not both",
            pointer="/resume_id",
        )
    tenant = request.user.tenant
    job, asker = key_of(tenant, "job", order.job_id, pointer="/job_id"), asker_of(request)
    if order.resume_id is not UNSET:
        resume = key_of(tenant, "resume", order.resume_id, pointer="/resume_id")
        return await gateway.ranking.calculate(job, resume, asker)
    assert order.resume_ids is not UNSET
    resumes = [
        key_of(tenant, "resume", each, pointer=f"/resume_ids/{place}") for place, each in enumerate(order.resume_ids)
    ]
    if len(set(resumes)) < len(resumes):
        raise Problem("invalid_body", "resume_ids must be distinct", pointer="/resume_ids")
    return await gateway.ranking.applicants(job, resumes, asker)


@post(
    "/matching/similarity-search",
    status_code=200,
    request_max_body_size=MAX_ORDER_BYTES,
    operation_id="searchBySimilarity",
    summary="The documents closest to a free text",
    description=SEARCH_TEXTS,
    tags=["matching"],
    operation_class=with_body(json_body(FilteredSearch, _SEARCH)),
    response_description="Closest first",
    responses=problems(
        *("invalid_body", "invalid_query", "invalid_kind", "invalid_limit", "invalid_filter", "invalid_state"),
        *("unsupported_type", *_ASK),
    ),
    opt=READS | RANKS,
)
async def search(request: AnyRequest, gateway: FromWiring) -> SearchResults:
    """The documents closest to a text."""
    wanted = read_object(await request.body(), request.content_type[0], _LooseSearch)
    if not is_kind(wanted.kind):
        raise Problem("invalid_kind", f"kind is resume or job, not {wanted.kind[:80]!r}", pointer="/kind")
    if not 1 <= wanted.limit <= MAX_RESULTS:
        raise Problem("invalid_limit", f"limit is 1 to {MAX_RESULTS}", pointer="/limit")
    check_query(wanted.query)
    kind = KINDS[KINDS.index(wanted.kind)]
    if wanted.filters is not None:
        _check_filters(wanted.filters)
    filters = UNSET if wanted.filters is None else wanted.filters
    state = checked_state(wanted.state, kind) or UNSET
    return await gateway.ranking.search(
        request.user.tenant, FilteredSearch(wanted.query, kind, wanted.limit, filters, state)
    )


def _check_filters(filters: Any) -> None:
    try:
        parse_filters(filters)
    except InvalidFilter as error:
        pointer = "/filters" + (pointer_to(error.key[:60]) if error.key else "")
        raise Problem("invalid_filter", str(error), pointer=pointer) from None


@get(
    "/erasures/{receipt_id:str}",
    operation_id="getErasure",
    summary="What is done of an erasure, per store",
    description="A store is `done` where nothing is left to be done in it; what is still there leaves by itself until "
    "`ages_out_at`. A receipt holds nothing of the document but its id.",
    tags=["erasures"],
    response_description="Per store, done or pending, and what ages out when",
    responses=problems("invalid_id", "not_found", *_READ),
    opt=READS,
)
async def erasure(request: AnyRequest, gateway: FromWiring, receipt_id: ReceiptId) -> Receipt:
    """What is done of an erasure."""
    return await gateway.deleting.receipt(request.user.tenant, receipt_id)


@post(
    "/admin/reembed",
    status_code=202,
    operation_id="reembed",
    summary="Send every stored text through the model again",
    description="Of all tenants, for the operator alone. The answer comes when it has begun; documents can be found "
    "all the while.",
    tags=["admin"],
    response_description="Begun",
    responses=problems("forbidden", *_READ),
    opt=OPERATES,
)
async def reembed(request: AnyRequest, gateway: FromWiring) -> Reembedding:
    """Begins, and does not wait for the end."""
    return await gateway.matching.reembed(request.user.tenant)


@get(
    "/admin/storage",
    operation_id="getStorage",
    summary="What the database holds, of which size, and what would be done next",
    description="For the operator alone: sizes are of all tenants, documents and words of the key's own.",
    tags=["admin"],
    response_description="Documents, bytes by part, and the state of the indexes",
    responses=problems("forbidden", *_READ),
    opt=OPERATES,
)
async def storage(request: AnyRequest, gateway: FromWiring) -> Storage:
    """Sizes are of all tenants; documents and words of the key's own."""
    return await gateway.matching.storage(request.user.tenant)


matching_routes = Router("/", route_handlers=[calculate, search, erasure, reembed, storage], security=NEEDS_KEY)
