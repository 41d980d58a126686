"""How far a replica must have come to know of all erasures of a tenant: positions in the write-ahead log.

A transaction cannot know where its own commit will lie. So an erasure is noted without a position, and whoever meets it
afterwards, committed, gives it one that lies behind its commit: the end of the log at that moment.
"""

from __future__ import annotations

from services.matching.storage.database import Database

_LAST = """
SELECT position::text AS position FROM matching.erasures
WHERE tenant = $1 ORDER BY position DESC NULLS FIRST LIMIT 1
"""
# Computed anew where the row had to wait for another erasure of the same receipt: it lies behind that one, too.
_SETTLE = """
UPDATE matching.erasures SET position = pg_current_wal_insert_lsn() WHERE tenant = $1 AND position IS NULL
"""
_GREATEST = "SELECT max(position)::text FROM matching.erasures WHERE tenant = $1"


async def last_erasure(primary: Database, tenant: str) -> str | None:
    """Where the log must have been replayed to, as text; None where the tenant never had an erasure.

    Raises DependencyUnavailable.
    """
    async with primary.writing(tenant) as connection:
        row = await connection.fetchrow(_LAST, tenant)
        if row is None:
            return None
        if row["position"] is None:
            await connection.execute(_SETTLE, tenant)
            # Whatever is without a position now was erased after this was asked.
            return str(await connection.fetchval(_GREATEST, tenant))
        return str(row["position"])
