"""Documents for a free text: by meaning and words, or by words alone where the model's vector cannot be had."""

from __future__ import annotations

from typing import Any

from pgvector import HalfVector

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import SearchResults
from libs.telemetry.logs import get_logger
from services.matching.answers import candidates
from services.matching.answers.limits import AnswerLimits
from services.matching.answers.parts import cost_of_scoring, in_parts
from services.matching.answers.query_vectors import EmbeddingClient, QueryVector
from services.matching.scoring.search import Ranking
from services.matching.scoring.terms import terms_of
from services.matching.storage.database import Database, Reading
from services.matching.storage.spaces_table import Space, active_space

log = get_logger(__name__)


class Search:
    """Answers queries. A transaction is never open while the model is asked; an answer is of one moment."""

    def __init__(
        self, database: Database, embedding: EmbeddingClient, limits: AnswerLimits, *, most_candidates: int
    ) -> None:
        self._database = database
        self._embedding = embedding
        self._limits = limits
        self._most_candidates = most_candidates

    async def search(self, tenant: str, query: str, kind: Kind, limit: int) -> SearchResults:
        """The best documents; by words alone, and `degraded`, where the model's vector cannot be had or is of another
        space than the active one. Raises DependencyUnavailable (Overloaded)."""
        async with self._limits.answer():
            vector = await self._query_vector(query)
            terms = await self._limits.scoring(lambda: terms_of(query))
            async with self._database.reading(tenant) as connection:
                space = await active_space(connection)
                if vector is None or space is None or vector.space != space.name:
                    vector = space = None
                ids = await self._worth_ranking(connection, tenant, kind, terms, vector, space)
                found = await candidates.sizes(connection, tenant, kind, ids, space)
                ranking = Ranking(query, None if vector is None else vector.vector, limit)
                async with self._limits.memory(cost_of_scoring(None, found, shown=limit)):
                    async for rows in in_parts(connection, tenant, kind, found, space):
                        await self._limits.scoring(lambda rows=rows: _add(ranking, rows, space))  # type: ignore[misc]
                shown = await candidates.texts(connection, tenant, kind, [each.id for each in ranking.best()])
        model = None if space is None else space.model
        results = [each.result(kind, *shown[each.id]) for each in ranking.best()]
        return SearchResults(results, degraded=space is None, model=model)

    async def _worth_ranking(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        terms: list[str],
        vector: QueryVector | None,
        space: Space | None,
    ) -> list[str]:
        alike = await candidates.sharing_words(connection, tenant, kind, terms, self._most_candidates)
        if vector is None or space is None:
            return alike
        near = await candidates.nearest(
            connection, space, tenant, kind, HalfVector(vector.vector), self._most_candidates
        )
        return list(dict.fromkeys([*near, *alike]))

    async def _query_vector(self, query: str) -> QueryVector | None:
        try:
            return await self._embedding.query_vector(query)
        except DependencyUnavailable as fault:
            log.warning("query_without_vector", reason=str(fault))
            return None


def _add(ranking: Ranking, rows: list[Any], space: Space | None) -> None:
    """Ranks some candidates; `rows` is emptied on the way, so that each is freed once it is ranked. Blocks."""
    while rows:
        row = rows.pop()
        ranking.add(row["id"], candidates.read(row, space))
