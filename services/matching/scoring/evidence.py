"""How well each requirement of a job is answered, and by what of the resume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from libs.contracts.inner.matching import RequirementStatus
from libs.contracts.structure import Necessity
from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import is_covered
from services.matching.scoring.signals.requirement_strengths import at_once, covers_of
from services.matching.scoring.signals.words_found import words_found
from services.matching.scoring.terms import Weights
from services.matching.scoring.verdicts.asked import (
    COVER_SHARE,
    Beside,
    ask_judged,
    best_rows,
    trusted,
    word_strengths,
)
from services.matching.scoring.verdicts.judged import Judged, all_of_parts

MOST_EVIDENCE = 3
# Further evidence must come this near to the best.
_FURTHER_EVIDENCE = 0.7


@dataclass(frozen=True, slots=True)
class Answer:
    """A stretch of the resume that answers a requirement; `similarity` is their cosine."""

    start: int
    end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Answered:
    """A requirement, a stretch of the job; `similarity` is the greatest cosine of any telling unit of the resume.
    `reason`: what decided, where a number or a name did. `parts`: what it asks for, where that is several things."""

    start: int
    end: int
    necessity: Necessity
    status: RequirementStatus
    similarity: float
    evidence: list[Answer]
    reason: str | None = None
    parts: list[Answered] = field(default_factory=list)


def answered_requirements(
    job: ReadDocument, resume: ReadDocument, trust: float, most_evidence: int = MOST_EVIDENCE
) -> list[Answered]:
    """A job's requirements in their order, of each the best `most_evidence` (1 at least), best first; none where the
    job asks for nothing. `trust`: see HeldRoles. Blocks, for a millisecond or some."""
    if not job.job.shown or not len(job.job):
        return []
    look = _Look(job, resume, most_evidence, trust=trust)
    found: list[Answered] = []
    for start, end in at_once(len(job.job), len(resume.resume.telling)):
        found += look.answered(start, end)
    return found


class _Look:
    """One look at a resume for all that a job asks for."""

    def __init__(self, job: ReadDocument, resume: ReadDocument, most: int, *, trust: float) -> None:
        self._job, self._resume, self._most = job, resume, most
        self._words = words_found(job, resume)
        self._trust = trust
        self._listing = resume.resume.listing.astype(np.bool_)
        self._lines = resume.telling_vectors if is_covered(job, resume) else np.zeros_like(resume.telling_vectors)
        self._titles: Weights = self._lines @ job.title

    def answered(self, start: int, end: int) -> list[Answered]:
        """The requirements from `start` to before `end`."""
        near: Weights = self._lines @ self._job.requirement_vectors[start:end].T
        starts = self._job.ask_starts[start : end + 1].tolist()
        first = starts[0]
        covers = covers_of(self._job, first, starts[-1], self._words.rows, self._words.columns, len(self._lines))
        # A row for each requirement, so that each is read in one go.
        near, covers = np.ascontiguousarray(near.T), np.ascontiguousarray(covers.T)
        return [
            self._answered(start + place, near[place], covers[begin - first : behind - first])
            for place, (begin, behind) in enumerate(pairwise(starts))
        ]

    def _answered(self, index: int, near: Weights, covers: Weights) -> Answered:
        asked = self._job.job
        start, end = asked.spans[index].tolist()
        necessity: Necessity = "nice" if asked.nice[index] else "must"
        asks = asked.asks[index]
        judged = [self._judged(ask, near, cover) for ask, cover in zip(asks, covers, strict=True)]
        if len(asks) == 1:
            return self._told(start, end, necessity, judged[0], near, covers[0])
        both = list(zip(asks, judged, covers, strict=True))
        parts = [self._told(ask.start, ask.end, _necessity(ask), one, near, cover) for ask, one, cover in both]
        whole = all_of_parts([(ask.nice, one) for ask, one, _ in both])
        return self._told(start, end, necessity, whole, near, covers.max(axis=0), parts)

    def _judged(self, ask: Ask, near: Weights, cover: Weights) -> Judged:
        worth = near + COVER_SHARE * cover
        in_words = float(trusted(_strength(worth), _strength(worth[~self._listing]), self._trust)[0])
        return ask_judged(
            ask, Beside(self._resume, near, cover, self._titles, in_words, self._trust, self._resume.resume.held)
        )

    def _told(
        self,
        start: int,
        end: int,
        necessity: Necessity,
        judged: Judged,
        near: Weights,
        cover: Weights,
        parts: Sequence[Answered] = (),
    ) -> Answered:
        similarity = round(float(near.max(initial=0.0)), 4)
        rows = [] if judged.status == "missing" else self._rows(judged, near, cover)
        evidence = [self._answer(row, near) for row in rows]
        return Answered(start, end, necessity, judged.status, similarity, evidence, judged.reason, list(parts))

    def _rows(self, judged: Judged, near: Weights, cover: Weights) -> list[int]:
        """What decided first; behind it other lines that say nearly as much, but none twice."""
        if not len(near):
            return []
        worth = near + COVER_SHARE * cover
        order = best_rows(near, cover)
        least = _FURTHER_EVIDENCE * float(worth[order[0]])
        # Where a fact decided, lines that only sound alike are none of it.
        further = () if judged.by_facts else order
        telling, same_as = self._resume.resume.telling, self._resume.reading.same_as
        rows: dict[int, int] = {}
        for row in judged.rows:
            if 0 <= row < len(near):
                rows.setdefault(int(same_as[telling[row]]), row)
        for row in further:
            if len(rows) >= self._most or (rows and worth[row] < least):
                break
            # Resumes repeat themselves.
            rows.setdefault(int(same_as[telling[row]]), row)
        return list(rows.values())[: self._most]

    def _answer(self, row: int, near: Weights) -> Answer:
        start, end = self._resume.units.spans[self._resume.resume.telling[row]].tolist()
        return Answer(start, end, round(float(near[row]), 4))


def _strength(worth: Weights) -> Weights:
    return word_strengths(worth.max(initial=0.0, keepdims=True))


def _necessity(ask: Ask) -> Necessity:
    return "nice" if ask.nice else "must"
