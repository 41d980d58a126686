"""A small matching over HTTP for tests of its callers: keeps documents in a dict, answers as the inner API says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath
from msgspec import UNSET

from libs.contracts.erasures import Progress, Receipt, receipt
from libs.contracts.identifiers import DocumentKey, Kind, receipt_id
from libs.contracts.inner import paths
from libs.contracts.inner.asking import Asker, asker_in
from libs.contracts.inner.documents import DOCUMENT_OF, PAGE_OF
from libs.contracts.inner.health import PartState, Ready
from libs.contracts.inner.matching import (
    ActiveSpace,
    Applicants,
    Calculation,
    CalculationOrder,
    ErasureOrder,
    Figures,
    Matches,
    Pair,
    RankedMatch,
    Reembedding,
    UnscoredApplicant,
)
from libs.contracts.inner.problems import PROBLEM_JSON
from libs.contracts.inner.problems import problem as inner_problem
from libs.contracts.inner.score_log import LoggedScore, ScoreLogPage
from libs.contracts.inner.searching import (
    FilteredSearch,
    SearchResult,
    SearchResults,
    SimilarDocument,
    SimilarDocuments,
)
from libs.contracts.inner.storage import Storage
from libs.contracts.revision import Revision

AnyRequest = Request[Any, Any, Any]
Body = dict[str, Any]
COMPONENTS = {"document": 0.5, "requirements": 0.5, "role": 0.5, "words": 0.5}


@dataclass
class Erasure:
    """What it knows of an erasure: the database at once, the rest once the tombstone has passed."""

    id: str
    kind: Kind
    revision: str
    progress: Progress

    def pass_tombstone(self, *, forgotten: bool) -> None:
        """The tombstone comes, with or without the word that embedding's cache forgot the document."""
        now = datetime.now(UTC)
        self.progress = msgspec.structs.replace(self.progress, topics_at=now, cache_at=now if forgotten else None)

    def receipt(self) -> Receipt:
        """As matching answers it."""
        day = timedelta(days=1)
        return receipt(self.id, self.kind, self.revision, self.progress, heartbeat=day, cache=day)


@dataclass
class FakeMatching:
    """What it holds: documents by tenant, kind and id; `away` makes every call a 503, `busy` a 429.

    The tombstone of an erasure passes before its receipt is first asked for, unless `tombstones_pass` is False.
    """

    documents: dict[tuple[str, str, str], Body] = field(default_factory=dict)
    statuses: list[Body] = field(default_factory=list)
    erasures: dict[tuple[str, str], Erasure] = field(default_factory=dict)
    searches: list[Body] = field(default_factory=list)
    lists: list[dict[str, str]] = field(default_factory=list)
    ranked: list[dict[str, str]] = field(default_factory=list)
    filters: list[str | None] = field(default_factory=list)
    traces: list[str | None] = field(default_factory=list)
    askers: list[Asker] = field(default_factory=list)
    logged: list[LoggedScore] = field(default_factory=list)
    log_asked: list[dict[str, str]] = field(default_factory=list)
    away: bool = False
    busy: bool = False
    refuses_erasures: bool = False
    tombstones_pass: bool = True
    cache_forgets: bool = True
    parts: dict[str, Any] = field(default_factory=dict)

    def index(self, key: DocumentKey, revision: str, **fields: Any) -> None:
        """Stores a document as indexed at a revision."""
        self.documents[key.tenant, key.kind, key.id] = {
            "id": key.id,
            "kind": key.kind,
            "status": "indexed",
            "error": None,
            "revision": revision,
            "title": "A title",
            "language": "en",
            "as_of": "2026-11-01",
            "text": "A text",
            "sections": [],
            "identity_spans": [],
            "mentions": [],
            "disclaimed_spans": [],
            "notes": [],
            "structure_version": 1,
            "metadata": {},
            "metadata_revision": revision,
            "expires_at": None,
            "created_at": "2026-11-01T00:00:00.000Z",
            "updated_at": "2026-11-01T00:00:00.000Z",
            "indexed_at": "2026-11-01T00:00:00.000Z",
            "indexed_revision": revision,
            "embedding": {"model": "hash", "dimension": 384, "space": "0a0b0c0d", "windows": 1, "units": 1},
            **(
                {"description": None, "requirements": None, "requirements_found": [], "state": "open"}
                if key.kind == "job"
                else {"entries": []}
            ),
            **fields,
        }

    def app(self) -> Litestar:
        """Its HTTP application."""
        matching = self

        def problem(status: int, code: str, detail: str) -> Response[Any]:
            refusal = inner_problem(status, code, detail)
            return Response(refusal, status_code=status, media_type=PROBLEM_JSON)

        def before(request: AnyRequest) -> Response[Any] | None:
            matching.traces.append(request.headers.get("traceparent"))
            if matching.busy:
                answer = problem(429, "overloaded", "too much is asked at once")
                answer.headers["Retry-After"] = "1"
                return answer
            return problem(503, "unavailable", "the database is away") if matching.away else None

        def tenant(request: AnyRequest) -> str:
            return request.headers[paths.TENANT_HEADER]

        def indexed(request: AnyRequest, kind: str, document_id: str) -> Body | Response[Any]:
            held = matching.documents.get((tenant(request), kind, document_id))
            if held is None:
                return problem(404, "not_found", f"there is no {kind} with the id {document_id}")
            return held

        @get(paths.DOCUMENT)
        async def document(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Response[Any]:
            held = indexed(request, kind, document_id)
            return held if isinstance(held, Response) else Response(msgspec.convert(held, DOCUMENT_OF[held["kind"]]))

        @get(paths.DOCUMENTS)
        async def documents(request: AnyRequest, kind: FromPath[str]) -> Response[Any]:
            matching.lists.append(dict(request.query_params.items()))
            if request.query_params.get("cursor") == "nonsense":
                return problem(400, "invalid_cursor", "the cursor is not one of ours")
            held = [
                item
                for (owner, of, _), item in sorted(matching.documents.items())
                if (owner, of) == (tenant(request), kind)
            ]
            wanted = request.query_params.get("status")
            items = [item for item in held if wanted in (None, item["status"])]
            shown = items[: int(request.query_params["limit"])]
            page = {"items": shown, "next_cursor": None, "total": len(items)}
            return Response(msgspec.convert(page, PAGE_OF[kind]))  # type: ignore[index]  # a kind, or the test is wrong

        @get(paths.MATCHES)
        async def matches(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Response[Any]:
            matching.ranked.append(dict(request.query_params.items()))
            matching.askers.append(asker_in(request.headers))
            held = indexed(request, kind, document_id)
            if isinstance(held, Response):
                return held
            other = "resume" if kind == "job" else "job"
            found = [
                item for (owner, of, _), item in matching.documents.items() if (owner, of) == (tenant(request), other)
            ]
            results = [RankedMatch(item["id"], item["title"], 50.0, "scored", COMPONENTS, []) for item in found]
            matching.filters.append(request.query_params.get("filters"))
            return Response(Matches(results, unscored=0, degraded=False, scoring_version="v1", total=len(results)))

        @get(paths.SIMILAR)
        async def similar(request: AnyRequest, kind: FromPath[str], document_id: FromPath[str]) -> Response[Any]:
            matching.ranked.append(dict(request.query_params.items()))
            held = indexed(request, kind, document_id)
            if isinstance(held, Response):
                return held
            matching.filters.append(request.query_params.get("filters"))
            found = [
                SimilarDocument(item["id"], item["title"], 50.0)
                for (owner, of, id), item in matching.documents.items()
                if (owner, of) == (tenant(request), kind) and id != document_id
            ]
            return Response(SimilarDocuments(found, degraded=False))

        @post(paths.STATUSES, status_code=204)
        async def statuses(request: AnyRequest) -> None:
            matching.statuses += await request.json()

        @post(paths.ERASURES, status_code=200)
        async def erase(request: AnyRequest) -> Response[Any]:
            if matching.refuses_erasures:
                return problem(503, "unavailable", "the database is away")
            order = msgspec.json.decode(await request.body(), type=ErasureOrder)
            key = DocumentKey(tenant(request), order.kind, order.id)
            matching.documents.pop((key.tenant, key.kind, key.id), None)
            made = receipt_id(key, Revision.parse(order.revision))
            now = datetime.now(UTC)
            erasure = Erasure(made, key.kind, order.revision, Progress(requested_at=now, database_at=now, index_at=now))
            matching.erasures[key.tenant, made] = erasure
            return Response(erasure.receipt())

        @get(paths.ERASURE)
        async def erasure(request: AnyRequest, receipt_id: FromPath[str]) -> Response[Any]:
            found = matching.erasures.get((tenant(request), receipt_id))
            if found is None:
                return problem(404, "not_found", "there is no such receipt")
            if matching.tombstones_pass:
                found.pass_tombstone(forgotten=matching.cache_forgets)
            return Response(found.receipt())

        @post(paths.CALCULATE, status_code=200)
        async def calculate(request: AnyRequest) -> Response[Any]:
            order = msgspec.json.decode(await request.body(), type=CalculationOrder)
            matching.askers.append(asker_in(request.headers))
            if order.resume_ids is not UNSET:
                return applicants(request, order.job_id, order.resume_ids)
            pair = msgspec.json.decode(await request.body(), type=Pair)
            for kind, document_id in (("job", pair.job_id), ("resume", pair.resume_id)):
                held = indexed(request, kind, document_id)
                if isinstance(held, Response):
                    return held
            scored = Calculation(
                job_id=pair.job_id,
                resume_id=pair.resume_id,
                score=50.0,
                status="scored",
                components=COMPONENTS,
                requirements=[],
                model="hash",
                scoring_version="v1",
            )
            return Response(scored)

        def applicants(request: AnyRequest, job: str, ids: list[str]) -> Response[Any]:
            held = indexed(request, "job", job)
            if isinstance(held, Response):
                return held
            known = [each for each in ids if (tenant(request), "resume", each) in matching.documents]
            results = [RankedMatch(each, "A title", 50.0, "scored", COMPONENTS, []) for each in known]
            unscored = [UnscoredApplicant(each, "unknown") for each in ids if each not in known]
            return Response(Applicants(results, unscored, scoring_version="v1"))

        @post(paths.SEARCH, status_code=200)
        async def search(request: AnyRequest) -> Response[Any]:
            body = await request.json()
            matching.searches.append(body)
            wanted = msgspec.convert(body, FilteredSearch)
            found = [
                item
                for (owner, of, _), item in matching.documents.items()
                if (owner, of) == (tenant(request), wanted.kind)
            ]
            results = [SearchResult(item["id"], wanted.kind, item["title"], 50.0, []) for item in found]
            shown = results[: wanted.limit]
            return Response(SearchResults(shown, degraded=False, model="hash", read_as="query", total=len(results)))

        @post(paths.REEMBED, status_code=200)
        async def reembed() -> Reembedding:
            return Reembedding(len(matching.documents))

        @get(paths.STORAGE)
        async def storage() -> Storage:
            count = len(matching.documents)
            return Storage(documents=count, all_documents=count, bytes=8_192, parts=[], words=[], recall=None, next=[])

        @get(paths.SCORE_LOG)
        async def score_log(request: AnyRequest) -> Response[Any]:
            matching.log_asked.append(dict(request.query_params.items()))
            if request.query_params.get("cursor") == "nonsense":
                return problem(400, "invalid_cursor", "the cursor is not one of ours")
            return Response(ScoreLogPage(matching.logged, None))

        @get(paths.FIGURES)
        async def figures(request: AnyRequest) -> Figures:
            owned = [key for key in matching.documents if key[0] == tenant(request)]
            counts = {"resume": {"indexed": len(owned)}}
            return Figures(counts, ActiveSpace("0a0b0c0d", "hash", 384), lag={})

        @get(paths.READY)
        async def ready() -> Ready:
            return Ready("matching", "ready", msgspec.convert(matching.parts, dict[str, PartState]))

        handlers = [
            document,
            documents,
            matches,
            similar,
            statuses,
            erase,
            erasure,
            calculate,
            search,
            reembed,
            storage,
            score_log,
            figures,
            ready,
        ]
        return Litestar(handlers, before_request=before, openapi_config=None, logging_config=None)
