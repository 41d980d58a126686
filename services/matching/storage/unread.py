"""Readings that no longer say what would be read today: they are derived anew, in the background or when asked for."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.identifiers import DocumentKey
from libs.database.transactions import Writing
from services.matching.storage.spaces_table import spaces_with_tables

_UNREAD = """
UPDATE matching.vectors_{space} v SET reading_version = 0
FROM unnest($2::text[], $3::text[]) AS changed (kind, id)
WHERE v.tenant = $1 AND v.kind = changed.kind AND v.id = changed.id
"""


async def note_unread(connection: Writing, keys: Sequence[DocumentKey]) -> None:
    """Of documents of one tenant, whose rows are locked; in all spaces."""
    columns = [[key.kind for key in keys], [key.id for key in keys]]
    for space in await spaces_with_tables(connection):
        await connection.execute(_UNREAD.format(space=space), keys[0].tenant, *columns)
