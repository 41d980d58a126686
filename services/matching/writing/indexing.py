"""Writing a document: text, vectors and status in one transaction, never an older one over a newer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status
from services.matching.index.derived import Derived
from services.matching.index.document_index import remove_vectors, write_derived
from services.matching.scoring.stored_reading import READING_VERSION
from services.matching.storage.database import Writing
from services.matching.storage.spaces_table import spaces_with_tables
from services.matching.storage.times import submitted_at
from services.matching.writing.arrivals import VectorsArrival
from services.matching.writing.erasures import erase
from services.matching.writing.replays import SentEvent, first_revisions, note_sent, was_erased
from services.matching.writing.sent_events import move_event, remember_event, sent_before
from services.matching.writing.stored_document import (
    StoredDocument,
    is_embedded_alike,
    stored_document,
    stored_documents,
)
from services.matching.writing.written import Outcome


class UnknownSpace(DependencyUnavailable):
    """The database has no table for an event's space: it was replaced after embedding registered the space."""

    def __init__(self, space: str) -> None:
        super().__init__("database", f"the space {space} is not registered in it")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document and of an event of it before that is written.

    `kept_at`: the newest revision at which the same event, saying the same, was kept; `first`: the lowest revision that
    the event ever came as.
    """

    stored: StoredDocument | None
    kept_at: Revision | None
    first: Revision | None


# A text with a newer structure was sent to be embedded, and the one before it came once more.
_STILL_ON_ITS_WAY = """(stored.indexed_stamp, stored.indexed_offset) = ($5, $6)
        AND excluded.structure_version < stored.derived_version"""
# The condition decides again, under the row's lock: a row that was not there when the batch was read may
# have been written by another process since.
_DOCUMENT = f"""
INSERT INTO matching.documents AS stored
    (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp, indexed_offset, indexed_at, source, source_id,
     title, text, description, requirements, metadata, language, sections, identity_spans, notes, as_of, content_hash,
     terms, created_at, submitted_at, entries, mentions, requirements_found, structure_version, line_styles)
VALUES ($1, $2, $3, 'indexed', $4, $5, $6, $5, $6, now(), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $22, $23, $24, $25, $26, $27, $28)
ON CONFLICT (tenant, kind, id) DO UPDATE SET
    indexed_stamp = excluded.indexed_stamp, indexed_offset = excluded.indexed_offset,
    indexed_at = CASE WHEN $21 THEN stored.indexed_at ELSE now() END,
    updated_at = CASE WHEN $21 THEN stored.updated_at ELSE now() END,
    source = excluded.source, source_id = excluded.source_id, title = excluded.title, text = excluded.text,
    description = excluded.description, requirements = excluded.requirements, metadata = excluded.metadata,
    language = excluded.language, sections = excluded.sections, identity_spans = excluded.identity_spans,
    notes = excluded.notes, as_of = excluded.as_of, content_hash = excluded.content_hash, terms = excluded.terms,
    submitted_at = excluded.submitted_at, entries = excluded.entries, mentions = excluded.mentions,
    requirements_found = excluded.requirements_found, structure_version = excluded.structure_version,
    line_styles = excluded.line_styles,
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


async def index(
    connection: Writing, arrivals: Sequence[VectorsArrival]
) -> dict[DocumentKey, tuple[Outcome, StoredDocument | None]]:
    """Writes documents of one tenant, one event for each key, in key order; says what became of each.

    Beside it, the marks of the stored document: those before the write where the event was indexed, else those after
    it. Raises UnknownSpace, RecordRejected, DependencyUnavailable.
    """
    ordered = sorted(arrivals, key=lambda each: each.key)
    spaces = await spaces_with_tables(connection)
    for each in ordered:
        if each.event.embedding.space not in spaces:
            raise UnknownSpace(each.event.embedding.space)
    stored = await stored_documents(connection, [each.key for each in ordered], lock=True)
    before = await sent_before(
        connection, ordered[0].event.tenant, {each.key: each.mark for each in ordered if each.mark is not None}
    )
    sent = [SentEvent(each.key, each.event.source_event, each.revision) for each in ordered]
    await note_sent(connection, sent)
    first = {each.key: revision for each, revision in (await first_revisions(connection, sent)).items()}
    outcomes: dict[DocumentKey, tuple[Outcome, StoredDocument | None]] = {}
    indexed: defaultdict[str, list[Derived]] = defaultdict(list)
    for each in ordered:
        known = Known(stored.get(each.key), before.get(each.key), first.get(each.key))
        outcomes[each.key] = await _index_one(connection, each, known, spaces)
        if outcomes[each.key][0] is Outcome.INDEXED:
            indexed[each.event.embedding.space].append(each.derived)
    for space, documents in indexed.items():
        await write_derived(connection, ordered[0].key.tenant, space, documents)
    return outcomes


async def _index_one(
    connection: Writing, arrival: VectorsArrival, known: Known, spaces: Sequence[str]
) -> tuple[Outcome, StoredDocument | None]:
    outcome, stored = _decide(arrival, known), known.stored
    if outcome is Outcome.INDEXED and not await _write(connection, arrival, known, spaces):
        # A row that was not there when the rows were locked has been written by another process since.
        stored = (await stored_documents(connection, [arrival.key], lock=True)).get(arrival.key)
        outcome = _decide(arrival, replace(known, stored=stored, kept_at=None))
    if outcome is Outcome.RESTORED and stored is not None and stored.indexed is not None:
        await _restore(connection, arrival, spaces, stored.indexed)
    elif outcome is Outcome.REPLAYED:
        await erase(connection, arrival.key, arrival.revision)
    else:
        return outcome, stored
    return outcome, await stored_document(connection, arrival.key)


def _decide(arrival: VectorsArrival, known: Known) -> Outcome:
    stored, revision = known.stored, arrival.revision
    if stored is None:
        return Outcome.INDEXED
    if stored.erased is not None and revision <= stored.erased:
        return Outcome.ERASED
    if stored.indexed is not None and revision < stored.indexed:
        return Outcome.SUPERSEDED
    if was_erased(revision, known.first, stored.erased):
        if stored.indexed is None:
            return Outcome.REPLAYED
        return Outcome.INDEXED if stored.indexed == revision else Outcome.RESTORED
    # The sender's ids tell its events apart only where what is stored did not come by the very id of the older one.
    # Also where the stored document was moved to this revision by a delivery before this one.
    kept_before = known.kept_at is not None and known.kept_at < revision
    if kept_before and stored.indexed is not None and stored.source_event != arrival.event.source_event:
        return Outcome.RESTORED
    return Outcome.INDEXED


async def _restore(connection: Writing, arrival: VectorsArrival, spaces: Sequence[str], indexed: Revision) -> None:
    """The stored document takes the revision of an older event that was sent again."""
    key, revision = arrival.key, arrival.revision
    identity, at = (key.tenant, key.kind, key.id), (revision.stamp, revision.offset)
    await connection.execute(_MOVE, *identity, *at)
    for space in spaces:
        await connection.execute(_MOVE_VECTORS.format(space=space), *identity, *at, indexed.stamp, indexed.offset)
    await connection.execute(_STATUS, *identity, RANK[Status.INDEXED], *at, submitted_at(arrival.event))
    await move_event(connection, key, indexed, revision)


async def _write(connection: Writing, arrival: VectorsArrival, known: Known, spaces: Sequence[str]) -> bool:
    """Whether the event was written; not where a newer one came between."""
    event = arrival.event
    key, revision, indexed = arrival.key, arrival.revision, None if known.stored is None else known.stored.indexed
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
        _json(event.metadata),
        event.language,
        _json(event.sections),
        _json(event.identity_spans),
        _json(event.notes),
        event.as_of,
        event.content_hash,
        list(arrival.derived.words),
        # The same record again, or the same event sent twice by its producer: no effect but the revision.
        indexed is not None and indexed in (revision, known.kept_at),
        submitted_at(event),
        event.submitted_at,
        _json(event.entries),
        _json(event.mentions),
        _json(event.requirements_found),
        event.structure_version,
        _json(event.line_styles),
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
