"""The positions of a document in a few bytes, and how well those of many cards fit what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from services.matching.scoring.reading.readings import Reading
from services.matching.scoring.roles.likeness import bands
from services.matching.scoring.roles.occupations import nearness, occupations
from services.matching.scoring.roles.rank import DIRECTING
from services.matching.scoring.roles.role import Role, role_of
from services.matching.scoring.signals.held_roles import headline_share, rank_share, recency
from services.matching.scoring.terms import Weights

RANKS = DIRECTING + 1
# Of each position: its group of occupations by its place in the list, 0 for none; its rank, and SURE where the group is
# named and not only concluded; how much it counts.
_FORM = np.dtype([("group", "<u2"), ("rank", "u1"), ("share", "u1")])
_SURE = 0x80
_WHOLE = 255
# Positions of a resume, and groups of one position, that are kept.
_MOST = 12
# What a position comes to whose group is not known, and a card without any.
_UNKNOWN = 0.25

Positions = npt.NDArray[np.void]


def packed_roles(reading: Reading) -> bytes:
    """The positions that a resume holds, the latest first, or the one that a job names."""
    found = list(_positions(reading))[:_MOST]
    packed = np.array(found, dtype=_FORM) if found else np.zeros(0, dtype=_FORM)
    return packed.tobytes()


def groups_of(reading: Reading) -> dict[str, float]:
    """The groups of occupations that a resume's positions name, or that a job names, with what each counts, 0-1."""
    if reading.job is not None:
        return dict.fromkeys(sorted(role_of(reading.job.named).groups), 1.0)
    found: dict[str, float] = {}
    for role, share in _held(reading):
        for name in sorted(role.groups):
            found[name] = max(found.get(name, 0.0), share)
    return found


def unpacked_roles(data: bytes) -> Positions:
    """The positions of one card, or of several one behind the other."""
    return np.frombuffer(data, dtype=_FORM)


def role_table(reading: Reading) -> Weights:
    """float32 (2, groups + 1, RANKS): how well each position fits a document whose counterparts are looked for; the
    first half for groups that are only concluded. Blocks, for a millisecond or some."""
    table = np.zeros((2, len(_groups()) + 1, RANKS), dtype=np.float32)
    for sure in (False, True):
        for group, name in enumerate(("", *_groups())):
            other = frozenset({name}) if name else frozenset[str]()
            table[int(sure), group] = _fits(reading, other, sure=sure)
    return table


def best_roles(table: Weights, positions: Positions, starts: npt.NDArray[np.int64]) -> Weights:
    """float32 (n): of n cards, whose positions are from each of `starts` (n + 1) to the next, what the best comes to.
    Blocks, for a moment."""
    found = np.full(len(starts) - 1, _UNKNOWN, dtype=np.float32)
    if not len(positions):
        return found
    groups = np.minimum(positions["group"], table.shape[1] - 1)
    ranks = np.minimum(positions["rank"] & ~np.uint8(_SURE), RANKS - 1)
    values = table[(positions["rank"] & _SURE) // _SURE, groups, ranks] * (positions["share"] / np.float32(_WHOLE))
    filled = np.flatnonzero(np.diff(starts))
    found[filled] = np.maximum.reduceat(values, starts[filled])
    return found


def _positions(reading: Reading) -> Iterator[tuple[int, int, int]]:
    if reading.job is not None:
        yield from _packed(role_of(reading.job.named), 1.0)
    if reading.resume is not None:
        for role, share in _held(reading):
            yield from _packed(role, share)


def _held(reading: Reading) -> list[tuple[Role, float]]:
    """What a resume calls itself and the positions it names, with what each counts, the most first."""
    assert reading.resume is not None
    held = reading.resume.held
    share = headline_share(held)
    found = [(role_of(held.headline), share)] if share else []
    latest = max((each.last for each in held.stations if each.last is not None), default=0)
    found += [(role_of(each.title), recency(each.last, latest)) for each in held.stations if each.title]
    return sorted(found, key=lambda each: -each[1])


def _packed(role: Role, share: float) -> Iterator[tuple[int, int, int]]:
    rank = role.rank | (_SURE if role.sure else 0)
    for name in sorted(role.groups) or [""]:
        yield _places().get(name, 0), rank, round(share * _WHOLE)


def _fits(reading: Reading, other: frozenset[str], *, sure: bool) -> Weights:
    """float32 (RANKS): how well positions of some groups fit, by their rank."""
    if reading.job is not None:
        asked = role_of(reading.job.named)
        value = _alike(asked.groups, other, sure=sure and asked.sure)
        return np.array([value * rank_share(asked.rank, rank) for rank in range(RANKS)], dtype=np.float32)
    best = np.zeros(RANKS, dtype=np.float32)
    for role, share in _held(reading):
        value = share * _alike(other, role.groups, sure=sure and role.sure)
        best = np.maximum(best, [value * rank_share(rank, role.rank) for rank in range(RANKS)]).astype(np.float32)
    return best


def _alike(asked: frozenset[str], held: frozenset[str], *, sure: bool) -> float:
    """About `likeness`, without the words of the titles: the middle of its band."""
    if not asked or not held:
        return _UNKNOWN
    least, span = bands(sure=sure)[nearness(asked, held)]
    return least + span / 2


@cache
def _groups() -> tuple[str, ...]:
    return tuple(sorted(occupations().near))


@cache
def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(_groups(), start=1)}


def starts_of(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """int64 (n + 1): where each card's positions begin, of the bytes that they take."""
    return np.cumsum(np.append(0, sizes // _FORM.itemsize))
