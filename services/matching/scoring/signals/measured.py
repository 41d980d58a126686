"""All measurements of a job with resumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.by_document import products
from services.matching.scoring.copied.copied_units import Copied
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.bodies import body_signals
from services.matching.scoring.signals.held_roles import held_roles
from services.matching.scoring.signals.own_lines import all_own
from services.matching.scoring.signals.requirement_strengths import Look, requirement_strengths
from services.matching.scoring.signals.stacked_stations import StackedStations
from services.matching.scoring.signals.words_found import words_found
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights, word_covers

# Neither near nor far: where the model does not know the language of one of both.
UNKNOWN_BODY = 0.5
# In the order of their columns. Each is 0-1, the more the better.
SIGNALS = ("body", "role", "requirements", "words")

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """Of n resumes: `signals` float64 (n, SIGNALS); `strengths` float32 (n, m), 0-1, of each requirement of the job on
    the scale of `verdicts.judged`; `look`: what was looked at for them; `resumes` without what they copy from the job,
    and `copied`, what that is."""

    signals: Values
    strengths: Weights
    look: Look
    resumes: list[ReadDocument]
    copied: list[Copied]


def measure(job: ReadDocument, resumes: Sequence[ReadDocument]) -> Measured:
    """Compares a job with one resume or more, all of one window at least. What is measured of a resume is the same to
    the last digit whatever stands beside it. Blocks, for a millisecond, and a fifth of that for each of many."""
    both = all_own(job, resumes)
    own = [each for each, _ in both]
    covered = np.array([is_covered(job, each) for each in own])
    units = StackedUnits.of(own, [each.resume.telling for each in own]).without(~covered)
    words = words_found(job, own, units)
    stations = StackedStations.of(own, units)
    titles = units.cosines(job.title[None])[:, 0]
    roles = held_roles(job, own, units, stations, titles)
    look = Look(job, own, units, words, stations, titles, roles)
    strengths = requirement_strengths(look, job, len(own))
    lengths = np.array([each.reading.length for each in own])
    signals = np.column_stack(
        [
            np.where(covered, body_signals(job, own, roles.belief), UNKNOWN_BODY),
            roles.fit,
            products(strengths, job.requirement_weights),
            np.sqrt(word_covers(job.job.term_weights, words.counts, lengths)),
        ]
    )
    return Measured(signals.astype(np.float64), strengths, look, own, [each for _, each in both])


def is_covered(job: ReadDocument, resume: ReadDocument) -> bool:
    """Whether the vectors of both say what they mean: the model knows their languages."""
    return job.reading.is_covered and resume.reading.is_covered
