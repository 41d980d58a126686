"""Documents for a free text: by meaning and words, or by words alone where the model's vector cannot be had."""

from __future__ import annotations

from functools import partial
from operator import attrgetter

from msgspec import UNSET
from pgvector import HalfVector

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import Kind
from libs.contracts.inner.searching import SearchResult, SearchResults
from libs.database.transactions import Reading
from libs.telemetry.logs import get_logger
from services.matching.answers import scored_rows
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.candidates.cards import joined_cards
from services.matching.answers.candidates.comparing import Chosen, best_by_cards, compared_with_query
from services.matching.answers.candidates.phrases import satisfying
from services.matching.answers.candidates.pools import Candidates, Pool, Sought
from services.matching.answers.candidates.restriction import Restriction, demanded
from services.matching.answers.completeness import Completeness
from services.matching.answers.parts import cost_of_scoring, in_parts, texts_in_parts
from services.matching.answers.query.queries import ParsedQuery, parsed
from services.matching.answers.query.query_vectors import EmbeddingClient, QueryVector
from services.matching.answers.scored_rows import Scored
from services.matching.answers.totals import Totals
from services.matching.index.filters.conditions import Condition
from services.matching.index.words.protocol import WordIndex
from services.matching.scoring.choosing.narrowing import Narrowing
from services.matching.scoring.search import NEAR, Ranking
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import Space, active_space

log = get_logger(__name__)

# Of the candidates, so many at least are compared in full, and so many more than are shown.
LEAST_COMPARED, MORE_THAN_SHOWN = 48, 20
# Of a query with phrases, whose candidates may lack them, up to so many times as many candidates are looked at.
MOST_ENLARGED = 8


class Search:
    """Answers queries. A transaction is never open while the model is asked; an answer is of one moment.
    `masked`: titles and highlights without who a person is."""

    def __init__(
        self,
        database: Database,
        embedding: EmbeddingClient,
        limits: AnswerLimits,
        candidates: Candidates,
        words: WordIndex,
        totals: Totals,
        completeness: Completeness,
        *,
        pool: Pool,
        masked: bool = False,
    ) -> None:
        self._database = database
        self._embedding = embedding
        self._limits = limits
        self._candidates = candidates
        self._words = words
        self._totals = totals
        self._completeness = completeness
        self._pool = pool
        self._masked = masked

    async def search(
        self, tenant: str, text: str, kind: Kind, limit: int, condition: Condition | None = None
    ) -> SearchResults:
        """The best documents of those that pass the condition; by words alone, and `degraded`, where the model's vector
        cannot be had or is of another space than the active one.

        Words that the query demands or refuses are looked up in the index of words. Its phrases are looked for in the
        texts of candidates, best first: where too few have them, of more candidates, up to MOST_ENLARGED times as many.

        Raises DependencyUnavailable (Overloaded).
        """
        async with self._limits.answer(tenant):
            query = await self._limits.scoring(lambda: parsed(text))
            vector = await self._query_vector(query.plain)
            async with self._limits.turn(tenant), self._database.reading(tenant) as connection:
                space = await active_space(connection)
                if vector is not None and (space is None or vector.space != space.name):
                    vector = None
                allowed = await demanded(connection, tenant, kind, condition, query, self._words)
                compared = max(LEAST_COMPARED, limit + MORE_THAN_SHOWN)
                chosen = await self._worth_comparing(connection, tenant, kind, query, vector, space, allowed, compared)
                results: list[SearchResult] = []
                if space is not None:
                    results = await self._best(connection, tenant, kind, query, vector, space, chosen, limit)
                total, at_least = await self._totals.of(connection, tenant, kind, allowed)
                is_whole = await self._completeness.is_whole(connection, tenant)
        if query.phrases:
            # How many more have the phrases is not known.
            total, at_least = UNSET, len(results)
        return SearchResults(
            results,
            degraded=vector is None or not is_whole,
            model=None if vector is None or space is None else space.model,
            read_as=query.read_as,
            total=total,
            total_at_least=at_least,
        )

    async def _best(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        query: ParsedQuery,
        vector: QueryVector | None,
        space: Space,
        chosen: Chosen,
        limit: int,
    ) -> list[SearchResult]:
        """The best of some candidates, compared in full. No text is read but of these."""
        found = await scored_rows.sizes(connection, tenant, kind, chosen.ids, space, chosen.sizes)
        ranking = Ranking(query.plain, None if vector is None else vector.vector, limit)
        narrowing: Narrowing[Scored] = Narrowing(limit, 2 * NEAR, attrgetter("stored"))
        async with self._limits.memory(tenant, cost_of_scoring(None, found, shown=limit)):
            async for documents in in_parts(connection, self._limits, tenant, kind, found, space):
                await self._limits.scoring(partial(_narrow, ranking, narrowing, documents))
                del documents
            await self._limits.scoring(lambda: _add(ranking, narrowing.taken()))
            best = {each.id: each for each in ranking.best()}
            shown: dict[str, SearchResult] = {}
            sizes = [size for size in found if size.id in best]
            async for texts in texts_in_parts(connection, tenant, kind, sizes, masked=self._masked):
                shown |= {id: best[id].result(kind, text.title, text.text) for id, text in texts.items()}
        return [shown[id] for id in best]

    async def _worth_comparing(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        query: ParsedQuery,
        vector: QueryVector | None,
        space: Space | None,
        allowed: Restriction,
        most: int,
    ) -> Chosen:
        """The best candidates by their cards; with phrases, of those that have them."""
        space = None if vector is None else space
        compared = compared_with_query(query.terms, None if vector is None else vector.vector)
        half = None if vector is None else HalfVector(vector.vector)
        sought = Sought(tenant, kind, compared.terms, space, half)
        factor, kept, looked_at = 1, Chosen([], {}), set[str]()
        while True:
            pool = self._pool.for_results(most).times(factor)
            found = await self._candidates.find(connection, sought, allowed, pool)
            joined = await joined_cards(connection, tenant, kind, found.numbers, space, with_signs=True)
            count = most if not query.phrases else len(found.numbers)
            best = await self._limits.scoring(
                partial(best_by_cards, compared.asked, joined, space, count, found.foremost)
            )
            if not query.phrases:
                return best
            new, wanted = [each for each in best.ids if each not in looked_at], most - len(kept.ids)
            kept.ids.extend(await satisfying(connection, self._limits, tenant, kind, new, query, wanted))
            kept.sizes.update(best.sizes)
            looked_at.update(new)
            if len(kept.ids) >= most or not new or len(found.numbers) < pool.nearest or factor >= MOST_ENLARGED:
                return kept
            factor *= 2

    async def _query_vector(self, query: str) -> QueryVector | None:
        try:
            return await self._embedding.query_vector(query)
        except DependencyUnavailable as fault:
            log.warning("query_without_vector", reason=str(fault))
            return None


def _narrow(ranking: Ranking, narrowing: Narrowing[Scored], documents: list[Scored]) -> None:
    """Ranks of some candidates those that may be among the best; the others are freed. Blocks."""
    near = ranking.near_values([each.document for each in documents])
    taken = narrowing.offer(zip(near.tolist(), documents, strict=True))
    documents.clear()
    _add(ranking, taken)


def _add(ranking: Ranking, documents: list[Scored]) -> None:
    """Ranks some candidates; `documents` is emptied on the way, so that each is freed once it is ranked. Blocks."""
    documents.reverse()
    while documents:
        scored = documents.pop()
        ranking.add(scored.id, scored.document)
