"""How well one resume answers one job: a score of this pair alone, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field

from libs.contracts.documents import Note
from libs.contracts.inner.matching import Evidence, MatchFlag, Requirement
from services.matching.scoring.copied.copied_units import Copied
from services.matching.scoring.copied.flags import pasted_job
from services.matching.scoring.evidence import MOST_EVIDENCE, Answered, answered_requirements
from services.matching.scoring.model import Match, ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import SIGNALS, Measured, is_covered, measure
from services.matching.scoring.weights import fitted_weights, scores_of

SCORING_VERSION = fitted_weights().version

# Fewer distinct terms than these are a name or a heading, not a text to judge.
FEWEST_JOB_TERMS = 3
FEWEST_RESUME_TERMS = 5

_UNCOVERED = Note(
    "language_not_covered",
    "The model does not know the language of one of the two texts, so the score leaves out what their vectors say. It"
    " rests on titles, facts and words that both share, and is hardly to be compared with scores of other pairs.",
)


class Comparison:
    """One resume against one job: `score` at once (0-100 with one decimal, None where a text is too short to be
    judged), the reasons only when they are asked for, which takes longer. Deterministic, of this pair alone, without
    a model call and without a text. Never raises for documents without windows, units or words. Blocks.
    """

    def __init__(self, job: ReadDocument, resume: ReadDocument) -> None:
        self._job = job
        self._resume = resume
        self._copied: Copied | None = None
        self._measured: Measured | None = None
        self.score: float | None = None
        if not has_enough_text(job) or not resume.has_windows:
            return
        self._measured = measure(job, [resume])
        self._resume, self._copied = self._measured.resumes[0], self._measured.copied[0]
        if has_enough_text(resume):
            self.score = round(float(scores_of(self._measured.signals)[0]), 1)

    def reasons(self, most_evidence: int = MOST_EVIDENCE) -> Reasons:
        """The score with its reasons, as stretches of the texts. It holds nothing of the documents.

        Of each requirement there is the best `most_evidence`. Requirements are named even where the resume has too
        little text for a score.
        """
        if self._measured is None:
            return Reasons(None, {}, [], as_of=self._resume.resume.held.as_of)
        requirements = answered_requirements(self._job, self._resume, self._measured, most_evidence)
        if self.score is None:
            return Reasons(None, {}, requirements, as_of=self._resume.resume.held.as_of)
        values = self._measured.signals[0].round(4).tolist()
        return Reasons(
            score=self.score,
            components=dict(zip(SIGNALS, values, strict=True)),
            requirements=requirements,
            flags=self._flags(),
            notes=[] if is_covered(self._job, self._resume) else [_UNCOVERED],
            as_of=self._resume.resume.held.as_of,
        )

    def _flags(self) -> list[MatchFlag]:
        pasted = None if self._copied is None else pasted_job(self._copied)
        own = self._resume.resume.flags
        return [pasted, *own] if pasted is not None else list(own)

    def match(self, job_text: str, resume_text: str) -> Match:
        """The score with its reasons in the words of both stored texts."""
        return self.reasons().match(job_text, resume_text)


@dataclass(frozen=True, slots=True)
class Reasons:
    """A pair's score, the parts it is made of (each 0-1), and each requirement with its evidence. `flags`, `notes` and
    `as_of`: see Calculation."""

    score: float | None
    components: dict[str, float]
    requirements: list[Answered]
    flags: list[MatchFlag] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    as_of: str | None = None

    def match(self, job_text: str, resume_text: str) -> Match:
        """The same in the words of both stored texts."""
        return Match(
            score=self.score,
            status="insufficient_data" if self.score is None else "scored",
            components=self.components,
            requirements=[_told(each, job_text, resume_text) for each in self.requirements],
            flags=self.flags,
            notes=self.notes,
            as_of=self.as_of,
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
