"""What is stored of documents that are scored: how large it is, its rows, and the documents in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.structure import IdentitySpan, Requirement, Section
from services.matching.index.found import Numbers
from services.matching.scoring.model import Candidate, ScoredDocument, StoredVectors
from services.matching.storage.database import Reading
from services.matching.storage.packing import unpacked_units, unpacked_windows
from services.matching.storage.spaces_table import Space


@dataclass(frozen=True, slots=True)
class Size:
    """How large a stored document is: bytes of its text, of all that `load` reads of it, and how many units it has."""

    id: str
    text: int
    stored: int
    units: int


async def sizes(
    connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space | None
) -> Sequence[Size]:
    """Sizes of the documents that `load` would read, in the order of `ids`. Reads none of them."""
    vectors, units, join = "0", "0", ""
    if space is not None:
        columns = ("windows", "window_spans", "units", "unit_scales", "unit_spans")
        vectors = " + ".join(f"length(v.{column})" for column in columns)
        units, join = "length(v.unit_spans) / 8", _join(space)
    rows = await connection.fetch(
        f"""
        SELECT d.id, octet_length(d.text) AS text, {vectors} AS vectors, {units} AS units
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

    In no order. `decoded` makes candidates of them, off the event loop.
    """
    vectors, join = "", ""
    if space is not None:
        vectors = ", v.windows, v.window_spans, v.units, v.unit_scales, v.unit_spans"
        join = _join(space)
    return await connection.fetch(
        f"""
        SELECT d.id, d.kind, d.title, d.text, d.sections, d.identity_spans, d.language, d.requirements,
            d.requirements_found, d.structure_version {vectors}
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


def decoded(row: Any, space: Space | None) -> Candidate:
    """A candidate of a row that `load` returned for the same space. Blocks."""
    return Candidate(row["id"], row["kind"], row["title"], _scored(row, space))


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
