"""The rows that filters are answered from, written anew where metadata alone were changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.contracts.identifiers import Kind
from services.matching.index.filter_values import filter_values
from services.matching.storage.database import Writing

_NUMBERS = """
SELECT c.kind, c.id, c.number FROM matching.cards c
JOIN unnest($2::text[], $3::text[]) AS asked (kind, id) ON c.kind = asked.kind AND c.id = asked.id
WHERE c.tenant = $1
"""
_REMOVE = """
DELETE FROM matching.filter_values t USING unnest($2::text[], $3::bigint[]) AS gone (kind, number)
WHERE t.tenant = $1 AND t.kind = gone.kind AND t.number = gone.number
"""
_INSERT = """
INSERT INTO matching.filter_values (tenant, kind, number, key, position, type, text_value, number_value)
SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::smallint[], $6::"char"[], $7::text[], $8::float8[])
"""


@dataclass(frozen=True, slots=True)
class Filtered:
    """An indexed document with what filters ask for."""

    kind: Kind
    id: str
    metadata: Mapping[str, Any]
    language: str | None


async def write_filters(connection: Writing, tenant: str, documents: Sequence[Filtered]) -> None:
    """Writes the rows of documents of one tenant anew, each named once; those without a card have none."""
    asked = [[each.kind for each in documents], [each.id for each in documents]]
    found = await connection.fetch(_NUMBERS, tenant, *asked)
    numbers = {(row["kind"], row["id"]): row["number"] for row in found}
    if not numbers:
        return
    await connection.execute(_REMOVE, tenant, [kind for kind, _ in numbers], list(numbers.values()))
    rows = [
        (each.kind, numbers[each.kind, each.id], row.key, row.position, row.type.encode(), row.text, row.number)
        for each in documents
        if (each.kind, each.id) in numbers
        for row in filter_values(each.metadata, each.language)
    ]
    if rows:
        await connection.execute(_INSERT, tenant, *(list(column) for column in zip(*rows, strict=True)))
