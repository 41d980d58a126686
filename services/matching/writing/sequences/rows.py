"""The sequences of a document's last events, in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.sequence import Appended, EventSequence
from libs.database.transactions import Reading, Writing
from services.matching.writing.replays import SentEvent, event_marks
from services.matching.writing.stored_document import asked_sql

# Events remembered of one document: those that came last.
REMEMBERED = 10

_READ = asked_sql("sequences", 'kind, id, line, sequence, event, stamp, "offset"', order='line, stamp, "offset"')
_ADD = """
INSERT INTO matching.sequences (tenant, kind, id, line, sequence, event, stamp, "offset")
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], $7::bigint[], $8::bigint[])
ON CONFLICT DO NOTHING
"""
_FORGET_OLDEST = f"""
DELETE FROM matching.sequences s USING unnest($2::text[], $3::text[]) AS asked (kind, id) CROSS JOIN LATERAL (
    SELECT stamp, "offset" FROM matching.sequences
    WHERE tenant = $1 AND kind = asked.kind AND id = asked.id
    ORDER BY stamp DESC, "offset" DESC OFFSET {REMEMBERED - 1} LIMIT 1) AS last
WHERE s.tenant = $1 AND s.kind = asked.kind AND s.id = asked.id AND (s.stamp, s."offset") < (last.stamp, last."offset")
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of a document's events, with the type of its sequences, as the database names it."""

    key: DocumentKey
    line: bytes


def source_of(key: DocumentKey, event: SourceEvent) -> Source:
    """The source of an event that has a sequence."""
    said = f"{event.sequence_type or ''}\n{event.source}"
    return Source(key, hashlib.sha256(said.encode()).digest()[:16])


async def sequences_of(connection: Reading, sent: Sequence[SentEvent]) -> dict[SentEvent, Appended]:
    """The sequences of events of one tenant that have one, to be compared with those that are stored."""
    named = [each for each in sent if each.source_event.sequence is not None]
    if not named:
        return {}
    marks = await event_marks(connection, named)
    found: dict[SentEvent, Appended] = {}
    for each in named:
        event, mark = each.source_event, marks.get(each)
        source, text = source_of(each.key, event).line.hex(), event.sequence or ""
        is_integer = event.sequence_type is not None
        event_id = None if mark is None else mark.hex()
        found[each] = Appended(EventSequence(source, event_id, text, is_integer), each.revision)
    return found


async def known_sequences(
    connection: Reading, tenant: str, sources: Mapping[Source, bool]
) -> dict[Source, list[Appended]]:
    """What is known of each of these sources, of which it is told whether their sequences are integers."""
    keys = sorted({each.key for each in sources})
    rows = await connection.fetch(_READ, tenant, [key.kind for key in keys], [key.id for key in keys])
    found: dict[Source, list[Appended]] = {source: [] for source in sources}
    for row in rows:
        source = Source(DocumentKey(tenant, row["kind"], row["id"]), bytes(row["line"]))
        if source in sources:
            event = bytes(row["event"]).hex() or None
            sequence = EventSequence(source.line.hex(), event, row["sequence"], sources[source])
            found[source].append(Appended(sequence, Revision(row["stamp"], row["offset"])))
    return found


async def add_sequences(connection: Writing, tenant: str, added: Sequence[tuple[Source, Appended]]) -> None:
    """Adds to what is known; of each document the REMEMBERED events that came last are kept."""
    if not added:
        return
    rows = sorted(
        (
            source.key.kind,
            source.key.id,
            source.line,
            each.sequence.text,
            bytes.fromhex(each.sequence.event_id or ""),
            each.revision.stamp,
            each.revision.offset,
        )
        for source, each in added
    )
    await connection.execute(_ADD, tenant, *_columns(rows))
    keys = sorted({source.key for source, _ in added})
    await connection.execute(_FORGET_OLDEST, tenant, [key.kind for key in keys], [key.id for key in keys])


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]
