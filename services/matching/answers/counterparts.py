"""The best counterparts of a document: all candidates scored, the best shown with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import MatchRequirement, RankedMatch, Requirement
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.parts import in_parts, texts_in_parts
from services.matching.answers.scored_rows import Scored, Shown, Size
from services.matching.score_log.shown_answer import ScoredVersion
from services.matching.scoring.calculate import Comparison, Reasons, has_enough_text
from services.matching.scoring.choosing.best import Best
from services.matching.scoring.choosing.narrowing import Narrowing
from services.matching.scoring.choosing.near_scores import MARGIN, near_scores
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.storage.database import Reading
from services.matching.storage.spaces_table import Space


@dataclass(frozen=True, slots=True)
class _Match:
    id: str
    reasons: Reasons


class Counterparts:
    """Scores counterparts of one document, each as `calculate` does. The caller has reserved the memory.

    `text` is the stored text of the document that is asked about.
    """

    def __init__(self, asked: ReadDocument, text: str, tenant: str, space: Space, limits: AnswerLimits) -> None:
        self._asked = asked
        self._text = text
        self._tenant = tenant
        self._kind: Kind = "resume" if asked.kind == "job" else "job"
        self._space = space
        self._limits = limits
        # Those that have too little text for a score.
        self.unscored: set[str] = set()
        # Which versions of those that are shown were scored.
        self.versions: dict[str, ScoredVersion] = {}

    async def best(self, connection: Reading, found: Sequence[Size], limit: int) -> list[RankedMatch]:
        """The best `limit`, best first; equals by id. No text is read but of these.

        A job's resumes are scored all at once and nearly; exactly are scored only those that may be among the best.
        """
        best: Best[_Match] = Best(limit)
        is_narrowed = self._asked.kind == "job" and len(found) > limit
        narrowing: Narrowing[Scored] = Narrowing(limit, MARGIN, attrgetter("stored"))
        async for documents in in_parts(connection, self._limits, self._tenant, self._kind, found, self._space):
            if is_narrowed:
                await self._limits.scoring(partial(self._narrow, documents, narrowing, best))
            else:
                await self._limits.scoring(partial(self._score, documents, best))
            del documents
        await self._limits.scoring(lambda: self._score(narrowing.taken(), best))
        matches = {each.id: each.reasons for each in best.shown()}
        shown: dict[str, RankedMatch] = {}
        sizes = [size for size in found if size.id in matches]
        async for texts in texts_in_parts(connection, self._tenant, self._kind, sizes):
            self.versions |= {id: each.version for id, each in texts.items()}
            shown |= await self._limits.scoring(partial(self._shown, texts, matches))
        return [shown[id] for id in matches]

    def _narrow(self, documents: list[Scored], narrowing: Narrowing[Scored], best: Best[_Match]) -> None:
        """`documents` is emptied, so that those are freed that are not among the best. Blocks."""
        if not has_enough_text(self._asked):
            self._score(documents, best)
            return
        judged = [each for each in documents if has_enough_text(each.document)]
        self.unscored.update({each.id for each in documents}.difference(each.id for each in judged))
        documents.clear()
        near = near_scores(self._asked, [each.document for each in judged])
        self._score(narrowing.offer(zip(near.tolist(), judged, strict=True)), best)

    def _score(self, documents: list[Scored], best: Best[_Match]) -> None:
        """`documents` is emptied on the way, so that each is freed once it is scored. Blocks."""
        documents.reverse()
        while documents:
            scored = documents.pop()
            asked, other = self._asked, scored.document
            comparison = Comparison(asked, other) if asked.kind == "job" else Comparison(other, asked)
            if comparison.score is None:
                self.unscored.add(scored.id)
            else:
                best.offer(
                    comparison.score,
                    scored.id,
                    lambda id=scored.id, pair=comparison: _Match(id, pair.reasons(most_evidence=1)),  # type: ignore[misc]
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
