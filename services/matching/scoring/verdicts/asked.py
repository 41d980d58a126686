"""The verdict on one thing that a job asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from services.matching.scoring.facts.amounts import YEARS
from services.matching.scoring.facts.asks import Ask, AskedAmount
from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.roles.title_terms import title_terms
from services.matching.scoring.terms import Weights, idf
from services.matching.scoring.verdicts.deciding import (
    TELLING,
    amount_found,
    degree_found,
    hinted,
    names_found,
    years_found,
)
from services.matching.scoring.verdicts.judged import LISTED_ALONE, MET, WORDS_ALONE, Finding, Judged, all_of, strongest
from services.matching.scoring.verdicts.worked import MOST_TITLES, WorkSought, leading_found, work_found

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

Values = npt.NDArray[np.float64]


@dataclass(slots=True)
class Beside:
    """What is looked at in a resume, for one thing that is asked. `held`: the facts that the resume states. `about`: of
    each position held how much its lines are about what is asked, 0-1 (see `station_worth`); empty where nobody asks
    for positions. `in_words`: the strength by words alone, and the unit that shows it best, where anybody asks for
    that (`shown_by`). `trust`: see HeldRoles. `is_related`: whether a unit says something of what is asked."""

    held: Held
    about: Sequence[float]
    in_words: float
    shown_by: tuple[int, ...]
    trust: float
    is_related: Callable[[int], bool]


def word_strengths(worth: Weights) -> Weights:
    """Of the greatest sums of cosine and COVER_SHARE of the cover, of whatever shape: 0-1 each."""
    strengths: Weights = (1.0 / (1.0 + np.exp(-_SLOPE * (worth - _MIDDLE)))).astype(np.float32)
    return strengths


def trusted(found: Weights, told: Weights, worked: Weights, trust: Weights, belief: Weights) -> Weights:
    """Strengths by words, as far as words are to be trusted: without trust, `worked`, by lines that tell of work, is
    partial evidence at most, and `found`, by all lines, hardly any; `told`, by all but lists, is as much as by work as
    far as claims are believed (`belief`)."""
    most_worked = np.float32(WORDS_ALONE) + np.float32(1.0 - WORDS_ALONE) * trust
    most_listed = np.float32(LISTED_ALONE) + np.float32(1.0 - LISTED_ALONE) * trust
    most_told = np.float32(LISTED_ALONE) + (most_worked - np.float32(LISTED_ALONE)) * belief
    by_work = np.maximum(np.minimum(worked, most_worked), np.minimum(told, most_told))
    result: Weights = np.maximum(by_work, np.minimum(found, most_listed)).astype(np.float32)
    return result


def asks_of_positions(ask: Ask) -> bool:
    """Whether the positions held decide it."""
    return ask.years is not None or ask.work is not None


def station_worth(ask: Ask, near: Values, cover: Values, titles: Values) -> Values:
    """float64 (s): how much the lines of each of s positions are about what is asked. `near` and `cover` (s): their
    greatest cosine with the requirement, and the greatest share of its words that one of them holds; `titles` (s): the
    cosines of their titles with what names the job."""
    return np.maximum(_LINES_SHARE * cover, near) if ask.words or ask.names else titles


def is_related(near: float, cover: float) -> bool:
    """Whether a unit says something of what is asked, by its cosine and the share of the words that it holds."""
    return cover >= _RELATED or near >= _RELATED_MEANING


class AskJudge:
    """One thing that a job asks for, to be judged for many resumes."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._words = tuple(ask.words)
        self._by_words_too = bool(ask.amounts and ask.words and not (ask.names or ask.leads or ask.work))
        self._people = max((each.value for each in ask.amounts if each.unit == _PEOPLE), default=None)
        self._amounts = [each for each in ask.amounts if not (ask.leads and each.unit == _PEOPLE)]
        only_hints = replace(ask, hints=[]).is_of_words
        certain = any(each.short and each.share >= TELLING for each in ask.hints)
        self._hinted = frozenset(each.key for each in ask.hints) if only_hints and not certain else None
        self._work = WorkSought(ask.work, "" if ask.names or ask.years is None else ask.job_title)
        # By their titles, how much of what is asked stands in them.
        self._in_titles: dict[str, float] = {}
        self._named = [(each.key, title_terms(each.name)) for each in chain.from_iterable(ask.names)]

    def leaves_words(self, held: Held) -> bool:
        """Whether words decide as they are: no fact is asked, and the resume says nothing of names that are only hinted
        at."""
        hinted = self._hinted
        return hinted is not None and hinted.isdisjoint(held.names) and hinted.isdisjoint(held.denied)

    def judged(self, beside: Beside) -> Judged:
        """What facts decide; where none is asked, what words do."""
        return all_of(self._findings(beside))

    def _findings(self, beside: Beside) -> list[Finding]:
        ask, held = self.ask, beside.held
        found = names_found(ask, held, trust=beside.trust) if ask.names else []
        if (degree := degree_found(ask, held)) is not None:
            found.append(degree)
        if ask.leads or asks_of_positions(ask):
            found += self._work_findings(beside)
        counted = [amount_found(each, held, beside.is_related) for each in self._comparable_amounts(held)]
        found += counted
        if not found or self._by_words_too:
            shown = bool(counted) and all(each.strength >= MET for each in counted)
            return [*found, self._in_words(beside, shown=shown)]
        if not ask.or_similar:
            return found
        other = self._in_words(beside)
        similar = Finding(min(other.strength, MET), other.units, by_facts=False)
        return [strongest([each, similar]) for each in found]

    def _work_findings(self, beside: Beside) -> list[Finding]:
        """What is asked of the positions held: for how long, as what, at the head of whom."""
        ask, held = self.ask, beside.held
        found: list[Finding] = []

        def usual(place: int) -> float:
            return self._nearness(place, beside)

        if ask.years is not None:
            positions = self._work.worked(held, usual)
            stated = partial(_stated_years, beside)
            found.append(years_found(ask, positions.same, positions.near, stated, trust=beside.trust))
        elif ask.work is not None and (ask.work.whole or not ask.leads):
            positions = self._work.worked(held, usual)
            found.append(work_found(ask.work, held, positions, partial(self._in_words, beside)))
        if ask.leads and (not found or ask.amounts):
            found.append(leading_found(self._people, held))
        return found

    def _in_words(self, beside: Beside, *, shown: bool = False) -> Finding:
        """`shown`: an amount in a line about the same thing has shown as much."""
        best = Finding(beside.in_words, beside.shown_by, by_facts=False)
        if self.ask.hints:
            best = hinted(self.ask, beside.held, best, trust=beside.trust)
        return Finding(max(best.strength, MET), best.units, by_facts=False) if shown else best

    def _nearness(self, place: int, beside: Beside) -> float:
        """How much a position is about what is asked, 0-1: by its title, by what its lines say, by what they mean."""
        by_lines = beside.about[place]
        if not self._words and not self._named:
            return by_lines
        station = beside.held.stations[place]
        by_title = self._in_titles.get(station.title)
        if by_title is None:
            if len(self._in_titles) >= MOST_TITLES:
                self._in_titles.clear()
            by_title = self._in_titles[station.title] = _share_in_title(self._words, station.title)
        found = max(by_title, by_lines)
        return max(found, _NAMED) if found < _NAMED and self._names_it(station, beside.held) else found

    def _names_it(self, station: HeldStation, held: Held) -> bool:
        """Whether a position names one of the things that are asked, in its title or lines: years of Java are such."""
        first, end = station.units
        title = title_terms(station.title)
        for key, terms in self._named:
            one = held.names.get(key)
            if one is not None and any(first <= unit < end for unit in one.units):
                return True
            if terms and terms <= title:
                return True
        return False

    def _comparable_amounts(self, held: Held) -> list[AskedAmount]:
        """What is asked in a unit that is known, or counts what the resume counts too."""
        if not self._amounts:
            return []
        counted = {each.measure for each in held.amounts}
        return [each for each in self._amounts if not each.unit.startswith("of ") or each.unit in counted]


def _stated_years(beside: Beside) -> float | None:
    """The most years of this work that the resume names in words."""
    amounts = beside.held.amounts
    return max((each.value for each in amounts if each.measure == YEARS and beside.is_related(each.unit)), default=None)


def _share_in_title(words: tuple[str, ...], title: str) -> float:
    """0-1: how much of the weight of what is asked stands in a title."""
    asked = set(words)
    return sum(map(idf, asked & title_terms(title))) / max(sum(map(idf, asked)), 1e-9)


def best_rows(near: Weights, cover: Weights) -> tuple[int, ...]:
    """All units' rows, those first that answer best."""
    worth: npt.NDArray[np.float32] = near + COVER_SHARE * cover
    return tuple(np.argsort(-worth, kind="stable").tolist())
