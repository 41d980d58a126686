"""Where resumes hold the words of a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.stacked import StackedUnits
from services.matching.scoring.term_hashes import places_among
from services.matching.scoring.terms import Weights

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class WordsFound:
    """Of the job's t terms: `counts` float32 (n, t), how often each stands in each resume. Of each standing in a
    telling unit: its row among the stacked ones (`rows`), and the term (`columns`)."""

    counts: Weights
    rows: Places
    columns: Places


def words_found(job: ReadDocument, resumes: Sequence[ReadDocument], units: StackedUnits) -> WordsFound:
    """In one resume or more, whose telling units are stacked. Blocks, for a hundredth of a millisecond each."""
    readings = [each.reading for each in resumes]
    sizes = np.array([len(each.hashes) for each in readings])
    hashes = np.concatenate([each.hashes for each in readings])
    found, columns = places_among(job.term_hashes, hashes)
    counts = np.zeros((len(readings), len(job.term_hashes)), dtype=np.float32)
    owners = np.repeat(np.arange(len(readings)), sizes)
    counts[owners[found], columns] = np.concatenate([each.counts for each in readings])[found]
    column_of = np.full(len(hashes), -1, dtype=np.intp)
    column_of[found] = columns
    # Each unit's terms are told by their places among the terms of their own resume.
    lengths = [np.diff(each.unit_terms.starts.astype(np.int64)) for each in readings]
    values = np.concatenate([each.unit_terms.values for each in readings]).astype(np.int64)
    values += np.repeat(np.cumsum(sizes) - sizes, [int(each.sum()) for each in lengths])
    terms = column_of[values]
    rows = np.repeat(_rows_of_units(resumes, [len(each) for each in lengths], units), np.concatenate(lengths))
    both = (terms >= 0) & (rows >= 0)
    return WordsFound(counts, rows[both], terms[both])


def _rows_of_units(resumes: Sequence[ReadDocument], counts: Sequence[int], units: StackedUnits) -> Places:
    """Of all units of all resumes, one behind the other, the rows of the telling ones, and -1 of the others."""
    rows = np.full(sum(counts), -1, dtype=np.intp)
    firsts = np.cumsum([0, *counts[:-1]])
    telling = np.concatenate([each.resume.telling for each in resumes]).astype(np.int64)
    rows[telling + np.repeat(firsts, np.diff(units.starts))] = np.arange(len(telling))
    return rows
