"""Taking erased documents out of segments to the last byte, without waiting for a merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.database.transactions import Writing
from services.matching.index.words.postings_form import POSTING_BYTES, signed, strengths_without, without
from services.matching.index.words.segments import NOBODY, Segment, SegmentHeaders, header_bytes
from services.matching.index.words.upkeep.finished_erasures import finish_erasures
from services.matching.index.words.upkeep.packing import merge

_ERASED = """
SELECT number, version, terms, receipt FROM matching.buried
WHERE tenant = $1 AND kind = $2 AND receipt IS NOT NULL ORDER BY buried_at LIMIT $3 FOR UPDATE
"""
_LOCKED = """
SELECT numbers, versions FROM matching.segments WHERE tenant = $1 AND kind = $2 AND segment = $3
"""
_POSTINGS = """
SELECT term, postings, strengths FROM matching.postings
WHERE tenant = $1 AND kind = $2 AND term = ANY($3) AND segment = $4
"""
_LESS = """
UPDATE matching.postings p SET documents = less.documents, postings = less.postings, strengths = less.strengths
FROM unnest($4::integer[], $5::integer[], $6::bytea[], $7::bytea[]) AS less (term, documents, postings, strengths)
WHERE p.tenant = $1 AND p.kind = $2 AND p.segment = $3 AND p.term = less.term
"""
_EMPTY = """
DELETE FROM matching.postings WHERE tenant = $1 AND kind = $2 AND segment = $3 AND term = ANY($4) AND documents = 0
"""
_HEADER = """
UPDATE matching.segments SET numbers = $4, versions = $5, erased = erased + $6
WHERE tenant = $1 AND kind = $2 AND segment = $3
"""
_UNBURIED = """
DELETE FROM matching.buried b USING unnest($3::bigint[], $4::bigint[]) AS gone (number, version)
WHERE b.tenant = $1 AND b.kind = $2 AND b.number = gone.number AND b.version = gone.version
"""

# Erasures worked on in one transaction, and rows of postings read at a time.
MOST_ERASED = 2000
_ROWS_AT_ONCE = 64
# From this share of a segment's documents on it is sooner written anew than its rows are searched.
_WRITTEN_ANEW = 1 / 256
_ROW_BY_ROW = 4


@dataclass(frozen=True, slots=True)
class _Held:
    """What one segment holds of erased documents: their ordinals, and all their terms."""

    ordinals: npt.NDArray[np.int64]
    terms: npt.NDArray[np.uint32]


async def erase_from_segments(connection: Writing, headers: SegmentHeaders, tenant: str, kind: Kind) -> int:
    """Takes the documents whose erasures wait for it out of all segments; how many versions of theirs."""
    buried = await connection.fetch(_ERASED, tenant, kind, MOST_ERASED)
    if not buried:
        return 0
    for segment in await headers.of(connection, tenant, kind):
        held = _held(segment, buried)
        if len(held.ordinals) > max(_ROW_BY_ROW, _WRITTEN_ANEW * len(segment)):
            await merge(connection, tenant, kind, [segment.segment])
        elif len(held.ordinals):
            await _take_out(connection, tenant, kind, segment.segment, held)
    columns = [row["number"] for row in buried], [row["version"] for row in buried]
    await connection.execute(_UNBURIED, tenant, kind, *columns)
    await finish_erasures(connection, tenant, {row["receipt"] for row in buried})
    return len(buried)


def _held(segment: Segment, buried: Sequence[Any]) -> _Held:
    """Versions are of one document each, so they alone tell."""
    ordinals = np.flatnonzero(np.isin(segment.versions, [row["version"] for row in buried]))
    versions = set(segment.versions[ordinals].tolist())
    terms = b"".join(row["terms"][: len(row["terms"]) // 5 * 4] for row in buried if row["version"] in versions)
    return _Held(ordinals, np.unique(np.frombuffer(terms, "<u4")))


async def _take_out(connection: Writing, tenant: str, kind: Kind, segment: int, held: _Held) -> None:
    row = await connection.fetchrow(_LOCKED, tenant, kind, segment)
    ordinals = held.ordinals.astype(np.uint16)
    terms = signed(held.terms)
    for start in range(0, len(terms), _ROWS_AT_ONCE):
        part = terms[start : start + _ROWS_AT_ONCE]
        rows = await connection.fetch(_POSTINGS, tenant, kind, part, segment)
        less = [without(each["postings"], ordinals) for each in rows]
        counts = [len(each) // POSTING_BYTES for each in less]
        strengths = [each["strengths"] and strengths_without(each["strengths"], ordinals) for each in rows]
        columns = [each["term"] for each in rows], counts, less, strengths
        await connection.execute(_LESS, tenant, kind, segment, *columns)
        await connection.execute(_EMPTY, tenant, kind, segment, part)
    numbers, versions = (np.frombuffer(row[name], "<i8").copy() for name in ("numbers", "versions"))
    numbers[held.ordinals] = versions[held.ordinals] = NOBODY
    header = header_bytes(numbers), header_bytes(versions)
    await connection.execute(_HEADER, tenant, kind, segment, *header, len(ordinals))
