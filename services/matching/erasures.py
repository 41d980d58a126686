"""Erasing a document, and the receipt that says what is done of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status
from services.matching.database import Reading, Writing
from services.matching.sent_events import forget_events
from services.matching.spaces_store import space_names
from services.matching.times import rfc3339

_MARK = """
INSERT INTO matching.documents AS held (tenant, kind, id, status, rank, stamp, "offset", erased_stamp, erased_offset)
VALUES ($1, $2, $3, 'erased', $4, $5, $6, $5, $6)
ON CONFLICT (tenant, kind, id) DO UPDATE SET erased_stamp = $5, erased_offset = $6, updated_at = now(),
    repair_owed = false
WHERE held.erased_stamp IS NULL OR (held.erased_stamp, held.erased_offset) < ($5, $6)
"""
_EMPTY = """
UPDATE matching.documents SET
    indexed_stamp = NULL, indexed_offset = NULL, indexed_at = NULL, source = NULL, source_id = NULL, title = NULL,
    text = NULL, description = NULL, requirements = NULL, metadata = NULL, language = NULL, sections = NULL,
    identity_spans = NULL, notes = NULL, as_of = NULL, content_hash = NULL, terms = NULL
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (indexed_stamp, indexed_offset) <= ($4, $5)
"""
_STATUS = """
UPDATE matching.documents SET status = 'erased', rank = $4, stamp = $5, "offset" = $6,
    error_code = NULL, error_message = NULL
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset", rank) < ($5, $6, $4)
"""
_RECEIPT = """
INSERT INTO matching.erasures (tenant, receipt, kind, stamp, "offset", database_at)
VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (tenant, receipt) DO NOTHING
"""


async def erase(connection: Writing, key: DocumentKey, revision: Revision) -> str:
    """Removes everything at or below the revision and marks it for good; returns the receipt's id. Idempotent."""
    identity = (key.tenant, key.kind, key.id)
    place = (revision.stamp, revision.offset)
    await connection.execute(_MARK, *identity, RANK[Status.ERASED], *place)
    await connection.execute(_EMPTY, *identity, *place)
    await forget_events(connection, key, revision)
    for space in await space_names(connection):
        await connection.execute(
            f"DELETE FROM matching.vectors_{space} WHERE tenant = $1 AND kind = $2 AND id = $3"
            ' AND (stamp, "offset") <= ($4, $5)',
            *identity,
            *place,
        )
    await connection.execute(_STATUS, *identity, RANK[Status.ERASED], *place)
    receipt = receipt_id(key, revision)
    await connection.execute(_RECEIPT, key.tenant, receipt, key.kind, *place)
    return receipt


async def are_topics_empty(connection: Reading, key: DocumentKey, revision: Revision) -> bool:
    """Whether a tombstone of this erasure was met before."""
    found = await connection.fetchval(
        "SELECT topics_at IS NOT NULL FROM matching.erasures WHERE tenant = $1 AND receipt = $2",
        key.tenant,
        receipt_id(key, revision),
    )
    return bool(found)


async def topics_are_empty(connection: Writing, key: DocumentKey, revision: Revision) -> None:
    """Notes that the tombstone went through the text and vectors topics."""
    await connection.execute(
        "UPDATE matching.erasures SET topics_at = coalesce(topics_at, now()) WHERE tenant = $1 AND receipt = $2",
        key.tenant,
        receipt_id(key, revision),
    )


async def receipt(connection: Reading, receipt: str, *, cache_seconds: int) -> dict[str, Any] | None:
    """What is done of an erasure, per store; None where there is no such receipt. Holds no document text."""
    row = await connection.fetchrow("SELECT * FROM matching.erasures WHERE receipt = $1", receipt)
    if row is None:
        return None
    stores = {
        "database": _store(row["database_at"]),
        "text_topic": _store(row["topics_at"], "older records leave at the topic's next compaction, within a day"),
        "vectors_topics": _store(row["topics_at"], "older records leave at the topic's next compaction, within a day"),
        "cache": _aging(row["requested_at"], cache_seconds),
    }
    return {
        "id": receipt,
        "kind": row["kind"],
        "revision": str(Revision(row["stamp"], row["offset"])),
        "requested_at": rfc3339(row["requested_at"]),
        "status": "done" if all(store["status"] == "done" for store in stores.values()) else "pending",
        "stores": stores,
    }


def _store(at: datetime | None, note: str | None = None) -> dict[str, Any]:
    store: dict[str, Any] = {"status": "pending" if at is None else "done", "at": None if at is None else rfc3339(at)}
    return store if note is None else {**store, "note": note}


def _aging(requested_at: datetime, seconds: int) -> dict[str, Any]:
    ends = requested_at + timedelta(seconds=seconds)
    done = ends <= datetime.now(ends.tzinfo)
    note = "vectors of its sentences, kept by hash and without the text, age out by then"
    return {"status": "done" if done else "pending", "ages_out_at": rfc3339(ends), "note": note}
