"""The verdict on one thing that a job asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.asks import YEARS, Ask, AskedAmount
from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.title_terms import title_terms
from services.matching.scoring.terms import Weights, idf
from services.matching.scoring.verdicts.deciding import amount_found, degree_found, hinted, names_found, years_found
from services.matching.scoring.verdicts.judged import MET, Finding, Judged, all_of

# How likely it is that a unit answers a requirement: a logistic curve over the cosine of both and half the share of the
# requirement's words that the unit holds, fitted on requirements of jobs against resumes written for them and others.
COVER_SHARE = 0.5
_SLOPE, _MIDDLE = 8.66, 6.68 / 8.66
# A position is about what is asked from this nearness on; those that are so much less near than the nearest one are of
# something else. What its title says counts whole, what its lines say a little less.
_SAME_WORK, _NEARLY, _LINES_SHARE = 0.5, 0.25, 0.9
# An amount belongs to what is asked where its line holds so much of its words, or is as near.
_RELATED, _RELATED_MEANING = 0.25, 0.4


@dataclass(frozen=True, slots=True)
class Beside:
    """What is looked at in a resume of n telling units. `near` (n): cosines of the requirement with them; `cover` (n):
    the share of the words of what is asked that each holds; `titles` (n): cosines of what names the job. `in_words`:
    the strength by words alone."""

    resume: ReadDocument
    near: Weights
    cover: Weights
    titles: Weights
    in_words: float

    @property
    def held(self) -> Held:
        """The facts that the resume states."""
        return self.resume.resume.held


def word_strengths(worth: Weights) -> Weights:
    """Of the greatest sums of cosine and COVER_SHARE of the cover, of whatever shape: 0-1 each."""
    strengths: Weights = (1.0 / (1.0 + np.exp(-_SLOPE * (worth - _MIDDLE)))).astype(np.float32)
    return strengths


def ask_judged(ask: Ask, beside: Beside) -> Judged:
    """What facts decide; where none is asked, what words do."""
    return all_of(_Asked(ask, beside).findings())


@dataclass(frozen=True, slots=True)
class _Asked:
    ask: Ask
    beside: Beside

    def findings(self) -> list[Finding]:
        ask, held, row_of = self.ask, self.beside.held, self.beside.resume.row_of
        found = names_found(ask, held, row_of)
        if (degree := degree_found(ask, held, row_of)) is not None:
            found.append(degree)
        if (years := years_found(ask, self._stations(), self._stated_years(), row_of)) is not None:
            found.append(years)
        found += [amount_found(each, held, self._is_related, row_of) for each in self._comparable_amounts()]
        if not found or (ask.amounts and not ask.names and ask.words):
            return [*found, self._in_words()]
        if not ask.or_similar:
            return found
        other = self._in_words()
        similar = Finding(min(other.strength, MET), other.rows, by_facts=False)
        return [max(each, similar, key=lambda one: one.strength) for each in found]

    def _in_words(self) -> Finding:
        rows = best_rows(self.beside.near, self.beside.cover)[:1]
        words = Finding(self.beside.in_words, rows, by_facts=False)
        return hinted(self.ask, self.beside.held, words, self.beside.resume.row_of) if self.ask.hints else words

    def _stations(self) -> list[HeldStation]:
        """The positions about what is asked: those that are nearly as near to it as the nearest."""
        if self.ask.years is None:
            return []
        stations = self.beside.held.stations
        nearness = [self._nearness(each) for each in stations]
        least = max(max(nearness, default=0.0) - _NEARLY, _SAME_WORK)
        return [each for each, near in zip(stations, nearness, strict=True) if near >= least]

    def _nearness(self, station: HeldStation) -> float:
        """How much a position is about what is asked, 0-1: by its title, by what its lines say, by what they mean."""
        asked = set(self.ask.words)
        if not asked and not self.ask.names:
            return self._at(self.beside.titles, station.titled)
        by_title = sum(map(idf, asked & title_terms(station.title))) / max(sum(map(idf, asked)), 1e-9)
        first, last = (self.beside.resume.row_of(unit) for unit in (station.units[0], station.units[1] - 1))
        lines = slice(first, last + 1)
        in_lines = float(self.beside.cover[lines].max(initial=0.0))
        meaning = float(self.beside.near[lines].max(initial=0.0))
        return max(by_title, _LINES_SHARE * in_lines, meaning)

    def _comparable_amounts(self) -> list[AskedAmount]:
        """What is asked in a unit that is known, or counts what the resume counts too."""
        if not self.ask.amounts:
            return []
        counted = {each.measure for each in self.beside.held.amounts}
        return [each for each in self.ask.amounts if not each.unit.startswith("of ") or each.unit in counted]

    def _stated_years(self) -> float | None:
        """The most years of this work that the resume names in words."""
        if self.ask.years is None:
            return None
        amounts = self.beside.held.amounts
        return max(
            (each.value for each in amounts if each.measure == YEARS and self._is_related(each.unit)), default=None
        )

    def _is_related(self, unit: int) -> bool:
        """Whether a unit says something of what is asked."""
        row = self.beside.resume.row_of(unit)
        return self._at(self.beside.cover, unit) >= _RELATED or (
            0 <= row < len(self.beside.near) and float(self.beside.near[row]) >= _RELATED_MEANING
        )

    def _at(self, values: Weights, unit: int) -> float:
        row = self.beside.resume.row_of(unit)
        return float(values[row]) if 0 <= row < len(values) else 0.0


def best_rows(near: Weights, cover: Weights) -> tuple[int, ...]:
    """All units' rows, those first that answer best."""
    worth: npt.NDArray[np.float32] = near + COVER_SHARE * cover
    return tuple(np.argsort(-worth, kind="stable").tolist())
