"""Text outside a PDF's page, or outside the part that a clip lets be painted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.ingest.parsing.parsers.pdf_page import Page, place
from services.ingest.parsing.parsers.pdf_spans import Hidden, Judged, Span, SpanLine, span_chars, split_span

# Printed web pages cut lines through at a page's end and repeat them on the next one. A line of which less than
# this part of its characters is inside belongs to the other page; of more, it is read whole.
_INSIDE = 0.5


@dataclass(frozen=True, slots=True)
class Parted:
    """The spans of a line, those partly outside in two; `cut`: a clip takes away a part of it."""

    spans: list[Judged]
    cut: bool = False


class Clips:
    """What of a page's text lies inside."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._inside = page.inside_clips()

    def of(self, lines: Sequence[SpanLine]) -> list[Parted]:
        """What of each line lies inside."""
        return [self._line(line) for line in lines]

    def _line(self, line: SpanLine) -> Parted:
        judged = [each for span in line.spans for each in self._by_page(span)]
        if self._inside is None or all(why for _, why in judged):
            return Parted(judged)
        within = [self._share(span) for span, why in judged if why is None]
        total = sum(chars for _, chars in within)
        inside = sum(chars for chars, _ in within)
        if inside >= _INSIDE * total:
            return Parted(judged, inside < total)
        why_not = Hidden.CUT if inside else Hidden.OUTSIDE
        return Parted([(span, why or why_not) for span, why in judged])

    def _by_page(self, span: Span) -> Iterator[Judged]:
        left, top, right, bottom = self._page.box
        x0, y0, x1, y1 = span.box
        if x0 >= left and y0 >= top and x1 <= right and y1 <= bottom:
            yield span, None
        elif x1 <= left or y1 <= top or x0 >= right or y0 >= bottom:
            yield span, Hidden.OUTSIDE
        else:
            for part, inside in split_span(self._page, span, self._on_page):
                yield part, None if inside else Hidden.OUTSIDE

    def _on_page(self, char: dict[str, Any]) -> bool:
        left, top, right, bottom = self._page.box
        x0, y0, x1, y1 = char["bbox"]
        return bool(left < (x0 + x1) / 2 < right and top < (y0 + y1) / 2 < bottom)

    def _share(self, span: Span) -> tuple[int, int]:
        """How many of its characters no clip takes away, and how many it has."""
        chars = [place(char) for char in span_chars(self._page, span) if not char["c"].isspace()]
        return sum(char in (self._inside or ()) for char in chars), len(chars)
