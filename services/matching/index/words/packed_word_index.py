"""Finding by words in segments of packed postings, and in the cards that no segment has yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.found import Found, Numbers
from services.matching.index.words.card_batch import AGGREGATED, CardBatch, aggregated_cards, card_batch, exact_bm25
from services.matching.index.words.expression import Expression
from services.matching.index.words.holding import holding
from services.matching.index.words.postings import Layout, Scores, summed, summed_by_strengths
from services.matching.index.words.postings_form import MOST_DOCUMENTS
from services.matching.index.words.segments import NOBODY, SegmentHeaders, Standing
from services.matching.index.words.strengths import StrengthsInMemory
from services.matching.index.words.weighted_terms import WeightedTerms

_CARDS = f"""
SELECT {AGGREGATED} FROM matching.cards c WHERE c.tenant = $1 AND c.kind = $2 AND c.number = ANY($3)
"""
_UNPACKED = f"""
SELECT {AGGREGATED} FROM matching.unpacked u
JOIN matching.cards c ON c.tenant = u.tenant AND c.kind = u.kind AND c.number = u.number
WHERE u.tenant = $1 AND u.kind = $2
"""

Places = npt.NDArray[np.int64]

# Documents are looked for by so many terms, the heaviest; what they are ranked by is all of them.
MOST_TERMS = 2000
# For so few terms, this many postings of each are read in each segment, and all of them where only some documents
# count. More terms are looked for by their strengths.
FEW_TERMS = 2
MOST_POSTINGS = 32_768
# Candidates whose exact score is computed: so many more than are asked for, and of so many terms or more twice as many.
# Strengths are rounded, and the more of them are added, the less is known of the order.
SCORED_BESIDES = 50
TERMS_FOR_TWICE = 100
# Places are looked through in blocks, of which most have none of the best.
_BLOCK = 64
# So few documents are scored one by one, without looking for them.
SCORED_DIRECTLY = 1000


class PackedWordIndex:
    """A `WordIndex` in tables of its own. One for a process: it keeps headers of segments in memory."""

    def __init__(self, headers: SegmentHeaders | None = None, strengths: StrengthsInMemory | None = None) -> None:
        self._headers = headers or SegmentHeaders()
        self._strengths = strengths or StrengthsInMemory()

    async def best(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        terms: WeightedTerms,
        limit: int,
        *,
        within: Numbers | None = None,
        exact: bool = True,
    ) -> list[Found]:
        """See `WordIndex`."""
        if not len(terms) or limit < 1:
            return []
        if within is not None and len(within) <= SCORED_DIRECTLY:
            return _ranked([await _cards(connection, tenant, kind, within)], terms, limit)
        standing = await self._headers.standing(connection, tenant, kind)
        waiting = await _waiting(connection, tenant, kind, standing)
        if within is not None:
            waiting = waiting.those(np.isin(waiting.numbers, within))
        layout = Layout.of(standing.segments)
        asked = connection, tenant, kind, layout
        if len(terms) > FEW_TERMS:
            sums = await summed_by_strengths(*asked, terms.heaviest(MOST_TERMS), self._strengths)
        else:
            sums = await summed(*asked, terms, most_postings=MOST_POSTINGS if within is None else MOST_DOCUMENTS)
        if not exact:
            return _nearly_ranked(waiting, layout, sums, within, terms, limit)
        most = int(limit * (1.0 + min(1.0, len(terms) / TERMS_FOR_TWICE))) + SCORED_BESIDES
        packed = await _candidates(connection, tenant, kind, layout, _places(layout, sums, most, within))
        return _ranked([waiting, packed], terms, limit)

    async def holding(self, connection: Reading, tenant: str, kind: Kind, wanted: Expression) -> Numbers:
        """See `WordIndex`."""
        standing = await self._headers.standing(connection, tenant, kind)
        waiting = await _waiting(connection, tenant, kind, standing)
        return await holding(connection, tenant, kind, Layout.of(standing.segments), waiting, wanted)


async def _waiting(connection: Reading, tenant: str, kind: Kind, standing: Standing) -> CardBatch:
    """The cards that no segment has."""
    if not standing.cards_wait:
        return card_batch([])
    return aggregated_cards(await connection.fetchrow(_UNPACKED, tenant, kind))


async def _cards(connection: Reading, tenant: str, kind: Kind, numbers: Numbers) -> CardBatch:
    return aggregated_cards(await connection.fetchrow(_CARDS, tenant, kind, numbers.tolist()))


def _places(layout: Layout, sums: Scores, most: int, within: Numbers | None) -> Places:
    """Of the packed documents that seem best, `most` at most."""
    if within is None:
        return _greatest(sums, most)
    found = np.flatnonzero(sums)
    numbers, _ = layout.numbers_and_versions(found)
    found = found[np.isin(numbers, within)]
    return found[_greatest(sums[found], most)]


async def _candidates(connection: Reading, tenant: str, kind: Kind, layout: Layout, places: Places) -> CardBatch:
    """Cards of packed documents, of the version that was packed."""
    if not len(places):
        return card_batch([])
    numbers, versions = layout.numbers_and_versions(places)
    cards = await _cards(connection, tenant, kind, numbers)
    # A version is of one document only, so that one that is among them is the document's own.
    ascending = np.sort(versions)
    slots = np.minimum(np.searchsorted(ascending, cards.versions), len(ascending) - 1)
    return cards.those(ascending[slots] == cards.versions)


def _greatest(sums: Scores, most: int) -> Places:
    """The places of the greatest that are more than 0, in any order."""
    blocks = len(sums) // _BLOCK
    least = np.float32(0.0)
    if blocks > most:
        # As many blocks have their greatest at or above this, so as many places do.
        tops = sums[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        least = np.partition(tops, blocks - most)[blocks - most]
    places = np.flatnonzero(sums >= least) if least > 0.0 else np.flatnonzero(sums)
    if len(places) <= most:
        return places
    return places[np.argpartition(sums[places], len(places) - most)[len(places) - most :]]


def _nearly_ranked(
    waiting: CardBatch, layout: Layout, sums: Scores, within: Numbers | None, terms: WeightedTerms, limit: int
) -> list[Found]:
    """The best `limit` of the cards that wait, by exact score, and of the packed documents, by their sums; fewer only
    where no more have any of the terms."""
    waiting_scores = exact_bm25(waiting, terms)
    most = limit + SCORED_BESIDES
    while True:
        places = _places(layout, sums, most, within)
        numbers, _ = layout.numbers_and_versions(places)
        # Of what was erased, and of what was written anew and waits, the segments have but what it was.
        stands = (numbers != NOBODY) & ~np.isin(numbers, waiting.numbers)
        numbers, scores = numbers[stands], sums[places][stands]
        # Written anew and packed again, a document is in several segments.
        order = np.argsort(-scores, kind="stable")
        numbers, firsts = np.unique(numbers[order], return_index=True)
        best = _best(np.append(numbers, waiting.numbers), np.append(scores[order][firsts], waiting_scores), limit)
        if len(best) >= limit or len(places) < most:
            return best
        most *= 2


def _ranked(batches: Sequence[CardBatch], terms: WeightedTerms, limit: int) -> list[Found]:
    """The best of all, by exact score; those without any of the terms are none."""
    numbers = np.concatenate([each.numbers for each in batches])
    scores = np.concatenate([exact_bm25(each, terms) for each in batches])
    return _best(numbers, scores, limit)


def _best(numbers: npt.NDArray[np.int64], scores: Scores, limit: int) -> list[Found]:
    order = np.lexsort((numbers, -scores))[:limit]
    order = order[scores[order] > 0.0]
    return list(map(Found, numbers[order].tolist(), scores[order].tolist()))
