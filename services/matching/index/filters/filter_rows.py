"""Writing the rows that filters are answered from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from libs.contracts.identifiers import Kind
from libs.contracts.standing import State
from libs.database.transactions import Writing
from services.matching.index.filters.filter_values import FilterValue, filter_values

_NUMBERS = """
SELECT c.kind, c.id, c.number FROM matching.cards c
JOIN unnest($2::text[], $3::text[]) AS asked (kind, id) ON c.kind = asked.kind AND c.id = asked.id
WHERE c.tenant = $1
"""
# Places that a document has no value for any more.
_REMOVE = """
DELETE FROM matching.filter_values f USING unnest($2::text[], $3::bigint[]) AS document (kind, number)
WHERE f.tenant = $1 AND f.kind = document.kind AND f.number = document.number AND NOT EXISTS (
    SELECT FROM unnest($4::text[], $5::bigint[], $6::text[], $7::smallint[]) AS kept (kind, number, key, position)
    WHERE (kept.kind, kept.number, kept.key, kept.position) = (f.kind, f.number, f.key, f.position)
)
"""
_WRITE = """
INSERT INTO matching.filter_values AS stored (tenant, kind, number, key, position, type, text_value, number_value)
SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::smallint[], $6::"char"[], $7::text[], $8::float8[])
ON CONFLICT (tenant, kind, number, key, position) DO UPDATE SET type = excluded.type,
    text_value = excluded.text_value, number_value = excluded.number_value
WHERE (stored.type, stored.text_value, stored.number_value)
    IS DISTINCT FROM (excluded.type, excluded.text_value, excluded.number_value)
"""


@dataclass(frozen=True, slots=True)
class Filtered:
    """A document with what filters ask for."""

    kind: Kind
    id: str
    metadata: Mapping[str, Any]
    language: str | None
    state: State | None = None


class FilterRows(NamedTuple):
    """All rows that a document shall have."""

    kind: Kind
    number: int
    values: Sequence[FilterValue]


async def write_filters(connection: Writing, tenant: str, documents: Sequence[Filtered]) -> None:
    """Writes the rows of documents of one tenant, each named once, in place of those they had, in three statements.

    Those without a card, as they were never indexed, have none.
    """
    asked = [each.kind for each in documents], [each.id for each in documents]
    numbers = {(row["kind"], row["id"]): row["number"] for row in await connection.fetch(_NUMBERS, tenant, *asked)}
    found = [each for each in documents if (each.kind, each.id) in numbers]
    rows = [
        FilterRows(each.kind, numbers[each.kind, each.id], filter_values(each.metadata, each.language, each.state))
        for each in found
    ]
    await write_filter_rows(connection, tenant, rows)


async def write_filter_rows(
    connection: Writing, tenant: str, documents: Sequence[FilterRows], new: Collection[int] = ()
) -> None:
    """Writes the rows of many documents of a tenant, each once, in place of those they had, in two statements; what is
    the same is not touched. The numbers in `new` have no rows yet."""
    rows = _rows(documents)
    known = [each for each in documents if each.number not in new]
    if known:
        kept = _columns(_rows(known))
        kinds, numbers = [each.kind for each in known], [each.number for each in known]
        await connection.execute(_REMOVE, tenant, kinds, numbers, *kept[:4])
    if rows:
        await connection.execute(_WRITE, tenant, *_columns(rows))


def _rows(documents: Sequence[FilterRows]) -> list[tuple[Any, ...]]:
    return [
        (each.kind, each.number, row.key, row.position, row.type.encode(), row.text, row.number)
        for each in documents
        for row in each.values
    ]


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(7)]
