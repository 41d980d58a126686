"""What is stored gives way to an event whose sequence is higher, though its revision is lower.

So it is where a document's records lie in two partitions, and where a database is filled again from a topic in which
compaction left a late event before the stored one, which was published again behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.database.transactions import Writing
from services.matching.storage.spaces_table import spaces_with_tables
from services.matching.writing.arrivals import Identity
from services.matching.writing.sent_events import move_event
from services.matching.writing.stored_document import StoredDocument, stored_documents

# Revisions of one document move from ($4, $5) to ($6, $7).
_STATUS = """
UPDATE matching.documents SET stamp = $6, "offset" = $7
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($4, $5)
"""
_INDEXED = """
UPDATE matching.documents SET indexed_stamp = $6, indexed_offset = $7,
    metadata_stamp = CASE WHEN (metadata_stamp, metadata_offset) = ($4, $5) THEN $6 ELSE metadata_stamp END,
    metadata_offset = CASE WHEN (metadata_stamp, metadata_offset) = ($4, $5) THEN $7 ELSE metadata_offset END
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (indexed_stamp, indexed_offset) = ($4, $5)
"""
_STATEMENTS = """
UPDATE matching.metadata_changes SET stamp = $6, "offset" = $7
WHERE tenant = $1 AND kind = $2 AND id = $3 AND replaces AND (stamp, "offset") = ($4, $5)
"""
_ERASED = """
UPDATE matching.documents SET erased_stamp = $6, erased_offset = $7, erased_source = NULL, erased_sequence = NULL,
    erased_sequence_type = NULL
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (erased_stamp, erased_offset) = ($4, $5)
"""
_VECTORS = """
UPDATE matching.vectors_{space} SET stamp = $6, "offset" = $7
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($4, $5)
"""


async def give_way(connection: Writing, came: Sequence[Identity]) -> list[tuple[Identity, Identity]]:
    """Moves what is stored just below events that supersede it, as if it had come before; returns what did so, each
    with the event that it gave way to.

    Only for events that are not late, of documents of one tenant, each named once.
    """
    named = {each.key: each for each in came if each.source_event.place is not None}
    if not named:
        return []
    stored = await stored_documents(connection, sorted(named))
    return [(moved, named[key]) for key, each in stored.items() for moved in await _moved(connection, named[key], each)]


async def _moved(connection: Writing, came: Identity, stored: StoredDocument) -> list[Identity]:
    moved: list[Identity] = []
    if stored.indexed is not None and _is_superseded(stored.indexed, stored.source_event, came):
        statements = [_STATUS, _INDEXED, _STATEMENTS]
        statements += [_VECTORS.format(space=space) for space in await spaces_with_tables(connection)]
        await _move(connection, stored, stored.indexed, came.revision.just_below, statements)
        await move_event(connection, came.key, stored.indexed, came.revision.just_below)
        moved.append(Identity(came.key, stored.indexed, stored.source_event))
    if stored.erased is not None and stored.erasing and _is_superseded(stored.erased, stored.erasing, came):
        await _move(connection, stored, stored.erased, came.revision.just_below, [_STATUS, _ERASED])
        moved.append(Identity(came.key, stored.erased, stored.erasing))
    return moved


def _is_superseded(revision: Revision, event: SourceEvent, came: Identity) -> bool:
    sequence, newer = event.place, came.source_event.place
    if revision <= came.revision or sequence is None or newer is None:
        return False
    # The id of a deletion is not kept: of equal sequences the one that came first counts.
    return replace(sequence, event_id=sequence.event_id or "").is_behind(newer)


async def _move(
    connection: Writing, stored: StoredDocument, before: Revision, after: Revision, statements: Sequence[str]
) -> None:
    values = (*_identity(stored.key), before.stamp, before.offset, after.stamp, after.offset)
    for statement in statements:
        await connection.execute(statement, *values)


def _identity(key: DocumentKey) -> tuple[str, str, str]:
    return key.tenant, key.kind, key.id
