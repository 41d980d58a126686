"""Which documents are worth ranking: the nearest by vector, and those with the most telling of the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pgvector import HalfVector

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.answers.candidates.restriction import Restriction
from services.matching.index.found import Found, Numbers
from services.matching.index.vectors.nearest import nearest
from services.matching.index.words.protocol import WordIndex
from services.matching.index.words.weighted_terms import WeightedTerms
from services.matching.storage.spaces_table import Space

# Candidates for each match that is shown, where more are than the few that are usual.
_NEAREST_A_MATCH, _WORDS_A_MATCH = 8, 15
Sample = Callable[[Space, str, Kind, HalfVector], None]

# Where filters leave many documents, the words' candidates are looked for among this many times as many at most.
_MOST_ENLARGED = 16


@dataclass(frozen=True, slots=True)
class Pool:
    """How many candidates are taken from each way of finding them."""

    nearest: int
    words: int

    @property
    def most(self) -> int:
        """Candidates of both together, at most."""
        return self.nearest + self.words

    def for_results(self, limit: int) -> Pool:
        """The same, or larger, so that so many results can be filled."""
        return Pool(max(self.nearest, limit), self.words)

    def for_matches(self, limit: int) -> Pool:
        """The same, or larger, so that the best of so many matches are among them."""
        return Pool(max(self.nearest, _NEAREST_A_MATCH * limit), max(self.words, _WORDS_A_MATCH * limit))

    def times(self, factor: int) -> Pool:
        """A pool so many times as large."""
        return Pool(self.nearest * factor, self.words * factor)


# Measured: these hold the best ten of everything scored fully (docs/decisions/finding-candidates.md).
SEARCHED = Pool(nearest=200, words=150)
MATCHED = Pool(nearest=600, words=800)
# A word that one document alone has counts little beside meaning when cards are compared; the document is wanted.
FOREMOST = 10


@dataclass(frozen=True, slots=True)
class Sought:
    """What candidates are looked for by. `vector` is of `space`; without one, words alone count. `exact_words`: whether
    anybody needs to know the order by words (see WordIndex)."""

    tenant: str
    kind: Kind
    terms: WeightedTerms
    space: Space | None = None
    vector: HalfVector | None = None
    exact_words: bool = True


@dataclass(frozen=True, slots=True)
class Pooled:
    """The numbers of candidates. `foremost` are among them: those that hold most of the words that are looked for,
    which are worth a full comparison whatever else is known of them."""

    numbers: Numbers
    foremost: Numbers


class Candidates:
    """Finds candidates by both ways. `sample` is told of searches among vectors, for measuring how well they do."""

    def __init__(self, words: WordIndex, sample: Sample | None = None) -> None:
        self._words = words
        self._sample = sample or _nowhere

    async def find(self, connection: Reading, sought: Sought, restricted: Restriction, pool: Pool) -> Pooled:
        """The candidates: the nearest, nearest first, then those with words. All that the restriction
        leaves, where these are no more than the pool holds; else `pool.nearest` at least, where as many are left.
        By words alone: those that hold some."""
        within = restricted.within
        if within is not None and sought.vector is not None and len(within) <= pool.most:
            return Pooled(within, within[:0])
        alike = await self._by_words(connection, sought, restricted, pool.words if sought.vector else pool.most)
        near: list[Found] = []
        if sought.space is not None and sought.vector is not None:
            near = await nearest(
                connection,
                sought.space,
                sought.tenant,
                sought.kind,
                sought.vector,
                pool.nearest,
                within=within,
                condition=restricted if restricted.is_by_row else None,
            )
            if within is None:
                self._sample(sought.space, sought.tenant, sought.kind, sought.vector)
        numbers = dict.fromkeys(each.number for each in (*near, *alike))
        foremost = [each.number for each in alike[:FOREMOST]]
        return Pooled(np.array(list(numbers), dtype=np.int64), np.array(foremost, dtype=np.int64))

    async def _by_words(self, connection: Reading, sought: Sought, restricted: Restriction, limit: int) -> list[Found]:
        if not sought.terms or not limit:
            return []
        asked = connection, sought.tenant, sought.kind
        listed = restricted.holding if restricted.within is None else restricted.within
        if restricted.condition is None and restricted.excluded is None:
            return await self._words.best(*asked, sought.terms, limit, within=listed, exact=sought.exact_words)
        factor = 2
        while True:
            found = await self._words.best(
                *asked, sought.terms, factor * limit, within=listed, exact=sought.exact_words
            )
            passed = await restricted.passed(*asked, found)
            if len(passed) >= limit or len(found) < factor * limit or factor >= _MOST_ENLARGED:
                return passed[:limit]
            factor *= 2


def _nowhere(space: Space, tenant: str, kind: Kind, vector: HalfVector) -> None:
    del space, tenant, kind, vector
