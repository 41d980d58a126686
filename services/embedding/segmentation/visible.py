"""A text without its identity spans, and the way back to the stored text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from libs.contracts.documents import Span


class VisibleText:
    """What is embedded of a stored text. Offsets are code points."""

    def __init__(self, stored: str, hidden: Sequence[Span]) -> None:
        pieces: list[str] = []
        self._visible_starts: list[int] = []
        self._stored_starts: list[int] = []
        position = length = 0
        for span in [*sorted(hidden, key=lambda span: span.start), Span(len(stored), len(stored))]:
            start = min(max(span.start, position), len(stored))
            if start > position:
                self._visible_starts.append(length)
                self._stored_starts.append(position)
                pieces.append(stored[position:start])
                length += start - position
            position = max(position, min(span.end, len(stored)))
        self.text = "".join(pieces)

    def stored_span(self, start: int, end: int) -> Span:
        """The stretch of the stored text that a non-empty stretch of the visible text lies in."""
        return Span(self._stored(start), self._stored(end - 1) + 1)

    def visible_offset(self, stored: int) -> int:
        """Where a place of the stored text is in the visible one; inside a hidden span: where it was cut out."""
        index = bisect_right(self._stored_starts, stored) - 1
        if index < 0:
            return 0
        offset = self._visible_starts[index] + stored - self._stored_starts[index]
        after = self._visible_starts[index + 1] if index + 1 < len(self._visible_starts) else len(self.text)
        return min(offset, after)

    def _stored(self, visible: int) -> int:
        index = bisect_right(self._visible_starts, visible) - 1
        return self._stored_starts[index] + visible - self._visible_starts[index]
