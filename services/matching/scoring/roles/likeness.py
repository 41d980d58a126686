"""How alike two roles are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.roles.role import Role
from services.matching.scoring.terms import idf

# By how near the groups are (the same, near, both near to a third, neither): the least likeness, and what is added as
# the other words and the vectors agree; and the same where a group is only concluded.
_BANDS = ((0.65, 0.35), (0.35, 0.25), (0.05, 0.2), (0.0, 0.25))
_UNSURE = ((0.4, 0.5), (0.25, 0.5), (0.05, 0.6), (0.0, 0.6))
_MOST_REMEMBERED = 65_536
# Where a group is unknown.
_MOST_UNKNOWN = 0.7
_SHARE_OF_COSINE = 0.6
# Cosines of titles that have nothing to do with each other, and of such as mean the same.
_LOWEST_COSINE, _HIGHEST_COSINE = 0.1, 0.9


def likeness(asked: Role, held: Role, cosine: float | None) -> float:
    """0-1: how well somebody who was `held` knows the work of `asked`. `cosine`: of the vectors of the two titles.

    Where both name occupations of the list, the groups decide: the same at least 0.65, near ones 0.35-0.6, others at
    most 0.25, whatever the cosine. Else cosine and shared words do, led by groups that are concluded and not named.
    """
    if asked.words and asked.groups == held.groups and set(asked.words) == set(held.words):
        return 1.0
    if not asked.groups or not held.groups:
        return _MOST_UNKNOWN * _agreement(_shared(asked.words, held.words), cosine)
    steps = nearness(asked.groups, held.groups)
    least, span = bands(sure=asked.sure and held.sure)[steps]
    if steps:
        return least + span * _agreement(_shared(asked.words, held.words), cosine)
    # A title that names no field asks for none.
    field = _shared(asked.field, held.field) if asked.field else 1.0
    return least + span * _agreement(field, cosine)


def bands(*, sure: bool) -> Sequence[tuple[float, float]]:
    """By how near the groups are (see `nearness`): the least likeness, and what words and vectors add at most. `sure`:
    both titles name their groups."""
    return _BANDS if sure else _UNSURE


def _agreement(shared: float, cosine: float | None) -> float:
    if cosine is None:
        return shared
    scaled = (cosine - _LOWEST_COSINE) / (_HIGHEST_COSINE - _LOWEST_COSINE)
    return _SHARE_OF_COSINE * min(max(scaled, 0.0), 1.0) + (1.0 - _SHARE_OF_COSINE) * shared


@lru_cache(maxsize=_MOST_REMEMBERED)
def _shared(asked: tuple[str, ...], held: tuple[str, ...]) -> float:
    """How much of the weight of all words of both is in both, 0-1 (Jaccard, weighted by idf)."""
    some, others = set(asked), set(held)
    total = sum(map(idf, some | others))
    return sum(map(idf, some & others)) / total if total else 0.0
