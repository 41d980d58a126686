"""All measurements of a job with resumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.bodies import body_signals
from services.matching.scoring.signals.held_roles import held_roles
from services.matching.scoring.signals.requirement_strengths import Looked, requirement_strengths
from services.matching.scoring.signals.uncopied import uncopied
from services.matching.scoring.signals.words_found import words_found
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.terms import Weights, word_cover

# Neither near nor far: where the model does not know the language of one of both.
UNKNOWN_BODY = 0.5
# In the order of their columns. Each is 0-1, the more the better.
SIGNALS = ("body", "role", "requirements", "words")

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """Of n resumes: `signals` float64 (n, SIGNALS); `strengths` float32 (n, m), 0-1, of each requirement of the job on
    the scale of `verdicts.judged`; `trust` float64 (n): see HeldRoles; `looked`: of a resume alone, see
    requirement_strengths."""

    signals: Values
    strengths: Weights
    trust: Values
    looked: Looked | None = None


def measure(job: ReadDocument, resumes: Sequence[ReadDocument]) -> Measured:
    """Compares a job with one resume or more, all of one window at least. Blocks, for a millisecond or some, and
    a tenth of that for each of many."""
    resumes = [uncopied(job, each)[0] for each in resumes]
    units = StackedUnits.of(resumes, [each.resume.telling for each in resumes])
    covered = np.array([is_covered(job, each) for each in resumes])
    units = units.without(~covered)
    words = [words_found(job, each) for each in resumes]
    roles = held_roles(job, resumes, units)
    strengths, looked = requirement_strengths(job, resumes, units, words, roles.trust)
    weights = job.job.term_weights
    covers = [word_cover(weights, one.counts, each.reading.length) for one, each in zip(words, resumes, strict=True)]
    signals = np.column_stack(
        [
            np.where(covered, body_signals(job, resumes), UNKNOWN_BODY),
            roles.fit,
            strengths @ job.requirement_weights,
            np.sqrt(covers),
        ]
    )
    return Measured(signals.astype(np.float64), strengths, roles.trust, looked)


def is_covered(job: ReadDocument, resume: ReadDocument) -> bool:
    """Whether the vectors of both say what they mean: the model knows their languages."""
    return job.reading.is_covered and resume.reading.is_covered
