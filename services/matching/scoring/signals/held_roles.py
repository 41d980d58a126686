"""How well somebody who held these positions knows the work that a job names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.likeness import agreements, alike
from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.roles.role import role_of
from services.matching.scoring.signals.stacked_stations import StackedStations
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights

Values = npt.NDArray[np.float64]
Ranks = int | npt.NDArray[np.int64] | Values

# What was done long ago counts less, down to this share; by years since it ended, as an exponential curve.
_OLDEST, _FADING_YEARS = 0.6, 8.0
_UNDATED = 0.8
# What a resume calls itself is no position held.
HEADLINE, ONLY_CALLED = 0.85, 0.35
# Words of a headline; a longer one is a sentence.
_LONGEST_HEADLINE = 9
# Steps between groups of occupations: neither the same nor near.
_NEAR = 2
# Each step of rank that is missing.
_STEP, _MOST_STEPS = 0.15, 3
_MONTHS = 12
# What the fit is of somebody who never did such work, and of somebody who did; and the cosines of such titles' lines.
_NO_SUCH_WORK, _SUCH_WORK = 0.15, 0.6
_FAR_TITLES, _NEAR_TITLES = 0.35, 0.45
# A list of occupations may not know a title, but what a line means is no proof.
_BY_MEANING = 0.3
# The trust from which on what a resume says beside its work is believed like what it says of it.
_WHOLE_BELIEF = 0.4
# Of a resume without titles that the list knows: the most, and cosines of lines that have nothing to do with a title
# and of such as say it.
_UNTITLED, _FAR, _CLOSE = 0.7, 0.2, 0.7


@dataclass(frozen=True, slots=True)
class HeldRoles:
    """Of n resumes, float64 (n) each: `fit` 0-1, how well the position fits that fits best, and `shown`, what of that
    is more than what somebody calls themselves; `nearest`, the greatest cosine of a position's line with what names the
    job. `is_known`: what names the job is an occupation of the list."""

    fit: Values
    shown: Values
    nearest: Values
    is_known: bool

    @property
    def trust(self) -> Values:
        """float64 (n), 0-1: how far words are to be trusted, which anybody can write. Whole where the resume shows work
        of the kind that the job is about, by what titles are called; some, where their lines mean the like."""
        by_fit = (self.shown - _NO_SUCH_WORK) / (_SUCH_WORK - _NO_SUCH_WORK)
        by_meaning = np.minimum((self.nearest - _FAR_TITLES) / (_NEAR_TITLES - _FAR_TITLES), 1.0)
        # Of a job that names no occupation nobody can tell who never did such work.
        by_meaning = _BY_MEANING * by_meaning if self.is_known else _BY_MEANING + (1.0 - _BY_MEANING) * by_meaning
        trust: Values = np.clip(np.maximum(by_fit, by_meaning), 0.0, 1.0)
        return trust

    @property
    def belief(self) -> Values:
        """float64 (n), 0-1: how far claims beside the work are believed; whole, where some of it is of the kind."""
        belief: Values = np.minimum(self.trust / _WHOLE_BELIEF, 1.0)
        return belief


def held_roles(
    job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits, stations: StackedStations, lines: Weights
) -> HeldRoles:
    """The positions of resumes beside what a job names. `units`: the u telling ones of all; `lines` (u): their cosines
    with what names the job. Blocks, for a moment."""
    named = job.job.named
    cosines = stations.at_titles(lines).astype(np.float64)
    is_titled = np.array([bool(each.title) for each in stations.stations], dtype=np.bool_)
    fits = np.where(is_titled, _recency(stations) * _fits(named, stations, cosines), 0.0)
    fit = stations.greatest_of_each(fits)
    nearest = stations.greatest_of_each(np.where(is_titled, np.nan_to_num(cosines), 0.0))
    is_known = np.array([bool(role_of(each.title).groups) for each in stations.stations], dtype=np.float64)
    has_known = stations.greatest_of_each(is_known) > 0
    bounds = units.starts.tolist()
    called = _called(named, resumes)
    shown = fit.copy()
    for row, resume in enumerate(resumes):
        held = resume.resume.held
        if HEADLINE * called[row] > fit[row]:
            share = headline_share(held)
            fit[row] = max(fit[row], share * called[row])
            # Who worked as something else all along only says so.
            shown[row] = fit[row] if share > ONLY_CALLED else shown[row]
        elif not has_known[row] and not role_of(held.headline).groups:
            # What stands in the place of a title may be an employer's name.
            fit[row] = shown[row] = max(fit[row], _by_lines(lines[bounds[row] : bounds[row + 1]]))
    return HeldRoles(fit, shown, nearest, bool(role_of(named).groups))


def _fits(named: str, stations: StackedStations, cosines: Values) -> Values:
    """float64 (s): how well each position fits."""
    return _fits_of(named, [each.title for each in stations.stations], cosines)


def _called(named: str, resumes: Sequence[ReadDocument]) -> Values:
    """float64 (n): how well fits what each resume calls itself, 0 where it is nothing."""
    headlines = [each.resume.held.headline for each in resumes]
    fits = _fits_of(named, headlines, np.full(len(headlines), np.nan))
    return np.where([bool(each) for each in headlines], fits, 0.0)


def _fits_of(named: str, titles: Sequence[str], cosines: Values) -> Values:
    told = np.array([_told_by_title(named, each) for each in titles]).reshape(-1, 4)
    least, span, shared, ranks = told.T
    fits: Values = (least + span * agreements(shared, cosines)) * rank_shares(role_of(named).rank, ranks)
    return fits


def _recency(stations: StackedStations) -> Values:
    """float64 (s): what each position counts, by the last of the same resume."""
    lasts = last_months(stations.stations)
    latest = stations.greatest_of_each(np.nan_to_num(lasts))
    return recencies(lasts, np.repeat(latest, np.diff(stations.starts)))


@lru_cache(maxsize=65_536)
def _told_by_title(asked: str, title: str) -> tuple[float, float, float, float]:
    """As Alike, and the rank of the title."""
    held = role_of(title)
    return (*alike(role_of(asked), held), float(held.rank))


def _by_lines(near: Weights) -> float:
    """Of a resume without titles: by the line that is nearest to the job's."""
    nearest = float(near.max(initial=0.0))
    return _UNTITLED * min(max((nearest - _FAR) / (_CLOSE - _FAR), 0.0), 1.0)


def headline_share(held: Held) -> float:
    """0-1: what a resume counts that calls itself something, where it is no sentence; less where no position that was
    held is of the kind."""
    if not held.headline or len(held.headline.split()) > _LONGEST_HEADLINE:
        return 0.0
    called = role_of(held.headline)
    roles = [role_of(each.title) for each in held.stations if each.title]
    known = [each for each in roles if each.sure]
    # A position without a title may be the one.
    is_one = (
        not known
        or len(known) < len(held.stations)
        or any(nearness(called.groups, each.groups) < _NEAR for each in known)
    )
    return HEADLINE if is_one else ONLY_CALLED


def rank_shares(asked: Ranks, held: Ranks) -> Values:
    """float64 (n), 0-1: what is left of a position's worth where its rank is below the asked one; more is no fault. One
    of both may be the same for all."""
    shares: Values = 1.0 - _STEP * np.clip(np.asarray(asked) - np.asarray(held), 0, _MOST_STEPS)
    return shares


def recencies(lasts: Values, latest: Values | float) -> Values:
    """float64 (s), 0-1: what positions count that ended in these months, NaN where the text tells no end; `latest` is
    their resume's last month."""
    years = np.maximum(latest - lasts, 0.0) / _MONTHS
    return np.where(np.isnan(lasts), _UNDATED, _OLDEST + (1.0 - _OLDEST) * np.exp(-years / _FADING_YEARS))


def last_months(stations: Sequence[HeldStation]) -> Values:
    """float64 (s): the last month of each position, NaN where the text tells no end."""
    return np.array([math.nan if each.last is None else each.last for each in stations])
