"""Which of the positions held are the work that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache

from services.matching.scoring.facts.asks import AskedWorkOf
from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.roles.rank import IN_TRAINING, LEADING, PLAIN
from services.matching.scoring.roles.role import Role, role_of
from services.matching.scoring.roles.title_terms import title_terms
from services.matching.scoring.terms import idf
from services.matching.scoring.verdicts.deciding import titled
from services.matching.scoring.verdicts.judged import MET, PARTIAL, Finding, strongest

# A position is about what is asked from this nearness on; those that are so much less near than the nearest one are of
# something else.
SAME_WORK, _NEARLY = 0.5, 0.25
# How strongly a position of the occupation shows that somebody has worked in it, one that is near or ranks lower, and
# what a resume calls itself.
_SAME, _NEAR, _CALLED = 1.0, 0.4, 0.6
# Steps between groups of occupations, see `nearness`.
_SAME_GROUP, _NEAR_GROUP, _NEAR_TO_A_THIRD = 0, 1, 2

# A title that holds as many words of what is asked, and as much of them, is it by whatever group; beside it others of
# the group that share so little are something else.
_MANY_WORDS, _ALL_OF_THEM, _LITTLE, _HALF = 3, 0.9, 0.34, 0.5

# Titles of which is remembered what they are beside what is asked.
MOST_TITLES = 1_024
# Of a position, by its place among those held.
Nearness = Callable[[int], float]


class _Kind(Enum):
    """What a position is beside the work that is asked for."""

    SAME = auto()
    NEAR = auto()
    OTHER = auto()
    UNKNOWN = auto()


@dataclass(slots=True)
class Worked:
    """Positions that are the work that is asked for, and such as are near to it or rank lower. `known`: of all
    positions the occupation is known."""

    same: list[HeldStation] = field(default_factory=list)
    near: list[HeldStation] = field(default_factory=list)
    known: bool = True


class WorkSought:
    """Work that is asked for, among the positions of one resume after the other; `job_title`: see Ask."""

    def __init__(self, work: AskedWorkOf | None, job_title: str = "") -> None:
        self._title, self._rank = ("", PLAIN) if work is None else (work.title, work.rank)
        self._is_trade = work is not None and not work.named
        self._is_named = work is not None and work.named and len(title_terms(work.title)) > 1
        # Who leads people has the rank, whatever the title; but a sous chef is no head chef.
        self._any_leader = self._rank == LEADING and (not self._title or role_of(self._title).rank == PLAIN)
        own = AskedWorkOf(job_title, True, False, PLAIN)
        self._own = WorkSought(own) if work is None and job_title else None
        # By their titles, of which positions have the same few.
        self._told: dict[str, tuple[_Kind, int]] = {}

    def worked(self, held: Held, usual: Nearness) -> Worked:
        """Tells positions apart by their occupations; where these are not known, by their `usual` nearness, 0-1. Where
        no position is what the text asks for, those of the job's own occupation are near to it."""
        found = self._by_occupation(held, usual)
        if self._own is not None and not found.same:
            found.near += self._own._by_occupation(held, lambda place: 0.0).same
        if not self._is_named or not found.same:
            return found
        shares = [_shared(self._title, each.title) for each in found.same]
        if max(shares) >= _ALL_OF_THEM:
            found.near += [each for each, share in zip(found.same, shares, strict=True) if share < _LITTLE]
            found.same = [each for each, share in zip(found.same, shares, strict=True) if share >= _LITTLE]
        return found

    def _by_occupation(self, held: Held, usual: Nearness) -> Worked:
        found, rank = Worked(), self._rank
        unknown: list[int] = []
        for place, station in enumerate(held.stations):
            told = self._told.get(station.title) or self._tell(station.title)
            if told[0] is _Kind.UNKNOWN:
                unknown.append(place)
            elif told[0] is _Kind.SAME and (told[1] >= rank or (self._any_leader and _leads(held, station))):
                found.same.append(station)
            elif told[0] is not _Kind.OTHER:
                found.near.append(station)
        if unknown:
            found.known = False
            nearest = [usual(place) for place in unknown]
            least = max(max(nearest) - _NEARLY, SAME_WORK)
            for place, near in zip(unknown, nearest, strict=True):
                if near >= least:
                    station = held.stations[place]
                    is_high = rank <= LEADING or role_of(station.title).rank >= rank
                    (found.same if is_high else found.near).append(station)
        return found

    def _tell(self, title: str) -> tuple[_Kind, int]:
        if len(self._told) >= MOST_TITLES:
            self._told.clear()
        told = self._told[title] = _told_by_title(self._title, self._rank, title, is_trade=self._is_trade)
        return told


@lru_cache(maxsize=65_536)
def _shared(asked: str, title: str) -> float:
    """How much of what is asked the title of a position says, 0-1."""
    words = title_terms(asked)
    return sum(map(idf, words & title_terms(title))) / max(sum(map(idf, words)), 1e-9)


def _told_by_title(asked: str, rank: int, title: str, *, is_trade: bool) -> tuple[_Kind, int]:
    """What a position is by its title, beside work that is asked for ("" for none) of some rank, and its own rank."""
    held = role_of(title)
    if held.rank == IN_TRAINING and rank != IN_TRAINING:
        return _Kind.OTHER, held.rank
    steps = _steps(role_of(asked), held) if asked else _SAME_GROUP if rank > PLAIN else None
    if asked and steps and _is_titled(asked, title):
        steps = _SAME_GROUP
    if steps is not None and steps > _NEAR_TO_A_THIRD and is_trade and _shared(asked, title) >= _HALF:
        steps = _SAME_GROUP
    if steps is None or (is_trade and steps == _NEAR_TO_A_THIRD):
        return _Kind.UNKNOWN, held.rank
    if steps == _SAME_GROUP or (steps == _NEAR_GROUP and is_trade):
        return _Kind.SAME, held.rank
    return _Kind.NEAR if steps == _NEAR_GROUP else _Kind.OTHER, held.rank


def _is_titled(asked: str, title: str) -> bool:
    return len(title_terms(asked)) >= _MANY_WORDS and _shared(asked, title) >= _ALL_OF_THEM


def _steps(asked: Role, held: Role) -> int | None:
    """None where one of both occupations is not known."""
    if not asked.groups or not held.groups:
        return None
    steps = nearness(asked.groups, held.groups)
    return steps if steps == _SAME_GROUP or held.sure else None


def _leads(held: Held, station: HeldStation) -> bool:
    first, end = station.units
    return any(each.fully and first <= each.unit < end for each in held.leads)


def work_found(work: AskedWorkOf, held: Held, found: Worked, in_words: Callable[[], Finding]) -> Finding:
    """Whether somebody has done the work that is asked for; where positions leave that open, `in_words` tells."""
    if found.same:
        return Finding(_SAME, titled(found.same), None)
    asked = role_of(work.title)
    if found.near:
        by_role = Finding(_NEAR, titled(found.near), f"asks for work as {work.title}; near to it found")
        return by_role if work.named else strongest([in_words(), by_role])
    by_words = in_words()
    if not held.stations and held.headline and _steps(asked, role_of(held.headline)) == _SAME_GROUP:
        return Finding(max(_CALLED, by_words.strength), (0,), None)
    if not work.whole or not found.known or not held.stations:
        return by_words
    # Whoever worked as something else, and was never called that, has words of it at most.
    return Finding(min(by_words.strength, PARTIAL - 1e-3), (), f"asks for work as {work.title}; none found")


def leading_found(people: float | None, held: Held) -> Finding:
    """Whether somebody has led people, as many as `people`, where that many are asked for: by what the resume says of
    it, or by the title of a position."""
    heads = [each for each in held.stations if role_of(each.title).rank >= LEADING]
    counts = [each.people for each in held.leads if each.fully and each.people is not None]
    counts += [each.value for each in held.amounts if each.measure == "people" and _lies_in(each.unit, heads)]
    fully = [each.unit for each in held.leads if each.fully]
    units = (*fully, *titled(heads))
    if people is not None and units:
        most = max(counts, default=None)
        if most is None:
            return Finding(_NEAR, units, f"asks for {people:g} people led; no number found")
        if most < people:
            share = max(PARTIAL, min(most / people, 1.0) * MET) - 1e-3 * (most / people < PARTIAL)
            return Finding(min(share, MET - 1e-3), units, f"asks for {people:g} people led; {most:g} found")
    if fully or heads:
        return Finding(_SAME if fully else _CALLED + 0.2, units, None)
    helped = tuple([each.unit for each in held.leads])
    return Finding(_NEAR if helped else 0.0, helped, None if helped else "asks to have led people; none found")


def _lies_in(unit: int, stations: Sequence[HeldStation]) -> bool:
    return any(each.units[0] <= unit < each.units[1] for each in stations)
