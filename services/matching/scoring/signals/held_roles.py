"""How well somebody who held these positions knows the work that a job names."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.facts.held import Held, HeldStation
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.likeness import likeness, rank_gap
from services.matching.scoring.roles.occupations import nearness
from services.matching.scoring.roles.role import Role, role_of
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights

# What was done long ago counts less, down to this share; by years since it ended, as an exponential curve.
_OLDEST, _FADING_YEARS = 0.6, 8.0
_UNDATED = 0.8
# What a resume calls itself is no position held.
_HEADLINE = 0.85
_ONLY_CALLED, _LONGEST_HEADLINE = 0.5, 9
# Steps between groups of occupations: neither the same nor near.
_NEAR = 2
# Each step of rank that is missing.
_STEP, _MOST_STEPS = 0.15, 3
_MONTHS = 12


def role_signal(job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits) -> npt.NDArray[np.float64]:
    """float64 (n), 0-1: of each resume the position that fits best."""
    asked = role_of(job.job.named)
    near = units.cosines(job.title[None])[:, 0]
    starts = units.starts.tolist()
    return np.array(
        [
            best_role(asked, resume, near[start:end])
            for resume, start, end in zip(resumes, starts, starts[1:], strict=False)
        ]
    )


def best_role(asked: Role, resume: ReadDocument, near: Weights) -> float:
    """0-1; `near` (n): the cosines of what names the job with the telling units."""
    held = resume.resume.held
    best = _called(asked, held)
    ends = [each.last for each in held.stations if each.last is not None]
    latest = max(ends, default=0)
    for station in held.stations:
        if not station.title:
            continue
        row = resume.row_of(station.titled)
        cosine = float(near[row]) if 0 <= row < len(near) else None
        best = max(best, _recency(station, latest) * _fit(asked, role_of(station.title), cosine))
    return best


def _called(asked: Role, held: Held) -> float:
    """What the headline says, where it names an occupation and is no sentence; less of it where no position that was
    held is of the kind."""
    if not held.headline or len(held.headline.split()) > _LONGEST_HEADLINE:
        return 0.0
    called = role_of(held.headline)
    roles = [role_of(each.title) for each in held.stations if each.title]
    known = [each for each in roles if each.sure]
    is_one = not known or len(known) < len(roles) or any(nearness(called.groups, each.groups) < _NEAR for each in known)
    return (_HEADLINE if is_one else _ONLY_CALLED) * _fit(asked, called, None)


def _fit(asked: Role, held: Role, cosine: float | None) -> float:
    return likeness(asked, held, cosine) * (1.0 - _STEP * min(rank_gap(asked, held), _MOST_STEPS))


def _recency(station: HeldStation, latest: int) -> float:
    if station.last is None:
        return _UNDATED
    years = max(latest - station.last, 0) / _MONTHS
    return _OLDEST + (1.0 - _OLDEST) * math.exp(-years / _FADING_YEARS)
