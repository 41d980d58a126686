"""The positions of a document in some bytes of its card: what their titles say, and about what their lines mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.scoring.choosing.unit_signs import Signs, packed_signs, unpacked_signs
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.readings import Reading
from services.matching.scoring.reading.unit_vectors import UnitVectors
from services.matching.scoring.roles.occupations import occupations
from services.matching.scoring.roles.role import Role, role_of
from services.matching.scoring.signals.held_roles import headline_share, last_months, recencies
from services.matching.scoring.term_hashes import ShortHashes, shortened, term_hashes
from services.matching.scoring.terms import idf

# Words of a title that are kept, the most telling ones.
_WORDS = 4
# Of each position: its group of occupations by its place in the list, 0 for none; its rank, with SURE where the group
# is named and not only concluded, and LINED where the text has a line of it; how much it counts; the hashes of its
# words, 0 for none, with HEAD where one is the word for the occupation and not its field. Behind that the signs of its
# line's vector.
_FORM = np.dtype([("group", "<u2"), ("rank", "u1"), ("share", "u1"), ("words", "<u4", _WORDS)])
_SURE, _LINED, _RANKS = 0x80, 0x40, 0x3F
_HEAD = np.uint32(0x8000_0000)
_WHOLE = 255
# Positions of a resume, and groups of one position, that are kept.
_MOST = 16

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NamedRole:
    """A position that a document names: how much it counts, 0-1, and the vector of its line, if it has one."""

    role: Role
    share: float
    line: Vectors | None


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """p positions of cards: `groups` (p) by their places in the list, 0 for none; `sure`, `lined`, `ranks`, `shares`
    (p); `words` uint32 (p, w), 0 for none, and `heads` (p, w), which of them are no field; `signs` of the lines."""

    groups: npt.NDArray[np.int64]
    sure: npt.NDArray[np.bool_]
    lined: npt.NDArray[np.bool_]
    ranks: npt.NDArray[np.int64]
    shares: Values
    words: ShortHashes
    heads: npt.NDArray[np.bool_]
    signs: Signs

    def __len__(self) -> int:
        return len(self.groups)


def named_roles(reading: Reading, units: UnitVectors) -> list[NamedRole]:
    """What a resume calls itself and the positions it names, the latest first, or the one that a job names."""
    if reading.job is not None:
        title = reading.job.title
        line = reading.head if title is None else units.at(np.array([title]))[0]
        return [NamedRole(role_of(reading.job.named), 1.0, line if len(line) else None)]
    assert reading.resume is not None
    held, telling = reading.resume.held, reading.resume.telling
    share = headline_share(held)
    called = [NamedRole(role_of(held.headline), share, None)] if share else []
    lasts = last_months(held.stations)
    shares = recencies(lasts, float(np.nan_to_num(lasts).max(initial=0.0))).tolist()
    titled = [(each, counts) for each, counts in zip(held.stations, shares, strict=True) if each.title]
    rows = np.maximum(np.searchsorted(telling, [each.titled for each, _ in titled], side="right") - 1, 0)
    lines = units.at(telling[rows]) if len(telling) else [None] * len(titled)
    found = [NamedRole(role_of(each.title), counts, line) for (each, counts), line in zip(titled, lines, strict=True)]
    # No title of long ago displaces what somebody calls themselves.
    return [*called, *sorted(found, key=lambda each: -each.share)]


def groups_of(roles: Sequence[NamedRole]) -> dict[str, float]:
    """The groups of occupations that a document names, with what each counts, 0-1."""
    found: dict[str, float] = {}
    for each in roles:
        for name in sorted(each.role.groups):
            found[name] = max(found.get(name, 0.0), each.share)
    return found


def packed_roles(roles: Sequence[NamedRole], dimension: int) -> bytes:
    """The first of them, in the form of a card, whose vectors have this dimension."""
    nothing = packed_signs(np.zeros((1, dimension), dtype=np.float32))
    found = [
        np.array([entry], dtype=_FORM).tobytes() + (nothing if each.line is None else packed_signs(each.line[None]))
        for each in roles
        for entry in _entries(each)
    ]
    return b"".join(found[:_MOST])


def unpacked_roles(data: bytes, dimension: int) -> Positions:
    """The positions of one card, or of several one behind the other."""
    rows = np.frombuffer(data, np.uint8).reshape(-1, bytes_of_role(dimension))
    told: npt.NDArray[Any] = np.ascontiguousarray(rows[:, : _FORM.itemsize]).view(_FORM)[:, 0]
    words = told["words"]
    return Positions(
        groups=told["group"].astype(np.int64),
        sure=(told["rank"] & _SURE) > 0,
        lined=(told["rank"] & _LINED) > 0,
        ranks=(told["rank"] & _RANKS).astype(np.int64),
        shares=told["share"] / _WHOLE,
        words=words & ~_HEAD,
        heads=(words & _HEAD) > 0,
        signs=unpacked_signs(np.ascontiguousarray(rows[:, _FORM.itemsize :]).tobytes(), dimension),
    )


def bytes_of_role(dimension: int) -> int:
    """How many bytes a position takes on a card."""
    return _FORM.itemsize + -(-dimension // 8)


def place_of(group: str) -> int:
    """A group's place in the list, from 1 on; 0 where it is not in it."""
    return _places().get(group, 0)


@cache
def listed_groups() -> tuple[str, ...]:
    """All groups of occupations; the first has place 1."""
    return tuple(sorted(occupations().near))


def words_of(role: Role) -> tuple[ShortHashes, npt.NDArray[np.bool_]]:
    """uint32 (w), bool (w): the hashes of a title's words, as cards have them, and which of them are no field."""
    words = sorted(role.words, key=idf, reverse=True)[:_WORDS]
    heads = np.array([word not in role.field for word in words], dtype=np.bool_)
    return shortened(term_hashes(words)) & ~_HEAD, heads


def _entries(named: NamedRole) -> Iterator[tuple[int, int, int, npt.NDArray[np.uint32]]]:
    role = named.role
    rank = role.rank | (_SURE if role.sure else 0) | (0 if named.line is None else _LINED)
    hashes, heads = words_of(role)
    words = np.zeros(_WORDS, dtype=np.uint32)
    words[: len(hashes)] = hashes | np.where(heads, _HEAD, np.uint32(0))
    for name in sorted(role.groups) or [""]:
        yield place_of(name), rank, round(named.share * _WHOLE), words


@cache
def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(listed_groups(), start=1)}
