"""Finding by words in segments of packed postings, and in the cards that no segment has yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from services.matching.index.found import Found, Numbers
from services.matching.index.words.card_batch import (
    CardBatch,
    card_batch,
    exact_bm25,
)
from services.matching.index.words.expression import Expression
from services.matching.index.words.holding import holding
from services.matching.index.words.postings import Layout, summed
from services.matching.index.words.postings_form import MOST_DOCUMENTS
from services.matching.index.words.segments import SegmentHeaders
from services.matching.index.words.weighted_terms import WeightedTerms
from services.matching.storage.database import Reading

_CARDS = """
SELECT number, version, length, terms FROM matching.cards WHERE tenant = $1 AND kind = $2 AND number = ANY($3)
"""
_UNPACKED = """
SELECT c.number, c.version, c.length, c.terms FROM matching.unpacked u
JOIN matching.cards c ON c.tenant = u.tenant AND c.kind = u.kind AND c.number = u.number
WHERE u.tenant = $1 AND u.kind = $2
"""

# Of very many terms only the heaviest count, of those that any document has.
MOST_TERMS = 48
# Postings read of each term and segment; all of them where only some documents count.
MOST_POSTINGS = 10_000
# Candidates whose exact score is computed, for each that is asked for.
SCORED_FOR_ONE = 2
SCORED_BESIDES = 50
# So few documents are scored one by one, without looking for them.
SCORED_DIRECTLY = 1000


class PackedWordIndex:
    """A `WordIndex` in tables of its own. One for a process: it keeps headers of segments in memory."""

    def __init__(self, headers: SegmentHeaders | None = None) -> None:
        self._headers = headers or SegmentHeaders()

    async def best(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        terms: WeightedTerms,
        limit: int,
        *,
        within: Numbers | None = None,
    ) -> list[Found]:
        """See `WordIndex`."""
        if not len(terms) or limit < 1:
            return []
        if within is not None and len(within) <= SCORED_DIRECTLY:
            rows = await connection.fetch(_CARDS, tenant, kind, within.tolist())
            return _ranked([card_batch(rows)], terms, limit)
        waiting = card_batch(await connection.fetch(_UNPACKED, tenant, kind))
        layout = Layout.of(await self._headers.of(connection, tenant, kind))
        most = MOST_POSTINGS if within is None else MOST_DOCUMENTS
        sums = await summed(connection, tenant, kind, layout, terms, most_terms=MOST_TERMS, most_postings=most)
        packed = await _candidates(connection, tenant, kind, layout, sums.scores, limit, within)
        if within is not None:
            waiting = waiting.those(np.isin(waiting.numbers, within))
        known = np.concatenate([sums.hashes, np.intersect1d(waiting.hashes, terms.hashes)])
        return _ranked([waiting, packed], terms.among(known, MOST_TERMS), limit)

    async def holding(self, connection: Reading, tenant: str, kind: Kind, wanted: Expression) -> Numbers:
        """See `WordIndex`."""
        waiting = card_batch(await connection.fetch(_UNPACKED, tenant, kind))
        layout = Layout.of(await self._headers.of(connection, tenant, kind))
        return await holding(connection, tenant, kind, layout, waiting, wanted)


async def _candidates(
    connection: Reading,
    tenant: str,
    kind: Kind,
    layout: Layout,
    sums: npt.NDArray[np.float64],
    limit: int,
    within: Numbers | None,
) -> CardBatch:
    """Cards of the packed documents that seem best, of the version that was packed."""
    places = np.flatnonzero(sums)
    if within is not None:
        numbers, _ = layout.numbers_and_versions(places)
        places = places[np.isin(numbers, within)]
    places = _greatest(sums, places, SCORED_FOR_ONE * limit + SCORED_BESIDES)
    if not len(places):
        return card_batch([])
    numbers, versions = layout.numbers_and_versions(places)
    cards = card_batch(await connection.fetch(_CARDS, tenant, kind, numbers.tolist()))
    return cards.those(np.isin(cards.versions, versions))


def _greatest(sums: npt.NDArray[np.float64], places: npt.NDArray[np.int64], most: int) -> npt.NDArray[np.int64]:
    if len(places) <= most:
        return places
    return places[np.argpartition(-sums[places], most)[:most]]


def _ranked(batches: Sequence[CardBatch], terms: WeightedTerms, limit: int) -> list[Found]:
    """The best of all, by exact score; those without any of the terms are none."""
    numbers = np.concatenate([each.numbers for each in batches])
    scores = np.concatenate([exact_bm25(each, terms) for each in batches])
    order = np.lexsort((numbers, -scores))[:limit]
    return [
        Found(number, score)
        for number, score in zip(numbers[order].tolist(), scores[order].tolist(), strict=True)
        if score > 0.0
    ]
