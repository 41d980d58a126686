"""What scoring derives from one document, kept as long as the document is."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from services.matching.scoring.blocks import RowBlocks
from services.matching.scoring.document_vector import head_vector, mean_vector
from services.matching.scoring.experience import tenures, years_asked
from services.matching.scoring.model import ScoredDocument, StoredVectors, Vectors
from services.matching.scoring.requirements import Asked, read_job
from services.matching.scoring.terms import Weights, idf, terms_of

NICE_WEIGHT = 0.4

# A resume's headings answer nothing: "Experience" is close to every requirement that says the word.
_HEADING_TERMS = frozenset(
    terms_of(
        "skills skill highlights experience work history employment education training summary professional profile "
        "objective career qualifications accomplishments certifications references interests additional information "
        "personal core competencies overview expertise activities affiliations languages technical projects present"
    )
)


@dataclass(frozen=True, slots=True)
class JobReading:
    """A job as numbers: m requirements, t distinct terms outside its boilerplate. `shown` as in Demands.

    `vectors` (m, dimension); `weights` (m) sum to 1; `years` (m) are the years that each asks for, or None;
    `terms` are t stems with `term_weights` (t), `column` is where each stands; `requirement_terms` are the columns
    of each requirement's terms; `term_shares` (m, t): each row the weights of that requirement's terms, summing
    to 1 (or all 0); `title`, `mean` and `head` are vectors of unit length.
    """

    asked: list[Asked]
    shown: bool
    vectors: Vectors
    weights: Weights
    years: list[float | None]
    terms: list[str]
    column: dict[str, int]
    term_weights: Weights
    requirement_terms: list[list[int]]
    term_shares: RowBlocks
    title: Vectors
    mean: Vectors
    head: Vectors


@dataclass(frozen=True, slots=True)
class ResumeReading:
    """A resume as numbers: `units` are the places of its n telling units, `vectors` (n, dimension);
    `tenures` are (row of `vectors`, years or None where the end is open); `length` counts its terms."""

    units: list[int]
    vectors: Vectors
    tenures: list[tuple[int, float | None]]
    length: int
    mean: Vectors
    head: Vectors


_jobs: WeakKeyDictionary[ScoredDocument, JobReading] = WeakKeyDictionary()
_resumes: WeakKeyDictionary[ScoredDocument, ResumeReading] = WeakKeyDictionary()


def job_reading(job: ScoredDocument) -> JobReading:
    """Reads a job, once per instance. It must have at least one window."""
    reading = _jobs.get(job)
    if reading is None:
        reading = _jobs[job] = _read_job(job)
    return reading


def resume_reading(resume: ScoredDocument) -> ResumeReading:
    """Reads a resume, once per instance. It must have at least one window."""
    reading = _resumes.get(resume)
    if reading is None:
        reading = _resumes[resume] = _read_resume(resume)
    return reading


def _read_job(job: ScoredDocument) -> JobReading:
    found = read_job(job)
    kept = [terms for index, terms in enumerate(job.unit_terms) if index not in found.boilerplate]
    terms = list(dict.fromkeys(term for unit in kept or job.unit_terms for term in unit))
    column = {term: index for index, term in enumerate(terms)}
    requirement_terms = [[column[term] for term in _terms(job, asked) if term in column] for asked in found.asked]
    term_weights = np.array([idf(term) for term in terms], dtype=np.float32)
    weights = np.array([1.0 if asked.necessity == "must" else NICE_WEIGHT for asked in found.asked], dtype=np.float32)
    head = head_vector(job.windows)
    return JobReading(
        asked=found.asked,
        shown=found.shown,
        vectors=_vectors(job, found.asked),
        weights=weights / max(float(weights.sum()), 1e-9),
        years=[years_asked(job.visible_text[asked.start : asked.end]) for asked in found.asked],
        terms=terms,
        column=column,
        term_weights=term_weights,
        requirement_terms=requirement_terms,
        term_shares=RowBlocks(len(found.asked), len(terms), _TermShares(requirement_terms, term_weights).rows),
        title=head if found.title is None else job.units.vectors[found.title],
        mean=mean_vector(job.windows),
        head=head,
    )


class _TermShares:
    """Makes rows of `term_shares`; what each row's terms get is computed once, since every resume needs it."""

    def __init__(self, requirement_terms: list[list[int]], term_weights: Weights) -> None:
        self._columns = [np.array(columns, dtype=np.intp) for columns in requirement_terms]
        self._weights = term_weights
        self._shares: dict[int, Weights] = {}

    def rows(self, start: int, end: int) -> Weights:
        """float32 (end - start, t)."""
        rows = np.zeros((end - start, len(self._weights)), dtype=np.float32)
        for index in range(start, end):
            row, columns = rows[index - start], self._columns[index]
            if index not in self._shares:
                row[columns] = self._weights[columns]
                # Of the whole row: adding only its terms could round otherwise.
                total = row.sum()
                self._shares[index] = self._weights[columns] / total if total > 0 else self._weights[columns]
            row[columns] = self._shares[index]
        return rows


def _read_resume(resume: ScoredDocument) -> ResumeReading:
    units = [index for index, terms in enumerate(resume.unit_terms) if not _HEADING_TERMS.issuperset(terms)]
    return ResumeReading(
        units=units,
        vectors=resume.units.vectors[units],
        tenures=_tenures(resume, units),
        length=sum(resume.term_counts.values()),
        mean=mean_vector(resume.windows),
        head=head_vector(resume.windows),
    )


def _tenures(resume: ScoredDocument, units: list[int]) -> list[tuple[int, float | None]]:
    """Each range of dates with the unit that says what was done then: its own, or the one before where
    the dates have a line for themselves."""
    starts = [int(resume.units.spans[unit, 0]) for unit in units]
    found = []
    for tenure in tenures(resume.visible_text):
        row = bisect_right(starts, tenure.at) - 1
        while row >= 0 and not any(term[0].isalpha() for term in resume.unit_terms[units[row]]):
            row -= 1
        if row >= 0:
            found.append((row, tenure.years))
    return found


def _terms(job: ScoredDocument, asked: Asked) -> list[str]:
    """The distinct terms of a requirement; a unit's are known already."""
    if len(asked.units) == 1 and job.units.spans[asked.units[0]].tolist() == [asked.start, asked.end]:
        return job.unit_terms[asked.units[0]]
    return terms_of(job.visible_text[asked.start : asked.end])


def _vectors(job: ScoredDocument, asked: list[Asked]) -> Vectors:
    """(m, dimension), of unit length: of a requirement of several units what they say together."""
    vectors = job.units.vectors[[one.units[0] for one in asked]]
    for row, one in enumerate(asked):
        if len(one.units) > 1:
            vectors[row] = mean_vector(
                StoredVectors(job.units.spans[list(one.units)], job.units.vectors[list(one.units)])
            )
    return vectors
