"""Which documents satisfy a boolean expression of terms: exact, by whole postings and the cards that wait."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.found import Numbers
from services.matching.index.words.card_batch import CardBatch
from services.matching.index.words.expression import All, Any, Expression, Not, Term, terms_in
from services.matching.index.words.postings import Layout, places_of
from services.matching.index.words.postings_form import signed
from services.matching.index.words.segments import NOBODY
from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hashes

_BURIED = "SELECT version FROM matching.buried WHERE tenant = $1 AND kind = $2"
_VERSIONS = "SELECT version FROM matching.cards WHERE tenant = $1 AND kind = $2 AND number = ANY($3)"

Mask = npt.NDArray[np.bool_]
# From so many on it is sooner asked which are dead than which are alive.
_ASKED_ONE_BY_ONE = 1000


async def holding(
    connection: Reading, tenant: str, kind: Kind, layout: Layout, waiting: CardBatch, wanted: Expression
) -> Numbers:
    """Numbers of packed and waiting documents that satisfy `wanted`."""
    names = list(dict.fromkeys(terms_in(wanted)))
    hashes = shortened(term_hashes(names))
    places = await places_of(connection, tenant, kind, layout, hashes)
    packed = _satisfying(wanted, layout.size, dict(zip(names, (places[term] for term in signed(hashes)), strict=True)))
    numbers, versions = layout.numbers_and_versions(np.flatnonzero(packed))
    alive = await _alive(connection, tenant, kind, numbers, versions)
    waiting_masks = dict(zip(names, _cards_with(waiting, hashes), strict=True))
    found = waiting.numbers[_satisfying(wanted, len(waiting), waiting_masks)]
    return np.unique(np.concatenate([numbers[alive], found]))


async def _alive(
    connection: Reading, tenant: str, kind: Kind, numbers: npt.NDArray[np.int64], versions: npt.NDArray[np.int64]
) -> Mask:
    """Whether each is a card's newest version still."""
    alive: Mask
    if len(numbers) <= _ASKED_ONE_BY_ONE:
        rows = await connection.fetch(_VERSIONS, tenant, kind, numbers.tolist())
        alive = np.isin(versions, [row["version"] for row in rows])
        return alive
    rows = await connection.fetch(_BURIED, tenant, kind)
    alive = np.isin(versions, [row["version"] for row in rows], invert=True)
    alive &= numbers != NOBODY
    return alive


def _satisfying(wanted: Expression, size: int, masks: Mapping[str, Mask]) -> Mask:
    match wanted:
        case Term(term):
            return masks[term]
        case All(parts):
            found = np.ones(size, dtype=bool)
            for part in parts:
                found &= _satisfying(part, size, masks)
        case Any(parts):
            found = np.zeros(size, dtype=bool)
            for part in parts:
                found |= _satisfying(part, size, masks)
        case Not(part):
            found = ~_satisfying(part, size, masks)
    return found


def _cards_with(cards: CardBatch, hashes: ShortHashes) -> list[Mask]:
    """For each hash a bool (n): whether the card has it."""
    masks = []
    for each in hashes:
        mask = np.zeros(len(cards), dtype=bool)
        mask[cards.cards_of(np.flatnonzero(cards.hashes == each))] = True
        masks.append(mask)
    return masks
