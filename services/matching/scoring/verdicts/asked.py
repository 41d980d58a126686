"""The verdict on one thing that a job asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.amounts import YEARS
from services.matching.scoring.facts.asks import Ask, AskedAmount
from services.matching.scoring.facts.held import Held, HeldStation, key_of
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.title_terms import title_terms
from services.matching.scoring.terms import Weights, idf
from services.matching.scoring.verdicts.deciding import amount_found, degree_found, hinted, names_found, years_found
from services.matching.scoring.verdicts.judged import LISTED_ALONE, MET, WORDS_ALONE, Finding, Judged, all_of
from services.matching.scoring.verdicts.worked import leading_found, work_found, worked

# How likely it is that a unit answers a requirement: a logistic curve over the cosine of both and half the share of the
# requirement's words that the unit holds, fitted on requirements of jobs against resumes written for them and others.
COVER_SHARE = 0.5
_SLOPE, _MIDDLE = 8.66, 6.68 / 8.66
# What a position's title says counts whole, what its lines say a little less.
_LINES_SHARE = 0.9
# What a position comes to that names what is asked.
_NAMED = 0.8
_PEOPLE = "people"
# An amount belongs to what is asked where its line holds so much of its words, or is as near.
_RELATED, _RELATED_MEANING = 0.25, 0.4


@dataclass(frozen=True, slots=True)
class Beside:
    """What is looked at in a resume of n telling units. `near` (n): cosines of the requirement with them; `cover` (n):
    the share of the words of what is asked that each holds; `titles` (n): cosines of what names the job. `in_words`:
    the strength by words alone. `trust`: see HeldRoles. `held`: the facts that the resume states.
    `wants_rows`: whether anybody asks which line it was that words decided by."""

    resume: ReadDocument
    near: Weights
    cover: Weights
    titles: Weights
    in_words: float
    trust: float
    held: Held
    wants_rows: bool = True


def word_strengths(worth: Weights) -> Weights:
    """Of the greatest sums of cosine and COVER_SHARE of the cover, of whatever shape: 0-1 each."""
    strengths: Weights = (1.0 / (1.0 + np.exp(-_SLOPE * (worth - _MIDDLE)))).astype(np.float32)
    return strengths


def trusted(found: Weights, worked: Weights, trust: Weights | float) -> Weights:
    """Strengths by words, of all units (`found`) and of those alone that tell of work (`worked`), as far as words are
    to be trusted: without trust, work is partial evidence at most and a list hardly any."""
    most_worked = np.float32(WORDS_ALONE) + np.float32(1.0 - WORDS_ALONE) * trust
    most_listed = np.float32(LISTED_ALONE) + np.float32(1.0 - LISTED_ALONE) * trust
    result: Weights = np.maximum(np.minimum(worked, most_worked), np.minimum(found, most_listed)).astype(np.float32)
    return result


def ask_judged(ask: Ask, beside: Beside) -> Judged:
    """What facts decide; where none is asked, what words do."""
    return all_of(_Asked(ask, beside).findings())


@dataclass(frozen=True, slots=True)
class _Asked:
    ask: Ask
    beside: Beside

    def findings(self) -> list[Finding]:
        ask, held, row_of = self.ask, self.beside.held, self.beside.resume.row_of
        found = names_found(ask, held, row_of, trust=self.beside.trust)
        if (degree := degree_found(ask, held, row_of)) is not None:
            found.append(degree)
        found += self._work_findings()
        amounts = [each for each in self._comparable_amounts() if not (ask.leads and each.unit == _PEOPLE)]
        counted = [amount_found(each, held, self._is_related, row_of) for each in amounts]
        found += counted
        if not found or (ask.amounts and ask.words and not (ask.names or ask.leads or ask.work)):
            return [*found, self._in_words(shown=bool(counted) and all(each.strength >= MET for each in counted))]
        if not ask.or_similar:
            return found
        other = self._in_words()
        similar = Finding(min(other.strength, MET), other.rows, by_facts=False)
        return [max(each, similar, key=lambda one: one.strength) for each in found]

    def _work_findings(self) -> list[Finding]:
        """What is asked of the positions held: for how long, as what, at the head of whom."""
        ask, held, row_of = self.ask, self.beside.held, self.beside.resume.row_of
        found: list[Finding] = []
        if ask.years is not None:
            positions = worked(ask.work, "" if ask.names else ask.job_title, held, self._nearness)
            years = years_found(ask, positions.same, positions.near, self._stated_years(), row_of)
            found.append(years)
        elif ask.work is not None and (ask.work.whole or not ask.leads):
            positions = worked(ask.work, "", held, self._nearness)
            found.append(work_found(ask.work, held, positions, self._in_words(), row_of))
        if ask.leads and (not found or ask.amounts):
            people = max((each.value for each in ask.amounts if each.unit == _PEOPLE), default=None)
            found.append(leading_found(people, held, row_of))
        return found

    def _in_words(self, *, shown: bool = False) -> Finding:
        """`shown`: an amount in a line about the same thing has shown as much."""
        near = self.beside.near
        rows: tuple[int, ...] = ()
        if self.beside.wants_rows and len(near):
            rows = (int(np.argmax(near + COVER_SHARE * self.beside.cover)),)
        best = Finding(self.beside.in_words, rows, by_facts=False)
        if self.ask.hints:
            best = hinted(self.ask, self.beside.held, best, self.beside.resume.row_of, trust=self.beside.trust)
        return Finding(max(best.strength, MET), best.rows, by_facts=False) if shown else best

    def _nearness(self, station: HeldStation) -> float:
        """How much a position is about what is asked, 0-1: by its title, by what its lines say, by what they mean."""
        if not self.ask.words and not self.ask.names:
            return self._at(self.beside.titles, station.titled)
        by_title = _share_in_title(tuple(self.ask.words), station.title)
        first, last = (self.beside.resume.row_of(unit) for unit in (station.units[0], station.units[1] - 1))
        lines = slice(first, last + 1)
        in_lines = float(self.beside.cover[lines].max(initial=0.0))
        meaning = float(self.beside.near[lines].max(initial=0.0))
        return max(by_title, _LINES_SHARE * in_lines, meaning, _NAMED if self._names_it(station) else 0.0)

    def _names_it(self, station: HeldStation) -> bool:
        """Whether a position names one of the things that are asked, in its title or lines: years of Java are such."""
        first, end = station.units
        title = title_terms(station.title)
        for each in chain.from_iterable(self.ask.names):
            one = self.beside.held.names.get(key_of(each.type, each.name))
            if one is not None and any(first <= unit < end for unit in one.units):
                return True
            if (terms := title_terms(each.name)) and terms <= title:
                return True
        return False

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


@lru_cache(maxsize=65_536)
def _share_in_title(words: tuple[str, ...], title: str) -> float:
    """0-1: how much of the weight of what is asked stands in a title."""
    asked = set(words)
    return sum(map(idf, asked & title_terms(title))) / max(sum(map(idf, asked)), 1e-9)


def best_rows(near: Weights, cover: Weights) -> tuple[int, ...]:
    """All units' rows, those first that answer best."""
    worth: npt.NDArray[np.float32] = near + COVER_SHARE * cover
    return tuple(np.argsort(-worth, kind="stable").tolist())
