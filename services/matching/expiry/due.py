"""Which documents are expired, each claimed by one process at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.database.transactions import Writing
from services.matching.retention import Retention
from services.matching.storage.database import Database
from services.matching.topics.positions import is_being_filled

_ENDED = "d.status IN ('indexed', 'failed')"
_UNCLAIMED = """NOT EXISTS (SELECT FROM matching.expiries e WHERE e.tenant = $1 AND e.kind = d.kind AND e.id = d.id
    AND e.sent_at >= now() - make_interval(secs => $2))"""
_COLUMNS = 'd.kind, d.id, d.stamp, d."offset"'
# Where a submission is on its way, it may name another end: its own end is waited for.
_OWN_END = f"""
SELECT {_COLUMNS} FROM matching.standings s
JOIN matching.documents d ON d.tenant = $1 AND d.kind = s.kind AND d.id = s.id AND {_ENDED}
WHERE s.tenant = $1 AND s.expires_at <= now() AND {_UNCLAIMED} ORDER BY s.expires_at LIMIT $3
"""
_SUBMITTED_BEFORE = f"""
SELECT {_COLUMNS} FROM matching.documents d
LEFT JOIN matching.standings s ON s.tenant = $1 AND s.kind = d.kind AND s.id = d.id
WHERE d.tenant = $1 AND {_ENDED} AND {{before}} AND s.expires_at IS NULL AND {_UNCLAIMED} ORDER BY d.stamp LIMIT $3
"""
_BY_STAMP = _SUBMITTED_BEFORE.format(before="d.stamp < $4")
_BY_UPDATE = _SUBMITTED_BEFORE.format(before="d.updated_at < $4")
_ROOM = "SELECT count(*) FROM matching.expiries WHERE tenant = $1 AND sent_at >= now() - make_interval(secs => $2)"
_CLAIM = """
INSERT INTO matching.expiries AS claimed (tenant, kind, id) SELECT $1, * FROM unnest($2::text[], $3::text[])
ON CONFLICT (tenant, kind, id) DO UPDATE SET sent_at = now()
WHERE claimed.sent_at < now() - make_interval(secs => $4)
RETURNING kind, id
"""
_RELEASE = """
DELETE FROM matching.expiries e USING unnest($2::text[], $3::text[]) AS released (kind, id)
WHERE e.tenant = $1 AND e.kind = released.kind AND e.id = released.id
"""
# What was never answered, as its document was erased otherwise.
_FORGET = "DELETE FROM matching.expiries WHERE tenant = $1 AND sent_at < now() - interval '7 days'"


@dataclass(frozen=True, slots=True)
class Due:
    """An expired document, and the newest submission that is known of it."""

    key: DocumentKey
    newest: Revision


async def claim_due(
    database: Database, tenant: str, retention: Retention, *, by_days: bool, most: int, seconds: float
) -> list[Due] | None:
    """Expired documents of a tenant that nobody else claims for so many `seconds` from now on; so many at most that
    `most` are claimed together. `by_days`: those too that say nothing themselves. None where nobody may look: the
    database is being filled, or so many are claimed. Raises DependencyUnavailable."""
    async with database.writing(tenant) as connection:
        if await is_being_filled(connection):
            return None
        room = most - await connection.fetchval(_ROOM, tenant, seconds)
        if room <= 0:
            return None
        await connection.execute(_FORGET, tenant)
        found = list(await connection.fetch(_OWN_END, tenant, seconds, room))
        if by_days and len(found) < room:
            found += await _beyond_days(connection, tenant, retention, seconds, room - len(found))
        due = {(row["kind"], row["id"]): Revision(row["stamp"], row["offset"]) for row in found}
        if not due:
            return []
        columns = _columns(sorted(due))
        claimed = await connection.fetch(_CLAIM, tenant, *columns, seconds)
    return [Due(DocumentKey(tenant, *key), due[key]) for key in sorted((row["kind"], row["id"]) for row in claimed)]


async def release(database: Database, tenant: str, due: Sequence[Due]) -> None:
    """Lets others claim them at once. Raises DependencyUnavailable: then they wait until the claim is over."""
    async with database.writing(tenant) as connection:
        await connection.execute(_RELEASE, tenant, *_columns([(each.key.kind, each.key.id) for each in due]))


async def _beyond_days(
    connection: Writing, tenant: str, retention: Retention, seconds: float, limit: int
) -> Sequence[Any]:
    """Documents that say nothing themselves, and were submitted longer ago than their tenant keeps them."""
    days = retention.days_of(tenant)
    if days is None:
        return []
    now: datetime = await connection.fetchval("SELECT now()")
    before = now.astimezone(UTC) - timedelta(days=days)
    if retention.is_stamped:
        return await connection.fetch(_BY_STAMP, tenant, seconds, limit, int(before.timestamp() * 1000))
    return await connection.fetch(_BY_UPDATE, tenant, seconds, limit, before)


def _columns(keys: Sequence[tuple[str, str]]) -> list[list[str]]:
    return [[kind for kind, _ in keys], [id for _, id in keys]]
