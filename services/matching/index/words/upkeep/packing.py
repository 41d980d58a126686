"""Packing: cards that wait become a segment, small segments one larger, and what is dead is left out on the way.

Each function is all of one transaction, which nobody else is in the middle of (see the worker's lock): killed at any
point, nothing is lost and nothing is there twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from libs.contracts.identifiers import Kind
from libs.database.transactions import Writing
from services.matching.index.words.card_batch import CardBatch, card_batch, joined
from services.matching.index.words.postings_form import MOST_DOCUMENTS, PostingRows, posting_rows
from services.matching.index.words.segments import Segment, header_bytes
from services.matching.index.words.upkeep.finished_erasures import finish_erasures

# A row that somebody else locks is being replaced or removed; the next packing takes what is there then.
_WAITING = """
SELECT number, version FROM matching.unpacked WHERE tenant = $1 AND kind = $2
ORDER BY noted_at LIMIT $3 FOR UPDATE SKIP LOCKED
"""
_NO_MORE_WAITING = """
DELETE FROM matching.unpacked WHERE tenant = $1 AND kind = $2 AND number = ANY($3)
"""
# Sorted by number, as the cards lie.
_CARDS = """
SELECT c.number, c.version, c.length, c.terms FROM unnest($3::bigint[], $4::bigint[]) AS asked (number, version)
JOIN matching.cards c ON c.tenant = $1 AND c.kind = $2 AND c.number = asked.number AND c.version = asked.version
ORDER BY c.number
"""
_SEGMENTS = """
SELECT numbers, versions FROM matching.segments WHERE tenant = $1 AND kind = $2 AND segment = ANY($3)
"""
_SEGMENT = """
INSERT INTO matching.segments (tenant, kind, segment, documents, numbers, versions)
VALUES ($1, $2, nextval('matching.segment_numbers'), $3, $4, $5) RETURNING segment
"""
_POSTINGS = """
INSERT INTO matching.postings (tenant, kind, segment, term, documents, postings, strengths)
SELECT $1, $2, $3, * FROM unnest($4::integer[], $5::integer[], $6::bytea[], $7::bytea[])
"""
_REMOVED = "DELETE FROM matching.{table} WHERE tenant = $1 AND kind = $2 AND segment = ANY($3)"
_UNBURIED = """
DELETE FROM matching.buried b USING unnest($3::bigint[], $4::bigint[]) AS gone (number, version)
WHERE b.tenant = $1 AND b.kind = $2 AND b.number = gone.number AND b.version = gone.version RETURNING b.receipt
"""

# Cards packed at a time, and cards and rows of postings that travel at a time.
MOST_PACKED = 4096
_CARDS_AT_ONCE = 2048
_ROWS_AT_ONCE = 5000
# Segments of about the same size that become one.
MERGED_TOGETHER = 8
# Sizes from which on a segment is of the next level. Those of the last are not merged any more: two would be too many.
LEVELS = (512, 4096, 32_768)
# The share of a segment's documents that may be dead.
MOST_DEAD = 0.2


async def pack(connection: Writing, tenant: str, kind: Kind) -> int:
    """Makes a segment of the cards that wait longest; how many."""
    rows = await connection.fetch(_WAITING, tenant, kind, MOST_PACKED)
    if not rows:
        return 0
    numbers = [row["number"] for row in rows]
    cards = await _cards(connection, tenant, kind, numbers, [row["version"] for row in rows])
    await _write(connection, tenant, kind, cards)
    await connection.execute(_NO_MORE_WAITING, tenant, kind, numbers)
    return len(cards)


async def merge(connection: Writing, tenant: str, kind: Kind, chosen: Sequence[int]) -> int:
    """Makes one segment of these, without what is dead in them; how many documents are left."""
    merged = await connection.fetch(_SEGMENTS, tenant, kind, list(chosen))
    numbers = np.concatenate([np.frombuffer(row["numbers"], "<i8") for row in merged])
    versions = np.concatenate([np.frombuffer(row["versions"], "<i8") for row in merged])
    cards = await _cards(connection, tenant, kind, numbers.tolist(), versions.tolist())
    for table in ("postings", "segments"):
        await connection.execute(_REMOVED.format(table=table), tenant, kind, list(chosen))
    await _write(connection, tenant, kind, cards)
    # What was buried after the cards were read is in the new segment still, and stays buried.
    gone = ~np.isin(versions, cards.versions)
    receipts = await connection.fetch(_UNBURIED, tenant, kind, numbers[gone].tolist(), versions[gone].tolist())
    await finish_erasures(connection, tenant, {row["receipt"] for row in receipts})
    return len(cards)


def to_be_merged(segments: Sequence[Segment]) -> list[int]:
    """Which segments are to become one: the smallest of a level that has enough; none where no level has."""
    for low, high in zip((0, *LEVELS), LEVELS, strict=False):
        level = sorted((each for each in segments if low <= len(each) < high), key=len)
        if len(level) >= MERGED_TOGETHER:
            sums = accumulate(len(each) for each in level)
            return [each.segment for each, total in zip(level, sums, strict=True) if total <= MOST_DOCUMENTS]
    return []


async def _cards(
    connection: Writing, tenant: str, kind: Kind, numbers: Sequence[int], versions: Sequence[int]
) -> CardBatch:
    """Those of these cards whose version is still the same, by number."""
    batches = []
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    for start in range(0, len(order), _CARDS_AT_ONCE):
        part = order[start : start + _CARDS_AT_ONCE]
        asked = [numbers[place] for place in part], [versions[place] for place in part]
        batches.append(card_batch(await connection.fetch(_CARDS, tenant, kind, *asked)))
    return joined(batches)


async def _write(connection: Writing, tenant: str, kind: Kind, cards: CardBatch) -> None:
    """A segment of these cards; none where there are none. The sorting is done in a thread."""
    if not len(cards):
        return
    header = (header_bytes(cards.numbers), header_bytes(cards.versions))
    segment = await connection.fetchval(_SEGMENT, tenant, kind, len(cards), *header)
    made = posting_rows(cards)
    while (rows := await asyncio.to_thread(next, made, None)) is not None:
        await _insert(connection, tenant, kind, segment, rows)


async def _insert(connection: Writing, tenant: str, kind: Kind, segment: int, rows: PostingRows) -> None:
    for start in range(0, len(rows.terms), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        columns = rows.terms[part], rows.documents[part], rows.postings[part], rows.strengths[part]
        await connection.execute(_POSTINGS, tenant, kind, segment, *columns)
