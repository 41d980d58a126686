"""How well one resume answers one job: a score of this pair alone, with its reasons."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from libs.contracts.inner.matching import Evidence, Requirement, RequirementStatus
from services.matching.scoring.model import Match, ScoredDocument
from services.matching.scoring.readings import JobReading, ResumeReading, job_reading, resume_reading
from services.matching.scoring.signals import Signals, measure
from services.matching.scoring.terms import Weights

SCORING_VERSION = "v1.1"

WEIGHTS = {"document": 0.25, "requirements": 0.25, "role": 0.20, "words": 0.30}

# The weighted sum lies at .2 for a pair taken by chance and at .6 for a resume written for the job; the curve
# spreads that over the scale without a flat end, so that two scores differ where the pairs do.
_MIDDLE, _STEEPNESS = 0.4, 10.0

# Fewer distinct terms than these are a name or a heading, not a text to judge.
FEWEST_JOB_TERMS = 3
FEWEST_RESUME_TERMS = 5

_MET, _PARTIAL = 0.5, 0.3
_MOST_EVIDENCE = 3
# Further evidence must come this near to the best.
_FURTHER_EVIDENCE = 0.7
_WORDS_IN_EVIDENCE = 0.5
# Of more units than these, the first are found without sorting all.
_FIRST_SORTED = 64

Rows = npt.NDArray[np.intp]


class Comparison:
    """One resume against one job: `score` at once (0-100 with one decimal, None where a text is too short to be
    judged), the reasons only when `match` is asked for them, which takes longer. Deterministic, of this pair alone,
    without a model call. Never raises for documents without windows, units or words. Blocks.
    """

    def __init__(self, job: ScoredDocument, resume: ScoredDocument) -> None:
        self._job = job
        self._resume = resume
        self._readings: tuple[JobReading, ResumeReading, Signals] | None = None
        self.score: float | None = None
        if not _enough_text(job, FEWEST_JOB_TERMS) or not len(resume.windows):
            return
        reading, answers = job_reading(job), resume_reading(resume)
        signals = measure(reading, answers, resume)
        self._readings = reading, answers, signals
        if _enough_text(resume, FEWEST_RESUME_TERMS):
            self.score = overall(signals)

    def match(self) -> Match:
        """The score with its reasons. Requirements are named even where the resume has too little text for a score."""
        if self._readings is None:
            return _unscored([])
        reading, answers, signals = self._readings
        requirements = _requirements(self._job, self._resume, reading, answers, signals)
        if self.score is None:
            return _unscored(requirements)
        return Match(
            score=self.score,
            status="scored",
            components={name: round(getattr(signals, name), 4) for name in WEIGHTS},
            requirements=requirements,
            scoring_version=SCORING_VERSION,
        )


def calculate(job: ScoredDocument, resume: ScoredDocument) -> Match:
    """The score of one resume for one job, with its reasons: see Comparison."""
    return Comparison(job, resume).match()


def overall(signals: Signals) -> float:
    """0-100 with one decimal."""
    total = sum(weight * getattr(signals, name) for name, weight in WEIGHTS.items())
    return round(100.0 / (1.0 + math.exp(-_STEEPNESS * (total - _MIDDLE))), 1)


def _enough_text(document: ScoredDocument, fewest: int) -> bool:
    return len(document.windows) > 0 and len(document.term_counts) >= fewest


def _unscored(requirements: list[Requirement]) -> Match:
    return Match(
        score=None,
        status="insufficient_data",
        components={},
        requirements=requirements,
        scoring_version=SCORING_VERSION,
    )


def _requirements(
    job: ScoredDocument, resume: ScoredDocument, reading: JobReading, answers: ResumeReading, signals: Signals
) -> list[Requirement]:
    if not reading.shown:
        return []
    rows_with = _rows_with_term(resume, reading, answers)
    row_of = {unit: row for row, unit in enumerate(answers.units)}
    found: list[Requirement] = []
    for index, asked in enumerate(reading.asked):
        start, end = asked.start, asked.end
        status = _status(float(signals.strengths[index]), float(signals.enough_years[index]))
        evidence: list[Evidence] = []
        if status != "missing" and answers.units:
            cover = _unit_cover(index, reading, rows_with, len(answers.units))
            evidence = _evidence(resume, answers, row_of, signals.similarities.row(index), cover)
        found.append(
            Requirement(
                text=job.text[start:end],
                start=start,
                end=end,
                necessity=asked.necessity,
                status=status,
                similarity=round(float(signals.nearest[index]), 4),
                evidence=evidence,
            )
        )
    return found


def _status(strength: float, enough_years: float) -> RequirementStatus:
    if strength >= _MET and enough_years >= 1.0:
        return "met"
    return "partial" if strength >= _PARTIAL else "missing"


def _rows_with_term(resume: ScoredDocument, reading: JobReading, answers: ResumeReading) -> dict[int, Rows]:
    """Which telling units of the resume, by their rows, hold a term of the job, by its column."""
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, unit in enumerate(answers.units):
        for term in resume.unit_terms[unit]:
            if term in reading.column:
                rows[reading.column[term]].append(row)
    return {column: np.array(found, dtype=np.intp) for column, found in rows.items()}


def _unit_cover(index: int, reading: JobReading, rows_with: dict[int, Rows], units: int) -> Weights:
    """(n): the share of one requirement's words that each telling unit of the resume holds."""
    shares = reading.term_shares.row(index)
    cover = np.zeros(units, dtype=np.float32)
    for column in sorted(reading.requirement_terms[index]):
        if column in rows_with:
            cover[rows_with[column]] += shares[column]
    return cover


def _evidence(
    resume: ScoredDocument, answers: ResumeReading, row_of: dict[int, int], similarities: Weights, cover: Weights
) -> list[Evidence]:
    worth = similarities + _WORDS_IN_EVIDENCE * cover
    best = worth.max()
    found: list[Evidence] = []
    for unit in resume.first_different((answers.units[row] for row in _by_worth(worth)), _MOST_EVIDENCE):
        row = row_of[unit]
        if found and worth[row] < _FURTHER_EVIDENCE * best:
            break
        start, end = resume.units.spans[unit].tolist()
        found.append(Evidence(resume.text[start:end], start, end, round(float(similarities[row]), 4)))
    return found


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
