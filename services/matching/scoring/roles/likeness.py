"""How alike two roles are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.roles.role import Role
from services.matching.scoring.terms import idf

Values = npt.NDArray[np.float64]

# By how near the groups are (the same, near, both near to a third, neither): the least likeness, and what is added as
# the other words and the vectors agree; and the same where a group is only concluded.
_BANDS = ((0.65, 0.35), (0.35, 0.25), (0.05, 0.2), (0.0, 0.25))
_UNSURE = ((0.4, 0.5), (0.25, 0.5), (0.05, 0.6), (0.0, 0.6))
_MOST_REMEMBERED = 65_536
# Where a group is unknown.
UNKNOWN_SPAN = 0.7
_SHARE_OF_COSINE = 0.6
# Cosines of titles that have nothing to do with each other, and of such as mean the same.
_LOWEST_COSINE, _HIGHEST_COSINE = 0.1, 0.9


class Alike(NamedTuple):
    """How alike two roles are by what their titles say: `least` 0-1, and `span`, added as far as words and vectors
    agree; `shared` 0-1: how far the words do."""

    least: float
    span: float
    shared: float


def alike(asked: Role, held: Role) -> Alike:
    """The likeness of two roles as far as titles tell it.

    Where both name occupations of the list, the groups decide: the same at least 0.65, near ones 0.35-0.6, others at
    most 0.25, whatever the cosine. Else cosine and shared words do, led by groups that are concluded and not named.
    """
    if asked.words and asked.groups == held.groups and set(asked.words) == set(held.words):
        return Alike(1.0, 0.0, 1.0)
    if not asked.groups or not held.groups:
        return Alike(0.0, UNKNOWN_SPAN, _shared(asked.words, held.words))
    steps = nearness(asked.groups, held.groups)
    least, span = bands(sure=asked.sure and held.sure)[steps]
    if steps:
        return Alike(least, span, _shared(asked.words, held.words))
    # A title that names no field asks for none.
    return Alike(least, span, _shared(asked.field, held.field) if asked.field else 1.0)


def bands(*, sure: bool) -> Sequence[tuple[float, float]]:
    """By how near the groups are (see `nearness`): the least likeness, and what words and vectors add at most. `sure`:
    both titles name their groups."""
    return _BANDS if sure else _UNSURE


def agreements(shared: Values, cosines: Values) -> Values:
    """float64 (n): how far words and vectors of titles agree, by the shares of their words and their cosines; by the
    words alone where a cosine is NaN."""
    scaled = np.clip((cosines - _LOWEST_COSINE) / (_HIGHEST_COSINE - _LOWEST_COSINE), 0.0, 1.0)
    both = _SHARE_OF_COSINE * scaled + (1.0 - _SHARE_OF_COSINE) * shared
    return np.where(np.isnan(cosines), shared, both)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _shared(asked: tuple[str, ...], held: tuple[str, ...]) -> float:
    """How much of the weight of all words of both is in both, 0-1 (Jaccard, weighted by idf)."""
    some, others = set(asked), set(held)
    total = sum(map(idf, some | others))
    return sum(map(idf, some & others)) / total if total else 0.0
