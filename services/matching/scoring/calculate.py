"""How well one resume answers one job: a score of this pair alone, with its reasons."""

from __future__ import annotations

import math

import numpy as np

from libs.contracts.inner.matching import Evidence, Requirement, RequirementStatus
from services.matching.scoring.documents import Match, ScoredDocument, Vectors
from services.matching.scoring.readings import JobReading, ResumeReading, job_reading, resume_reading
from services.matching.scoring.signals import Signals, measure

SCORING_VERSION = "v1"

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


def calculate(job: ScoredDocument, resume: ScoredDocument) -> Match:
    """Scores one resume against one job; deterministic, of this pair alone, without a model call.

    Requirements are named even where the resume has too little text to be scored. Never raises for
    documents without windows, units or words: they are `insufficient_data`.
    """
    if not _enough_text(job, FEWEST_JOB_TERMS) or not len(resume.windows):
        return _unscored([])
    reading = job_reading(job)
    answers = resume_reading(resume)
    signals = measure(reading, answers, resume)
    requirements = _requirements(job, resume, reading, answers, signals)
    if not _enough_text(resume, FEWEST_RESUME_TERMS):
        return _unscored(requirements)
    return Match(
        score=overall(signals),
        status="scored",
        components={name: round(getattr(signals, name), 4) for name in WEIGHTS},
        requirements=requirements,
        scoring_version=SCORING_VERSION,
    )


def score(job: ScoredDocument, resume: ScoredDocument) -> float | None:
    """The score that `calculate` gives, without its reasons: for ranking many."""
    if not _enough_text(job, FEWEST_JOB_TERMS) or not _enough_text(resume, FEWEST_RESUME_TERMS):
        return None
    return overall(measure(job_reading(job), resume_reading(resume), resume))


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
    cover = _unit_cover(resume, reading, answers)
    found: list[Requirement] = []
    for index, asked in enumerate(reading.asked):
        start, end = job.units.spans[asked.unit].tolist()
        status = _status(float(signals.strengths[index]), float(signals.enough_years[index]))
        similarities = signals.similarities[index]
        found.append(
            Requirement(
                text=job.text[start:end],
                start=start,
                end=end,
                necessity=asked.necessity,
                status=status,
                similarity=round(float(similarities.max()), 4) if similarities.size else 0.0,
                evidence=[] if status == "missing" else _evidence(resume, answers, similarities, cover[index]),
            )
        )
    return found


def _status(strength: float, enough_years: float) -> RequirementStatus:
    if strength >= _MET and enough_years >= 1.0:
        return "met"
    return "partial" if strength >= _PARTIAL else "missing"


def _unit_cover(resume: ScoredDocument, reading: JobReading, answers: ResumeReading) -> Vectors:
    """(m, n): the share of each requirement's words that each telling unit of the resume holds."""
    column = {term: index for index, term in enumerate(reading.terms)}
    held = np.zeros((len(reading.terms), len(answers.units)), dtype=np.float32)
    for place, unit in enumerate(answers.units):
        held[[column[term] for term in resume.unit_terms[unit] if term in column], place] = 1.0
    cover: Vectors = reading.term_shares @ held
    return cover


def _evidence(resume: ScoredDocument, answers: ResumeReading, similarities: Vectors, cover: Vectors) -> list[Evidence]:
    worth = similarities + _WORDS_IN_EVIDENCE * cover
    rows = np.argsort(-worth, kind="stable").tolist()
    row_of = {int(answers.units[row]): row for row in reversed(rows)}
    found: list[Evidence] = []
    for unit in resume.first_different((int(answers.units[row]) for row in rows), _MOST_EVIDENCE):
        row = row_of[unit]
        if found and worth[row] < _FURTHER_EVIDENCE * worth[rows[0]]:
            break
        start, end = resume.units.spans[unit].tolist()
        found.append(Evidence(resume.text[start:end], start, end, round(float(similarities[row]), 4)))
    return found
