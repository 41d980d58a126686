"""A line on its way through cleaning."""

from __future__ import annotations

import msgspec

from libs.contracts.structure import LineStyle

# Sizes of neighbouring lines of one paragraph differ less.
_SAME_SIZE = 0.1


class StyledLine(msgspec.Struct, frozen=True):
    """A line's text and how it stood on its page, where that is known."""

    text: str
    style: LineStyle | None = None

    def looks_like(self, other: StyledLine) -> bool:
        """Whether both may stand in one paragraph, as far as their styles tell."""
        if self.style is None or other.style is None:
            return True
        return abs(self.style.size - other.style.size) <= _SAME_SIZE and self.style.bold == other.style.bold
