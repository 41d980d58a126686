"""The answers: documents, scores, searches and matches, from what is stored. Knows neither Kafka nor HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from pgvector import HalfVector

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.documents import Document, Page
from libs.contracts.inner.matching import (
    ActiveSpace,
    Calculation,
    Figures,
    Matches,
    MatchRequirement,
    RankedMatch,
    SearchResult,
    SearchResults,
)
from libs.telemetry.logs import get_logger
from services.matching.answers import candidates, documents
from services.matching.answers.query_vectors import EmbeddingClient, QueryVector
from services.matching.metrics import ANSWER_SECONDS, ANSWERS
from services.matching.scoring.calculate import SCORING_VERSION, calculate
from services.matching.scoring.documents import Candidate, Match
from services.matching.scoring.search import rank
from services.matching.scoring.terms import terms_of
from services.matching.storage.database import Database, Reading
from services.matching.storage.spaces_table import Space, active_space
from services.matching.topics.positions import is_being_filled

log = get_logger(__name__)


class Unknown(Exception):
    """There is no such document."""

    def __init__(self, key: DocumentKey) -> None:
        super().__init__(f"there is no {key.kind} with the id {key.id}")
        self.key = key


class NotIndexed(Exception):
    """The document is known, but not indexed, or not yet in the active space. `shown` is as the API shows it."""

    def __init__(self, key: DocumentKey, shown: Document) -> None:
        why = f"is not indexed: its status is {shown.status}"
        if shown.indexed_revision is not None:
            why = "has no vectors of the active model yet: they are being computed"
        super().__init__(f"the {key.kind} {key.id} {why}")
        self.key = key
        self.shown = shown


class MatchingService:
    """Answers from the database; a transaction is never open while the model is asked."""

    def __init__(self, database: Database, embedding: EmbeddingClient, *, most_candidates: int) -> None:
        self._database = database
        self._embedding = embedding
        self._most_candidates = most_candidates

    async def document(self, key: DocumentKey) -> Document | None:
        """A document as the API shows it; None where it is unknown or erased.

        Raises DependencyUnavailable where that cannot be told, as the database is still being filled again.
        """
        async with self._database.reading(key.tenant) as connection:
            found = await documents.document(connection, key, await active_space(connection))
            if found is None and await is_being_filled(connection):
                raise DependencyUnavailable(
                    "database", "it is being filled again from the topics; what it lacks may exist"
                )
            return found

    async def page(self, tenant: str, kind: Kind, *, limit: int, cursor: str | None, status: str | None) -> Page:
        """A page of documents. Raises InvalidCursor."""
        async with self._database.reading(tenant) as connection:
            space = await active_space(connection)
            return await documents.page(
                connection, tenant, kind, limit=limit, cursor=cursor, status=status, space=space
            )

    async def figures(self, tenant: str, lag: dict[str, int]) -> Figures:
        """Counts of documents, and the active space, beside the `lag` that is given."""
        async with self._database.reading(tenant) as connection:
            counts = await documents.figures(connection, tenant)
            space = await active_space(connection)
        shown = None if space is None else ActiveSpace(space.name, space.model, space.dimension)
        return Figures(counts, shown, lag)

    async def calculate(self, job: DocumentKey, resume: DocumentKey) -> Calculation:
        """The score of a pair. Raises Unknown, NotIndexed."""
        started = time.monotonic()
        async with self._database.reading(job.tenant) as connection:
            space = await active_space(connection)
            rows = [await self._row(connection, key, space) for key in (job, resume)]
        match = await asyncio.to_thread(_scored_pair, rows, space)
        _answered("calculate", False, started)
        return Calculation(
            job_id=job.id,
            resume_id=resume.id,
            **msgspec.structs.asdict(match),
            model=None if space is None else space.model,
        )

    async def matches(self, key: DocumentKey, limit: int) -> Matches:
        """The best counterparts of a document, from stored vectors. Raises Unknown, NotIndexed."""
        started = time.monotonic()
        other: Kind = "resume" if key.kind == "job" else "job"
        async with self._database.reading(key.tenant) as connection:
            space = await active_space(connection)
            asked = await self._row(connection, key, space)
            found: Sequence[Any] = []
            if space is not None:
                most = max(self._most_candidates, 2 * limit)
                vector, terms = await candidates.vector_and_terms(connection, space, key)
                near = await candidates.nearest(connection, space, key.tenant, other, vector, most)
                alike = await candidates.sharing_words(connection, key.tenant, other, terms, most // 2)
                ids = list(dict.fromkeys([*near, *alike]))
                found = await candidates.load(connection, key.tenant, other, ids, space)
        scored = await asyncio.to_thread(_scored, asked, found, space)
        results = [(each, match) for each, match in scored if match.score is not None]
        results.sort(key=lambda entry: (-(entry[1].score or 0.0), entry[0].id))
        _answered("matches", False, started)
        return Matches(
            results=[_short(each, match) for each, match in results[:limit]],
            unscored=len(scored) - len(results),
            degraded=False,
            scoring_version=SCORING_VERSION,
        )

    async def search(self, tenant: str, query: str, kind: Kind, limit: int) -> SearchResults:
        """Documents for a free text; by words alone, and `degraded`, where the model's vector cannot be had."""
        started = time.monotonic()
        vector, terms = await self._query_vector(query), await asyncio.to_thread(terms_of, query)
        async with self._database.reading(tenant) as connection:
            space = await active_space(connection)
            if vector is None or space is None or vector.space != space.name:
                # Vectors of another space say nothing here.
                vector = space = None
            ids = await candidates.sharing_words(connection, tenant, kind, terms, self._most_candidates)
            if vector is not None and space is not None:
                near = await candidates.nearest(
                    connection, space, tenant, kind, HalfVector(vector.vector), self._most_candidates
                )
                ids = list(dict.fromkeys([*near, *ids]))
            found = await candidates.load(connection, tenant, kind, ids, space)
        results = await asyncio.to_thread(_ranked, query, vector, found, space, limit)
        _answered("search", space is None, started)
        return SearchResults(results, degraded=space is None, model=None if space is None else space.model)

    async def _query_vector(self, query: str) -> QueryVector | None:
        try:
            return await self._embedding.query_vector(query)
        except DependencyUnavailable as fault:
            log.warning("query_without_vector", reason=str(fault))
            return None

    async def _row(self, connection: Reading, key: DocumentKey, space: Space | None) -> Any:
        loaded = await candidates.load(connection, key.tenant, key.kind, [key.id], space) if space else []
        if loaded:
            return loaded[0]
        shown = await documents.document(connection, key, space)
        if shown is None:
            raise Unknown(key)
        raise NotIndexed(key, shown)


def _scored_pair(rows: Sequence[Any], space: Space | None) -> Match:
    job, resume = candidates.decoded(rows, space)
    return calculate(job.document, resume.document)


def _scored(asked_row: Any, rows: Sequence[Any], space: Space | None) -> list[tuple[Candidate, Match]]:
    asked = candidates.decoded([asked_row], space)[0].document
    found = candidates.decoded(rows, space)
    if asked.kind == "job":
        return [(each, calculate(asked, each.document)) for each in found]
    return [(each, calculate(each.document, asked)) for each in found]


def _ranked(
    query: str, vector: QueryVector | None, rows: Sequence[Any], space: Space | None, limit: int
) -> list[SearchResult]:
    return rank(query, None if vector is None else vector.vector, candidates.decoded(rows, space), limit)


def _short(candidate: Candidate, match: Match) -> RankedMatch:
    """A match as lists show it: requirements with their best evidence only."""
    requirements = [
        MatchRequirement(each.text, each.necessity, each.status, each.similarity, each.evidence[:1])
        for each in match.requirements
    ]
    return RankedMatch(candidate.id, candidate.title, match.score, match.status, match.components, requirements)


def _answered(kind: str, degraded: bool, started: float) -> None:
    ANSWERS.labels(kind, str(degraded).lower()).inc()
    ANSWER_SECONDS.labels(kind).observe(time.monotonic() - started)
