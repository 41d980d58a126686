"""A document's row and its vectors' rows: written from an event, or moved to another revision."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from libs.contracts.documents import day_of
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status
from services.matching.index.document_index import remove_vectors
from services.matching.scoring.stored_reading import READING_VERSION
from services.matching.storage.database import Writing
from services.matching.storage.times import submitted_at
from services.matching.writing.arrivals import VectorsArrival
from services.matching.writing.metadata.history import History
from services.matching.writing.sent_events import move_event, remember_event
from services.matching.writing.stored_document import is_embedded_alike

# A text with a newer structure was sent to be embedded, and the one before it came once more.
_STILL_ON_ITS_WAY = """(stored.indexed_stamp, stored.indexed_offset) = ($5, $6)
        AND excluded.structure_version < stored.derived_version"""
# The condition decides again, under the row's lock: a row that was not there when the batch was read may
# have been written by another process since.
_DOCUMENT = f"""
INSERT INTO matching.documents AS stored
    (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp, indexed_offset, indexed_at, source, source_id,
     title, text, description, requirements, metadata, language, sections, identity_spans, notes, as_of, content_hash,
     created_at, submitted_at, entries, mentions, requirements_found, structure_version, line_styles,
     metadata_stamp, metadata_offset)
VALUES ($1, $2, $3, 'indexed', $4, $5, $6, $5, $6, now(), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $21, $22, $23, $24, $25, $26, $27, $28, $29)
ON CONFLICT (tenant, kind, id) DO UPDATE SET
    indexed_stamp = excluded.indexed_stamp, indexed_offset = excluded.indexed_offset,
    indexed_at = CASE WHEN $20 THEN stored.indexed_at ELSE now() END,
    updated_at = CASE WHEN $20 THEN stored.updated_at ELSE now() END,
    source = excluded.source, source_id = excluded.source_id, title = excluded.title, text = excluded.text,
    description = excluded.description, requirements = excluded.requirements, metadata = excluded.metadata,
    language = excluded.language, sections = excluded.sections, identity_spans = excluded.identity_spans,
    notes = excluded.notes, as_of = excluded.as_of, content_hash = excluded.content_hash,
    submitted_at = excluded.submitted_at, entries = excluded.entries, mentions = excluded.mentions,
    requirements_found = excluded.requirements_found, structure_version = excluded.structure_version,
    line_styles = excluded.line_styles,
    metadata_stamp = excluded.metadata_stamp, metadata_offset = excluded.metadata_offset,
    derived_version = CASE WHEN {_STILL_ON_ITS_WAY} THEN stored.derived_version END,
    derived_at = CASE WHEN {_STILL_ON_ITS_WAY} THEN stored.derived_at END,
    repair_owed = stored.repair_owed AND coalesce((stored.indexed_stamp, stored.indexed_offset) >= ($5, $6), false)
WHERE (stored.indexed_stamp IS NULL OR (stored.indexed_stamp, stored.indexed_offset) <= ($5, $6))
  AND (stored.erased_stamp IS NULL OR (stored.erased_stamp, stored.erased_offset) < ($5, $6))
"""
# A failed of the same revision gives way: it was reported by a worker whose record came again, or was replayed.
_STATUS = """
UPDATE matching.documents SET status = 'indexed', rank = $4, stamp = $5, "offset" = $6,
    error_code = NULL, error_message = NULL,
    created_at = CASE WHEN status = 'erased' THEN $7 ELSE created_at END
WHERE tenant = $1 AND kind = $2 AND id = $3
  AND ((stamp, "offset") < ($5, $6) OR (stamp, "offset") = ($5, $6) AND rank <= $4 AND status <> 'indexed')
"""
# The vectors of what is stored, in any space, at its new revision.
_MOVE_VECTORS = """
UPDATE matching.vectors_{space} SET stamp = $4, "offset" = $5
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($6, $7)
"""
_VECTORS = """
INSERT INTO matching.vectors_{space}
    (tenant, kind, id, stamp, "offset", windows, window_spans, units, unit_scales, unit_spans, reading,
     reading_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (tenant, kind, id) DO UPDATE SET
    stamp = excluded.stamp, "offset" = excluded."offset", windows = excluded.windows,
    window_spans = excluded.window_spans, units = excluded.units, unit_scales = excluded.unit_scales,
    unit_spans = excluded.unit_spans, reading = excluded.reading, reading_version = excluded.reading_version,
    document = NULL
"""
# Carried over to another text event: what is embedded is the same, but requirements and titles may be others.
_CARRY_VECTORS = """
UPDATE matching.vectors_{space} SET stamp = $4, "offset" = $5, reading_version = 0
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($6, $7)
"""
_DROP_OLDER_VECTORS = """
DELETE FROM matching.vectors_{space} WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") < ($4, $5)
"""
_MOVE = """
UPDATE matching.documents SET indexed_stamp = $4, indexed_offset = $5, repair_owed = false, derived_at = NULL
WHERE tenant = $1 AND kind = $2 AND id = $3
"""


async def restore_document(
    connection: Writing, arrival: VectorsArrival, spaces: Sequence[str], indexed: Revision
) -> None:
    """The stored document takes the revision of an older event that was sent again."""
    key, revision = arrival.key, arrival.revision
    identity, at = (key.tenant, key.kind, key.id), (revision.stamp, revision.offset)
    await connection.execute(_MOVE, *identity, *at)
    for space in spaces:
        await connection.execute(_MOVE_VECTORS.format(space=space), *identity, *at, indexed.stamp, indexed.offset)
    await connection.execute(_STATUS, *identity, RANK[Status.INDEXED], *at, submitted_at(arrival.event))
    await move_event(connection, key, indexed, revision)


async def write_document(
    connection: Writing,
    arrival: VectorsArrival,
    history: History,
    spaces: Sequence[str],
    *,
    indexed: Revision | None,
    kept_at: Revision | None,
) -> bool:
    """Whether the event was written, with the metadata of `history`; not where a newer one came between.

    `indexed`: the revision that is stored; `kept_at`: the newest at which the same event was kept before.
    """
    event, at = arrival.event, history.at
    as_of = event.as_of if history.metadata == event.metadata else day_of(history.metadata, event.submitted_at)
    key, revision = arrival.key, arrival.revision
    others = [space for space in spaces if space != event.embedding.space]
    # Asked before the text is replaced.
    carried = indexed is not None and bool(others) and await is_embedded_alike(connection, event)
    written = await connection.execute(
        _DOCUMENT,
        key.tenant,
        key.kind,
        key.id,
        RANK[Status.INDEXED],
        revision.stamp,
        revision.offset,
        event.source_event.source,
        event.source_event.id,
        event.title,
        event.text,
        event.description,
        _json(event.requirements),
        _json(history.metadata),
        event.language,
        _json(event.sections),
        _json(event.identity_spans),
        _json(event.notes),
        as_of,
        event.content_hash,
        # The same record again, or the same event sent twice by its producer: no effect but the revision.
        indexed is not None and indexed in (revision, kept_at),
        submitted_at(event),
        event.submitted_at,
        _json(event.entries),
        _json(event.mentions),
        _json(event.requirements_found),
        event.structure_version,
        _json(event.line_styles),
        None if at is None else at.stamp,
        None if at is None else at.offset,
    )
    if not written:
        return False
    status = (RANK[Status.INDEXED], revision.stamp, revision.offset, submitted_at(event))
    await connection.execute(_STATUS, key.tenant, key.kind, key.id, *status)
    if arrival.mark is not None:
        await remember_event(connection, key, arrival.mark, revision)
    for space in others:
        await _carry_over(connection, space, key, revision, indexed if carried else None)
    await _write_vectors(connection, arrival)
    return True


async def _write_vectors(connection: Writing, arrival: VectorsArrival) -> None:
    key, revision, packed = arrival.key, arrival.revision, arrival.packed
    await connection.execute(
        _VECTORS.format(space=arrival.event.embedding.space),
        key.tenant,
        key.kind,
        key.id,
        revision.stamp,
        revision.offset,
        packed.windows,
        packed.window_spans,
        packed.units,
        packed.unit_scales,
        packed.unit_spans,
        arrival.derived.reading,
        READING_VERSION,
    )


async def _carry_over(
    connection: Writing, space: str, key: DocumentKey, revision: Revision, same: Revision | None
) -> None:
    """Decides about the vectors that other spaces have of the text before.

    Where the text is the same, stored at the revision `same`, they stay valid and take the new revision; where it
    differs they are deleted.
    """
    values = (key.tenant, key.kind, key.id, revision.stamp, revision.offset)
    if same is not None:
        await connection.execute(_CARRY_VECTORS.format(space=space), *values, same.stamp, same.offset)
    if await connection.execute(_DROP_OLDER_VECTORS.format(space=space), *values):
        await remove_vectors(connection, key, space)


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
