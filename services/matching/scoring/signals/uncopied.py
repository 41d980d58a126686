"""A resume without what it copies from the job that it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from services.matching.scoring.copied.copied_units import Copied, copied_from, nothing_copied, share_phrases
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.reduced import reduced_reading

# Below this many copied words, a resume says what everybody in the trade says: public job descriptions share up to 38
# words in such runs with resumes that do not know of them.
_FEWEST_WORDS = 40


def all_uncopied(job: ReadDocument, resumes: Sequence[ReadDocument]) -> list[tuple[ReadDocument, Copied]]:
    """Of each resume, see `uncopied`. Blocks, for some hundredths of a millisecond each."""
    told = share_phrases(job.reading.fingerprints, [each.reading.fingerprints for each in resumes])
    return [
        uncopied(job, each) if shares else (each, nothing_copied(each.reading.fingerprints))
        for each, shares in zip(resumes, told, strict=True)
    ]


def uncopied(job: ReadDocument, resume: ReadDocument) -> tuple[ReadDocument, Copied]:
    """The resume that is compared, and what of it is copied. Nearly always nothing is. Blocks, for a moment."""
    copied = copied_from(job.reading.fingerprints, resume.reading.fingerprints)
    if copied.words < _FEWEST_WORDS:
        return resume, copied
    return ReadDocument(reduced_reading(resume.reading, resume.units, copied.units), resume.units), copied
