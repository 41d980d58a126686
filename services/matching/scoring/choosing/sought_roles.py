"""How well the positions on cards fit a document whose counterparts are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from services.matching.scoring.by_document import greatest
from services.matching.scoring.choosing.card_roles import NamedRole, Positions, listed_groups, words_of
from services.matching.scoring.choosing.unit_signs import near_cosines
from services.matching.scoring.choosing.word_weights import weights_of
from services.matching.scoring.roles.likeness import UNKNOWN_SPAN, agreements, bands
from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.signals.held_roles import rank_shares

Values = npt.NDArray[np.float64]

# What a card comes to without any position.
_UNKNOWN = 0.175
# Of a group that is not known.
_NO_STEPS = -1


@dataclass(frozen=True, slots=True)
class SoughtRoles:
    """The positions of a document, and whether it is the job: resumes hold positions, jobs ask for one."""

    named: Sequence[NamedRole]
    is_job: bool

    def best(self, positions: Positions, starts: npt.NDArray[np.int64]) -> Values:
        """float64 (n): of n cards, whose positions are from each of `starts` (n + 1) to the next, what the best comes
        to, 0-1. Blocks, for some milliseconds."""
        if not self.named:
            return np.full(len(starts) - 1, _UNKNOWN)
        values = np.zeros(len(positions))
        for each in self.named:
            values = np.maximum(values, self._fits(each, positions))
        return greatest(values, starts, nothing=_UNKNOWN)

    def _fits(self, named: NamedRole, positions: Positions) -> Values:
        rank = named.role.rank
        by_rank = rank_shares(rank, positions.ranks) if self.is_job else rank_shares(positions.ranks, rank)
        fits: Values = self._likeness(named, positions) * by_rank * positions.shares * named.share
        return fits

    def _likeness(self, named: NamedRole, positions: Positions) -> Values:
        """As `likeness`, but that the cosines are known by signs only."""
        role = named.role
        steps = _steps(role.groups)[positions.groups]
        sure = positions.sure & role.sure
        least, span = _bands()[sure.astype(np.intp), np.maximum(steps, 0)].T
        known = steps != _NO_STEPS
        least, span = np.where(known, least, 0.0), np.where(known, span, UNKNOWN_SPAN)
        words, heads = words_of(role)
        shared, are_same = _shared(words, positions.words)
        has_field = np.any((positions.words > 0) & ~positions.heads, axis=1)
        asked_field = np.full(len(positions), bool(role.field)) if self.is_job else has_field
        by_field, _ = _shared(words[~heads], np.where(positions.heads, np.uint32(0), positions.words))
        # A title that names no field asks for none.
        shared = np.where(steps == 0, np.where(asked_field, by_field, 1.0), shared)
        cosines = np.full(len(positions), np.nan)
        if named.line is not None:
            cosines[positions.lined] = near_cosines(positions.signs[positions.lined], named.line)
        likeness = least + span * agreements(shared, cosines)
        return np.where(are_same & (steps <= 0), 1.0, likeness)


def _shared(words: npt.NDArray[np.uint32], others: npt.NDArray[np.uint32]) -> tuple[Values, npt.NDArray[np.bool_]]:
    """float64 (p), bool (p): of titles' words (p, w), 0 for none, how much of the weight of all words of both is in
    both (Jaccard, weighted by idf), and where all are."""
    weights = np.where(others > 0, weights_of(others), np.float32(0.0))
    both = np.zeros(others.shape, dtype=np.bool_)
    for word in words:
        both |= others == word
    inner = (weights * both).sum(axis=1)
    own = float(weights_of(words).sum())
    union = own + weights.sum(axis=1) - inner
    shared = np.divide(inner, union, out=np.zeros(len(others)), where=union > 0)
    return shared, (inner > 0) & (shared >= 1.0 - 1e-6)


@lru_cache(maxsize=1_024)
def _steps(groups: frozenset[str]) -> npt.NDArray[np.int64]:
    """int64 (groups + 1): see `nearness`, of each listed group by its place."""
    if not groups:
        return np.full(len(listed_groups()) + 1, _NO_STEPS)
    return np.array([_NO_STEPS, *(nearness(groups, frozenset({each})) for each in listed_groups())])


def _bands() -> Values:
    """float64 (2, steps, 2): the least likeness and the span, of concluded and of named groups."""
    return np.array([bands(sure=False), bands(sure=True)])
