"""Writing a document: text, vectors and status in one transaction, never an older one over a newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from pgvector import HalfVector

from libs.contracts.events import VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.statuses import RANK, Status
from services.matching.database import Connection
from services.matching.held import Held, held_documents
from services.matching.packed import PackedDocument
from services.matching.spaces_store import space_names


class Outcome(StrEnum):
    """What became of a vectors event."""

    INDEXED = "indexed"
    SUPERSEDED = "superseded"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event ready to be written; made off the event loop."""

    event: VectorsEvent
    packed: PackedDocument
    terms: list[str]


_DOCUMENT = """
INSERT INTO matching.documents AS held
    (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp, indexed_offset, indexed_at, source, source_id,
     title, text, description, requirements, metadata, language, sections, identity_spans, notes, as_of, content_hash,
     terms)
VALUES ($1, $2, $3, 'indexed', $4, $5, $6, $5, $6, now(), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20)
ON CONFLICT (tenant, kind, id) DO UPDATE SET
    indexed_stamp = excluded.indexed_stamp, indexed_offset = excluded.indexed_offset,
    indexed_at = CASE WHEN (held.indexed_stamp, held.indexed_offset) = (excluded.indexed_stamp, excluded.indexed_offset)
                      THEN held.indexed_at ELSE now() END,
    source = excluded.source, source_id = excluded.source_id, title = excluded.title, text = excluded.text,
    description = excluded.description, requirements = excluded.requirements, metadata = excluded.metadata,
    language = excluded.language, sections = excluded.sections, identity_spans = excluded.identity_spans,
    notes = excluded.notes, as_of = excluded.as_of, content_hash = excluded.content_hash, terms = excluded.terms,
    updated_at = now()
"""
_STATUS = """
UPDATE matching.documents SET status = 'indexed', rank = $4, stamp = $5, "offset" = $6,
    error_code = NULL, error_message = NULL,
    created_at = CASE WHEN status = 'erased' THEN now() ELSE created_at END
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset", rank) < ($5, $6, $4)
"""


async def index(connection: Connection, prepared: Sequence[Prepared]) -> dict[DocumentKey, tuple[Outcome, Held | None]]:
    """Writes documents of one tenant, one event for each key, in key order; says what became of each.

    Where an event is older than what is held, the held document is returned with the outcome.
    """
    ordered = sorted(prepared, key=lambda each: each.event.key)
    held = await held_documents(connection, [each.event.key for each in ordered], lock=True)
    spaces = await space_names(connection)
    outcomes: dict[DocumentKey, tuple[Outcome, Held | None]] = {}
    for each in ordered:
        key = each.event.key
        outcome = _decide(each.event, held.get(key))
        if outcome is Outcome.INDEXED:
            await _write(connection, each, spaces)
        outcomes[key] = (outcome, held.get(key))
    return outcomes


def _decide(event: VectorsEvent, held: Held | None) -> Outcome:
    revision = event.parsed_revision
    if held is not None and held.erased is not None and revision <= held.erased:
        return Outcome.ERASED
    if held is not None and held.indexed is not None and revision < held.indexed:
        return Outcome.SUPERSEDED
    return Outcome.INDEXED


async def _write(connection: Connection, prepared: Prepared, spaces: Sequence[str]) -> None:
    event, packed = prepared.event, prepared.packed
    key, revision = event.key, event.parsed_revision
    identity = (key.tenant, key.kind, key.id)
    await connection.execute(
        _DOCUMENT,
        *identity,
        RANK[Status.INDEXED],
        revision.stamp,
        revision.offset,
        event.source_event.source,
        event.source_event.id,
        event.title,
        event.text,
        event.description,
        _json(event.requirements),
        _json(event.metadata),
        event.language,
        _json(event.sections),
        _json(event.identity_spans),
        _json(event.notes),
        event.as_of,
        event.content_hash,
        prepared.terms,
    )
    await connection.execute(_STATUS, *identity, RANK[Status.INDEXED], revision.stamp, revision.offset)
    for space in spaces:
        if space != event.embedding.space:
            # Vectors of an older text in another space would be old and new mixed.
            await connection.execute(
                f"DELETE FROM matching.vectors_{space} WHERE tenant = $1 AND kind = $2 AND id = $3"
                ' AND (stamp, "offset") < ($4, $5)',
                *identity,
                revision.stamp,
                revision.offset,
            )
    await connection.execute(
        f"""
        INSERT INTO matching.vectors_{event.embedding.space} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, kind, id) DO UPDATE SET
            stamp = excluded.stamp, "offset" = excluded."offset", document = excluded.document,
            windows = excluded.windows, window_spans = excluded.window_spans, units = excluded.units,
            unit_scales = excluded.unit_scales, unit_spans = excluded.unit_spans
        """,
        *identity,
        revision.stamp,
        revision.offset,
        HalfVector(packed.document),
        packed.windows,
        packed.window_spans,
        packed.units,
        packed.unit_scales,
        packed.unit_spans,
    )


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
