"""Which documents an answer may be of: those that pass its filters and hold what its query demands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.answers.query.queries import ParsedQuery
from services.matching.index.filters.conditions import Condition, passing, passing_of, without_needless
from services.matching.index.found import Found, Numbers
from services.matching.index.words.protocol import WordIndex

# So many documents are compared one by one; of more, an index finds the candidates.
MOST_COMPARED = 20_000


@dataclass(frozen=True, slots=True)
class Restriction:
    """`within`: only these documents, and nothing else is set. Or else, as they are too many for that: only those that
    pass `condition`, are among `holding`, and not among `excluded`; each is None where it does not matter."""

    within: Numbers | None = None
    condition: Condition | None = None
    holding: Numbers | None = None
    excluded: Numbers | None = None

    @property
    def is_by_row(self) -> bool:
        """Whether documents must be looked at one by one, as `sql` says or `passed` does."""
        return self.condition is not None or self.holding is not None or self.excluded is not None

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        """As `Condition.sql`. PostgreSQL makes hash tables of the numbers."""
        parts: list[str] = []
        values: list[Any] = []
        if self.holding is not None:
            parts.append(f"{number} = ANY(${first + len(values)}::bigint[])")
            values.append(self.holding.tolist())
        if self.excluded is not None:
            parts.append(f"{number} <> ALL(${first + len(values)}::bigint[])")
            values.append(self.excluded.tolist())
        if self.condition is not None:
            condition, more = self.condition.sql(number, first + len(values))
            parts.append(condition)
            values += more
        return "(" + " AND ".join(parts or ["true"]) + ")", values

    async def passed(self, connection: Reading, tenant: str, kind: Kind, found: Sequence[Found]) -> list[Found]:
        """Those of what was found that an answer may be of."""
        numbers = np.unique(np.fromiter((each.number for each in found), dtype=np.int64, count=len(found)))
        for listed in (self.within, self.holding):
            if listed is not None:
                numbers = np.intersect1d(numbers, listed, assume_unique=True)
        if self.excluded is not None:
            numbers = np.setdiff1d(numbers, self.excluded, assume_unique=True)
        if self.condition is not None and len(numbers):
            numbers = await passing_of(connection, tenant, kind, self.condition, numbers)
        passed = set(numbers.tolist())
        return [each for each in found if each.number in passed]


async def filtered(connection: Reading, tenant: str, kind: Kind, condition: Condition | None) -> Restriction:
    """What filters leave of a tenant's documents."""
    condition = await without_needless(connection, tenant, kind, condition)
    if condition is None:
        return Restriction()
    passes = await passing(connection, tenant, kind, condition, at_most=MOST_COMPARED)
    return Restriction(condition=condition) if passes is None else Restriction(within=passes)


async def demanded(
    connection: Reading, tenant: str, kind: Kind, condition: Condition | None, query: ParsedQuery, words: WordIndex
) -> Restriction:
    """What filters and a query leave of a tenant's documents: the words it demands and refuses, looked up in `words`.
    Its phrases are not looked at."""
    if query.expression is None:
        return await filtered(connection, tenant, kind, condition)
    condition = await without_needless(connection, tenant, kind, condition)
    if query.required is None and query.excluded is not None:
        # What only refuses words leaves most documents: those that hold them are fewer.
        excluded = await words.holding(connection, tenant, kind, query.excluded)
        left = await filtered(connection, tenant, kind, condition)
        if left.within is not None:
            return Restriction(within=np.setdiff1d(left.within, excluded, assume_unique=True))
        return Restriction(condition=condition, excluded=excluded)
    holding = await words.holding(connection, tenant, kind, query.expression)
    if condition is not None and len(holding):
        holding = await passing_of(connection, tenant, kind, condition, holding)
    return Restriction(holding=holding) if len(holding) > MOST_COMPARED else Restriction(within=holding)
