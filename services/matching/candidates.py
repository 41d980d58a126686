"""Which documents are worth scoring: the nearest by vector, and those that share telling words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from pgvector import HalfVector

from libs.contracts.documents import IdentitySpan, Section
from libs.contracts.identifiers import DocumentKey, Kind
from services.matching.database import Connection
from services.matching.packed import unpacked_units, unpacked_windows
from services.matching.scoring.documents import Candidate, ScoredDocument, StoredVectors, Vectors
from services.matching.scoring.terms import idf
from services.matching.spaces_store import Space

# Telling words asked for at most; the rest of a long query adds little.
MOST_TERMS = 24
# HNSW looks at this many at least, whatever the limit.
LEAST_SEARCHED = 200


async def nearest(connection: Connection, space: Space, kind: Kind, vector: Vectors, limit: int) -> list[str]:
    """Ids of the documents whose vector is nearest, nearest first."""
    await connection.execute("SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true)")
    searched = min(1000, max(LEAST_SEARCHED, limit))
    await connection.execute("SELECT set_config('hnsw.ef_search', $1, true)", str(searched))
    rows = await connection.fetch(
        f"SELECT id FROM matching.vectors_{space.name} WHERE kind = '{kind}' ORDER BY document <=> $1 LIMIT $2",
        HalfVector(vector),
        limit,
    )
    return [row["id"] for row in rows]


async def sharing_words(connection: Connection, kind: Kind, terms: Sequence[str], limit: int) -> list[str]:
    """Ids of the documents that share the most telling of these terms."""
    telling = sorted(terms, key=idf, reverse=True)[:MOST_TERMS]
    if not telling:
        return []
    rows = await connection.fetch(
        """
        SELECT id FROM (
            SELECT d.id, (SELECT coalesce(sum(q.weight), 0)
                          FROM unnest($2::text[], $3::float8[]) AS q(term, weight)
                          WHERE q.term = ANY(d.terms)) AS weight
            FROM matching.documents d WHERE d.kind = $1 AND d.terms && $2::text[]
        ) AS found ORDER BY weight DESC, id LIMIT $4
        """,
        kind,
        telling,
        [idf(term) for term in telling],
        limit,
    )
    return [row["id"] for row in rows]


async def load(
    connection: Connection, tenant: str, kind: Kind, ids: Sequence[str], space: Space | None
) -> list[Candidate]:
    """Documents with texts and their vectors in `space`, where it has the indexed revision; None: without vectors."""
    vectors, join = "", ""
    if space is not None:
        vectors = ", v.windows, v.window_spans, v.units, v.unit_scales, v.unit_spans"
        join = f"""JOIN matching.vectors_{space.name} v ON (v.tenant, v.kind, v.id) = (d.tenant, d.kind, d.id)
            AND (v.stamp, v."offset") = (d.indexed_stamp, d.indexed_offset)"""
    rows = await connection.fetch(
        f"""
        SELECT d.id, d.kind, d.title, d.text, d.sections, d.identity_spans, d.language, d.requirements {vectors}
        FROM matching.documents d {join}
        WHERE d.tenant = $1 AND d.kind = $2 AND d.id = ANY($3) AND d.indexed_stamp IS NOT NULL
        """,
        tenant,
        kind,
        list(ids),
    )
    return [Candidate(row["id"], kind, row["title"], _scored(row, space)) for row in rows]


async def document_vector_of(connection: Connection, space: Space, key: DocumentKey) -> Vectors | None:
    """A document's vector in the space; None where it has none."""
    found = await connection.fetchval(
        f"SELECT document FROM matching.vectors_{space.name} WHERE tenant = $1 AND kind = $2 AND id = $3",
        key.tenant,
        key.kind,
        key.id,
    )
    return None if found is None else found.to_numpy().astype("float32")


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
    )


def _windows(row: Any, space: Space | None) -> StoredVectors:
    if space is None:
        return unpacked_windows(b"", b"", 1)
    return unpacked_windows(row["windows"], row["window_spans"], space.dimension)


def _units(row: Any, space: Space | None) -> StoredVectors:
    if space is None:
        return unpacked_units(b"", b"", b"", 1)
    return unpacked_units(row["units"], row["unit_scales"], row["unit_spans"], space.dimension)
