"""The highest sequence of each source of a document, in the database."""

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

# Sources remembered of one document: those that came last.
SOURCES = 20

_READ = asked_sql("sequences", 'kind, id, line, sequence, event, stamp, "offset"', order="line")
_WRITE = """
INSERT INTO matching.sequences (tenant, kind, id, line, sequence, event, stamp, "offset")
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], $7::bigint[], $8::bigint[])
ON CONFLICT (tenant, kind, id, line) DO UPDATE SET
    sequence = excluded.sequence, event = excluded.event, stamp = excluded.stamp, "offset" = excluded."offset"
"""
_FORGET_OLDEST = f"""
DELETE FROM matching.sequences s USING unnest($2::text[], $3::text[]) AS asked (kind, id) CROSS JOIN LATERAL (
    SELECT stamp, "offset" FROM matching.sequences
    WHERE tenant = $1 AND kind = asked.kind AND id = asked.id
    ORDER BY stamp DESC, "offset" DESC OFFSET {SOURCES - 1} LIMIT 1) AS last
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


async def highest_sequences(connection: Reading, tenant: str, sources: Mapping[Source, bool]) -> dict[Source, Appended]:
    """The highest sequence known of each of these sources, of which it is told whether theirs are integers."""
    keys = sorted({each.key for each in sources})
    rows = await connection.fetch(_READ, tenant, [key.kind for key in keys], [key.id for key in keys])
    found: dict[Source, Appended] = {}
    for row in rows:
        source = Source(DocumentKey(tenant, row["kind"], row["id"]), bytes(row["line"]))
        if source in sources:
            event = bytes(row["event"]).hex() or None
            sequence = EventSequence(source.line.hex(), event, row["sequence"], sources[source])
            found[source] = Appended(sequence, Revision(row["stamp"], row["offset"]))
    return found


async def write_sequences(connection: Writing, tenant: str, highest: Mapping[Source, Appended]) -> None:
    """Writes the highest sequences of sources; of each document the SOURCES that came last are kept."""
    if not highest:
        return
    rows = [
        (
            source.key.kind,
            source.key.id,
            source.line,
            each.sequence.text,
            bytes.fromhex(each.sequence.event_id or ""),
            each.revision.stamp,
            each.revision.offset,
        )
        for source, each in sorted(highest.items(), key=lambda item: (item[0].key, item[0].line))
    ]
    await connection.execute(_WRITE, tenant, *_columns(rows))
    keys = sorted({source.key for source in highest})
    await connection.execute(_FORGET_OLDEST, tenant, [key.kind for key in keys], [key.id for key in keys])


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]
