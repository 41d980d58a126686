"""How well one resume answers one job: a score of this pair alone, with its reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass

from libs.contracts.inner.matching import Evidence, Requirement
from services.matching.scoring.evidence import MOST_EVIDENCE, Answered, answered_requirements
from services.matching.scoring.model import Match, ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals import Signals, measure

SCORING_VERSION = "v1.2"

WEIGHTS = {"document": 0.25, "requirements": 0.25, "role": 0.20, "words": 0.30}

# The weighted sum lies at .2 for a pair taken by chance and at .6 for a resume written for the job; the curve
# spreads that over the scale without a flat end, so that two scores differ where the pairs do.
MIDDLE, STEEPNESS = 0.4, 10.0

# Fewer distinct terms than these are a name or a heading, not a text to judge.
FEWEST_JOB_TERMS = 3
FEWEST_RESUME_TERMS = 5


class Comparison:
    """One resume against one job: `score` at once (0-100 with one decimal, None where a text is too short to be
    judged), the reasons only when they are asked for, which takes longer. Deterministic, of this pair alone, without
    a model call and without a text. Never raises for documents without windows, units or words. Blocks.
    """

    def __init__(self, job: ReadDocument, resume: ReadDocument) -> None:
        self._job = job
        self._resume = resume
        self._signals: Signals | None = None
        self.score: float | None = None
        if not has_enough_text(job) or not resume.has_windows:
            return
        self._signals = measure(job, resume)
        if has_enough_text(resume):
            self.score = overall(self._signals)

    def reasons(self, most_evidence: int = MOST_EVIDENCE) -> Reasons:
        """The score with its reasons, as stretches of the texts. It holds nothing of the documents.

        Of each requirement there is the best `most_evidence`. Requirements are named even where the resume has too
        little text for a score.
        """
        if self._signals is None:
            return Reasons(None, {}, [])
        requirements = answered_requirements(self._job, self._resume, self._signals, most_evidence)
        if self.score is None:
            return Reasons(None, {}, requirements)
        components = {name: round(getattr(self._signals, name), 4) for name in WEIGHTS}
        return Reasons(self.score, components, requirements)

    def match(self, job_text: str, resume_text: str) -> Match:
        """The score with its reasons in the words of both stored texts."""
        return self.reasons().match(job_text, resume_text)


@dataclass(frozen=True, slots=True)
class Reasons:
    """A pair's score, the parts it is made of (each 0-1), and each requirement with its evidence."""

    score: float | None
    components: dict[str, float]
    requirements: list[Answered]

    def match(self, job_text: str, resume_text: str) -> Match:
        """The same in the words of both stored texts."""
        return Match(
            score=self.score,
            status="insufficient_data" if self.score is None else "scored",
            components=self.components,
            requirements=[
                Requirement(
                    text=job_text[each.start : each.end],
                    start=each.start,
                    end=each.end,
                    necessity=each.necessity,
                    status=each.status,
                    similarity=each.similarity,
                    evidence=[
                        Evidence(resume_text[one.start : one.end], one.start, one.end, one.similarity)
                        for one in each.evidence
                    ],
                )
                for each in self.requirements
            ],
            scoring_version=SCORING_VERSION,
        )


def calculate(job: ScoredDocument, resume: ScoredDocument) -> Match:
    """The score of one resume for one job, with its reasons, of documents that are read anew: see Comparison."""
    return Comparison(ReadDocument.of(job), ReadDocument.of(resume)).match(job.text, resume.text)


def overall(signals: Signals) -> float:
    """0-100 with one decimal."""
    total = sum(weight * getattr(signals, name) for name, weight in WEIGHTS.items())
    return round(100.0 / (1.0 + math.exp(-STEEPNESS * (total - MIDDLE))), 1)


def has_enough_text(document: ReadDocument) -> bool:
    """Whether a document can be judged at all."""
    fewest = FEWEST_RESUME_TERMS if document.kind == "resume" else FEWEST_JOB_TERMS
    return document.has_windows and document.reading.distinct >= fewest
