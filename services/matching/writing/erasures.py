"""Erasing a document, and the receipt that says what is done of it."""

from __future__ import annotations

from datetime import timedelta

from libs.contracts.erasures import Progress, Receipt
from libs.contracts.erasures import receipt as made_receipt
from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status
from libs.database.transactions import Reading, Writing
from services.matching.index.document_index import remove
from services.matching.score_log.forgetting import forget_in_log
from services.matching.storage.spaces_table import spaces_with_tables
from services.matching.writing.metadata.forgetting import forget_metadata
from services.matching.writing.replays import SentEvent, note_sent
from services.matching.writing.sent_events import forget_events

_MARK = """
INSERT INTO matching.documents AS stored
    (tenant, kind, id, status, rank, stamp, "offset", erased_stamp, erased_offset, erased_source, erased_sequence,
     erased_sequence_type)
VALUES ($1, $2, $3, 'erased', $4, $5, $6, $5, $6, $7, $8, $9)
ON CONFLICT (tenant, kind, id) DO UPDATE SET erased_stamp = $5, erased_offset = $6, erased_source = $7,
    erased_sequence = $8, erased_sequence_type = $9, updated_at = now(), repair_owed = false
WHERE stored.erased_stamp IS NULL OR (stored.erased_stamp, stored.erased_offset) < ($5, $6)
"""
_INDEXED = """
SELECT source, source_id, indexed_stamp, indexed_offset FROM matching.documents
WHERE tenant = $1 AND kind = $2 AND id = $3 AND indexed_stamp IS NOT NULL AND source_id IS NOT NULL
"""
_EMPTY = """
UPDATE matching.documents SET
    indexed_stamp = NULL, indexed_offset = NULL, indexed_at = NULL, source = NULL, source_id = NULL, sequence = NULL,
    sequence_type = NULL, title = NULL, text = NULL, description = NULL, requirements = NULL, metadata = NULL,
    metadata_stamp = NULL, metadata_offset = NULL, language = NULL, sections = NULL, identity_spans = NULL,
    entries = NULL, mentions = NULL, disclaimed_spans = NULL, requirements_found = NULL, line_styles = NULL,
    structure_version = 0, derived_version = NULL, derived_at = NULL, notes = NULL, as_of = NULL, submitted_at = NULL,
    content_hash = NULL, terms = NULL
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (indexed_stamp, indexed_offset) <= ($4, $5)
"""
_STATUS = """
UPDATE matching.documents SET status = 'erased', rank = $4, stamp = $5, "offset" = $6,
    error_code = NULL, error_message = NULL
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset", rank) < ($5, $6, $4)
"""
_RECEIPT = """
INSERT INTO matching.erasures (tenant, receipt, kind, stamp, "offset", database_at)
VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (tenant, receipt) DO UPDATE SET position = NULL
"""
# What no segment of the word index has is not waited for.
_INDEX = """
UPDATE matching.erasures SET index_at = now() WHERE tenant = $1 AND receipt = $2 AND index_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM matching.buried WHERE tenant = $1 AND receipt = $2)
"""
_TOPICS = "UPDATE matching.erasures SET topics_at = coalesce(topics_at, now()) WHERE tenant = $1 AND receipt = $2"
_FORGOTTEN = """
UPDATE matching.erasures SET forgotten_topics = array_append(forgotten_topics, $3), cache_at = now()
WHERE tenant = $1 AND receipt = $2 AND NOT $3 = ANY (forgotten_topics)
"""
# What a retired space left in the cache is forgotten with the others'.
_READ = """
SELECT *, NOT EXISTS (
    SELECT 1 FROM matching.spaces s
    WHERE s.state <> 'retired' AND s.registered_at <= e.requested_at AND NOT s.topic = ANY (e.forgotten_topics)
) AS all_forgot
FROM matching.erasures e WHERE receipt = $1
"""


async def erase(connection: Writing, key: DocumentKey, revision: Revision, deletion: SourceEvent | None = None) -> str:
    """Removes everything at or below the revision and marks it for good; returns the receipt's id. Idempotent.

    Of the event that asked for it, where it has a sequence, the source and that are kept, not its id.
    """
    identity = (key.tenant, key.kind, key.id)
    at = (revision.stamp, revision.offset)
    await connection.execute(_MARK, *identity, RANK[Status.ERASED], *at, *_kept_of(deletion))
    await _note_source_event(connection, key)
    spaces = await spaces_with_tables(connection)
    if await connection.execute(_EMPTY, *identity, *at):
        await remove(connection, key, spaces, receipt_id(key, revision))
    await forget_events(connection, key, revision)
    await forget_metadata(connection, key, revision)
    for space in spaces:
        await connection.execute(
            f"DELETE FROM matching.vectors_{space} WHERE tenant = $1 AND kind = $2 AND id = $3"
            ' AND (stamp, "offset") <= ($4, $5)',
            *identity,
            *at,
        )
    await connection.execute(_STATUS, *identity, RANK[Status.ERASED], *at)
    receipt = receipt_id(key, revision)
    await connection.execute(_RECEIPT, key.tenant, receipt, key.kind, *at)
    await connection.execute(_INDEX, key.tenant, receipt)
    # Last, since from then on until the end of the transaction nobody writes to the tenant's score log.
    await forget_in_log(connection, key, revision)
    return receipt


def _kept_of(deletion: SourceEvent | None) -> tuple[str | None, str | None, str | None]:
    if deletion is None or deletion.sequence is None:
        return None, None, None
    return deletion.source, deletion.sequence, deletion.sequence_type


async def _note_source_event(connection: Writing, key: DocumentKey) -> None:
    """The event of what is indexed outlives it as a mark, also where it was indexed before events were noted."""
    row = await connection.fetchrow(_INDEXED, key.tenant, key.kind, key.id)
    if row is not None:
        source_event = SourceEvent(row["source"] or "", row["source_id"])
        await note_sent(
            connection, [SentEvent(key, source_event, Revision(row["indexed_stamp"], row["indexed_offset"]))]
        )


async def are_topics_empty(connection: Reading, key: DocumentKey, revision: Revision) -> bool:
    """Whether a tombstone of this erasure was met before."""
    found = await connection.fetchval(
        "SELECT topics_at IS NOT NULL FROM matching.erasures WHERE tenant = $1 AND receipt = $2",
        key.tenant,
        receipt_id(key, revision),
    )
    return bool(found)


async def topics_are_empty(
    connection: Writing, key: DocumentKey, revision: Revision, topic: str, *, forgotten: bool
) -> None:
    """Notes that the tombstone went through the text topic and a vectors topic.

    `forgotten`: that it brought word of the cache. Each space that is computed brings its own.
    """
    await connection.execute(_TOPICS, key.tenant, receipt_id(key, revision))
    if forgotten:
        await connection.execute(_FORGOTTEN, key.tenant, receipt_id(key, revision), topic)


async def receipt(connection: Reading, receipt: str, *, heartbeat: float, cache: float) -> Receipt | None:
    """What is done of an erasure, per store; None where there is no such receipt.

    Seconds: `heartbeat` between those on a compacted partition, `cache` that embedding keeps a vector.
    """
    row = await connection.fetchrow(_READ, receipt)
    if row is None:
        return None
    progress = Progress(
        requested_at=row["requested_at"],
        database_at=row["database_at"],
        index_at=row["index_at"],
        topics_at=row["topics_at"],
        cache_at=row["cache_at"] if row["all_forgot"] else None,
    )
    revision = str(Revision(row["stamp"], row["offset"]))
    seconds = {"heartbeat": timedelta(seconds=heartbeat), "cache": timedelta(seconds=cache)}
    return made_receipt(receipt, row["kind"], revision, progress, **seconds)
