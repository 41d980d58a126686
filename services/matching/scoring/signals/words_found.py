"""Where a resume holds the words of a job."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.terms import Weights

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class WordsFound:
    """Of the job's t terms: `counts` float32 (t), how often each stands in the resume. Of each standing in a telling
    unit: the unit's row among these (`rows`), and the term (`columns`)."""

    counts: Weights
    rows: Places
    columns: Places


def words_found(job: ReadDocument, resume: ReadDocument) -> WordsFound:
    """Blocks, for a tenth of a millisecond."""
    places, known = resume.places_of(job.term_hashes)
    reading, telling = resume.reading, resume.resume.telling
    counts = np.zeros(len(places), dtype=np.float32)
    counts[known] = reading.counts[places[known]]
    held = np.flatnonzero(known)
    column_of = np.full(len(reading.hashes), -1, dtype=np.intp)
    column_of[places[held]] = held
    row_of = np.full(len(reading.unit_terms), -1, dtype=np.intp)
    row_of[telling] = np.arange(len(telling))
    terms = reading.unit_terms
    columns, rows = column_of[terms.values], row_of[terms.owners(0, len(terms))]
    both = (columns >= 0) & (rows >= 0)
    return WordsFound(counts, rows[both], columns[both])
