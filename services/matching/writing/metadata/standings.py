"""Documents' standings in the database: what was named last of each, read and written for many documents at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Named, Standing, written
from libs.database.transactions import Writing
from services.matching.writing.stored_document import asked_sql

_READ = asked_sql("standings", "kind, id, expires_at, expires_stamp, expires_offset, state, state_stamp, state_offset")
_WRITE = """
INSERT INTO matching.standings
    (tenant, kind, id, expires_at, expires_stamp, expires_offset, state, state_stamp, state_offset)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::text[],
    $8::bigint[], $9::bigint[])
ON CONFLICT (tenant, kind, id) DO UPDATE SET expires_at = excluded.expires_at, expires_stamp = excluded.expires_stamp,
    expires_offset = excluded.expires_offset, state = excluded.state, state_stamp = excluded.state_stamp,
    state_offset = excluded.state_offset, noted_at = now()
"""
_REMOVE = """
DELETE FROM matching.standings s USING unnest($2::text[], $3::text[]) AS gone (kind, id)
WHERE s.tenant = $1 AND s.kind = gone.kind AND s.id = gone.id
"""
# Of documents that never came.
_FORGET = """
DELETE FROM matching.standings s WHERE s.tenant = $1 AND s.noted_at < $2 AND NOT EXISTS (
    SELECT FROM matching.documents d WHERE d.tenant = $1 AND d.kind = s.kind AND d.id = s.id
        AND (d.indexed_stamp IS NOT NULL OR d.status IN ('queued', 'parsed')))
"""


async def known_standings(connection: Writing, tenant: str, keys: Sequence[DocumentKey]) -> dict[DocumentKey, Standing]:
    """Of those of the documents of which anything was ever named."""
    rows = await connection.fetch(_READ, tenant, [key.kind for key in keys], [key.id for key in keys])
    return {DocumentKey(tenant, row["kind"], row["id"]): _standing(row) for row in rows}


async def write_standings(connection: Writing, tenant: str, standings: Mapping[DocumentKey, Standing]) -> None:
    """Writes standings in place of those that are stored; an empty one is removed."""
    made = [_row(key, each) for key, each in sorted(standings.items(), key=lambda item: item[0]) if each != NEVER_NAMED]
    gone = sorted(key for key, each in standings.items() if each == NEVER_NAMED)
    if made:
        await connection.execute(_WRITE, tenant, *map(list, zip(*made, strict=True)))
    if gone:
        await connection.execute(_REMOVE, tenant, [key.kind for key in gone], [key.id for key in gone])


async def forget_standings(connection: Writing, tenant: str, before: datetime) -> int:
    """Removes what was named before a moment of documents that are neither stored nor on their way; returns how many
    documents."""
    return await connection.execute(_FORGET, tenant, before)


def _standing(row: Any) -> Standing:
    expires_at = None if row["expires_at"] is None else written(row["expires_at"])
    return Standing(
        _named(expires_at, row["expires_stamp"], row["expires_offset"]),
        _named(row["state"], row["state_stamp"], row["state_offset"]),
    )


def _named(value: str | None, stamp: int | None, offset: int | None) -> Named | None:
    return None if stamp is None or offset is None else Named(value, Revision(stamp, offset))


def _row(key: DocumentKey, standing: Standing) -> tuple[Any, ...]:
    expires_at, state = standing.expires_at, standing.state
    until = None if expires_at is None or expires_at.value is None else datetime.fromisoformat(expires_at.value)
    return (key.kind, key.id, until, *_place(expires_at), None if state is None else state.value, *_place(state))


def _place(named: Named | None) -> tuple[int | None, int | None]:
    return (None, None) if named is None else (named.at.stamp, named.at.offset)
