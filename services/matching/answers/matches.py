"""The score of a pair, and the best counterparts of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.matching import Calculation, MatchRequirement, RankedMatch
from libs.contracts.inner.matching import Matches as RankedMatches
from services.matching.answers import candidates
from services.matching.answers.asked import size_of
from services.matching.answers.limits import AnswerLimits
from services.matching.answers.parts import cost_of_scoring, in_parts
from services.matching.scoring.best import Best
from services.matching.scoring.calculate import SCORING_VERSION, Comparison
from services.matching.scoring.model import Match
from services.matching.scoring.read_document import ReadDocument
from services.matching.storage.database import Database, Reading
from services.matching.storage.spaces_table import Space, active_space


class Matches:
    """Scores pairs from stored vectors; the model is not asked. An answer is of one moment of the database."""

    def __init__(self, database: Database, limits: AnswerLimits, *, most_candidates: int) -> None:
        self._database = database
        self._limits = limits
        self._most_candidates = most_candidates

    async def calculate(self, job: DocumentKey, resume: DocumentKey) -> Calculation:
        """The score of a pair. Raises Unknown, NotIndexed, DependencyUnavailable (Overloaded, BeingFilled)."""
        async with self._limits.answer(), self._database.reading(job.tenant) as connection:
            space = await active_space(connection)
            sizes = [await size_of(connection, key, space) for key in (job, resume)]
            async with self._limits.memory(cost_of_scoring(sizes[0], sizes[1:], shown=1)):
                rows = [await _row(connection, key, space) for key in (job, resume)]
                scored = await self._limits.scoring(lambda: _scored_pair(rows, space))
        return Calculation(
            job_id=job.id,
            resume_id=resume.id,
            **msgspec.structs.asdict(scored),
            model=None if space is None else space.model,
        )

    async def matches(self, key: DocumentKey, limit: int) -> RankedMatches:
        """The best counterparts of a document; `requirements` of each are JSON already (msgspec.Raw), to be sent alone.

        Raises Unknown, NotIndexed, DependencyUnavailable (Overloaded, BeingFilled).
        """
        other: Kind = "resume" if key.kind == "job" else "job"
        async with self._limits.answer(), self._database.reading(key.tenant) as connection:
            space = await active_space(connection)
            size = await size_of(connection, key, space)
            ids = await self._worth_scoring(connection, key, other, space, limit)
            found = await candidates.sizes(connection, key.tenant, other, ids, space)
            async with self._limits.memory(cost_of_scoring(size, found, shown=limit)):
                counterparts = _Counterparts(await _row(connection, key, space), space, limit)
                async for rows in in_parts(connection, key.tenant, other, found, space):
                    await self._limits.scoring(lambda rows=rows: counterparts.add(rows))  # type: ignore[misc]
        return RankedMatches(
            results=counterparts.best.shown(),
            unscored=counterparts.unscored,
            degraded=False,
            scoring_version=SCORING_VERSION,
        )

    async def _worth_scoring(
        self, connection: Reading, key: DocumentKey, other: Kind, space: Space | None, limit: int
    ) -> list[str]:
        if space is None:
            return []
        most = max(self._most_candidates, 2 * limit)
        vector, terms = await candidates.vector_and_terms(connection, space, key)
        near = await candidates.nearest(connection, space, key.tenant, other, vector, most)
        alike = await candidates.sharing_words(connection, key.tenant, other, terms, most // 2)
        return list(dict.fromkeys([*near, *alike]))


class _Counterparts:
    """The best counterparts of one document, which is read once for all. Blocks."""

    def __init__(self, asked_row: Any, space: Space | None, limit: int) -> None:
        self._row = asked_row
        self._space = space
        self._asked: ReadDocument | None = None
        self._text = ""
        self.best: Best[RankedMatch] = Best(limit)
        self.unscored = 0

    def add(self, rows: list[Any]) -> None:
        """Scores some candidates; `rows` is emptied on the way, so that each is freed once it is scored."""
        if self._asked is None:
            self._asked, self._text = candidates.read(self._row, self._space), self._row["text"]
            self._row = None
        while rows:
            self._add(rows.pop(), self._asked)

    def _add(self, row: Any, asked: ReadDocument) -> None:
        found = candidates.read(row, self._space)
        comparison = Comparison(asked, found) if asked.kind == "job" else Comparison(found, asked)
        if comparison.score is None:
            self.unscored += 1
        else:
            texts = (self._text, row["text"]) if asked.kind == "job" else (row["text"], self._text)
            self.best.offer(comparison.score, row["id"], lambda: _short(row, comparison.match(*texts)))


def _scored_pair(rows: Sequence[Any], space: Space | None) -> Match:
    job, resume = rows
    return Comparison(candidates.read(job, space), candidates.read(resume, space)).match(job["text"], resume["text"])


async def _row(connection: Reading, key: DocumentKey, space: Space | None) -> Any:
    """The row of a document whose size was found in the same transaction."""
    (row,) = await candidates.load(connection, key.tenant, key.kind, [key.id], space)
    return row


def _short(row: Any, match: Match) -> RankedMatch:
    """A match as lists show it: requirements with their best evidence only."""
    requirements = [
        MatchRequirement(each.text, each.necessity, each.status, each.similarity, each.evidence[:1])
        for each in match.requirements
    ]
    # Encoded at once: as objects, those of a hundred long documents would take many times the memory.
    encoded: Any = msgspec.Raw(msgspec.json.encode(requirements))
    return RankedMatch(row["id"], row["title"], match.score, match.status, match.components, encoded)
