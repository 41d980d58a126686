"""What is stored of documents that are scored: how large it is, what was derived of them, and their texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.answers.masking import hidden_words, masked_text, masked_words
from services.matching.index.found import Numbers
from services.matching.score_log.shown_answer import ScoredVersion
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.stored_reading import READING_VERSION, UnreadableReading
from services.matching.storage.scored_documents import COLUMNS, identity_spans, scored_document
from services.matching.storage.spaces_table import Space

_VERSION = "indexed_stamp, indexed_offset, content_hash, structure_version"
# Of vectors that a process of an older version wrote, the reading is of those before: it keeps `document` beside them.
_READING_VERSION = "CASE WHEN v.document IS NULL THEN v.reading_version ELSE 0 END AS reading_version"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a stored document is: bytes of its text, of all that is read of it to score it, and how many units it
    has."""

    id: str
    text: int
    stored: int
    units: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A document as scoring takes it."""

    id: str
    document: ReadDocument

    @property
    def stored(self) -> int:
        """About how many bytes it takes."""
        return self.document.units.stored_bytes + 32 * len(self.document.reading.hashes)


@dataclass(frozen=True, slots=True)
class Shown:
    """What answers show of a document, and which version of it that is."""

    title: str | None
    text: str
    version: ScoredVersion


async def sizes(
    connection: Reading,
    tenant: str,
    kind: Kind,
    ids: Sequence[str],
    space: Space,
    known: Mapping[str, Size] | None = None,
) -> list[Size]:
    """Sizes of those of some documents that are indexed in the space, in the order of `ids`. Reads none of them, and
    asks only for what is not `known` of the same moment."""
    found = {each: known[each] for each in ids if each in known} if known else {}
    missing = [each for each in ids if each not in found]
    if missing:
        found |= await _read_sizes(connection, tenant, kind, missing, space)
    return [found[each] for each in ids if each in found]


async def _read_sizes(
    connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space
) -> dict[str, Size]:
    columns = ("reading", "units", "unit_scales", "unit_spans")
    stored = " + ".join(f"coalesce(length(v.{column}), 0)" for column in columns)
    rows = await connection.fetch(
        f"""
        SELECT d.id, octet_length(d.text) AS text, {stored} AS stored, length(v.unit_spans) / 8 AS units
        FROM matching.documents d {_join(space)}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) AND d.indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )
    return {row["id"]: Size(row["id"], row["text"], row["stored"], row["units"]) for row in rows}


async def reading_rows(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space) -> Sequence[Any]:
    """What was derived of documents in the space, in no order, for `read`."""
    return await connection.fetch(
        f"""
        SELECT d.id, v.reading, {_READING_VERSION}, v.units, v.unit_scales, v.unit_spans
        FROM matching.documents d {_join(space)}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) AND d.indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )


def read(rows: Sequence[Any], space: Space) -> tuple[list[Scored], list[str]]:
    """The documents of rows that `reading_rows` gave, and the ids of those that must be derived anew. Blocks."""
    found: list[Scored] = []
    underived: list[str] = []
    for row in rows:
        if row["reading_version"] != READING_VERSION or row["reading"] is None:
            underived.append(row["id"])
            continue
        try:
            document = ReadDocument.of_row(
                row["reading"], row["units"], row["unit_scales"], row["unit_spans"], space.dimension
            )
        except UnreadableReading:
            underived.append(row["id"])
        else:
            found.append(Scored(row["id"], document))
    return found, underived


async def whole_rows(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space) -> Sequence[Any]:
    """All that a document is derived from, in no order, for `derived_anew`."""
    return await connection.fetch(
        f"""
        SELECT {COLUMNS}
        FROM matching.documents d {_join(space)}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) AND d.indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )


def derived_anew(rows: Sequence[Any], space: Space) -> list[Scored]:
    """The documents of rows that `whole_rows` gave. Blocks, for a millisecond or some each."""
    return [
        Scored(row["id"], ReadDocument.of(scored_document(row, dimension=space.dimension, model=space.model)))
        for row in rows
    ]


async def shown_texts(
    connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], *, masked: bool = False
) -> dict[str, Shown]:
    """Titles and texts of indexed documents; `masked`: without who a person is."""
    rows = await connection.fetch(
        f"""
        SELECT id, title, text, {"identity_spans, " if masked else ""}{_VERSION} FROM matching.documents
        WHERE tenant = $1 AND kind = $2 AND id = ANY($3) AND indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )
    return {row["id"]: _shown(row, masked=masked) for row in rows}


async def versions(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str]) -> dict[str, ScoredVersion]:
    """Which versions of indexed documents are stored."""
    rows = await connection.fetch(
        f"""
        SELECT id, {_VERSION} FROM matching.documents
        WHERE tenant = $1 AND kind = $2 AND id = ANY($3) AND indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )
    return {row["id"]: _version(row) for row in rows}


async def ids_of(connection: Reading, tenant: str, kind: Kind, numbers: Numbers) -> list[str]:
    """The ids of documents by their numbers, in no order."""
    rows = await connection.fetch(
        "SELECT id FROM matching.cards WHERE tenant = $1 AND kind = $2 AND number = ANY($3::bigint[])",
        tenant,
        kind,
        numbers.tolist(),
    )
    return [row["id"] for row in rows]


def _join(space: Space) -> str:
    # OFFSET 0 has each document's vectors looked up by their key. Where many documents are asked for, the planner would
    # sooner read the vectors of all tenants, which takes twice as long among 25,000.
    return f"""JOIN LATERAL (
        SELECT * FROM matching.vectors_{space.name} v WHERE (v.tenant, v.kind, v.id) = (d.tenant, d.kind, d.id)
        AND (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset) OFFSET 0
    ) v ON true"""


def _shown(row: Any, *, masked: bool) -> Shown:
    title, text = row["title"], row["text"]
    if masked:
        spans = identity_spans(row)
        title, text = masked_words(title, hidden_words(text, spans)), masked_text(text, spans)
    return Shown(title, text, _version(row))


def _version(row: Any) -> ScoredVersion:
    return ScoredVersion(
        row["indexed_stamp"], row["indexed_offset"], row["content_hash"] or "", row["structure_version"]
    )
