"""Documents like one that is stored: of the same kind, by vector and words of their cards."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from pgvector import HalfVector

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.matching import SimilarDocument, SimilarDocuments
from services.matching.answers.asked import active_size
from services.matching.answers.cards import CandidateCards, candidate_cards, card_rows
from services.matching.answers.derived import DerivedTenants
from services.matching.answers.limits import AnswerLimits
from services.matching.answers.parts import cost_of_scoring
from services.matching.answers.pools import Candidates, Pool, Sought
from services.matching.answers.restriction import filtered
from services.matching.index.conditions import Condition
from services.matching.scoring.document_vector import document_vector, head_vector, mean_vector
from services.matching.scoring.model import StoredVectors
from services.matching.scoring.similar import similar_values
from services.matching.scoring.terms import idf
from services.matching.storage.database import Database, Reading
from services.matching.storage.packing import unpacked_windows
from services.matching.storage.spaces_table import Space, active_space


class Similar:
    """Finds documents that are like one another. Scores come from the cards alone: neither a text nor a unit is read,
    and the model is not asked. 100 is the same text; a score says nothing of how well a job and a resume match."""

    def __init__(
        self, database: Database, limits: AnswerLimits, candidates: Candidates, derived: DerivedTenants, *, pool: Pool
    ) -> None:
        self._database = database
        self._limits = limits
        self._candidates = candidates
        self._derived = derived
        self._pool = pool

    async def similar(self, key: DocumentKey, limit: int, condition: Condition | None = None) -> SimilarDocuments:
        """The documents most alike of those that pass the condition, itself left out: see scoring.similar for the
        score. Raises Unknown, NotIndexed, DependencyUnavailable (Overloaded, BeingFilled)."""
        async with (
            self._limits.answer(key.tenant),
            self._limits.turn(key.tenant),
            self._database.reading(key.tenant) as connection,
        ):
            space, size = await active_size(connection, key, await active_space(connection))
            async with self._limits.memory(key.tenant, cost_of_scoring(None, [size], shown=0)):
                asked = await connection.fetchrow(_ASKED.format(space=space.name), key.tenant, key.kind, key.id)
                results = await self._best(connection, key, asked, space, limit, condition)
            titles = await _titles(connection, key.tenant, key.kind, [each.id for each in results])
            is_derived = await self._derived.is_done(connection, key.tenant)
        shown = [SimilarDocument(each.id, titles.get(each.id), each.score) for each in results]
        return SimilarDocuments(shown, degraded=not is_derived)

    async def _best(
        self, connection: Reading, key: DocumentKey, asked: Any, space: Space, limit: int, condition: Condition | None
    ) -> list[SimilarDocument]:
        windows = unpacked_windows(asked["windows"], asked["window_spans"], space.dimension)
        terms = list(asked["terms"] or ())
        vector = HalfVector(document_vector(windows))
        sought = Sought(key.tenant, key.kind, {term: idf(term) for term in terms}, space, vector)
        allowed = await filtered(connection, key.tenant, key.kind, condition)
        numbers = await self._candidates.find(connection, sought, allowed, self._pool.for_results(limit + 1))
        own = np.array([asked["number"]], dtype=np.int64)
        rows = await card_rows(connection, key.tenant, key.kind, np.union1d(numbers, own), space)
        return await self._limits.scoring(partial(_ranked, key.id, windows, terms, list(rows), space, limit))


_ASKED = """
SELECT c.number, d.terms, v.windows, v.window_spans
FROM matching.documents d JOIN matching.cards c USING (tenant, kind, id)
JOIN matching.vectors_{space} v USING (tenant, kind, id)
WHERE d.tenant = $1 AND d.kind = $2 AND d.id = $3
"""


def _ranked(
    asked: str, windows: StoredVectors, terms: list[str], rows: list[Any], space: Space, limit: int
) -> list[SimilarDocument]:
    own = candidate_cards([row for row in rows if row["id"] == asked], space)
    found: CandidateCards = candidate_cards([row for row in rows if row["id"] != asked], space)
    if not found.ids or not own.ids:
        return []
    values = similar_values(head_vector(windows), mean_vector(windows), terms, own.cards, found.cards)
    scores = np.round(100.0 * values, 1).tolist()
    best = sorted(zip(scores, found.ids, strict=True), key=lambda each: (-each[0], each[1]))[:limit]
    return [SimilarDocument(id, None, score) for score, id in best]


async def _titles(connection: Reading, tenant: str, kind: Kind, ids: list[str]) -> dict[str, str | None]:
    rows = await connection.fetch(
        "SELECT id, title FROM matching.documents WHERE tenant = $1 AND kind = $2 AND id = ANY($3)", tenant, kind, ids
    )
    return {row["id"]: row["title"] for row in rows}
