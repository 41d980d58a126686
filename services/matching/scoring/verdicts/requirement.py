"""The verdict on a whole requirement of a job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.asks import YEARS, Ask, AskedAmount
from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.terms import Weights, idf
from services.matching.scoring.verdicts.deciding import amount_found, degree_found, names_found, years_found
from services.matching.scoring.verdicts.judged import MET, Finding, Judged, all_of

Cover = npt.NDArray[np.float32]

# How likely it is that a unit answers a requirement: a logistic curve over the cosine of both and half the share of the
# requirement's words that the unit holds, fitted on requirements of jobs against resumes written for them and others.
_COVER_SHARE = 0.5
_SLOPE, _MIDDLE = 8.66, 6.68 / 8.66
# A position is about what is asked from this nearness on; those that are so much less near than the nearest one are of
# something else. What its title says counts whole, what its lines say a little less.
_SAME_WORK, _NEARLY, _LINES_SHARE = 0.5, 0.25, 0.9
# An amount belongs to what is asked where its line holds so much of its words, or is as near.
_RELATED, _RELATED_MEANING = 0.25, 0.4


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
        findings += _Asked(ask, near, cover, around).findings()
    return all_of(findings)


def in_words(near: Weights, cover: Cover) -> Finding:
    """What the words say and mean: the unit that answers best."""
    if not len(near):
        return Finding(0.0)
    worth = near + _COVER_SHARE * cover
    best = int(worth.argmax())
    return Finding(1.0 / (1.0 + math.exp(-_SLOPE * (float(worth[best]) - _MIDDLE))), (best,))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One thing that is asked, beside the resume: see `judged`."""

    ask: Ask
    near: Weights
    cover: Cover
    around: Surroundings

    def findings(self) -> list[Finding]:
        """What facts decide; where none is asked, what words do."""
        ask, held = self.ask, self.around.held
        found = names_found(ask, held, self._row_of)
        if (degree := degree_found(ask, held, self._row_of)) is not None:
            found.append(degree)
        if (years := years_found(ask, self._stations(), self._stated_years(), self._row_of)) is not None:
            found.append(years)
        found += [amount_found(each, held, self._is_related, self._row_of) for each in self._comparable_amounts()]
        if not found or (ask.amounts and not ask.names and ask.words):
            return [*found, in_words(self.near, self.cover)]
        if not ask.or_similar:
            return found
        other = in_words(self.near, self.cover)
        similar = Finding(min(other.strength, MET), other.rows)
        return [max(each, similar, key=lambda one: one.strength) for each in found]

    def _row_of(self, unit: int) -> int:
        return int(self.around.rows[unit])

    def _stations(self) -> list[HeldStation]:
        """The positions about what is asked: those that are nearly as near to it as the nearest."""
        if self.ask.years is None:
            return []
        stations = self.around.held.stations
        nearness = [self._nearness(each, title) for each, title in zip(stations, self.around.titles, strict=True)]
        least = max(max(nearness, default=0.0) - _NEARLY, _SAME_WORK)
        return [each for each, near in zip(stations, nearness, strict=True) if near >= least]

    def _nearness(self, station: HeldStation, title: float) -> float:
        """How much a position is about what is asked, 0-1: by its title, by what its lines say, by what they mean."""
        asked = set(self.ask.words)
        if not asked and not self.ask.names:
            return title
        rows = sorted({self._row_of(unit) for unit in range(*station.units)})
        by_title = sum(map(idf, asked & set(station.title))) / max(sum(map(idf, asked)), 1e-9)
        in_lines = float(self.cover[rows].max()) if rows else 0.0
        meaning = float(self.near[rows].max()) if rows else 0.0
        return max(by_title, _LINES_SHARE * in_lines, meaning)

    def _comparable_amounts(self) -> list[AskedAmount]:
        """What is asked in a unit that is known, or counts what the resume counts too."""
        counted = {each.measure for each in self.around.held.amounts}
        return [each for each in self.ask.amounts if not each.unit.startswith("of ") or each.unit in counted]

    def _stated_years(self) -> float | None:
        """The most years of this work that the resume names in words."""
        amounts = self.around.held.amounts
        return max(
            (each.value for each in amounts if each.measure == YEARS and self._is_related(each.unit)), default=None
        )

    def _is_related(self, unit: int) -> bool:
        """Whether a unit says something of what is asked."""
        row = self._row_of(unit)
        return bool(len(self.near) and (self.cover[row] >= _RELATED or self.near[row] >= _RELATED_MEANING))
