"""Filters as conditions of SQL, and which documents pass them.

Rows of `filter_values` answer them, by operators of btree alone, which keep their indexes under row level security.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from libs.contracts import filters as contract
from libs.contracts.filters import STATE, Exists, InvalidFilter, KeyFilter, OneOf, Range
from libs.contracts.identifiers import Kind
from libs.contracts.standing import CLOSED, OPEN, AskedState
from libs.database.transactions import Reading
from services.matching.index.filters.filter_values import key_of, text_of
from services.matching.index.found import Numbers

__all__ = [
    "Condition",
    "InvalidFilter",
    "of_ranked",
    "of_state",
    "parse_filters",
    "passing",
    "passing_of",
    "without_needless",
]

# So many documents of the most selective filter are looked for before more of another one are read.
_FEW = 1_000
# Looking one document up takes about as long as reading so many rows in the order of an index.
_ROWS_A_LOOKUP = 20
_OF_KIND = "passes.tenant = $1 AND passes.kind = $2"
_TYPES = {"number": b"n", "date": b"d"}
# Jobs that an older version stored have no state yet: they are open.
_IS_CLOSED = KeyFilter(STATE, OneOf((CLOSED,)))
_NOT_CLOSED = KeyFilter(STATE, OneOf((CLOSED,)), negated=True)
_ANY_CLOSED = """
SELECT EXISTS (SELECT FROM matching.filter_values WHERE tenant = $1 AND kind = 'job' AND key = $2 AND text_value = $3)
"""
_SIGNS = {"gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


@dataclass(frozen=True, slots=True)
class Condition:
    """What documents must pass: every one of some filters, one at least."""

    filters: tuple[KeyFilter, ...]

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        """A boolean of SQL over a column that holds the document's number, and its values, from `$first` on.

        `$1` is the tenant and `$2` the kind. `number` is qualified by its table's name or alias, which must not be
        `passes`. Meant for where most rows pass: it is looked at row by row, never planned as a join.
        """
        if "." not in number:
            raise ValueError(f"the column {number} must be qualified, or it would be the filters' own")
        values = _Values(first)
        parts = [
            # OFFSET 0 keeps the planner from making a join of it, which would lose the order of an index.
            f"{'NOT ' if each.negated else ''}EXISTS (SELECT FROM matching.filter_values passes WHERE {_OF_KIND}"
            f" AND passes.number = {number} AND {_held(each, values)} OFFSET 0)"
            for each in self.filters
        ]
        return "(" + " AND ".join(parts) + ")", values.given


def parse_filters(filters: Mapping[str, Any]) -> Condition | None:
    """The condition of filters, whose form `libs.contracts.filters` has; None of none. Raises InvalidFilter."""
    parts = contract.parse_filters(filters)
    return Condition(parts) if parts else None


def of_state(condition: Condition | None, state: AskedState | None) -> Condition | None:
    """The condition, and that jobs have a state."""
    if state is None or state == "any":
        return condition
    wanted = _NOT_CLOSED if state == OPEN else _IS_CLOSED
    return Condition((*(condition.filters if condition else ()), wanted))


def of_ranked(kind: Kind, condition: Condition | None, state: AskedState | None) -> Condition | None:
    """The condition, and, of jobs, that they have the state which is asked for: open ones, where neither that nor the
    condition says otherwise."""
    if kind == "resume":
        return condition
    is_named = condition is not None and any(each.key == STATE for each in condition.filters)
    return of_state(condition, state or ("any" if is_named else OPEN))


async def without_needless(
    connection: Reading, tenant: str, kind: Kind, condition: Condition | None
) -> Condition | None:
    """The condition without what every document passes: that jobs are not closed, where none is."""
    if condition is None or kind == "resume" or _NOT_CLOSED not in condition.filters:
        return condition
    if await connection.fetchval(_ANY_CLOSED, tenant, STATE, text_of(CLOSED)):
        return condition
    left = tuple(each for each in condition.filters if each != _NOT_CLOSED)
    return Condition(left) if left else None


async def passing(
    connection: Reading, tenant: str, kind: Kind, condition: Condition, *, at_most: int
) -> Numbers | None:
    """All documents that pass; None where they are more than `at_most`.

    Begins with the filter that the fewest documents pass. Where each alone is passed by more than `at_most`, all that
    pass each are read, and what this takes grows with them: 100,000 take some 20 ms.
    """
    rows = _Rows(connection, tenant, kind)
    wanted = [each for each in condition.filters if not each.negated]
    if not wanted:
        found = await _all_but(rows, condition.filters, at_most)
    else:
        first = await _most_selective(rows, wanted, at_most, alone=len(condition.filters) == 1)
        if first is None:
            return None
        found = await _restricted(rows, first[1], [each for each in condition.filters if each is not first[0]])
    return None if found is None or len(found) > at_most else found


async def passing_of(connection: Reading, tenant: str, kind: Kind, condition: Condition, numbers: Numbers) -> Numbers:
    """Those of some documents that pass."""
    return await _restricted(_Rows(connection, tenant, kind), numbers, condition.filters)


class _Values:
    """Values of a statement, numbered from `first` on."""

    def __init__(self, first: int) -> None:
        self._first = first
        self.given: list[Any] = []

    def add(self, value: Any) -> str:
        self.given.append(value)
        return f"${self._first + len(self.given) - 1}"


class _Rows:
    """Numbers of one kind of a tenant's documents, from the rows that hold what a filter asks for."""

    def __init__(self, connection: Reading, tenant: str, kind: Kind) -> None:
        self._connection, self._tenant, self._kind = connection, tenant, kind

    async def holding(self, each: KeyFilter, *, rows: int | None = None) -> tuple[Numbers, bool]:
        """The documents that hold it, from so many rows at most, and whether these are all there are."""
        values = _Values(4)
        found = await self._numbers(
            f"filter_values passes WHERE {_OF_KIND} AND {_held(each, values)} LIMIT $3", rows, values
        )
        return _distinct(found), rows is None or len(found) < rows

    async def holding_of(self, each: KeyFilter, numbers: Numbers) -> Numbers:
        """Those of some documents that hold it."""
        values = _Values(4)
        held = _held(each, values)
        return _distinct(
            await self._numbers(
                f"filter_values passes WHERE {_OF_KIND} AND passes.number = ANY($3::bigint[]) AND {held}",
                numbers.tolist(),
                values,
            )
        )

    async def every(self, *, rows: int | None = None) -> Numbers:
        """The documents, so many at most."""
        return _distinct(await self._numbers(f"cards passes WHERE {_OF_KIND} LIMIT $3", rows, _Values(4)))

    async def _numbers(self, of: str, third: Any, values: _Values) -> Numbers:
        # In one value: reading a row for each takes ten times as long.
        data = await self._connection.fetchval(
            f"SELECT string_agg(int8send(number), ''::bytea) FROM (SELECT passes.number FROM matching.{of}) found",
            self._tenant,
            self._kind,
            third,
            *values.given,
        )
        return np.frombuffer(data or b"", dtype=">i8").astype(np.int64)


async def _most_selective(
    rows: _Rows, wanted: list[KeyFilter], at_most: int, *, alone: bool
) -> tuple[KeyFilter, Numbers] | None:
    """The filter that the fewest documents pass, and these; None where it is alone and more than `at_most` pass."""
    bounds = [at_most] if len(wanted) == 1 or at_most <= _FEW else [_FEW, at_most]
    for bound in bounds:
        whole = []
        for each in wanted:
            found, are_all = await rows.holding(each, rows=bound + 1)
            if are_all:
                whole.append((each, found))
            elif alone and len(found) > at_most:
                return None
        if whole:
            return min(whole, key=lambda one: len(one[1]))
    return wanted[0], (await rows.holding(wanted[0]))[0]


async def _all_but(rows: _Rows, refused: Iterable[KeyFilter], at_most: int) -> Numbers | None:
    """The documents that none of the filters' tests hold of; None where they are more than `at_most`."""
    held = [(each, await rows.holding(each, rows=at_most + 1)) for each in refused]
    if all(are_all for _, (_, are_all) in held):
        out = _distinct(np.concatenate([found for _, (found, _) in held]))
        # Of so many documents more than `at_most` must pass.
        bound = at_most + len(out) + 1
        every = await rows.every(rows=bound)
        return None if len(every) == bound else every[np.isin(every, out, assume_unique=True, invert=True)]
    return await _restricted(rows, await rows.every(), [each for each, _ in held])


async def _restricted(rows: _Rows, numbers: Numbers, filters: Iterable[KeyFilter]) -> Numbers:
    for each in sorted(filters, key=lambda one: one.negated):
        if not len(numbers):
            break
        held, are_all = await rows.holding(each, rows=_ROWS_A_LOOKUP * len(numbers) + 1)
        if not are_all:
            held = await rows.holding_of(each, numbers)
        numbers = numbers[np.isin(numbers, held, assume_unique=True, invert=each.negated)]
    return numbers


def _held(each: KeyFilter, values: _Values) -> str:
    """That a row holds what a filter asks for, or asks to be absent where it is negated."""
    key = f"passes.key = {values.add(key_of(each.key))}"
    match each.test:
        case OneOf(wanted):
            texts = sorted({text_of(value) for value in wanted})
            given = f"= {values.add(texts[0])}" if len(texts) == 1 else f"= ANY({values.add(texts)}::text[])"
            return f"{key} AND passes.text_value {given}"
        case Range():
            bounds = [
                f" AND passes.number_value {sign} {values.add(bound)}"
                for name, sign in _SIGNS.items()
                if (bound := getattr(each.test, name)) is not None
            ]
            return f'{key} AND passes.type = {values.add(_TYPES[each.test.of])}::"char"{"".join(bounds)}'
        case Exists():
            return key


def _distinct(numbers: Numbers) -> Numbers:
    """Ascending, each once. As an index often has them so, they are looked at before they are sorted."""
    return numbers if bool(np.all(numbers[1:] > numbers[:-1])) else np.unique(numbers)
