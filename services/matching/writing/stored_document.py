"""What the documents table holds of a document, for deciding about an event and for sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.database.transactions import Reading, Writing

MARKS = """tenant, kind, id, status, indexed_stamp, indexed_offset, erased_stamp, erased_offset, repair_owed, source,
    source_id, sequence, sequence_type, erased_source, erased_sequence, erased_sequence_type"""
TEXT = """tenant, kind, id, indexed_stamp, indexed_offset, source, source_id, sequence, sequence_type, title, text,
    description, requirements, metadata, metadata_stamp, metadata_offset, language, sections, identity_spans, entries,
    mentions, disclaimed_spans, requirements_found, structure_version, line_styles, notes, as_of, submitted_at,
    content_hash"""


_LOCK = """
SELECT pg_advisory_xact_lock(number) FROM (
    SELECT DISTINCT hashtextextended($1 || '/' || kind || '/' || id, 0) AS number
    FROM unnest($2::text[], $3::text[]) AS asked (kind, id) ORDER BY number OFFSET 0) AS numbers
"""


def asked_sql(table: str, columns: str, *, order: str = "", lock: bool = False) -> str:
    """A statement for columns of the rows of some documents, by their kinds ($2) and ids ($3), of one tenant ($1), in
    the documents' order, those of one by `order`. `lock` keeps them in that order until the transaction ends.

    OFFSET 0 has each document looked up by its key. Without statistics, as in a database that is just being filled, the
    planner takes the tenant for one with a few rows, and reads all of them for every batch. An `order` that the key has
    keeps it from an index by something else.
    """
    ordered = f"ORDER BY {order}" if order else ""
    return f"""
        SELECT found.* FROM (
            SELECT * FROM unnest($2::text[], $3::text[]) AS keys (kind, id) ORDER BY kind COLLATE "C", id COLLATE "C"
        ) asked CROSS JOIN LATERAL (
            SELECT {columns} FROM matching.{table} t
            WHERE t.tenant = $1 AND t.kind = asked.kind AND t.id = asked.id
            {ordered} OFFSET 0 {"FOR UPDATE" if lock else ""}
        ) found
    """


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The marks of a document: which submission was indexed last and from which event, and what was erased last.

    `repair_owed`: a repair was left undone for a newer submission on its way. `erasing`: the source and the sequence of
    the deletion that erased it last, where it had one; its id is not kept.
    """

    key: DocumentKey
    status: str
    indexed: Revision | None
    erased: Revision | None
    repair_owed: bool
    source_event: SourceEvent
    erasing: SourceEvent | None = None


async def locked_documents(connection: Writing, keys: Sequence[DocumentKey]) -> dict[DocumentKey, StoredDocument]:
    """The marks of documents of one tenant, their rows locked in key order until the transaction ends; so is the first
    row of those that are unknown."""
    stored = await stored_documents(connection, keys, lock=True)
    unknown = [key for key in keys if key not in stored]
    if unknown:
        await lock_unknown(connection, unknown)
        stored |= await stored_documents(connection, unknown, lock=True)
    return stored


async def lock_unknown(connection: Writing, keys: Sequence[DocumentKey]) -> None:
    """Locks documents of one tenant that have no row: who writes the first row, and who writes what waits for that,
    must not miss each other."""
    await connection.execute(_LOCK, keys[0].tenant, [key.kind for key in keys], [key.id for key in keys])


async def stored_documents(
    connection: Reading, keys: Sequence[DocumentKey], *, lock: bool = False
) -> dict[DocumentKey, StoredDocument]:
    """The marks of documents of one tenant. `lock` keeps their rows until the transaction ends, in key order."""
    rows = await connection.fetch(
        asked_sql("documents", MARKS, lock=lock), keys[0].tenant, [key.kind for key in keys], [key.id for key in keys]
    )
    return {stored.key: stored for stored in map(stored_of, rows)}


async def stored_document(connection: Reading, key: DocumentKey) -> StoredDocument | None:
    """The marks of one document; None where it is unknown."""
    return (await stored_documents(connection, [key])).get(key)


async def stored_text(connection: Reading, key: DocumentKey) -> TextEvent:
    """The stored text as the event that it came from. Only where something is indexed."""
    row = await connection.fetchrow(
        f"SELECT {TEXT} FROM matching.documents WHERE tenant = $1 AND kind = $2 AND id = $3",
        key.tenant,
        key.kind,
        key.id,
    )
    return text_event_of(row)


async def is_embedded_alike(connection: Reading, event: TextEvent) -> bool:
    """Whether all that a vector depends on is stored as the event says it."""
    return bool(
        await connection.fetchval(
            """
            SELECT text = $4 AND coalesce(sections, '[]') = $5::jsonb AND coalesce(identity_spans, '[]') = $6::jsonb
                AND coalesce(disclaimed_spans, '[]') = $7::jsonb
            FROM matching.documents WHERE tenant = $1 AND kind = $2 AND id = $3
            """,
            event.tenant,
            event.kind,
            event.id,
            event.text,
            msgspec.json.encode(event.sections).decode(),
            msgspec.json.encode(event.identity_spans).decode(),
            msgspec.json.encode(event.disclaimed_spans).decode(),
        )
    )


def text_event_of(row: Any) -> TextEvent:
    """The text event in a row with the columns TEXT. Only where something is indexed.

    Metadata that were not named by this very submission are in it, but not as named by it: the topic of metadata has
    them, at their own revision.
    """
    indexed = _revision(row["indexed_stamp"], row["indexed_offset"])
    named = _revision(row["metadata_stamp"], row["metadata_offset"]) == indexed
    fields = {
        "tenant": row["tenant"],
        "kind": row["kind"],
        "id": row["id"],
        "revision": str(indexed),
        "source_event": _source_event(row),
        "text": row["text"],
        "title": row["title"],
        "description": row["description"],
        "requirements": _json(row["requirements"]),
        "metadata": _json(row["metadata"]) or {},
        "metadata_revision": str(indexed) if named else None,
        "language": row["language"],
        "sections": _json(row["sections"]) or [],
        "identity_spans": _json(row["identity_spans"]) or [],
        "entries": _json(row["entries"]) or [],
        "mentions": _json(row["mentions"]) or [],
        "disclaimed_spans": _json(row["disclaimed_spans"]) or [],
        "requirements_found": _json(row["requirements_found"]) or [],
        "structure_version": row["structure_version"],
        "line_styles": _json(row["line_styles"]) or [],
        "notes": _json(row["notes"]) or [],
        "as_of": row["as_of"],
        "submitted_at": row["submitted_at"] or "",
        "content_hash": row["content_hash"],
    }
    return msgspec.convert(fields, TextEvent)


def stored_of(row: Any) -> StoredDocument:
    """The marks in a row with the columns MARKS."""
    return StoredDocument(
        DocumentKey(row["tenant"], row["kind"], row["id"]),
        row["status"],
        _revision(row["indexed_stamp"], row["indexed_offset"]),
        _revision(row["erased_stamp"], row["erased_offset"]),
        row["repair_owed"],
        _source_event(row),
        _erasing(row),
    )


def _source_event(row: Any) -> SourceEvent:
    return SourceEvent(row["source"] or "", row["source_id"] or "", row["sequence"], row["sequence_type"])


def _erasing(row: Any) -> SourceEvent | None:
    if row["erased_sequence"] is None:
        return None
    return SourceEvent(row["erased_source"] or "", "", row["erased_sequence"], row["erased_sequence_type"])


def _revision(stamp: int | None, offset: int | None) -> Revision | None:
    return None if stamp is None or offset is None else Revision(stamp, offset)


def _json(value: str | None) -> Any:
    return None if value is None else msgspec.json.decode(value)
