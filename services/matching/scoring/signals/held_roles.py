"""How well somebody who held these positions knows the work that a job names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.likeness import likeness
from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.roles.role import Role, role_of
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights

Values = npt.NDArray[np.float64]

# What was done long ago counts less, down to this share; by years since it ended, as an exponential curve.
_OLDEST, _FADING_YEARS = 0.6, 8.0
_UNDATED = 0.8
# What a resume calls itself is no position held.
HEADLINE, ONLY_CALLED = 0.85, 0.5
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
# Of a resume without titles: the most, and cosines of lines that have nothing to do with a title and of such as say it.
_UNTITLED, _FAR, _CLOSE = 0.7, 0.2, 0.7


@dataclass(frozen=True, slots=True)
class HeldRoles:
    """Of n resumes, float64 (n) each: `fit` 0-1, how well the position fits that fits best; `nearest`, the greatest
    cosine of a position's line with what names the job. `is_known`: what names the job is an occupation of the list."""

    fit: Values
    nearest: Values
    is_known: bool

    @property
    def trust(self) -> Values:
        """float64 (n), 0-1: how far words are to be trusted, which anybody can write. Whole where the resume shows work
        of the kind that the job is about, by what titles are called; some, where their lines mean the like."""
        by_fit = (self.fit - _NO_SUCH_WORK) / (_SUCH_WORK - _NO_SUCH_WORK)
        by_meaning = np.minimum((self.nearest - _FAR_TITLES) / (_NEAR_TITLES - _FAR_TITLES), 1.0)
        # Of a job that names no occupation nobody can tell who never did such work.
        by_meaning = _BY_MEANING * by_meaning if self.is_known else _BY_MEANING + (1.0 - _BY_MEANING) * by_meaning
        trust: Values = np.clip(np.maximum(by_fit, by_meaning), 0.0, 1.0)
        return trust


def held_roles(job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits) -> HeldRoles:
    """The positions of resumes beside what a job names. `units`: the telling ones of all. Blocks, for a moment."""
    asked = role_of(job.job.named)
    near = units.cosines(job.title[None])[:, 0]
    found = [
        _best(asked, resume, near[start:end])
        for resume, (start, end) in zip(resumes, pairwise(units.starts.tolist()), strict=True)
    ]
    return HeldRoles(
        np.array([fit for fit, _ in found]), np.array([nearest for _, nearest in found]), bool(asked.groups)
    )


def _best(asked: Role, resume: ReadDocument, near: Weights) -> tuple[float, float]:
    """Fit and nearest, each 0-1; `near` (n): the cosines of what names the job with the telling units."""
    held = resume.resume.held
    if not held.headline and not any(station.title for station in held.stations):
        return _by_lines(near), 0.0
    nearest = 0.0
    share = headline_share(held)
    best = share * _fit(asked, role_of(held.headline), None) if share else 0.0
    ends = [each.last for each in held.stations if each.last is not None]
    latest = max(ends, default=0)
    for station in held.stations:
        if not station.title:
            continue
        row = resume.row_of(station.titled)
        cosine = float(near[row]) if 0 <= row < len(near) else None
        nearest = max(nearest, cosine or 0.0)
        best = max(best, recency(station, latest) * _fit(asked, role_of(station.title), cosine))
    return best, nearest


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
    is_one = not known or len(known) < len(roles) or any(nearness(called.groups, each.groups) < _NEAR for each in known)
    return HEADLINE if is_one else ONLY_CALLED


def _fit(asked: Role, held: Role, cosine: float | None) -> float:
    return likeness(asked, held, cosine) * rank_share(asked.rank, held.rank)


def rank_share(asked: int, held: int) -> float:
    """0-1: what is left of a position's worth where its rank is below the asked one; more is no fault."""
    return 1.0 - _STEP * min(max(asked - held, 0), _MOST_STEPS)


def recency(station: HeldStation, latest: int) -> float:
    """0-1: what a position counts; `latest` is the month behind the resume's last one."""
    if station.last is None:
        return _UNDATED
    years = max(latest - station.last, 0) / _MONTHS
    return _OLDEST + (1.0 - _OLDEST) * math.exp(-years / _FADING_YEARS)
