"""Documents' rows and their vectors' rows: written from events, or moved to another revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from libs.contracts.documents import day_of
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status
from libs.database.transactions import Writing
from services.matching.index.document_index import remove_vectors
from services.matching.scoring.reading.stored_reading import READING_VERSION
from services.matching.storage.times import submitted_at
from services.matching.writing.arrivals import VectorsArrival
from services.matching.writing.metadata.history import History
from services.matching.writing.sent_events import REMEMBER, forget_oldest_events, move_event
from services.matching.writing.stored_document import is_embedded_alike

# A text with a newer structure was sent to be embedded, and the one before it came once more.
_STILL_ON_ITS_WAY = """(stored.indexed_stamp, stored.indexed_offset) = (excluded.indexed_stamp, excluded.indexed_offset)
        AND excluded.structure_version < stored.derived_version"""
# A failed of the same revision gives way: it was reported by a worker whose record came again, or was replayed.
_IS_NEWER_STATUS = """(stored.stamp, stored."offset") < (excluded.stamp, excluded."offset")
        OR (stored.stamp, stored."offset") = (excluded.stamp, excluded."offset")
            AND stored.rank <= excluded.rank AND stored.status <> 'indexed'"""
_COLUMNS = {
    "kind": "text",
    "id": "text",
    "stamp": "bigint",
    '"offset"': "bigint",
    # The same record again, or the same event sent twice by its producer: no effect but the revision.
    "is_known": "boolean",
    "mark": "bytea",
    "created_at": "timestamptz",
    "source": "text",
    "source_id": "text",
    "sequence": "text",
    "sequence_type": "text",
    "title": "text",
    "text": "text",
    "description": "text",
    "requirements": "jsonb",
    "metadata": "jsonb",
    "language": "text",
    "sections": "jsonb",
    "identity_spans": "jsonb",
    "notes": "jsonb",
    "as_of": "text",
    "content_hash": "text",
    "submitted_at": "text",
    "entries": "jsonb",
    "mentions": "jsonb",
    "disclaimed_spans": "jsonb",
    "requirements_found": "jsonb",
    "structure_version": "integer",
    "line_styles": "jsonb",
    "metadata_stamp": "bigint",
    "metadata_offset": "bigint",
}
_OF_THE_EVENT = list(_COLUMNS)[7:]
_GIVEN = ", ".join(f"${number}::{type}[]" for number, type in enumerate(_COLUMNS.values(), 3))
# The condition decides again, under the row's lock: a row that was not there when the batch was read may
# have been written by another process since.
_DOCUMENTS = f"""
WITH given AS MATERIALIZED (SELECT * FROM unnest({_GIVEN}) AS given ({", ".join(_COLUMNS)})),
written AS (
    INSERT INTO matching.documents AS stored
        (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp, indexed_offset, indexed_at, created_at,
         {", ".join(_OF_THE_EVENT)})
    SELECT $1, kind, id, 'indexed', $2, stamp, "offset", stamp, "offset", CASE WHEN NOT is_known THEN now() END,
        created_at, {", ".join(_OF_THE_EVENT)}
    FROM given
    ON CONFLICT (tenant, kind, id) DO UPDATE SET
        indexed_stamp = excluded.indexed_stamp, indexed_offset = excluded.indexed_offset,
        indexed_at = coalesce(excluded.indexed_at, stored.indexed_at),
        updated_at = CASE WHEN excluded.indexed_at IS NULL THEN stored.updated_at ELSE now() END,
        {", ".join(f"{name} = excluded.{name}" for name in _OF_THE_EVENT)},
        status = CASE WHEN {_IS_NEWER_STATUS} THEN excluded.status ELSE stored.status END,
        rank = CASE WHEN {_IS_NEWER_STATUS} THEN excluded.rank ELSE stored.rank END,
        stamp = CASE WHEN {_IS_NEWER_STATUS} THEN excluded.stamp ELSE stored.stamp END,
        "offset" = CASE WHEN {_IS_NEWER_STATUS} THEN excluded."offset" ELSE stored."offset" END,
        error_code = CASE WHEN {_IS_NEWER_STATUS} THEN NULL ELSE stored.error_code END,
        error_message = CASE WHEN {_IS_NEWER_STATUS} THEN NULL ELSE stored.error_message END,
        created_at = CASE WHEN ({_IS_NEWER_STATUS}) AND stored.status = 'erased'
            THEN excluded.created_at ELSE stored.created_at END,
        derived_version = CASE WHEN {_STILL_ON_ITS_WAY} THEN stored.derived_version END,
        derived_at = CASE WHEN {_STILL_ON_ITS_WAY} THEN stored.derived_at END,
        repair_owed = stored.repair_owed AND coalesce((stored.indexed_stamp, stored.indexed_offset)
            >= (excluded.indexed_stamp, excluded.indexed_offset), false)
    WHERE (stored.indexed_stamp IS NULL
            OR (stored.indexed_stamp, stored.indexed_offset) <= (excluded.indexed_stamp, excluded.indexed_offset))
      AND (stored.erased_stamp IS NULL
            OR (stored.erased_stamp, stored.erased_offset) < (excluded.indexed_stamp, excluded.indexed_offset))
    RETURNING kind, id
), remembered AS ({REMEMBER})
SELECT kind, id FROM written
"""
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
SELECT $1, kind, id, stamp, "offset", windows, window_spans, units, unit_scales, unit_spans, reading, $2
FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[],
    $11::bytea[], $12::bytea[])
    AS given (kind, id, stamp, "offset", windows, window_spans, units, unit_scales, unit_spans, reading)
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


@dataclass(frozen=True, slots=True)
class Indexable:
    """An event to be written, with the document's metadata. `indexed`: the revision that is stored; `kept_at`: the
    newest at which the same event was kept before."""

    arrival: VectorsArrival
    history: History
    indexed: Revision | None
    kept_at: Revision | None

    @property
    def key(self) -> DocumentKey:
        """The document that the event is of."""
        return self.arrival.key

    @property
    def space(self) -> str:
        """The space that its vectors are of."""
        return self.arrival.event.embedding.space


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


async def write_documents(
    connection: Writing, tenant: str, documents: Sequence[Indexable], spaces: Sequence[str]
) -> set[DocumentKey]:
    """Writes events of documents of one tenant, each named once, with the metadata of their histories, in key order.

    Returns which were written: not those of which a newer one came between.
    """
    # Asked before the texts are replaced.
    carried = {each.key for each in documents if await _is_carried(connection, each, spaces)}
    columns = zip(*(_row(each) for each in documents), strict=True)
    rows = await connection.fetch(_DOCUMENTS, tenant, RANK[Status.INDEXED], *map(list, columns))
    keys = {DocumentKey(tenant, row["kind"], row["id"]) for row in rows}
    written = [each for each in documents if each.key in keys]
    # Of a document that was not indexed before no other event is remembered.
    await forget_oldest_events(connection, tenant, [each.key for each in written if each.indexed is not None])
    by_space: defaultdict[str, list[VectorsArrival]] = defaultdict(list)
    for each in written:
        by_space[each.space].append(each.arrival)
        for space in _others(each, spaces):
            same = each.indexed if each.key in carried else None
            await _carry_over(connection, space, each.key, each.arrival.revision, same)
    for space, arrivals in by_space.items():
        columns = zip(*map(_vectors_row, arrivals), strict=True)
        await connection.execute(_VECTORS.format(space=space), tenant, READING_VERSION, *map(list, columns))
    return keys


def _others(document: Indexable, spaces: Sequence[str]) -> list[str]:
    return [space for space in spaces if space != document.space]


async def _is_carried(connection: Writing, document: Indexable, spaces: Sequence[str]) -> bool:
    """Whether vectors of other spaces stay valid."""
    if document.indexed is None or not _others(document, spaces):
        return False
    return await is_embedded_alike(connection, document.arrival.event)


def _row(document: Indexable) -> tuple[object, ...]:
    """The values of _COLUMNS."""
    event, history, revision = document.arrival.event, document.history, document.arrival.revision
    at = history.at
    return (
        event.kind,
        event.id,
        revision.stamp,
        revision.offset,
        document.indexed is not None and document.indexed in (revision, document.kept_at),
        document.arrival.mark,
        submitted_at(event),
        event.source_event.source,
        event.source_event.id,
        event.source_event.sequence,
        event.source_event.sequence_type,
        event.title,
        event.text,
        event.description,
        _json(event.requirements),
        _json(history.metadata),
        event.language,
        _json(event.sections),
        _json(event.identity_spans),
        _json(event.notes),
        event.as_of if history.metadata == event.metadata else day_of(history.metadata, event.submitted_at),
        event.content_hash,
        event.submitted_at,
        _json(event.entries),
        _json(event.mentions),
        _json(event.disclaimed_spans),
        _json(event.requirements_found),
        event.structure_version,
        _json(event.line_styles),
        None if at is None else at.stamp,
        None if at is None else at.offset,
    )


def _vectors_row(arrival: VectorsArrival) -> tuple[object, ...]:
    revision, packed = arrival.revision, arrival.packed
    return (
        arrival.key.kind,
        arrival.key.id,
        revision.stamp,
        revision.offset,
        packed.windows,
        packed.window_spans,
        packed.units,
        packed.unit_scales,
        packed.unit_spans,
        arrival.derived.reading,
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
