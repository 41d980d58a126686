"""How well each requirement of a job is answered, and by what of the resume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from libs.contracts.inner.matching import RequirementStatus
from libs.contracts.structure import Necessity
from services.matching.scoring.facts.asks import Ask
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.signals.measured import Measured
from services.matching.scoring.signals.requirement_strengths import Told, at_once
from services.matching.scoring.terms import Weights
from services.matching.scoring.verdicts.asked import (
    COVER_SHARE,
    best_rows,
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
    job: ReadDocument, measured: Measured, row: int, most_evidence: int = MOST_EVIDENCE
) -> list[Answered]:
    """A job's requirements in their order, of each the best `most_evidence` (1 at least), best first; none where the
    job asks for nothing. `row`: of this one of the resumes that were measured. Blocks, for a millisecond or some."""
    if not job.job.shown or not len(job.job):
        return []
    telling = _Telling(job, measured.resumes[row], most_evidence)
    found: list[Answered] = []
    for start, end in at_once(len(job.job)):
        found += telling.answered(start, end, measured.look.told(row, start, end))
    return found


class _Look(NamedTuple):
    """The cosines (u) of a requirement with the telling units, and the greatest of them."""

    similarity: float
    near: Weights


class _Telling:
    """Tells what was looked at in a resume for what a job asks for."""

    def __init__(self, job: ReadDocument, resume: ReadDocument, most: int) -> None:
        self._job, self._resume, self._most = job, resume, most

    def answered(self, start: int, end: int, told: Told) -> list[Answered]:
        """The requirements from `start` to before `end`."""
        starts = self._job.ask_starts[start : end + 1].tolist()
        # A row for each, so that each is read in one go.
        near, covers = np.ascontiguousarray(told.near.T), np.ascontiguousarray(told.covers.T)
        similarities = told.near.max(axis=0, initial=0.0).tolist()
        found = []
        for index, (begin, behind) in enumerate(pairwise(starts), start=start):
            first, last = begin - starts[0], behind - starts[0]
            look = _Look(round(similarities[first], 4), near[first])
            found.append(self._answered(index, told.judged[first:last], look, covers[first:last]))
        return found

    def _answered(self, index: int, judged: Sequence[Judged], look: _Look, covers: Weights) -> Answered:
        asked = self._job.job
        start, end = asked.spans[index].tolist()
        necessity: Necessity = "nice" if asked.nice[index] else "must"
        if len(judged) == 1:
            return self._told(start, end, necessity, judged[0], look, covers[0])
        both = list(zip(asked.asks[index], judged, covers, strict=True))
        parts = [self._told(ask.start, ask.end, _necessity(ask), one, look, cover) for ask, one, cover in both]
        whole = all_of_parts([(ask.nice, one) for ask, one, _ in both])
        return self._told(start, end, necessity, whole, look, covers.max(axis=0), parts)

    def _told(
        self,
        start: int,
        end: int,
        necessity: Necessity,
        judged: Judged,
        look: _Look,
        cover: Weights,
        parts: Sequence[Answered] = (),
    ) -> Answered:
        rows = [] if judged.status == "missing" else self._rows(judged, look.near, cover)
        evidence = [self._answer(row, look.near) for row in rows]
        return Answered(start, end, necessity, judged.status, look.similarity, evidence, judged.reason, list(parts))

    def _rows(self, judged: Judged, near: Weights, cover: Weights) -> list[int]:
        """What decided first; behind it other lines that say nearly as much, but none twice."""
        if not len(near):
            return []
        telling, same_as = self._resume.resume.telling, self._resume.reading.same_as
        rows: dict[int, int] = {}
        for unit in judged.units:
            row = self._resume.row_of(unit)
            if 0 <= row < len(near):
                rows.setdefault(int(same_as[telling[row]]), row)
        # Where a fact decided, lines that only sound alike are none of it.
        if judged.by_facts or len(rows) >= self._most:
            return list(rows.values())[: self._most]
        worth = near + COVER_SHARE * cover
        order = best_rows(near, cover)
        least = _FURTHER_EVIDENCE * float(worth[order[0]])
        for row in order:
            if len(rows) >= self._most or (rows and worth[row] < least):
                break
            # Resumes repeat themselves.
            rows.setdefault(int(same_as[telling[row]]), row)
        return list(rows.values())

    def _answer(self, row: int, near: Weights) -> Answer:
        start, end = self._resume.units.spans[self._resume.resume.telling[row]].tolist()
        return Answer(start, end, round(float(near[row]), 4))


def _necessity(ask: Ask) -> Necessity:
    return "nice" if ask.nice else "must"
