"""/resumes/{id}/matches, /jobs/{id}/matches, and what is similar: documents ranked for one."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import Matches
from libs.contracts.inner.searching import MAX_RESULTS, SimilarDocuments
from services.gateway.access.scopes import READS
from services.gateway.api.asker import Actor, asker_of
from services.gateway.api.bodies import AnyRequest, key_of
from services.gateway.api.conditions import NOT_MODIFIED, IfNoneMatch, shown
from services.gateway.api.description import problems
from services.gateway.api.filters import Filters, checked_filters
from services.gateway.api.standing import NoState, RankedState, checked_state
from services.gateway.clients.matching import Narrowed
from services.gateway.documents.ranking import COUNTERPART
from services.gateway.limits.costs import RANKS
from services.gateway.service import FromWiring

DocumentId = Annotated[
    str, PathParameter(description="The document's id: 1 to 200 of A-Z a-z 0-9 . _ ~ : @ + -", max_length=2000)
]
MatchLimit = Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_RESULTS, description="how many to rank")]

# Below /resumes and /jobs.
ONE = "/{document_id:str}"
_READ = ("unauthorized", "unavailable")
_RANKED = ("invalid_id", "invalid_limit", "invalid_filter", "not_found", "not_indexed")


def matches_route(kind: Kind) -> HTTPRouteHandler:
    """GET of the ranked counterparts of a document."""

    @get(
        f"{ONE}/matches",
        operation_id=f"get{kind.capitalize()}Matches",
        summary=f"What fits a {kind} best",
        description=f"The {COUNTERPART[kind]}s that fit it best, each with its score, what it is made of, and the best "
        "evidence of each requirement, from what is stored: no model is called. Scores are absolute, and the same for "
        "the same two texts.",
        response_description="Ranked, best first",
        responses={304: NOT_MODIFIED, **problems(*_RANKED, "invalid_state", "invalid_actor", *_READ)},
        signature_namespace={"RankedState": RankedState if kind == "resume" else NoState},
        opt=READS | RANKS,
    )
    async def matches(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        limit: MatchLimit = 10,
        filters: Filters = None,
        asked_state: RankedState = None,
        actor: Actor = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response[Matches]:
        key = key_of(request.user.tenant, kind, document_id)
        narrowed = Narrowed(checked_filters(filters), checked_state(asked_state, COUNTERPART[kind]))
        return shown(request, await gateway.ranking.matches(key, limit, narrowed, asker_of(request)))

    return matches


def similar_route(kind: Kind) -> HTTPRouteHandler:
    """GET of the documents of its kind that are like one."""

    @get(
        f"{ONE}/similar",
        operation_id=f"getSimilar{kind.capitalize()}s",
        summary=f"{kind.capitalize()}s like one",
        description="Of the same kind, by meaning and words, itself left out. 100 is the same text; a score compares "
        "documents of this answer, and says nothing of how well a job and a resume match.",
        response_description="Most alike first",
        responses={304: NOT_MODIFIED, **problems(*_RANKED, "invalid_state", *_READ)},
        signature_namespace={"RankedState": RankedState if kind == "job" else NoState},
        opt=READS | RANKS,
    )
    async def similar(
        request: AnyRequest,
        gateway: FromWiring,
        document_id: DocumentId,
        limit: MatchLimit = 10,
        filters: Filters = None,
        asked_state: RankedState = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response[SimilarDocuments]:
        key = key_of(request.user.tenant, kind, document_id)
        narrowed = Narrowed(checked_filters(filters), checked_state(asked_state, kind))
        return shown(request, await gateway.ranking.similar(key, limit, narrowed))

    return similar
