"""How well one resume answers one job: a score of this pair alone, with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.contracts.documents import Note
from libs.contracts.inner.matching import Evidence, MatchFlag, Requirement
from services.matching.scoring.copied.copied_units import Copied
from services.matching.scoring.copied.flags import pasted_job
from services.matching.scoring.evidence import MOST_EVIDENCE, Answered, answered_requirements
from services.matching.scoring.model import Match, ScoredDocument
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import SIGNALS, is_covered, measure
from services.matching.scoring.signals.requirement_strengths import AT_ONCE
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


class Comparisons:
    """Resumes against one job: `scores` at once (each 0-100 with one decimal, None where a text is too short to be
    judged), the reasons only when they are asked for, which takes longer. Deterministic, and of each pair alone: the
    other resumes make no difference, not to the last digit. Without a model call and without a text. Never raises for
    documents without windows, units or words. Blocks.

    For as long as it lives, it keeps the documents and what was looked at in them last, some megabytes for a hundred.
    """

    def __init__(self, job: ReadDocument, resumes: Sequence[ReadDocument]) -> None:
        self._job = job
        self._resumes = resumes
        self.scores: list[float | None] = [None] * len(resumes)
        measured = [place for place, each in enumerate(resumes) if each.has_windows] if has_enough_text(job) else []
        self._rows = {place: row for row, place in enumerate(measured)}
        self._measured = measure(job, [resumes[place] for place in measured]) if measured else None
        if self._measured is not None:
            scores = scores_of(self._measured.signals).tolist()
            for place, score in zip(measured, scores, strict=True):
                self.scores[place] = round(score, 1) if has_enough_text(resumes[place]) else None

    def reasons(self, place: int, most_evidence: int = MOST_EVIDENCE) -> Reasons:
        """The score of one of the resumes with its reasons, as stretches of the texts. It holds nothing of the
        documents.

        Of each requirement there is the best `most_evidence`. Requirements are named even where the resume has too
        little text for a score. Of a job with very many of them the pair is measured once more.
        """
        as_of = self._resumes[place].resume.held.as_of
        measured, row, score = self._measured, self._rows.get(place, -1), self.scores[place]
        if measured is None or row < 0:
            return Reasons(None, {}, [], as_of=as_of)
        if len(self._rows) > 1 and len(self._job.job) > AT_ONCE:
            # Else all resumes would be looked at again, for some requirements after the other.
            measured, row = measure(self._job, [self._resumes[place]]), 0
        requirements = answered_requirements(self._job, measured, row, most_evidence)
        if score is None:
            return Reasons(None, {}, requirements, as_of=as_of)
        return Reasons(
            score=score,
            components=dict(zip(SIGNALS, measured.signals[row].round(4).tolist(), strict=True)),
            requirements=requirements,
            flags=_flags(measured.resumes[row], measured.copied[row]),
            notes=[] if is_covered(self._job, self._resumes[place]) else [_UNCOVERED],
            as_of=as_of,
        )


class Comparison:
    """One resume against one job: see Comparisons."""

    def __init__(self, job: ReadDocument, resume: ReadDocument) -> None:
        self._pair = Comparisons(job, [resume])

    @property
    def score(self) -> float | None:
        """0-100 with one decimal, None where a text is too short to be judged."""
        return self._pair.scores[0]

    def reasons(self, most_evidence: int = MOST_EVIDENCE) -> Reasons:
        """The score with its reasons."""
        return self._pair.reasons(0, most_evidence)

    def match(self, job_text: str, resume_text: str) -> Match:
        """The score with its reasons in the words of both stored texts."""
        return self.reasons().match(job_text, resume_text)


def _flags(resume: ReadDocument, copied: Copied) -> list[MatchFlag]:
    pasted = pasted_job(copied)
    own = resume.resume.flags
    return [pasted, *own] if pasted is not None else list(own)


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
