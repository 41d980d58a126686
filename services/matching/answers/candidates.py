"""Which documents are worth scoring: the nearest by vector, and those that share telling words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from pgvector import HalfVector

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.structure import IdentitySpan, Requirement, Section
from libs.telemetry.logs import get_logger
from services.matching.scoring.model import Candidate, ScoredDocument, StoredVectors
from services.matching.scoring.read_document import ReadDocument
from services.matching.scoring.stored_reading import READING_VERSION, UnreadableReading
from services.matching.scoring.terms import idf
from services.matching.storage.database import Reading
from services.matching.storage.packing import unpacked_units, unpacked_windows
from services.matching.storage.spaces_table import Space

log = get_logger(__name__)

# Telling words asked for at most; the rest of a long query adds little.
MOST_TERMS = 24
# HNSW looks at this many at least, whatever the limit.
LEAST_SEARCHED = 200
# Up to here every vector is compared: exact, and the only way where a tenant's documents are few among many,
# since the index stops after hnsw.max_scan_tuples (20,000) rows of others.
COMPARED_ALL = 10_000


async def nearest(
    connection: Reading, space: Space, tenant: str, kind: Kind, vector: HalfVector, limit: int
) -> list[str]:
    """Ids of the tenant's documents whose vector is nearest, nearest first."""
    table, mine = f"matching.nearest_{space.name}", f"tenant = $1 AND kind = '{kind}'"
    few = f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {mine} LIMIT {COMPARED_ALL + 1}) AS counted"
    if await connection.fetchval(few, tenant) <= COMPARED_ALL:
        compared = f"WITH compared AS MATERIALIZED (SELECT number, document FROM {table} WHERE {mine})"
        found = f"{compared} SELECT number, document <=> $2 AS far FROM compared ORDER BY far, number LIMIT $3"
    else:
        await connection.fetchval("SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true)")
        searched = min(1000, max(LEAST_SEARCHED, limit))
        await connection.fetchval("SELECT set_config('hnsw.ef_search', $1, true)", str(searched))
        found = f"SELECT number, document <=> $2 AS far FROM {table} WHERE {mine} ORDER BY document <=> $2 LIMIT $3"
    statement = f"""SELECT c.id FROM ({found}) AS found
        JOIN matching.cards c ON c.tenant = $1 AND c.kind = '{kind}' AND c.number = found.number ORDER BY far, c.id"""
    rows = await connection.fetch(statement, tenant, vector, limit)
    return [row["id"] for row in rows]


async def sharing_words(connection: Reading, tenant: str, kind: Kind, terms: Sequence[str], limit: int) -> list[str]:
    """Ids of the tenant's documents that share the most telling of these terms."""
    telling = sorted(terms, key=idf, reverse=True)[:MOST_TERMS]
    if not telling:
        return []
    rows = await connection.fetch(
        """
        SELECT id FROM (
            SELECT d.id, (SELECT coalesce(sum(q.weight), 0)
                          FROM unnest($2::text[], $3::float8[]) AS q(term, weight)
                          WHERE q.term = ANY(d.terms)) AS weight
            FROM matching.documents d WHERE d.tenant = $5 AND d.kind = $1 AND d.terms && $2::text[]
        ) AS found ORDER BY weight DESC, id LIMIT $4
        """,
        kind,
        telling,
        [idf(term) for term in telling],
        limit,
        tenant,
    )
    return [row["id"] for row in rows]


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
        columns = ("windows", "window_spans", "units", "unit_scales", "unit_spans", "reading")
        vectors = " + ".join(f"coalesce(length(v.{column}), 0)" for column in columns)
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


# Of vectors that a process of an older version wrote, the reading is of those before: it keeps `document` beside them.
_READING_VERSION = " CASE WHEN v.document IS NULL THEN v.reading_version ELSE 0 END AS reading_version"


async def load(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str], space: Space | None) -> Sequence[Any]:
    """Rows of documents with their vectors in `space`, where it has the indexed revision; None: without vectors.

    In no order. `decoded` makes candidates of them, off the event loop.
    """
    vectors, join = "", ""
    if space is not None:
        vectors = ", v.windows, v.window_spans, v.units, v.unit_scales, v.unit_spans, v.reading," + _READING_VERSION
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


async def texts(connection: Reading, tenant: str, kind: Kind, ids: Sequence[str]) -> dict[str, tuple[str | None, str]]:
    """Title and stored text of indexed documents, by id."""
    rows = await connection.fetch(
        "SELECT id, title, text FROM matching.documents WHERE tenant = $1 AND kind = $2 AND id = ANY($3)",
        tenant,
        kind,
        list(ids),
    )
    return {row["id"]: (row["title"], row["text"]) for row in rows}


async def vector_and_terms(connection: Reading, space: Space, key: DocumentKey) -> tuple[HalfVector, list[str]]:
    """An indexed document's vector in the space, and its terms. Only where `load` found it in that space."""
    row = await connection.fetchrow(
        f"""
        SELECT v.document, d.terms
        FROM matching.documents d JOIN matching.cards c USING (tenant, kind, id)
        JOIN matching.nearest_{space.name} v USING (tenant, kind, number)
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = $3
        """,
        key.tenant,
        key.kind,
        key.id,
    )
    return row["document"], row["terms"] or []


def decoded(row: Any, space: Space | None) -> Candidate:
    """A candidate of a row that `load` returned for the same space. Blocks."""
    return Candidate(row["id"], row["kind"], row["title"], _scored(row, space))


def read(row: Any, space: Space | None) -> ReadDocument:
    """The document of a row that `load` returned for the same space, as scoring takes it. Blocks.

    What was derived of it when it was written, or anew where that is of another version or cannot be read.
    """
    if space is not None and row["reading_version"] == READING_VERSION:
        try:
            columns = (row["reading"], row["units"], row["unit_scales"], row["unit_spans"])
            return ReadDocument.of_row(*columns, space.dimension)
        except UnreadableReading as error:
            log.error("reading_unreadable", kind=row["kind"], id=row["id"], reason=str(error))
    return ReadDocument.of(decoded(row, space).document)


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
