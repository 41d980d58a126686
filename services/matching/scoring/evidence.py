"""How well each requirement of a job is answered, and by what of the resume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from libs.contracts.inner.matching import RequirementStatus
from libs.contracts.structure import Necessity
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.unit_vectors import Rows
from services.matching.scoring.signals import Signals
from services.matching.scoring.terms import Weights

_MET, _PARTIAL = 0.5, 0.3
MOST_EVIDENCE = 3
# Further evidence must come this near to the best.
_FURTHER_EVIDENCE = 0.7
_WORDS_IN_EVIDENCE = 0.5
# Of more units than these, the first are found without sorting all.
_FIRST_SORTED = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """A stretch of the resume that answers a requirement; `similarity` is their cosine."""

    start: int
    end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Answered:
    """A requirement, a stretch of the job; `similarity` is the greatest cosine of any telling unit of the resume."""

    start: int
    end: int
    necessity: Necessity
    status: RequirementStatus
    similarity: float
    evidence: list[Answer]


def answered_requirements(
    job: ReadDocument, resume: ReadDocument, signals: Signals, most_evidence: int = MOST_EVIDENCE
) -> list[Answered]:
    """A job's requirements in their order, of each the best `most_evidence` (1 at least), best first; none where the
    job asks for nothing."""
    asked = job.job
    if not asked.shown:
        return []
    rows_with = _rows_with_term(job, resume)
    found: list[Answered] = []
    for index, (start, end) in enumerate(asked.spans.tolist()):
        status = _status(float(signals.strengths[index]), float(signals.enough_years[index]))
        evidence: list[Answer] = []
        if status != "missing" and len(resume.resume.telling):
            cover = _unit_cover(index, job, rows_with, len(resume.resume.telling))
            evidence = _evidence(resume, signals.similarities.row(index), cover, most_evidence)
        necessity: Necessity = "nice" if asked.nice[index] else "must"
        similarity = round(float(signals.nearest[index]), 4)
        found.append(Answered(start, end, necessity, status, similarity, evidence))
    return found


def _status(strength: float, enough_years: float) -> RequirementStatus:
    if strength >= _MET and enough_years >= 1.0:
        return "met"
    return "partial" if strength >= _PARTIAL else "missing"


def _rows_with_term(job: ReadDocument, resume: ReadDocument) -> dict[int, Rows]:
    """Which telling units of the resume, by their rows, hold a term of the job, by its column."""
    places, known = resume.places_of(job.term_hashes)
    columns = np.flatnonzero(known)
    column_of = np.full(len(resume.reading.hashes), -1, dtype=np.intp)
    column_of[places[columns]] = columns
    rows = np.full(len(resume.units.spans), -1, dtype=np.intp)
    rows[resume.resume.telling] = np.arange(len(resume.resume.telling))
    terms = resume.reading.unit_terms
    found_columns, found_rows = column_of[terms.values], rows[terms.owners(0, len(terms))]
    both = (found_columns >= 0) & (found_rows >= 0)
    found_columns, found_rows = found_columns[both], found_rows[both]
    order = np.argsort(found_columns, kind="stable")
    found_columns, found_rows = found_columns[order], found_rows[order]
    distinct, starts = np.unique(found_columns, return_index=True)
    return dict(zip(distinct.tolist(), np.split(found_rows, starts[1:]), strict=True)) if len(distinct) else {}


def _unit_cover(index: int, job: ReadDocument, rows_with: dict[int, Rows], units: int) -> Weights:
    """(n): the share of one requirement's words that each telling unit of the resume holds."""
    shares = job.term_shares.row(index)
    cover = np.zeros(units, dtype=np.float32)
    for column in sorted(job.job.requirement_terms[index].tolist()):
        if column in rows_with:
            cover[rows_with[column]] += shares[column]
    return cover


def _evidence(resume: ReadDocument, similarities: Weights, cover: Weights, most: int) -> list[Answer]:
    worth = similarities + _WORDS_IN_EVIDENCE * cover
    best = int(worth.argmax())
    if most == 1:
        return [_answer(resume, best, similarities)]
    telling, same_as = resume.resume.telling, resume.reading.same_as
    rows: dict[int, int] = {}
    for row in _by_worth(worth):
        # Resumes repeat themselves.
        rows.setdefault(int(same_as[telling[row]]), row)
        if len(rows) == most:
            break
    found: list[Answer] = []
    for row in rows.values():
        if found and worth[row] < _FURTHER_EVIDENCE * worth[best]:
            break
        found.append(_answer(resume, row, similarities))
    return found


def _answer(resume: ReadDocument, row: int, similarities: Weights) -> Answer:
    start, end = resume.units.spans[resume.resume.telling[row]].tolist()
    return Answer(start, end, round(float(similarities[row]), 4))


def _by_worth(worth: Weights) -> Iterator[int]:
    """Rows, the worthiest first and equals in their order. Seldom are more than a few asked for, of thousands."""
    if len(worth) > _FIRST_SORTED:
        least = np.partition(worth, -_FIRST_SORTED)[-_FIRST_SORTED]
        first = np.flatnonzero(worth >= least)
        yield from first[np.argsort(-worth[first], kind="stable")].tolist()
        rest = np.argsort(-worth, kind="stable")[len(first) :]
    else:
        rest = np.argsort(-worth, kind="stable")
    yield from rest.tolist()
