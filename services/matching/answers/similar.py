"""Documents like one that is stored: of the same kind, by vector and words of their cards."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.searching import SimilarDocument, SimilarDocuments
from libs.database.transactions import Reading
from services.matching.answers.asked import active_size, asked_document
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.candidates.cards import candidate_cards, joined_cards
from services.matching.answers.candidates.comparing import document_vector_of, terms_of_similar
from services.matching.answers.candidates.pools import Candidates, Pool, Sought
from services.matching.answers.candidates.restriction import filtered
from services.matching.answers.completeness import Completeness
from services.matching.answers.masking import HIDDEN_WORDS, masked_words
from services.matching.answers.parts import cost_of_scoring
from services.matching.index.filters.conditions import Condition
from services.matching.scoring.choosing.similar import similar_values
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import Space, active_space


class Similar:
    """Finds documents that are like one another. Scores come from the cards alone: neither a text nor a unit is read,
    and the model is not asked. 100 is the same text; a score says nothing of how well a job and a resume match.
    `masked`: titles without who a person is."""

    def __init__(
        self,
        database: Database,
        limits: AnswerLimits,
        candidates: Candidates,
        completeness: Completeness,
        *,
        pool: Pool,
        masked: bool = False,
    ) -> None:
        self._database = database
        self._limits = limits
        self._candidates = candidates
        self._completeness = completeness
        self._pool = pool
        self._masked = masked

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
                asked = await asked_document(connection, self._limits, key, size, space, masked=self._masked)
                results = await self._best(connection, key, asked.document, space, limit, condition)
            titles = await _titles(connection, key.tenant, key.kind, [each.id for each in results], masked=self._masked)
            is_whole = await self._completeness.is_whole(connection, key.tenant)
        shown = [SimilarDocument(each.id, titles.get(each.id), each.score) for each in results]
        return SimilarDocuments(shown, degraded=not is_whole)

    async def _best(
        self,
        connection: Reading,
        key: DocumentKey,
        asked: ReadDocument,
        space: Space,
        limit: int,
        condition: Condition | None,
    ) -> list[SimilarDocument]:
        number = await connection.fetchval(_NUMBER, key.tenant, key.kind, key.id)
        own = await joined_cards(connection, key.tenant, key.kind, np.array([number], dtype=np.int64), space)
        terms = await self._limits.scoring(partial(terms_of_similar, asked))
        sought = Sought(key.tenant, key.kind, terms, space, document_vector_of(asked))
        allowed = await filtered(connection, key.tenant, key.kind, condition)
        found = await self._candidates.find(connection, sought, allowed, self._pool.for_results(limit + 1))
        numbers = found.numbers
        joined = await joined_cards(connection, key.tenant, key.kind, numbers[numbers != number], space)
        return await self._limits.scoring(partial(_ranked, asked, own, joined, space, limit))


_NUMBER = "SELECT number FROM matching.cards WHERE tenant = $1 AND kind = $2 AND id = $3"


def _ranked(asked: ReadDocument, own_row: Any, row: Any, space: Space, limit: int) -> list[SimilarDocument]:
    own, found = candidate_cards(own_row, space), candidate_cards(row, space)
    if not found.ids or not own.ids:
        return []
    values = similar_values(asked.reading.head, asked.reading.mean, own.cards, found.cards)
    scores = [round(100.0 * float(value), 1) for value in values]
    best = sorted(zip(scores, found.ids, strict=True), key=lambda each: (-each[0], each[1]))[:limit]
    return [SimilarDocument(id, None, score) for score, id in best]


async def _titles(
    connection: Reading, tenant: str, kind: Kind, ids: list[str], *, masked: bool
) -> dict[str, str | None]:
    rows = await connection.fetch(
        f"""
        SELECT d.id, d.title{", " + HIDDEN_WORDS if masked else ""} FROM matching.documents d
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3)
        """,
        tenant,
        kind,
        ids,
    )
    return {row["id"]: masked_words(row["title"], row["hidden_words"]) if masked else row["title"] for row in rows}
