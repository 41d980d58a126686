"""Strengths of frequent terms: kept in memory, within bounds, and summed for a whole segment at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.words.postings_form import MOST_STRENGTH, STRENGTH_STEP
from services.matching.index.words.segments import Segment

# OFFSET 0 has each looked up by its key: else the planner may read those of all tenants.
_STRENGTHS = """
SELECT p.segment, p.term, p.strengths FROM unnest($3::bigint[], $4::integer[]) AS asked (segment, term)
CROSS JOIN LATERAL (
    SELECT of.segment, of.term, of.strengths FROM matching.postings of
    WHERE of.tenant = $1 AND of.kind = $2 AND of.term = asked.term AND of.segment = asked.segment OFFSET 0
) p
"""
# Of half a byte for each document, term after term: those of the words of all jobs, for about 130,000 documents.
MOST_CACHED_BYTES = 64 * 1024 * 1024
# What a row costs beside its bytes.
_ROW_BYTES = 250
# Terms of about the same weight are summed together, as bytes: so many classes, where none gets too many terms for it.
_CLASSES = 16
_MOST_IN_CLASS = 255 // MOST_STRENGTH

# A segment, and how many of its documents were erased.
State = tuple[int, int]
_NONE: Mapping[int, bytes] = {}
Floats = npt.NDArray[np.float32]


class StrengthsInMemory:
    """Reads strengths, and keeps those that were read last: segments do not change but for erasures."""

    def __init__(self, most_bytes: int = MOST_CACHED_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: dict[State, dict[int, bytes]] = {}
        self._oldest_first: deque[tuple[State, int]] = deque()

    async def of(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        wanted: Mapping[int, Sequence[int]],
        segments: Sequence[Segment],
    ) -> dict[int, list[bytes]]:
        """Of terms that have strengths, in the order in which they are `wanted` of each segment."""
        states = {each.segment: (each.segment, each.erased) for each in segments if each.segment in wanted}
        # Taken now: while others are read, somebody else's may take their place in memory.
        kept = {segment: self._held(state, wanted[segment]) for segment, state in states.items()}
        missing = [
            (segment, term)
            for segment, several in kept.items()
            if not all(several)
            for term, each in zip(wanted[segment], several, strict=True)
            if not each
        ]
        if not missing:
            return kept
        columns = [segment for segment, _ in missing], [term for _, term in missing]
        rows = await connection.fetch(_STRENGTHS, tenant, kind, *columns)
        read = {(row["segment"], row["term"]): row["strengths"] for row in rows}
        for segment, term in missing:
            self._keep(states[segment], term, read[segment, term])
        return {
            segment: [each or read[segment, term] for term, each in zip(wanted[segment], several, strict=True)]
            for segment, several in kept.items()
        }

    def _held(self, state: State, terms: Sequence[int]) -> list[bytes]:
        """Empty where it is not in memory."""
        get = self._kept.get(state, _NONE).get
        return [get(term, b"") for term in terms]

    def _keep(self, state: State, term: int, strengths: bytes) -> None:
        held = self._kept.setdefault(state, {})
        if term in held:
            return
        held[term] = strengths
        self._oldest_first.append((state, term))
        self._bytes += len(strengths) + _ROW_BYTES
        while self._bytes > self._most_bytes:
            state, term = self._oldest_first.popleft()
            self._bytes -= len(self._kept[state].pop(term)) + _ROW_BYTES
            if not self._kept[state]:
                del self._kept[state]


class StrengthSums:
    """Sums strengths segment by segment in the same memory: to ask for a megabyte and give it back costs more than the
    sums. Only for one thread."""

    def __init__(self) -> None:
        self._memory = np.empty(0, dtype=np.uint8)

    def of(self, strengths: Sequence[bytes], weights: Floats, size: int) -> Floats:
        """float32 (size): of a segment's documents the sum of these terms' impacts, each times its weight, about."""
        order = np.argsort(weights)
        together = min(_MOST_IN_CLASS, -(-len(order) // _CLASSES))
        classes = -(-len(order) // together)
        lacking = classes * together - len(order)
        width = (size + 1) // 2
        data = b"".join([strengths[place] for place in order.tolist()] + [bytes(width * lacking)])
        both = np.frombuffer(data, np.uint8).reshape(classes, together, width)
        firsts = np.arange(0, len(order), together)
        members = np.minimum(together, len(order) - firsts)
        means = (np.add.reduceat(weights[order], firsts) / members).astype(np.float32) * np.float32(STRENGTH_STEP)
        half = self._room(both.size).reshape(both.shape)
        found = np.empty((width, 2), dtype=np.float32)
        np.bitwise_and(both, 0x0F, out=half)
        found[:, 0] = means @ np.add.reduce(half, axis=1, dtype=np.uint8).astype(np.float32)
        np.right_shift(both, 4, out=half)
        found[:, 1] = means @ np.add.reduce(half, axis=1, dtype=np.uint8).astype(np.float32)
        return found.reshape(-1)[:size]

    def _room(self, size: int) -> npt.NDArray[np.uint8]:
        if len(self._memory) < size:
            self._memory = np.empty(size, dtype=np.uint8)
        return self._memory[:size]
