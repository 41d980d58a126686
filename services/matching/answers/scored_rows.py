"""What is stored of documents that are scored: how large it is, its rows, and the documents in them.

Of most documents only what was derived of them is read, with the vectors of their units; the whole of those alone whose
reading is of another version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.structure import IdentitySpan, Requirement, Section
from libs.telemetry.logs import get_logger
from services.matching.index.found import Numbers
from services.matching.scoring.model import ScoredDocument, StoredVectors
from services.matching.scoring.read_document import ReadDocument
from services.matching.scoring.stored_reading import READING_VERSION, UnreadableReading
from services.matching.storage.database import Reading
from services.matching.storage.packing import unpacked_units, unpacked_windows
from services.matching.storage.spaces_table import Space

log = get_logger(__name__)

# What a document is read anew from, where its reading is of another version.
_WHOLE = ("text", "sections", "identity_spans", "requirements", "requirements_found")
_WINDOWS = ("windows", "window_spans")
_UNITS = ("units", "unit_scales", "unit_spans")
# A process of an older version keeps `document` beside the vectors it writes: the reading is of those before.
_IS_READ = f"(v.reading_version = {READING_VERSION} AND v.document IS NULL)"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a stored document is: bytes of its text or reading, of all that `load` reads of it, and its units."""

    id: str
    text: int
    stored: int
    units: int


async def sizes(
    connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space | None
) -> Sequence[Size]:
    """Sizes of the documents that `load` would read, in the order of `ids`. Reads none of them."""
    text, vectors, units, join = "octet_length(d.text)", "0", "0", ""
    if space is not None:
        text = f"CASE WHEN {_IS_READ} THEN length(v.reading) ELSE octet_length(d.text) END"
        windows = " + ".join(f"length(v.{column})" for column in _WINDOWS)
        vectors = " + ".join(f"length(v.{column})" for column in _UNITS)
        vectors += f" + CASE WHEN {_IS_READ} THEN 0 ELSE {windows} END"
        units, join = "length(v.unit_spans) / 8", _join(space)
    rows = await connection.fetch(
        f"""
        SELECT d.id, {text} AS text, {vectors} AS vectors, {units} AS units
        FROM matching.documents d {join}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) AND d.indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )
    found = {row["id"]: Size(row["id"], row["text"], row["text"] + row["vectors"], row["units"]) for row in rows}
    return [found[each] for each in ids if each in found]


async def load(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space | None) -> Sequence[Any]:
    """Rows of documents with their vectors in `space`, where it has the indexed revision; None: without vectors.

    In no order. `read` makes documents of them, off the event loop.
    """
    columns, join = [f"d.{column}" for column in _WHOLE], ""
    if space is not None:
        whole = [*columns, *(f"v.{column}" for column in _WINDOWS)]
        columns = [f"CASE WHEN NOT {_IS_READ} THEN {column} END AS {column[2:]}" for column in whole]
        columns += [f"{_IS_READ} AS is_read", "v.reading", *(f"v.{column}" for column in _UNITS)]
        join = _join(space)
    return await connection.fetch(
        f"""
        SELECT d.id, d.kind, d.title, d.language, d.structure_version, {", ".join(columns)}
        FROM matching.documents d {join}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) AND d.indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )


async def ids_of(connection: Reading, tenant: str, kind: Kind, numbers: Numbers) -> list[str]:
    """The ids of documents by their numbers, in no order."""
    rows = await connection.fetch(
        "SELECT id FROM matching.cards WHERE tenant = $1 AND kind = $2 AND number = ANY($3::bigint[])",
        tenant,
        kind,
        numbers.tolist(),
    )
    return [row["id"] for row in rows]


async def texts(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str]) -> dict[str, str]:
    """The stored texts of indexed documents, by id."""
    return {each: text for each, (_, text) in (await titles_and_texts(connection, tenant, kind, ids)).items()}


async def titles_and_texts(
    connection: Reading, tenant: str, kind: Kind, ids: Sequence[str]
) -> dict[str, tuple[str | None, str]]:
    """Title and stored text of indexed documents, by id."""
    rows = await connection.fetch(
        "SELECT id, title, text FROM matching.documents WHERE tenant = $1 AND kind = $2 AND id = ANY($3)",
        tenant,
        kind,
        list(ids),
    )
    return {row["id"]: (row["title"], row["text"]) for row in rows}


def read(row: Any, space: Space | None) -> ReadDocument:
    """The document of a row that `load` returned for the same space, as scoring takes it. Blocks.

    What was derived of it when it was written, or anew where that is of another version. Raises UnreadableReading
    where what is stored is damaged.
    """
    if space is None or not row["is_read"]:
        return ReadDocument.of(_scored(row, space))
    try:
        return ReadDocument.of_row(*(row[column] for column in ("reading", *_UNITS)), space.dimension)
    except UnreadableReading as error:
        log.error("reading_unreadable", kind=row["kind"], id=row["id"], reason=str(error))
        raise


def _join(space: Space) -> str:
    return f"""JOIN matching.vectors_{space.name} v ON (v.tenant, v.kind, v.id) = (d.tenant, d.kind, d.id)
        AND (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset)"""


def _scored(row: Any, space: Space | None) -> ScoredDocument:
    return ScoredDocument(
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        sections=msgspec.json.decode(row["sections"] or "[]", type=list[Section]),
        identity_spans=msgspec.json.decode(row["identity_spans"] or "[]", type=list[IdentitySpan]),
        language=row["language"],
        windows=_windows(row, space),
        units=_units(row, space),
        requirements=None if row["requirements"] is None else msgspec.json.decode(row["requirements"]),
        requirements_found=msgspec.json.decode(row["requirements_found"] or "[]", type=list[Requirement]),
        structure_version=row["structure_version"],
    )


def _windows(row: Any, space: Space | None) -> StoredVectors:
    if space is None:
        return unpacked_windows(b"", b"", 1)
    return unpacked_windows(row["windows"], row["window_spans"], space.dimension)


def _units(row: Any, space: Space | None) -> StoredVectors:
    if space is None:
        return unpacked_units(b"", b"", b"", 1)
    return unpacked_units(row["units"], row["unit_scales"], row["unit_spans"], space.dimension)
