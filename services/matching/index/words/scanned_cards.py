"""A word index without an index: every card is looked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any as AnyValue

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from services.matching.index.cards import CardTerms, unpacked_terms
from services.matching.index.found import Found, Numbers
from services.matching.index.words.expression import All, Any, Expression, Not, Term
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import word_cover
from services.matching.storage.database import Reading


class ScannedCards:
    """See WordIndex."""

    async def best(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        terms: Mapping[str, float],
        limit: int,
        *,
        within: Numbers | None = None,
    ) -> list[Found]:
        """See WordIndex."""
        asked = shortened(term_hashes(terms))
        weights = np.fromiter(terms.values(), dtype=np.float32)
        found = []
        for row in await _cards(connection, tenant, kind, within):
            counts = _counts(unpacked_terms(row["terms"], row["length"]), asked)
            value = word_cover(weights, counts, row["length"])
            if value > 0:
                found.append(Found(row["number"], value))
        return sorted(found, key=lambda each: (-each.value, each.number))[:limit]

    async def holding(self, connection: Reading, tenant: str, kind: Kind, wanted: Expression) -> Numbers:
        """See WordIndex."""
        rows = await _cards(connection, tenant, kind, None)
        numbers = [row["number"] for row in rows if _holds(unpacked_terms(row["terms"], row["length"]), wanted)]
        return np.array(sorted(numbers), dtype=np.int64)


async def _cards(connection: Reading, tenant: str, kind: Kind, within: Numbers | None) -> Sequence[AnyValue]:
    return await connection.fetch(
        """
        SELECT number, length, terms FROM matching.cards
        WHERE tenant = $1 AND kind = $2 AND ($3::bigint[] IS NULL OR number = ANY($3))
        """,
        tenant,
        kind,
        None if within is None else within.tolist(),
    )


def _counts(card: CardTerms, asked: npt.NDArray[np.uint32]) -> npt.NDArray[np.float32]:
    if not len(card.hashes):
        return np.zeros(len(asked), dtype=np.float32)
    places = np.minimum(np.searchsorted(card.hashes, asked), len(card.hashes) - 1)
    return np.where(card.hashes[places] == asked, card.counts[places], 0).astype(np.float32)


def _holds(card: CardTerms, wanted: Expression) -> bool:
    match wanted:
        case Term(term):
            return bool(_counts(card, shortened(term_hashes([term])))[0])
        case All(parts):
            return all(_holds(card, part) for part in parts)
        case Any(parts):
            return any(_holds(card, part) for part in parts)
        case Not(part):
            return not _holds(card, part)
