"""The verdict on a whole requirement of a job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.asks import Ask, AskedAmount
from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.terms import Weights, idf
from services.matching.scoring.verdicts.deciding import amount_found, degree_found, names_found, years_found
from services.matching.scoring.verdicts.judged import MET, Finding, Judged, all_of

Cover = npt.NDArray[np.float32]

# How likely it is that a unit answers a requirement: a logistic curve over the cosine of both and half the share of the
# requirement's words that the unit holds, fitted on requirements of jobs against resumes written for them and others.
_COVER_SHARE = 0.5
_SLOPE, _MIDDLE = 8.66, 6.68 / 8.66
# A station tells of what is asked where it says half of its words, or is as near as this.
_SAME_WORK = 0.5
# Those that are so much less near than the nearest one are of something else.
_NEARLY = 0.25
# An amount belongs to what is asked where its line says something of it.
_RELATED = 0.25


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What verdicts on a resume look at beside the requirement. `rows`: of each unit its row among the telling ones,
    that of the one before where it is none. `titles` (stations): the cosine of the job's title with each station's."""

    held: Held
    rows: npt.NDArray[np.intp]
    titles: Sequence[float]


def judged(asks: Sequence[Ask], near: Weights, covers: Sequence[Cover], around: Surroundings) -> Judged:
    """`near` (n): cosines of the requirement with the resume's telling units; `covers`: of each ask (n) the shares of
    its words that each unit holds."""
    findings: list[Finding] = []
    for ask, cover in zip(asks, covers, strict=True):
        findings += _findings(ask, near, cover, around)
    return all_of(findings)


def in_words(near: Weights, cover: Cover) -> Finding:
    """What the words say and mean: the unit that answers best."""
    if not len(near):
        return Finding(0.0)
    worth = near + _COVER_SHARE * cover
    best = int(worth.argmax())
    return Finding(1.0 / (1.0 + math.exp(-_SLOPE * (float(worth[best]) - _MIDDLE))), (best,))


def _findings(ask: Ask, near: Weights, cover: Cover, around: Surroundings) -> list[Finding]:
    def row_of(unit: int) -> int:
        return int(around.rows[unit])

    found = names_found(ask, around.held, row_of)
    if (degree := degree_found(ask, around.held, row_of)) is not None:
        found.append(degree)
    if ask.years is not None:
        stations = _stations(ask, near, cover, around, row_of)
        years = years_found(ask, stations, _stated_years(ask, around.held, near, cover, row_of), row_of)
        assert years is not None
        found.append(years)
    for amount in _comparable(ask, around.held):
        found.append(amount_found(amount, around.held, lambda unit: _is_related(unit, near, cover, row_of), row_of))
    if not found or (ask.amounts and not ask.names and ask.words):
        found.append(in_words(near, cover))
    elif ask.or_similar:
        other = in_words(near, cover)
        found = [
            max(each, Finding(min(other.strength, MET), other.rows), key=lambda one: one.strength) for each in found
        ]
    return found


def _stations(ask: Ask, near: Weights, cover: Cover, around: Surroundings, row_of) -> list[HeldStation]:  # type: ignore[no-untyped-def]
    """The positions about what is asked: those that are nearly as near to it as the nearest."""
    told = [
        (_nearness(ask, station, around.titles[place], near, cover, row_of), station)
        for place, station in enumerate(around.held.stations)
    ]
    nearest = max((nearness for nearness, _ in told), default=0.0)
    if nearest < _SAME_WORK:
        return []
    return [station for nearness, station in told if nearness >= max(nearest - _NEARLY, _SAME_WORK)]


def _nearness(ask: Ask, station: HeldStation, title: float, near: Weights, cover: Cover, row_of) -> float:  # type: ignore[no-untyped-def]
    """How much a position is about what is asked, 0-1: by its title, by what its lines say, by what they mean."""
    asked = set(ask.words)
    first, last = station.units
    rows = sorted({row_of(unit) for unit in range(first, last)})
    if not asked and not ask.names:
        return title
    by_title = sum(map(idf, asked & set(station.title))) / max(sum(map(idf, asked)), 1e-9)
    in_lines = float(cover[rows].max()) if rows else 0.0
    meaning = float(near[rows].max()) if rows else 0.0
    return max(by_title, 0.9 * in_lines, meaning)


def _comparable(ask: Ask, held: Held) -> list[AskedAmount]:
    """What is asked in a unit that is known, or counts what the resume counts too."""
    counted = {each.kind for each in held.amounts}
    return [each for each in ask.amounts if not each.unit.startswith("of ") or each.unit in counted]


def _stated_years(ask: Ask, held: Held, near: Weights, cover: Cover, row_of) -> float | None:  # type: ignore[no-untyped-def]
    told = [each.value for each in held.amounts if each.kind == "years" and _is_related(each.unit, near, cover, row_of)]
    return max(told, default=None)


def _is_related(unit: int, near: Weights, cover: Cover, row_of) -> bool:  # type: ignore[no-untyped-def]
    row = row_of(unit)
    return bool(len(near) and (cover[row] >= _RELATED or near[row] >= _SAME_WORK - 0.1))
