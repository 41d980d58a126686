"""What there is to pack, to merge and to take out of a tenant's segments."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading

_WORK = """
SELECT kinds.kind, u.waiting, u.oldest, s.segments, s.newest, b.dead, b.erased
FROM unnest(ARRAY['resume', 'job']) AS kinds (kind),
LATERAL (
    SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(noted_at)), 0)::float8 AS oldest
    FROM matching.unpacked WHERE tenant = $1 AND kind = kinds.kind
) u,
LATERAL (
    SELECT count(*) AS segments, coalesce(max(segment), 0) AS newest FROM matching.segments
    WHERE tenant = $1 AND kind = kinds.kind
) s,
LATERAL (
    SELECT count(*) AS dead, count(receipt) AS erased FROM matching.buried WHERE tenant = $1 AND kind = kinds.kind
) b
"""
_DEAD = "SELECT version FROM matching.buried WHERE tenant = $1 AND kind = $2"


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """Of one kind: `waiting` cards that no segment has, the oldest for `oldest` seconds; `newest` of the
    segments; `dead` versions that these still hold, `erased` of them for a receipt."""

    kind: Kind
    waiting: int
    oldest: float
    segments: int
    newest: int
    dead: int
    erased: int


async def waiting_work(connection: Reading, tenant: str) -> list[WaitingWork]:
    """Of each kind."""
    rows = await connection.fetch(_WORK, tenant)
    return [WaitingWork(*(row[name] for name in WaitingWork.__slots__)) for row in rows]


async def dead_versions(connection: Reading, tenant: str, kind: Kind) -> list[int]:
    """Versions that segments may still hold and that count no more."""
    return [row["version"] for row in await connection.fetch(_DEAD, tenant, kind)]
