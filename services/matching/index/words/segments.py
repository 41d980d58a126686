"""Segments' headers: which documents they are of. Immutable but for erasures, so kept in memory, within bounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading

_LISTED = """
SELECT ARRAY(SELECT segment FROM matching.segments WHERE tenant = $1 AND kind = $2 ORDER BY segment) AS segments,
    ARRAY(SELECT erased FROM matching.segments WHERE tenant = $1 AND kind = $2 ORDER BY segment) AS erased,
    EXISTS (SELECT FROM matching.unpacked WHERE tenant = $1 AND kind = $2) AS cards_wait
"""
_HEADERS = """
SELECT segment, erased, numbers, versions FROM matching.segments
WHERE tenant = $1 AND kind = $2 AND segment = ANY($3)
"""
# The number of nobody: an erasure leaves it in the place of the document's.
NOBODY = 0
# Of 16 bytes for each document.
MOST_CACHED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `numbers` and `versions` int64 (documents), by ordinal; `erased` of them are nobody's any more."""

    segment: int
    erased: int
    numbers: npt.NDArray[np.int64]
    versions: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def bytes_in_memory(self) -> int:
        """Of the arrays."""
        return self.numbers.nbytes + self.versions.nbytes


@dataclass(frozen=True, slots=True)
class Standing:
    """All segments of a tenant and kind, oldest first, and whether there are cards that no segment has."""

    segments: list[Segment]
    cards_wait: bool


class SegmentHeaders:
    """Reads headers, and keeps those that were lately read."""

    def __init__(self, most_bytes: int = MOST_CACHED_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[int, int], Segment] = OrderedDict()

    async def of(self, connection: Reading, tenant: str, kind: Kind) -> list[Segment]:
        """All segments of a tenant and kind, as the transaction sees them, oldest first."""
        return (await self.standing(connection, tenant, kind)).segments

    async def standing(self, connection: Reading, tenant: str, kind: Kind) -> Standing:
        """The same, and whether cards wait."""
        row = await connection.fetchrow(_LISTED, tenant, kind)
        listed = list(zip(row["segments"], row["erased"], strict=True))
        missing = [key for key in listed if key not in self._kept]
        read = {}
        if missing:
            rows = await connection.fetch(_HEADERS, tenant, kind, [segment for segment, _ in missing])
            read = {(row["segment"], row["erased"]): _segment(row) for row in rows}
        found = [self._kept.get(key) or read[key] for key in listed]
        for key, segment in zip(listed, found, strict=True):
            self._keep(key, segment)
        return Standing(found, row["cards_wait"])

    def _keep(self, key: tuple[int, int], segment: Segment) -> None:
        if key in self._kept:
            self._kept.move_to_end(key)
            return
        self._kept[key] = segment
        self._bytes += segment.bytes_in_memory
        while self._bytes > self._most_bytes and self._kept:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.bytes_in_memory


def header_bytes(values: Sequence[int] | npt.NDArray[np.int64]) -> bytes:
    """Numbers or versions as they lie in a row."""
    return np.asarray(values, dtype="<i8").tobytes()


def _segment(row: object) -> Segment:
    numbers, versions = (np.frombuffer(row[name], dtype="<i8") for name in ("numbers", "versions"))  # type: ignore[index]
    return Segment(row["segment"], row["erased"], numbers, versions)  # type: ignore[index]
