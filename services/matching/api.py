"""What matching answers over HTTP, to the other services, as libs/contracts/inner has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import UNSET

from libs.contracts.erasures import Receipt
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import StatusEvent
from libs.contracts.filters import read_filters
from libs.contracts.identifiers import DEFAULT_TENANT, DocumentKey, Kind, is_kind, is_receipt_id, is_tenant
from libs.contracts.inner import paths
from libs.contracts.inner.asking import Asker, asker_in
from libs.contracts.inner.documents import Document, Page
from libs.contracts.inner.matching import (
    Applicants,
    Assignment,
    Calculation,
    CalculationOrder,
    ErasureOrder,
    Figures,
    Matches,
    Reembedding,
    SpaceOrder,
)
from libs.contracts.inner.paths import MASKED_HEADER, TENANT_HEADER
from libs.contracts.inner.problems import InnerProblem
from libs.contracts.inner.score_log import MAX_LOG_PAGE, ScoreLogPage
from libs.contracts.inner.searching import MAX_RESULTS, FilteredSearch, SearchResults, SimilarDocuments
from libs.contracts.inner.storage import Storage
from libs.contracts.iso_dates import moment_of
from libs.contracts.revision import Revision
from libs.contracts.standing import ASKED_STATES, AskedState
from libs.contracts.text_preparation import holds_word
from libs.telemetry.logs import get_logger
from services.matching.answers.asked import Unknown
from services.matching.answers.documents import VISIBLE
from services.matching.answers.lists import MAX_PAGE
from services.matching.answers.logged_scores import LoggedScores
from services.matching.answers.storage_report.stored import StoredFigures
from services.matching.index.filters.conditions import Condition, parse_filters
from services.matching.refusals import InvalidQuery, InvalidRequest, refusal
from services.matching.service import MatchingService
from services.matching.spaces.lifecycle import Spaces
from services.matching.spaces.reembedding import Reembedding as ReembeddingWork
from services.matching.writing.document_writer import DocumentWriter

log = get_logger(__name__)

_NO_STATE = "resumes have no state: it is for rankings and lists of jobs"
AnyRequest = Request[Any, Any, Any]
Made = TypeVar("Made")


class Parts(msgspec.Struct, frozen=True):
    """What the handlers work with, once the database is there."""

    service: MatchingService
    writer: DocumentWriter
    spaces: Spaces
    reembedding: ReembeddingWork
    stored: StoredFigures


class Api:
    """The handlers' state: nothing before the start is over."""

    def __init__(self) -> None:
        self.parts: Parts | None = None
        self.lag: Any = dict

    def ready(self) -> Parts:
        """The parts. Raises DependencyUnavailable while they are not there."""
        if self.parts is None:
            raise DependencyUnavailable("database", "matching is still starting")
        return self.parts


def routes(api: Api) -> list[HTTPRouteHandler]:
    """The handlers of the inner API."""
    return [*_showing(api), *_answering(api), *_writing(api), *_spaces_and_figures(api)]


def _showing(api: Api) -> list[HTTPRouteHandler]:
    @get(paths.DOCUMENT)
    async def document(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Document:
        key = _key(request, kind, document_id)
        found = await _service(api, request).document(key)
        if found is None:
            raise Unknown(key)
        return found

    @get(paths.DOCUMENTS)
    async def page(request: AnyRequest, kind: FromPath[str]) -> Page:
        params = request.query_params
        status = params.get("status")
        if status is not None and status not in VISIBLE:
            raise InvalidRequest(f"status must be one of {', '.join(VISIBLE)}")
        q = params.get("q")
        if q is not None and kind == "job":
            raise InvalidQuery("jobs are of no person: q is for resumes")
        given = params.get("filters")
        state = _state(request, _kind(kind))
        return await _service(api, request).page(
            _tenant(request),
            _kind(kind),
            limit=_limit(params.get("limit", "50"), MAX_PAGE),
            cursor=params.get("cursor"),
            status=status,
            updated_since=_time(params.get("updated_since"), "updated_since"),
            filters=None if given is None else read_filters(given),
            state=state,
            q=q,
        )

    @get(paths.SCORE_LOG)
    async def score_log(request: AnyRequest) -> ScoreLogPage:
        params = request.query_params
        resume_id, job_id = params.get("resume_id"), params.get("job_id")
        if resume_id is None and job_id is None:
            raise InvalidRequest("resume_id or job_id must say whose scores are asked for")
        if resume_id is not None:
            _key(request, "resume", resume_id)
        if job_id is not None:
            _key(request, "job", job_id)
        since, until = (_time(params.get(name), name) for name in ("since", "until"))
        return await api.ready().service.logged_scores(
            LoggedScores(_tenant(request), resume_id, job_id, since, until),
            limit=_limit(params.get("limit", "50"), MAX_LOG_PAGE),
            cursor=params.get("cursor"),
        )

    return [document, page, score_log]


def _answering(api: Api) -> list[HTTPRouteHandler]:
    @get(paths.MATCHES)
    async def matches(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Matches:
        key = _key(request, kind, document_id)
        limit = _limit(request.query_params.get("limit", "10"), MAX_RESULTS)
        state = _state(request, "resume" if key.kind == "job" else "job")
        return await _service(api, request).matches(key, limit, _condition(request), _asker(request), state=state)

    @get(paths.SIMILAR)
    async def similar(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> SimilarDocuments:
        key = _key(request, kind, document_id)
        limit = _limit(request.query_params.get("limit", "10"), MAX_RESULTS)
        state = _state(request, key.kind)
        return await _service(api, request).similar(key, limit, _condition(request), state=state)

    @post(paths.CALCULATE, status_code=200)
    async def calculate(request: AnyRequest) -> Calculation | Applicants:
        body = msgspec.json.decode(await request.body(), type=CalculationOrder)
        job = _key(request, "job", body.job_id)
        if body.resume_ids is UNSET:
            if body.resume_id is UNSET:
                raise InvalidRequest("resume_id or resume_ids must say which resumes are scored")
            resume = _key(request, "resume", body.resume_id)
            return await _service(api, request).calculate(job, resume, _asker(request))
        if body.resume_id is not UNSET:
            raise InvalidRequest("either resume_id or resume_ids says which resumes are scored, not both")
        resumes = [_key(request, "resume", each).id for each in body.resume_ids]
        if len(set(resumes)) < len(resumes):
            raise InvalidRequest("resume_ids must be distinct")
        return await _service(api, request).applicants(job, resumes, _asker(request))

    @post(paths.SEARCH, status_code=200)
    async def search(request: AnyRequest) -> SearchResults:
        body = msgspec.json.decode(await request.body(), type=FilteredSearch)
        if not holds_word(body.query):
            raise InvalidQuery("the query needs a letter or a digit")
        if body.state and body.kind == "resume":
            raise InvalidRequest(_NO_STATE)
        condition = parse_filters(body.filters) if body.filters else None
        return await _service(api, request).search(
            _tenant(request), body.query, body.kind, body.limit, condition, state=body.state or None
        )

    return [matches, similar, calculate, search]


def _writing(api: Api) -> list[HTTPRouteHandler]:
    @post(paths.STATUSES, status_code=204)
    async def statuses(request: AnyRequest) -> None:
        reports = msgspec.json.decode(await request.body(), type=list[StatusEvent])
        tenant = _tenant(request)
        _of_form(lambda: [(report.key, report.parsed_revision) for report in reports])
        if any(report.tenant != tenant for report in reports):
            raise InvalidRequest("a status of another tenant was sent")
        await api.ready().writer.note(tenant, reports)

    @post(paths.ERASURES, status_code=200)
    async def erase(request: AnyRequest) -> Receipt:
        body = msgspec.json.decode(await request.body(), type=ErasureOrder)
        revision = _of_form(lambda: Revision.parse(body.revision))
        return await api.ready().writer.erase(_key(request, body.kind, body.id), revision)

    @get(paths.ERASURE)
    async def erasure(request: AnyRequest, receipt_id: FromPath[str]) -> Receipt | Response[InnerProblem]:
        tenant = _tenant(request)
        found = await api.ready().writer.receipt(tenant, receipt_id) if is_receipt_id(receipt_id) else None
        return found if found is not None else refusal(404, "not_found", "there is no such receipt")

    return [statuses, erase, erasure]


def _spaces_and_figures(api: Api) -> list[HTTPRouteHandler]:
    @put(paths.SPACE, status_code=200)
    async def register(request: AnyRequest, space: FromPath[str]) -> Assignment:
        body = msgspec.json.decode(await request.body(), type=SpaceOrder)
        if len(space) != 8 or any(digit not in "0123456789abcdef" for digit in space):
            raise InvalidRequest("a space is named by 8 hex digits")
        found = await api.ready().spaces.register(space, body.model, body.dimension)
        return Assignment(found.topic, found.group, found.state)

    @post(paths.REEMBED, status_code=200)
    async def reembed() -> Reembedding:
        return Reembedding(await api.ready().reembedding.begin())

    @get(paths.FIGURES)
    async def figures(request: AnyRequest) -> Figures:
        tenant = request.headers.get(TENANT_HEADER, DEFAULT_TENANT)
        return await api.ready().service.figures(tenant, api.lag())

    @get(paths.STORAGE)
    async def storage(request: AnyRequest) -> Storage:
        return await api.ready().stored.report(_tenant(request))

    return [register, reembed, figures, storage]


def _service(api: Api, request: AnyRequest) -> MatchingService:
    """What answers: without who a person is, where the request says so."""
    service = api.ready().service
    return service.blind if request.headers.get(MASKED_HEADER) == "1" else service


def _tenant(request: AnyRequest) -> str:
    tenant = request.headers.get(TENANT_HEADER, "")
    if not is_tenant(tenant):
        raise InvalidRequest(f"the header {TENANT_HEADER} must name a tenant")
    return tenant


def _kind(kind: str) -> Kind:
    if not is_kind(kind):
        raise InvalidRequest("kind must be resume or job")
    return kind  # type: ignore[return-value]  # checked above


def _key(request: AnyRequest, kind: str, document_id: str) -> DocumentKey:
    tenant, known = _tenant(request), _kind(kind)
    return _of_form(lambda: DocumentKey(tenant, known, document_id))


def _of_form(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except ValueError as error:
        raise InvalidRequest(str(error)) from error


def _time(text: str | None, name: str) -> datetime | None:
    at = None if text is None else moment_of(text)
    if text is not None and at is None:
        raise InvalidRequest(f"{name} must be a time of RFC 3339")
    return at


def _asker(request: AnyRequest) -> Asker:
    return _of_form(lambda: asker_in(request.headers))


def _state(request: AnyRequest, ranked: Kind) -> AskedState | None:
    """The state that ranked or listed jobs are asked for; None where it is not named."""
    given = request.query_params.get("state")
    if given is None:
        return None
    if ranked == "resume":
        raise InvalidRequest(_NO_STATE)
    if given not in ASKED_STATES:
        raise InvalidRequest(f"state must be one of {', '.join(ASKED_STATES)}")
    return ASKED_STATES[ASKED_STATES.index(given)]


def _condition(request: AnyRequest) -> Condition | None:
    """What `filters`, as JSON, ask for; None without. Raises InvalidFilter."""
    given = request.query_params.get("filters")
    return None if given is None else parse_filters(read_filters(given))


def _limit(text: str, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise InvalidRequest(f"limit must be a number from 1 to {most}")
    return int(text)
