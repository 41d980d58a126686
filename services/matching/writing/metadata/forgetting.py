"""Forgetting: what an erasure takes out of metadata, and what became too old to be kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.topics import SUBMITTED, TOPICS
from libs.database.transactions import Writing
from services.matching.storage.database import Database
from services.matching.writing.metadata.history import erased, joined
from services.matching.writing.metadata.rows import known_metadata, write_metadata, write_statements
from services.matching.writing.metadata.standings import forget_standings

# As long as a submission may be replayed from its topic, a text may come with metadata of before a change.
KEPT = timedelta(milliseconds=TOPICS[SUBMITTED].longest_ms)
# Documents that are looked at in one transaction.
AT_ONCE = 500

_OLD = """
SELECT DISTINCT c.kind, c.id, d.status IS NOT NULL AND d.status IN ('queued', 'parsed') AS on_its_way,
    d.indexed_stamp IS NOT NULL AS indexed
FROM (SELECT kind, id FROM matching.metadata_changes WHERE tenant = $1 AND noted_at < $2
      ORDER BY noted_at OFFSET $3 LIMIT $4) c
LEFT JOIN matching.documents d ON d.tenant = $1 AND d.kind = c.kind AND d.id = c.id
"""
_DROP = """
DELETE FROM matching.metadata_changes c USING unnest($2::text[], $3::text[]) AS gone (kind, id)
WHERE c.tenant = $1 AND c.kind = gone.kind AND c.id = gone.id AND c.noted_at < $4
"""


async def forget_metadata(connection: Writing, key: DocumentKey, revision: Revision) -> None:
    """Removes all that was said of a document's metadata up to an erasure's revision; what was said since stays."""
    known = (await known_metadata(connection, key.tenant, [key]))[key]
    after = erased(known.history, revision)
    if after == known.history:
        return
    await write_statements(connection, key.tenant, {key: (known.history, after)})
    if after.indexed:
        await write_metadata(connection, key.tenant, {key: (known, after)})


async def join_old(database: Database, kept: timedelta = KEPT) -> int:
    """Joins what is older than `kept` into what it stands on, and drops what was said of documents that never came.

    Metadata stay as they are. Returns how many documents were looked at. Raises DependencyUnavailable.
    """
    before = datetime.now(UTC) - kept
    total = 0
    for tenant in await database.tenants():
        skipped = 0
        while True:
            async with database.writing(tenant) as connection:
                rows = await connection.fetch(_OLD, tenant, before, skipped, AT_ONCE)
                keys = [DocumentKey(tenant, row["kind"], row["id"]) for row in rows if row["indexed"]]
                await _join(connection, tenant, sorted(keys), before)
                gone = [row for row in rows if not row["indexed"] and not row["on_its_way"]]
                if gone:
                    await connection.execute(
                        _DROP, tenant, [row["kind"] for row in gone], [row["id"] for row in gone], before
                    )
            total += len(rows)
            skipped += len(rows) - len(keys) - len(gone)
            if not keys and not gone:
                break
        async with database.writing(tenant) as connection:
            await forget_standings(connection, tenant, before)
    return total


async def _join(connection: Writing, tenant: str, keys: Sequence[DocumentKey], before: datetime) -> None:
    if not keys:
        return
    known = await known_metadata(connection, tenant, keys)
    changed = {key: (each.history, joined(each.history, before)) for key, each in known.items()}
    await write_statements(connection, tenant, changed)
