"""How well each requirement of a job is answered by resumes: by facts where it asks for facts, else by words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.unit_kinds import Claim
from services.matching.scoring.signals.held_roles import HeldRoles
from services.matching.scoring.signals.stacked_stations import StackedStations
from services.matching.scoring.signals.words_found import WordsFound
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights
from services.matching.scoring.verdicts.asked import (
    COVER_SHARE,
    AskJudge,
    Beside,
    asks_of_positions,
    is_related,
    station_worth,
    trusted,
    word_strengths,
)
from services.matching.scoring.verdicts.judged import MET, MOST_PARTIAL, Judged

# Requirements looked at at a time: always as many, so that a resume's strengths are always the same to the last digit.
AT_ONCE = 128

Slots = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at in n resumes of u telling units, for a asks. `near` and `covers` float32 (u, a): cosines of
    their requirements, and the shares of their words; `in_words` float32 (n, a): their strengths by words alone, and
    `strengths` (n, a) by facts too; `about`: of an ask how much each position's lines are about it."""

    near: Weights
    covers: Weights
    in_words: Weights
    strengths: Weights
    about: dict[int, list[float]]


@dataclass(frozen=True, slots=True)
class Told:
    """Of one resume of u telling units, for a asks: `near` and `covers` (u, a) as Looked, and the verdicts."""

    near: Weights
    covers: Weights
    judged: list[Judged]


def requirement_strengths(look: Look, job: ReadDocument, resumes: int) -> Weights:
    """float32 (n, m): see `verdicts.judged`. Some requirements at a time, so that a job of thousands takes no more
    memory than another. Blocks, for some hundredths of a millisecond a resume."""
    strengths = np.zeros((resumes, len(job.job)), dtype=np.float32)
    for start, end in at_once(len(job.job)):
        first, last = int(job.ask_starts[start]), int(job.ask_starts[end])
        begins = job.ask_starts[start : end + 1] - first
        strengths[:, start:end] = all_asked(look.at(start, end).strengths, job.must_asks[first:last], begins)
    return strengths


class Look:
    """Looks at n resumes, whose u telling units and s positions are stacked, for what a job asks for. `titles` (u): the
    cosines of the units with what names the job; `roles`: see HeldRoles."""

    def __init__(
        self,
        job: ReadDocument,
        resumes: Sequence[ReadDocument],
        units: StackedUnits,
        words: WordsFound,
        stations: StackedStations,
        titles: Weights,
        roles: HeldRoles,
    ) -> None:
        self._job, self._resumes, self._units, self._stations = job, resumes, units, stations
        self._trust, self._belief = roles.trust, roles.belief
        self._words = words
        claims = [each.resume.claims[each.resume.telling] for each in resumes]
        self._claims = np.concatenate(claims)
        self._titles = np.nan_to_num(stations.at_titles(titles))
        # As Python has them, which are asked for thousands of times.
        self._bounds: list[int] = stations.starts.tolist()
        self._trusted: list[float] = self._trust.tolist()
        self._last: tuple[tuple[int, int], Looked] | None = None

    def at(self, start: int, end: int) -> Looked:
        """The requirements from `start` to before `end`; what was looked at last is remembered."""
        if self._last is None or self._last[0] != (start, end):
            self._last = None  # freed before the next one is made
            self._last = (start, end), self._looked(start, end)
        return self._last[1]

    def told(self, row: int, start: int, end: int) -> Told:
        """The same of one of the resumes, with what decided."""
        looked, asks = self.at(start, end), self._asks(start, end)
        lines = slice(int(self._units.starts[row]), int(self._units.starts[row + 1]))
        near, covers = looked.near[lines], looked.covers[lines]
        telling, held = self._resumes[row].resume.telling, self._resumes[row].resume.held
        best = telling[np.argmax(near + COVER_SHARE * covers, axis=0)].tolist() if len(telling) else []
        in_words = looked.in_words[row].tolist()
        judged = []
        for place, asked in enumerate(asks):
            shown_by = (best[place],) if best else ()
            if asked.leaves_words(held):
                judged.append(Judged(in_words[place], shown_by))
            else:
                judged.append(asked.judged(self._beside(looked, place, row, shown_by)))
        return Told(near, covers, judged)

    def _asks(self, start: int, end: int) -> list[AskJudge]:
        first, last = self._job.ask_starts[[start, end]].tolist()
        return self._job.once(_judges)[first:last]

    def _looked(self, start: int, end: int) -> Looked:
        job, asks = self._job, self._asks(start, end)
        first, last = int(job.ask_starts[start]), int(job.ask_starts[end])
        near = self._units.cosines(job.requirement_vectors[start:end])[:, job.ask_owners[first:last] - start]
        covers = covers_of(job, first, last, self._words.rows, self._words.columns, len(self._units.vectors))
        in_words = self._by_words(near + COVER_SHARE * covers)
        about = self._about(near, covers, {place: each.ask for place, each in enumerate(asks)})
        looked = Looked(near, covers, in_words, in_words.copy(), about)
        for place, asked in enumerate(asks):
            if asked.ask.is_of_words:
                continue
            for row, resume in enumerate(self._resumes):
                if not asked.leaves_words(resume.resume.held):
                    beside = self._beside(looked, place, row, ())
                    looked.strengths[row, place] = asked.judged(beside).strength
        return looked

    def _by_words(self, worth: Weights) -> Weights:
        """float32 (n, a): by the best unit, as far as words are to be trusted."""
        found = word_strengths(self._units.greatest(worth))
        if self._trust.min() >= 1.0:
            return found
        told = self._greatest(worth, Claim.BESIDE_WORK)
        worked = told if self._belief.min() >= 1.0 else self._greatest(worth, Claim.NONE)
        return trusted(
            found, told, worked, self._trust[:, None].astype(np.float32), self._belief[:, None].astype(np.float32)
        )

    def _greatest(self, worth: Weights, most: Claim) -> Weights:
        """float32 (n, a): the strengths by units that claim no more than that."""
        return word_strengths(self._units.greatest(np.where(self._claims[:, None] > most, np.float32(-1.0), worth)))

    def _about(self, near: Weights, covers: Weights, asks: dict[int, Ask]) -> dict[int, list[float]]:
        """Of each of these asks that positions decide, how much the lines of each position are about it."""
        places = [place for place, ask in asks.items() if asks_of_positions(ask)]
        if not places or not self._stations.stations:
            return {}
        nearest, most = self._stations.greatest(near[:, places]), self._stations.greatest(covers[:, places])
        titles = self._titles.astype(np.float64)
        return {
            place: station_worth(asks[place], nearest[:, at], most[:, at], titles).tolist()
            for at, place in enumerate(places)
        }

    def _beside(self, looked: Looked, place: int, row: int, shown_by: tuple[int, ...]) -> Beside:
        about = looked.about.get(place, ())
        return Beside(
            self._resumes[row].resume.held,
            about[self._bounds[row] : self._bounds[row + 1]],
            float(looked.in_words[row, place]),
            shown_by,
            self._trusted[row],
            partial(self._is_related, looked, place, row),
        )

    def _is_related(self, looked: Looked, place: int, row: int, unit: int) -> bool:
        at = self._resumes[row].row_of(unit)
        if not 0 <= at < len(self._resumes[row].resume.telling):
            return False
        at += int(self._units.starts[row])
        return is_related(float(looked.near[at, place]), float(looked.covers[at, place]))


def _judges(job: ReadDocument) -> list[AskJudge]:
    return [AskJudge(ask) for ask in job.flat_asks]


def covers_of(job: ReadDocument, first: int, last: int, rows: Slots, columns: Slots, units: int) -> Weights:
    """float32 (units, asks): the share of the words of the asks from `first` on that each unit holds; `rows` are units,
    `columns` the terms of the job that stand in them."""
    asks = last - first
    shares, owners, starts = job.ask_shares(first, last)
    counts = starts[columns + 1] - starts[columns]
    places = np.repeat(starts[columns] - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
    slots = np.repeat(rows, counts) * asks + owners[places]
    covers = np.bincount(slots, shares[places], minlength=units * asks)
    return covers.reshape(units, asks).astype(np.float32)


def all_asked(found: Weights, must: npt.NDArray[np.bool_], starts: Slots) -> Weights:
    """float32 (n, m): of the strengths (n, a) of single asks those of requirements, as `all_of` has it; requirement i
    asks for `starts[i]` to `starts[i + 1]`. What is only wished within a requirement counts in none that has a must."""
    if len(starts) - 1 == found.shape[1]:
        return found
    begins = starts[:-1]
    counted = must | ~np.logical_or.reduceat(must, begins)[np.repeat(np.arange(len(begins)), np.diff(starts))]
    weakest = np.minimum.reduceat(np.where(counted, found, np.float32(1.0)), begins, axis=1)
    numbers = np.add.reduceat(counted.astype(np.float32), begins)
    means = np.add.reduceat(np.where(counted, found, np.float32(0.0)), begins, axis=1) / numbers
    several = numbers > 1
    below = np.where(several, np.minimum(means, np.float32(MOST_PARTIAL)), weakest)
    result: Weights = np.where(weakest >= MET, weakest, below).astype(np.float32)
    return result


def at_once(requirements: int) -> Iterator[tuple[int, int]]:
    """Which requirements, from and to before which, are looked at at a time."""
    for start in range(0, requirements, AT_ONCE):
        yield start, min(start + AT_ONCE, requirements)
