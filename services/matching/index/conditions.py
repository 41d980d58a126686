"""Filters as conditions of SQL, and which documents pass them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from libs.contracts.identifiers import Kind
from services.matching.index.found import Numbers
from services.matching.storage.database import Reading


class InvalidFilter(ValueError):
    """A filter is not of the form; `key` names it."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


class Condition(Protocol):
    """What documents must pass."""

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        """A boolean over a column expression that holds the document's number, and its values, from `$first` on;
        `$1` is the tenant and `$2` the kind."""
        ...


def parse_filters(filters: dict[str, Any]) -> Condition | None:
    """The condition of filters; None where there are none. Raises InvalidFilter."""
    for key in filters:
        raise InvalidFilter(key, "filters are not built yet: leave them out")
    return None


async def passing(
    connection: Reading, tenant: str, kind: Kind, condition: Condition, *, at_most: int
) -> Numbers | None:
    """The documents that pass; None where they are more than `at_most`."""
    sql, values = condition.sql("c.number", 4)
    rows = await connection.fetch(
        f"SELECT number FROM matching.cards c WHERE tenant = $1 AND kind = $2 AND {sql} ORDER BY number LIMIT $3",
        tenant,
        kind,
        at_most + 1,
        *values,
    )
    return None if len(rows) > at_most else np.array([row["number"] for row in rows], dtype=np.int64)


async def passing_of(connection: Reading, tenant: str, kind: Kind, condition: Condition, numbers: Numbers) -> Numbers:
    """Those of some documents that pass."""
    sql, values = condition.sql("c.number", 4)
    rows = await connection.fetch(
        f"""
        SELECT number FROM matching.cards c
        WHERE tenant = $1 AND kind = $2 AND number = ANY($3::bigint[]) AND {sql} ORDER BY number
        """,
        tenant,
        kind,
        numbers.tolist(),
        *values,
    )
    return np.array([row["number"] for row in rows], dtype=np.int64)
