"""How well one resume answers one job: a score of this pair alone, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.inner.matching import Evidence, Requirement
from services.matching.scoring.evidence import MOST_EVIDENCE, Answered, answered_requirements
from services.matching.scoring.model import Match, ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import SIGNALS, Measured, measure
from services.matching.scoring.signals.uncopied import uncopied
from services.matching.scoring.weights import fitted_weights, scores_of

SCORING_VERSION = fitted_weights().version

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
        self._resume, self._copied = resume, None
        self._measured: Measured | None = None
        self.score: float | None = None
        if not has_enough_text(job) or not resume.has_windows:
            return
        self._resume, self._copied = uncopied(job, resume)
        self._measured = measure(job, [resume])
        if has_enough_text(resume):
            self.score = round(float(scores_of(self._measured.signals)[0]), 1)

    def reasons(self, most_evidence: int = MOST_EVIDENCE) -> Reasons:
        """The score with its reasons, as stretches of the texts. It holds nothing of the documents.

        Of each requirement there is the best `most_evidence`. Requirements are named even where the resume has too
        little text for a score.
        """
        if self._measured is None:
            return Reasons(None, {}, [])
        role = float(self._measured.signals[0, SIGNALS.index("role")])
        requirements = answered_requirements(self._job, self._resume, role, most_evidence)
        if self.score is None:
            return Reasons(None, {}, requirements)
        values = self._measured.signals[0].round(4).tolist()
        return Reasons(self.score, dict(zip(SIGNALS, values, strict=True)), requirements)

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
            requirements=[_told(each, job_text, resume_text) for each in self.requirements],
            scoring_version=SCORING_VERSION,
        )


def _told(answered: Answered, job_text: str, resume_text: str) -> Requirement:
    return Requirement(
        text=job_text[answered.start : answered.end],
        start=answered.start,
        end=answered.end,
        necessity=answered.necessity,
        status=answered.status,
        similarity=answered.similarity,
        evidence=[
            Evidence(resume_text[one.start : one.end], one.start, one.end, one.similarity) for one in answered.evidence
        ],
        reason=answered.reason,
        parts=[_told(part, job_text, resume_text) for part in answered.parts],
    )


def calculate(job: ScoredDocument, resume: ScoredDocument) -> Match:
    """The score of one resume for one job, with its reasons, of documents that are read anew: see Comparison."""
    return Comparison(ReadDocument.of(job), ReadDocument.of(resume)).match(job.text, resume.text)


def has_enough_text(document: ReadDocument) -> bool:
    """Whether a document can be judged at all."""
    fewest = FEWEST_RESUME_TERMS if document.kind == "resume" else FEWEST_JOB_TERMS
    return document.has_windows and document.reading.distinct >= fewest
