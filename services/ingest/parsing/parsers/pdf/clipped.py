"""Text outside a PDF's page, or outside the part that a clip lets be painted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.ingest.parsing.parsers.pdf.page import Page
from services.ingest.parsing.parsers.pdf.spans import Hidden, Judged, Span, SpanLine, around, split_span

# Printed web pages cut lines through at a page's end and repeat them on the next one. A line of which less than
# this part of its characters is inside belongs to the other page; of more, it is read whole.
_INSIDE = 0.5


@dataclass(frozen=True, slots=True)
class Parted:
    """The spans of a line, those partly outside in two; `cut`: a clip takes away a part of it."""

    spans: list[Judged]
    cut: bool = False


class Clips:
    """What of a page's lines lies inside."""

    def __init__(self, page: Page, lines: Sequence[SpanLine]) -> None:
        self._page = page
        self._lines = lines
        self._inside = _inside(page, [span for line in lines for span in line.spans])

    def parted(self) -> list[Parted]:
        """What of each line lies inside."""
        return [self._line(line) for line in self._lines]

    def _line(self, line: SpanLine) -> Parted:
        judged = [each for span in line.spans for each in self._by_page(span)]
        if self._inside is None or all(why for _, why in judged):
            return Parted(judged)
        shown = [span for span, why in judged if why is None]
        total = sum(len("".join(span.text.split())) for span in shown)
        inside = min(total, sum(self._shown(span) for span in shown))
        if inside >= _INSIDE * total:
            return Parted(judged, inside < total)
        why_not = Hidden.CUT if inside else Hidden.OUTSIDE
        return Parted([(span, why or why_not) for span, why in judged])

    def _shown(self, span: Span) -> int:
        """How many of the span's letters are inside: those of its base line that stand within its width."""
        assert self._inside is not None
        left, _, right, _ = span.box
        letters = Counter(span.text)
        near = [
            other
            for height in range(_height(span.base) - 1, _height(span.base) + 2)
            for other in self._inside.get(height, ())
            if other["bbox"][0] < right and other["bbox"][2] > left
        ]
        return sum((letters & Counter("".join("".join(other["text"].split()) for other in near))).values())

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


def _inside(page: Page, spans: Sequence[Span]) -> dict[int, list[dict[str, Any]]] | None:
    """The text that no clip takes away, by its height on the page; None where all text is inside."""
    if not spans or not page.may_be_clipped(around(span.box for span in spans)):
        return None
    blocks = page.inside_clips(len("".join("".join(span.text for span in spans).split())))
    return None if blocks is None else _by_height(blocks)


def _by_height(blocks: Sequence[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    spans: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for block in blocks:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                spans[_height(span["origin"])].append(span)
    return spans


def _height(base: tuple[float, float]) -> int:
    return round(base[1])
