"""A resume as it is compared with a job: without what it copies from it, or tells of serving its trade."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matching.scoring.copied.copied_units import Copied, copied_from, nothing_copied, share_phrases
from services.matching.scoring.reading.dealings import Dealing
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.reduced import reduced_reading

# Below this many copied words, a resume says what everybody in the trade says: public job descriptions share up to 38
# words in such runs with resumes that do not know of them.
_FEWEST_WORDS = 40


def all_own(job: ReadDocument, resumes: Sequence[ReadDocument]) -> list[tuple[ReadDocument, Copied]]:
    """Of each resume what is compared, without what it copies from the job and without its lines of people who serve
    the job's trade, where the job is about no such work itself; and what of it is copied. Blocks, for some hundredths
    of a millisecond each."""
    told = share_phrases(job.reading.fingerprints, [each.reading.fingerprints for each in resumes])
    own = _OwnDealings(job)
    return [
        _own(each, own, copied_from(job.reading.fingerprints, each.reading.fingerprints) if shares else None)
        for each, shares in zip(resumes, told, strict=True)
    ]


class _OwnDealings:
    """Which lines of resumes tell of a work that serves the job's, by their Dealing."""

    def __init__(self, job: ReadDocument) -> None:
        self._serves = np.ones(len(Dealing), dtype=np.bool_)
        self._serves[[Dealing.NONE, *job.job.dealings]] = False

    def gone(self, resume: ReadDocument) -> npt.NDArray[np.bool_]:
        """bool (u)."""
        return self._serves[resume.resume.dealings]


def _own(resume: ReadDocument, dealings: _OwnDealings, found: Copied | None) -> tuple[ReadDocument, Copied]:
    copied = nothing_copied(resume.reading.fingerprints) if found is None else found
    gone = dealings.gone(resume)
    if copied.words >= _FEWEST_WORDS:
        gone = gone | copied.units
    # Of somebody who did nothing else, all that is known is that.
    if not gone.any() or gone.all():
        return resume, copied
    return ReadDocument(reduced_reading(resume.reading, resume.units, gone), resume.units), copied
