"""The best counterparts of a document: all candidates scored, the best shown with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import MatchRequirement, RankedMatch, Requirement
from libs.database.transactions import Reading
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.parts import in_parts, texts_in_parts
from services.matching.answers.scored_rows import Scored, Shown, Size
from services.matching.score_log.shown_answer import ScoredVersion
from services.matching.scoring.calculate import Comparison, Comparisons, Reasons
from services.matching.scoring.choosing.best import Best
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.storage.spaces_table import Space


@dataclass(frozen=True, slots=True)
class _Match:
    id: str
    reasons: Reasons


class Counterparts:
    """Scores counterparts of one document, each as `calculate` does. The caller has reserved the memory.

    `text` is the stored text of the document that is asked about; `masked`: the others' texts are shown without who a
    person is.
    """

    def __init__(
        self, asked: ReadDocument, text: str, tenant: str, space: Space, limits: AnswerLimits, *, masked: bool
    ) -> None:
        self._asked = asked
        self._text = text
        self._tenant = tenant
        self._kind: Kind = "resume" if asked.kind == "job" else "job"
        self._space = space
        self._limits = limits
        self._masked = masked
        # Those that have too little text for a score.
        self.unscored: set[str] = set()
        # Which versions of those that are shown were scored.
        self.versions: dict[str, ScoredVersion] = {}

    async def best(self, connection: Reading, found: Sequence[Size], limit: int) -> list[RankedMatch]:
        """The best `limit`, best first; equals by id. No text is read but of these."""
        best: Best[_Match] = Best(limit)
        score = self._score_resumes if self._asked.kind == "job" else self._score_jobs
        async for documents in in_parts(connection, self._limits, self._tenant, self._kind, found, self._space):
            await self._limits.scoring(partial(score, documents, best))
            del documents
        matches = {each.id: each.reasons for each in best.shown()}
        shown: dict[str, RankedMatch] = {}
        sizes = [size for size in found if size.id in matches]
        async for texts in texts_in_parts(connection, self._tenant, self._kind, sizes, masked=self._masked):
            self.versions |= {id: each.version for id, each in texts.items()}
            shown |= await self._limits.scoring(partial(self._shown, texts, matches))
        return [shown[id] for id in matches]

    def _score_resumes(self, resumes: Sequence[Scored], best: Best[_Match]) -> None:
        """Of a job: all of them at once. Blocks."""
        comparisons = Comparisons(self._asked, [each.document for each in resumes])
        scored = [(score, place) for place, score in enumerate(comparisons.scores) if score is not None]
        self.unscored.update(each.id for each, score in zip(resumes, comparisons.scores, strict=True) if score is None)
        # The best first, so that reasons are asked for of no more than are shown.
        for score, place in sorted(scored, key=lambda each: (-each[0], resumes[each[1]].id)):
            id = resumes[place].id
            best.offer(score, id, lambda id=id, place=place: _Match(id, comparisons.reasons(place, 1)))  # type: ignore[misc]

    def _score_jobs(self, jobs: list[Scored], best: Best[_Match]) -> None:
        """Of a resume: one after the other. `jobs` is emptied on the way, so that each is freed once it is scored.
        Blocks."""
        jobs.reverse()
        while jobs:
            job = jobs.pop()
            comparison = Comparison(job.document, self._asked)
            if comparison.score is None:
                self.unscored.add(job.id)
            else:
                best.offer(
                    comparison.score,
                    job.id,
                    lambda id=job.id, pair=comparison: _Match(id, pair.reasons(most_evidence=1)),  # type: ignore[misc]
                )

    def _shown(self, texts: dict[str, Shown], matches: dict[str, Reasons]) -> dict[str, RankedMatch]:
        return {id: self._ranked(id, shown, matches[id]) for id, shown in texts.items()}

    def _ranked(self, id: str, shown: Shown, reasons: Reasons) -> RankedMatch:
        """A match as lists show it: requirements with their best evidence only."""
        texts = (self._text, shown.text) if self._asked.kind == "job" else (shown.text, self._text)
        match = reasons.match(*texts)
        requirements = [_short(each) for each in match.requirements]
        # Encoded at once: as objects, those of a hundred long documents would take many times the memory.
        encoded: Any = msgspec.Raw(msgspec.json.encode(requirements))
        return RankedMatch(
            id, shown.title, match.score, match.status, match.components, encoded, match.flags, match.notes, match.as_of
        )


def _short(requirement: Requirement) -> MatchRequirement:
    return MatchRequirement(
        requirement.text,
        requirement.necessity,
        requirement.status,
        requirement.similarity,
        requirement.evidence,
        requirement.reason,
        [_short(part) for part in requirement.parts],
    )
