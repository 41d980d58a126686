"""Histories of metadata in the database, read and written for many documents at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from libs.contracts.documents import day_of
from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Standing
from libs.database.transactions import Writing
from services.matching.index.filters.filter_rows import Filtered, write_filters
from services.matching.storage.unread import note_unread
from services.matching.writing.metadata.history import History, Statement
from services.matching.writing.metadata.standings import known_standings, write_standings
from services.matching.writing.stored_document import MARKS, StoredDocument, asked_sql, stored_of

_DOCUMENTS = asked_sql(
    "documents", f"{MARKS}, metadata, metadata_stamp, metadata_offset, language, submitted_at", lock=True
)
# A document that has no row yet cannot be locked by it: who writes its first row, and who writes a change that waits
# for that, must not miss each other.
_LOCK = """
SELECT pg_advisory_xact_lock(number) FROM (
    SELECT DISTINCT hashtextextended($1 || '/' || kind || '/' || id, 0) AS number
    FROM unnest($2::text[], $3::text[]) AS asked (kind, id) ORDER BY number OFFSET 0) AS numbers
"""
_COLUMNS = 'kind, id, stamp, "offset", replaces, change, source, source_id, submitted_at, noted_at'
_STATEMENTS = asked_sql("metadata_changes", _COLUMNS, order='stamp, "offset"')
_REMOVE = """
DELETE FROM matching.metadata_changes c
USING unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS gone (kind, id, stamp, "offset")
WHERE c.tenant = $1 AND c.kind = gone.kind AND c.id = gone.id AND c.stamp = gone.stamp AND c."offset" = gone."offset"
"""
_ADD = """
INSERT INTO matching.metadata_changes
    (tenant, kind, id, stamp, "offset", replaces, change, source, source_id, submitted_at, noted_at)
SELECT $1, kind, id, stamp, "offset", replaces, change::jsonb, source, source_id, submitted_at,
    coalesce(noted_at, now())
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::timestamptz[])
    AS made (kind, id, stamp, "offset", replaces, change, source, source_id, submitted_at, noted_at)
"""
_WRITE = """
UPDATE matching.documents d SET metadata = made.metadata::jsonb, metadata_stamp = made.stamp,
    metadata_offset = made."offset", as_of = made.as_of,
    updated_at = CASE WHEN made.differs THEN now() ELSE updated_at END
FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::boolean[])
    AS made (kind, id, metadata, stamp, "offset", as_of, differs)
WHERE d.tenant = $1 AND d.kind = made.kind AND d.id = made.id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a document's metadata and standing, with the document's marks, None where it is unknown."""

    history: History
    stored: StoredDocument | None = None
    language: str | None = None
    submitted_at: str = ""

    @property
    def erased(self) -> Revision | None:
        """What was said up to there counts no more."""
        return None if self.stored is None else self.stored.erased


async def known_metadata(connection: Writing, tenant: str, keys: Sequence[DocumentKey]) -> dict[DocumentKey, Known]:
    """Of each of these documents, also of those that are unknown; nobody else changes them until the transaction ends.

    Where rows are locked before, in another order, two processes could wait for each other: the database ends one.
    """
    asked = [[key.kind for key in keys], [key.id for key in keys]]
    rows = await connection.fetch(_DOCUMENTS, tenant, *asked)
    documents = {(row["kind"], row["id"]): row for row in rows}
    unknown = [key for key in keys if (key.kind, key.id) not in documents]
    if unknown:
        await connection.execute(_LOCK, tenant, [key.kind for key in unknown], [key.id for key in unknown])
        columns = [[key.kind for key in unknown], [key.id for key in unknown]]
        documents |= {(row["kind"], row["id"]): row for row in await connection.fetch(_DOCUMENTS, tenant, *columns)}
    statements: defaultdict[tuple[str, str], list[Statement]] = defaultdict(list)
    for row in await connection.fetch(_STATEMENTS, tenant, *asked):
        statements[row["kind"], row["id"]].append(_statement(row))
    standings = await known_standings(connection, tenant, keys)
    return {
        key: _known(
            documents.get((key.kind, key.id)),
            tuple(statements.get((key.kind, key.id), ())),
            standings.get(key, NEVER_NAMED),
        )
        for key in keys
    }


async def write_statements(
    connection: Writing, tenant: str, changed: Mapping[DocumentKey, tuple[History, History]]
) -> None:
    """Writes what histories are made of, and standings, from what they were to what they are now."""
    standings = {key: after.standing for key, (before, after) in changed.items() if before.standing != after.standing}
    await write_standings(connection, tenant, standings)
    gone, made = [], []
    for key, (before, after) in sorted(changed.items()):
        gone += [_place(key, each) for each in before.statements if each not in after.statements]
        made += [(*_place(key, each), *_fields(each)) for each in after.statements if each not in before.statements]
    if gone:
        await connection.execute(_REMOVE, tenant, *_columns(gone))
    if made:
        await connection.execute(_ADD, tenant, *_columns(made))


async def write_metadata(
    connection: Writing, tenant: str, documents: Mapping[DocumentKey, tuple[Known, History]]
) -> None:
    """Writes the metadata of indexed documents, from what is known to what they are now, and what filters ask for."""
    rows: list[tuple[Any, ...]] = []
    filtered: list[Filtered] = []
    other_day: list[DocumentKey] = []
    for key, (known, after) in sorted(documents.items()):
        differs = (known.history.metadata, known.history.standing) != (after.metadata, after.standing)
        if not differs and known.history.at == after.at:
            continue
        at = (None, None) if after.at is None else (after.at.stamp, after.at.offset)
        as_of = day_of(after.metadata, known.submitted_at)
        if as_of != day_of(known.history.metadata, known.submitted_at):
            other_day.append(key)
        rows.append((key.kind, key.id, _json(after.metadata), *at, as_of, differs))
        if differs:
            state = after.standing.state_of(key.kind)
            filtered.append(Filtered(key.kind, key.id, after.metadata, known.language, state))
    if rows:
        await connection.execute(_WRITE, tenant, *_columns(rows))
    if filtered:
        await write_filters(connection, tenant, filtered)
    if other_day:
        # What lasts "to the present" is longer or shorter now.
        await note_unread(connection, other_day)


def _known(row: Any, statements: tuple[Statement, ...], standing: Standing) -> Known:
    if row is None:
        return Known(_waiting(statements, standing))
    stored = stored_of(row)
    if stored.indexed is None:
        return Known(_waiting(statements, standing), stored)
    at = None if row["metadata_stamp"] is None else Revision(row["metadata_stamp"], row["metadata_offset"])
    metadata = {} if row["metadata"] is None else msgspec.json.decode(row["metadata"])
    history = History(metadata, at, statements, indexed=True, standing=standing)
    return Known(history, stored, row["language"], row["submitted_at"] or "")


def _waiting(statements: tuple[Statement, ...], standing: Standing) -> History:
    return History(statements=statements, at=statements[-1].revision if statements else None, standing=standing)


def _statement(row: Any) -> Statement:
    return Statement(
        Revision(row["stamp"], row["offset"]),
        msgspec.json.decode(row["change"]),
        row["replaces"],
        SourceEvent(row["source"], row["source_id"]),
        row["submitted_at"],
        row["noted_at"],
    )


def _place(key: DocumentKey, statement: Statement) -> tuple[str, str, int, int]:
    return key.kind, key.id, statement.revision.stamp, statement.revision.offset


def _fields(statement: Statement) -> tuple[Any, ...]:
    source = statement.source_event
    said = _json(statement.said)
    return statement.replaces, said, source.source, source.id, statement.submitted_at, statement.noted_at


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]
