"""Writing a document: text, vectors and status in one transaction, never an older one over a newer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from pgvector import HalfVector

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import TextEvent, VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status
from services.matching.storage.database import Writing
from services.matching.storage.packing import PackedDocument
from services.matching.storage.spaces_table import spaces_with_tables
from services.matching.storage.times import submitted_at
from services.matching.writing.erasures import erase
from services.matching.writing.replays import SentEvent, first_revisions, note_sent, was_erased
from services.matching.writing.sent_events import event_mark, remember_event, sent_before
from services.matching.writing.stored_document import StoredDocument, held_documents


class Outcome(StrEnum):
    """What became of a vectors event."""

    INDEXED = "indexed"
    # An older event of the document, sent again by its producer: what was held is held on, at the new revision.
    RESTORED = "restored"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    # An event of a document that was erased since, sent again: the document is erased at its revision too.
    REPLAYED = "replayed"


class UnknownSpace(DependencyUnavailable):
    """The database has no table for an event's space: it was replaced after embedding registered the space."""

    def __init__(self, space: str) -> None:
        super().__init__("database", f"the space {space} is not registered in it")


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event ready to be written; made off the event loop. `mark`: see `event_mark`."""

    event: VectorsEvent
    packed: PackedDocument
    terms: list[str]
    mark: bytes | None


# The condition decides again, under the row's lock: a row that was not there when the batch was read may
# have been written by another process since.
_DOCUMENT = """
INSERT INTO matching.documents AS held
    (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp, indexed_offset, indexed_at, source, source_id,
     title, text, description, requirements, metadata, language, sections, identity_spans, notes, as_of, content_hash,
     terms, created_at)
VALUES ($1, $2, $3, 'indexed', $4, $5, $6, $5, $6, now(), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $22)
ON CONFLICT (tenant, kind, id) DO UPDATE SET
    indexed_stamp = excluded.indexed_stamp, indexed_offset = excluded.indexed_offset,
    indexed_at = CASE WHEN $21 THEN held.indexed_at ELSE now() END,
    updated_at = CASE WHEN $21 THEN held.updated_at ELSE now() END,
    source = excluded.source, source_id = excluded.source_id, title = excluded.title, text = excluded.text,
    description = excluded.description, requirements = excluded.requirements, metadata = excluded.metadata,
    language = excluded.language, sections = excluded.sections, identity_spans = excluded.identity_spans,
    notes = excluded.notes, as_of = excluded.as_of, content_hash = excluded.content_hash, terms = excluded.terms,
    repair_owed = held.repair_owed AND coalesce((held.indexed_stamp, held.indexed_offset) >= ($5, $6), false)
WHERE (held.indexed_stamp IS NULL OR (held.indexed_stamp, held.indexed_offset) <= ($5, $6))
  AND (held.erased_stamp IS NULL OR (held.erased_stamp, held.erased_offset) < ($5, $6))
"""
# A failed of the same revision gives way: it was reported by a worker whose record came again, or was replayed.
_STATUS = """
UPDATE matching.documents SET status = 'indexed', rank = $4, stamp = $5, "offset" = $6,
    error_code = NULL, error_message = NULL,
    created_at = CASE WHEN status = 'erased' THEN $7 ELSE created_at END
WHERE tenant = $1 AND kind = $2 AND id = $3
  AND ((stamp, "offset") < ($5, $6) OR (stamp, "offset") = ($5, $6) AND rank <= $4 AND status <> 'indexed')
"""
# The vectors of what is held, in any space, at its new revision.
_MOVE_VECTORS = """
UPDATE matching.vectors_{space} SET stamp = $4, "offset" = $5
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($6, $7)
"""
_MOVE = """
UPDATE matching.documents SET indexed_stamp = $4, indexed_offset = $5, repair_owed = false
WHERE tenant = $1 AND kind = $2 AND id = $3
"""


async def index(
    connection: Writing, prepared: Sequence[Prepared]
) -> dict[DocumentKey, tuple[Outcome, StoredDocument | None]]:
    """Writes documents of one tenant, one event for each key, in key order; says what became of each.

    Where an event did not become what is held, the held document is returned with the outcome. Raises UnknownSpace.
    """
    ordered = sorted(prepared, key=lambda each: each.event.key)
    spaces = await spaces_with_tables(connection)
    for each in ordered:
        if each.event.embedding.space not in spaces:
            raise UnknownSpace(each.event.embedding.space)
    held = await held_documents(connection, [each.event.key for each in ordered], lock=True)
    marks = {each.event.key: each.mark for each in ordered if each.mark is not None}
    before = await sent_before(connection, ordered[0].event.tenant, marks)
    sent = [SentEvent(each.event.key, each.event.source_event, each.event.parsed_revision) for each in ordered]
    await note_sent(connection, sent)
    first = {each.key: revision for each, revision in (await first_revisions(connection, sent)).items()}
    outcomes: dict[DocumentKey, tuple[Outcome, StoredDocument | None]] = {}
    for each in ordered:
        key = each.event.key
        outcome = _decide(each, held.get(key), before.get(key), first.get(key))
        if outcome is Outcome.INDEXED and not await _write(connection, each, spaces, held.get(key)):
            held |= await held_documents(connection, [key], lock=True)
            outcome = _decide(each, held.get(key), None, first.get(key))
        if outcome is Outcome.RESTORED:
            await _restore(connection, each.event, spaces, held[key])
            held |= await held_documents(connection, [key])
        if outcome is Outcome.REPLAYED:
            await erase(connection, key, each.event.parsed_revision)
            held |= await held_documents(connection, [key])
        outcomes[key] = (outcome, held.get(key))
    return outcomes


def _decide(
    prepared: Prepared, held: StoredDocument | None, before: Revision | None, first: Revision | None
) -> Outcome:
    """`before`: the revision at which the same event was kept before; `first`: at which it ever came first."""
    revision = prepared.event.parsed_revision
    if held is not None and held.erased is not None and revision <= held.erased:
        return Outcome.ERASED
    if held is not None and held.indexed is not None and revision < held.indexed:
        return Outcome.SUPERSEDED
    if held is not None and was_erased(revision, first, held.erased):
        if held.indexed is None:
            return Outcome.REPLAYED
        return Outcome.INDEXED if held.indexed == revision else Outcome.RESTORED
    # Also where the held document was moved to this revision by a delivery before this one.
    again = before is not None and before < revision
    if again and held is not None and held.indexed is not None and _tells_apart(held, prepared.event):
        return Outcome.RESTORED
    return Outcome.INDEXED


def _tells_apart(held: StoredDocument, event: VectorsEvent) -> bool:
    """Whether the sender's ids tell its events apart: not where what is held came by the very id of an older one."""
    return held.text_event().source_event != event.source_event


async def _restore(connection: Writing, event: VectorsEvent, spaces: Sequence[str], held: StoredDocument) -> None:
    """The held document takes the revision of an older event that was sent again."""
    key, revision, before = event.key, event.parsed_revision, held.indexed
    if before is None:
        raise AssertionError("nothing is held that could be restored")
    identity, place = (key.tenant, key.kind, key.id), (revision.stamp, revision.offset)
    await connection.execute(_MOVE, *identity, *place)
    for space in spaces:
        await connection.execute(_MOVE_VECTORS.format(space=space), *identity, *place, before.stamp, before.offset)
    await connection.execute(_STATUS, *identity, RANK[Status.INDEXED], *place, submitted_at(event))
    mark = event_mark(held.text_event())
    if mark is not None:
        await remember_event(connection, key, mark, revision)


async def _write(connection: Writing, prepared: Prepared, spaces: Sequence[str], held: StoredDocument | None) -> bool:
    """Whether the event was written; not where a newer one came between."""
    event = prepared.event
    key, revision = event.key, event.parsed_revision
    identity = (key.tenant, key.kind, key.id)
    before = held.text_event() if held is not None and held.indexed is not None else None
    written = await connection.execute(
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
        before is not None and _same_submission(before, prepared),
        submitted_at(event),
    )
    if not written:
        return False
    status = (RANK[Status.INDEXED], revision.stamp, revision.offset, submitted_at(event))
    await connection.execute(_STATUS, *identity, *status)
    if prepared.mark is not None:
        await remember_event(connection, key, prepared.mark, revision)
    for space in spaces:
        if space != event.embedding.space:
            await _carry_over(connection, space, event, before)
    await _write_vectors(connection, event, prepared.packed)
    return True


async def _write_vectors(connection: Writing, event: VectorsEvent, packed: PackedDocument) -> None:
    key, revision = event.key, event.parsed_revision
    await connection.execute(
        f"""
        INSERT INTO matching.vectors_{event.embedding.space}
            (tenant, kind, id, stamp, "offset", document, windows, window_spans, units, unit_scales, unit_spans)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, kind, id) DO UPDATE SET
            stamp = excluded.stamp, "offset" = excluded."offset", document = excluded.document,
            windows = excluded.windows, window_spans = excluded.window_spans, units = excluded.units,
            unit_scales = excluded.unit_scales, unit_spans = excluded.unit_spans
        """,
        key.tenant,
        key.kind,
        key.id,
        revision.stamp,
        revision.offset,
        HalfVector(packed.document),
        packed.windows,
        packed.window_spans,
        packed.units,
        packed.unit_scales,
        packed.unit_spans,
    )


async def _carry_over(connection: Writing, space: str, event: VectorsEvent, before: TextEvent | None) -> None:
    """Another space's vectors of the text before: of the same text they stay true, of another they go."""
    key, revision = event.key, event.parsed_revision
    values = (key.tenant, key.kind, key.id, revision.stamp, revision.offset)
    this = 'tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset")'
    if before is not None and _same_embedded(before, event):
        held = before.parsed_revision
        await connection.execute(
            f'UPDATE matching.vectors_{space} SET stamp = $4, "offset" = $5 WHERE {this} = ($6, $7)',
            *values,
            held.stamp,
            held.offset,
        )
    await connection.execute(f"DELETE FROM matching.vectors_{space} WHERE {this} < ($4, $5)", *values)


def _same_embedded(before: TextEvent, after: TextEvent) -> bool:
    """Whether all that a vector depends on is the same."""
    return (before.text, before.sections, before.identity_spans) == (after.text, after.sections, after.identity_spans)


def _same_submission(before: TextEvent, after: Prepared) -> bool:
    """Whether it is the same record again, or the same event sent twice by its producer: no effect but the revision."""
    if before.parsed_revision == after.event.parsed_revision:
        return True
    return after.mark is not None and after.mark == event_mark(before)


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
