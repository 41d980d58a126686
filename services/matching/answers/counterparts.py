"""The best counterparts of a document: all candidates scored, the best shown with their reasons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.inner.matching import MatchRequirement, RankedMatch
from services.matching.answers import scored_rows
from services.matching.answers.limits import AnswerLimits
from services.matching.answers.parts import in_parts
from services.matching.answers.scored_rows import Size
from services.matching.scoring.best import Best
from services.matching.scoring.calculate import Comparison
from services.matching.scoring.model import Match
from services.matching.scoring.read_document import ReadDocument
from services.matching.storage.database import Reading
from services.matching.storage.spaces_table import Space


class Counterparts:
    """Scores counterparts of one document, each as `calculate` does. The caller has reserved the memory."""

    def __init__(self, asked: ReadDocument, text: str, tenant: str, space: Space, limits: AnswerLimits) -> None:
        self._asked = asked
        self._text = text
        self._tenant = tenant
        self._kind: Kind = "resume" if asked.kind == "job" else "job"
        self._space = space
        self._limits = limits
        # Of those that were scored, which have too little text.
        self.unscored: set[str] = set()

    async def best(self, connection: Reading, found: Sequence[Size], limit: int) -> list[RankedMatch]:
        """The best `limit`, best first; equals by id."""
        scores: Best[str] = Best(limit)
        if len(found) > limit:
            async for rows in in_parts(connection, self._tenant, self._kind, found, self._space):
                await self._limits.scoring(partial(self._score, rows, scores))
            kept = set(scores.shown())
            found = [size for size in found if size.id in kept]
        shown: Best[RankedMatch] = Best(limit)
        async for rows in in_parts(connection, self._tenant, self._kind, found, self._space):
            texts = await scored_rows.texts(connection, self._tenant, self._kind, [row["id"] for row in rows])
            await self._limits.scoring(partial(self._show, rows, texts, shown))
        return shown.shown()

    def _score(self, rows: list[Any], scores: Best[str]) -> None:
        """`rows` is emptied on the way, so that each document is freed once it is scored. Blocks."""
        while rows:
            row = rows.pop()
            score = self._compared(row).score
            if score is not None:
                scores.offer(score, row["id"], partial(str, row["id"]))

    def _show(self, rows: list[Any], texts: dict[str, str], shown: Best[RankedMatch]) -> None:
        while rows:
            row = rows.pop()
            comparison = self._compared(row)
            if comparison.score is not None:
                shown.offer(comparison.score, row["id"], partial(self._shown, row, comparison, texts[row["id"]]))

    def _shown(self, row: Any, comparison: Comparison, text: str) -> RankedMatch:
        texts = (self._text, text) if self._asked.kind == "job" else (text, self._text)
        return _short(row, comparison.match(*texts))

    def _compared(self, row: Any) -> Comparison:
        asked, other = self._asked, scored_rows.read(row, self._space)
        comparison = Comparison(asked, other) if asked.kind == "job" else Comparison(other, asked)
        if comparison.score is None:
            self.unscored.add(row["id"])
        return comparison


def _short(row: Any, match: Match) -> RankedMatch:
    """A match as lists show it: requirements with their best evidence only."""
    requirements = [
        MatchRequirement(each.text, each.necessity, each.status, each.similarity, each.evidence[:1])
        for each in match.requirements
    ]
    # Encoded at once: as objects, those of a hundred long documents would take many times the memory.
    encoded: Any = msgspec.Raw(msgspec.json.encode(requirements))
    return RankedMatch(row["id"], row["title"], match.score, match.status, match.components, encoded)
