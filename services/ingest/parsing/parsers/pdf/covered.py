"""Text of a PDF's page in the colour of what is behind it, or below something painted later.

A span is suspected by what is painted where it stands, which is cheap and often wrong (boxes stand for shapes, layers
are mixed), and judged by the pixels that show there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from services.ingest.parsing.parsers.looks import near
from services.ingest.parsing.parsers.pdf.page import Page, place
from services.ingest.parsing.parsers.pdf.paints import Box, Paint, PaintKind
from services.ingest.parsing.parsers.pdf.spans import Hidden, Judged, Span, SpanLine, split_span

_WHITE = 0xFFFFFF
# In steps of 255 in each channel: what is not told apart from paper, and what a letter's edge may differ from it.
_ALIKE = 20
_EDGE = 90
# The share of a line's pixels that have its own colour: more where that is the colour behind it, less where it is
# covered. The letters of a bold line take up to .6.
_ALL, _NONE = 0.95, 0.003
# Spans of a page that are looked at, 0.3 ms each; the others are judged by what is painted alone.
_MOST_LOOKS = 300
_BAND = 40
_MOST_BANDS = 200
# Looked at so closely that a line has this many pixels in height.
_PIXELS = 24.0


class Covers:
    """What is painted behind and over the text of one page. Nothing but text, mostly: then nothing is asked."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._paints = _Places(page.paints())
        self._ordered: _Places | None = None
        self._numbers: dict[Any, int] | None = None
        self._looks = 0

    def of(self, span: Span, line: SpanLine, why: Hidden | None) -> Iterator[Judged]:
        """The span, in parts where something covers a part of it, with `why` it is not seen, if it was not before."""
        if why or span.blank:
            yield span, why
            return
        around = self._paints.over(span)
        if self._is_as_behind(span, line, around):
            yield span, Hidden.SAME_COLOUR
        elif any(paint.opaque for paint in around) and (later := self._maybe_later(span)):
            yield from self._by_cover(span, line, later)
        else:
            yield span, None

    def _is_as_behind(self, span: Span, line: SpanLine, around: list[Paint]) -> bool:
        white = near(span.look.colour, _WHITE, _ALIKE)
        if not white and not any(_may_be(paint, span.look.colour) for paint in around):
            return False
        share = self._share(span, line, _ALIKE)
        if share is None:
            # Not looked at: white, with nothing dark behind it.
            return white and all(paint.colour is not None and _may_be(paint, _WHITE) for paint in around)
        return share >= _ALL

    def _maybe_later(self, span: Span) -> list[Paint]:
        """What is opaque where the span stands and was painted after some text there."""
        if self._ordered is None:
            self._ordered = _Places(self._page.in_order().paints, self._page.in_order().texts)
        first = min(self._ordered.texts_over(span), default=0)
        return [paint for paint in self._ordered.over(span) if paint.opaque and paint.number > first]

    def _by_cover(self, span: Span, line: SpanLine, later: list[Paint]) -> Iterator[Judged]:
        for part, open_ in split_span(self._page, span, lambda char: not self._is_below(char, later)):
            yield part, None if open_ or part.blank or not self._is_gone(part, line, later) else Hidden.COVERED

    def _is_below(self, char: dict[str, Any], later: list[Paint]) -> bool:
        if self._numbers is None:
            self._numbers = {
                place(chr(code), origin): text["seqno"]
                for text in self._page.trace()
                for code, _, origin, _ in text["chars"]
            }
        number = self._numbers.get(place(char["c"], char["origin"]))
        x0, y0, x1, y1 = char["bbox"]
        return number is not None and any(
            paint.number > number and _holds(paint.box, (x0 + x1) / 2, (y0 + y1) / 2) for paint in later
        )

    def _is_gone(self, span: Span, line: SpanLine, later: list[Paint]) -> bool:
        """Whether what covers the span by its box does so in truth."""
        if any(paint.kind is PaintKind.IMAGE for paint in later):
            return True  # a photograph has pixels of any colour
        share = self._share(span, line, _EDGE)
        if share is None or share <= _NONE:
            return True
        # Other text in its place, painted over the cover, has pixels of its colour too.
        assert self._ordered is not None
        last = max(paint.number for paint in later)
        return any(number > last for number in self._ordered.texts_over(span))

    def _share(self, span: Span, line: SpanLine, distance: int) -> float | None:
        """The share of the pixels between base line and middle of the span that have its colour; None: not looked."""
        if self._looks >= _MOST_LOOKS:
            return None
        self._looks += 1
        scale = min(8.0, max(0.5, _PIXELS / max(span.look.size, 1.0)))
        pixels = self._page.pixels(_core(span, line), scale)
        if not pixels:
            return None
        return 3 * _count_near(pixels, span.look.colour, distance) / len(pixels)


def _may_be(paint: Paint, colour: int) -> bool:
    return paint.colour is None or near(paint.colour, colour, _ALIKE)


def _count_near(pixels: bytes, colour: int, distance: int) -> int:
    """How many of the pixels are near the colour, as `near` says."""
    both = -1
    for channel, shift in enumerate((16, 8, 0)):
        alike = pixels[channel::3].translate(_alike(colour >> shift & 255, distance))
        both &= int.from_bytes(alike, "little")
    return both.bit_count()


@cache
def _alike(value: int, distance: int) -> bytes:
    """For each value of a channel, 1 where it is near to `value`."""
    return bytes(abs(each - value) <= distance for each in range(256))


def _core(span: Span, line: SpanLine) -> Box:
    """Where the letters of a span are densest, free of rules above and below them."""
    x0, y0, x1, y1 = span.box
    size = span.look.size
    if line.direction[0] > 0.99:
        return x0, span.base[1] - 0.5 * size, x1, span.base[1]
    quarter_x, quarter_y = ((x1 - x0) / 4, 0.0) if abs(line.direction[1]) > 0.99 else (0.0, (y1 - y0) / 4)
    return x0 + quarter_x, y0 + quarter_y, x1 - quarter_x, y1 - quarter_y


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


class _Places:
    """Finds what is painted at a point, by horizontal bands of the page."""

    def __init__(self, paints: list[Paint], texts: list[tuple[int, Box]] | None = None) -> None:
        self._paints: dict[int, list[Paint]] = defaultdict(list)
        self._texts: dict[int, list[tuple[int, Box]]] = defaultdict(list)
        for paint in paints:
            for band in _bands(paint.box[1], paint.box[3]):
                self._paints[band].append(paint)
        for number, box in texts or ():
            for band in _bands(box[1], box[3]):
                self._texts[band].append((number, box))

    def over(self, span: Span) -> list[Paint]:
        """What is painted, text aside, where a letter or more of the span stands."""
        near_by = self._paints.get(_band(span.middle[1]))
        return [paint for paint in near_by if _meets(paint.box, span)] if near_by else []

    def texts_over(self, span: Span) -> Iterator[int]:
        """The numbers of text painted there."""
        return (number for number, box in self._texts.get(_band(span.middle[1]), ()) if _meets(box, span))


def _meets(box: Box, span: Span) -> bool:
    x0, y0, x1, y1 = span.box
    left, top, right, bottom = box
    size = span.look.size
    within_width = left <= (x0 + x1) / 2 <= right
    if top <= (y0 + y1) / 2 <= bottom and (within_width or min(right, x1) - max(left, x0) >= size / 2):
        return True
    return within_width and y1 - y0 > 2 * size and min(bottom, y1) - max(top, y0) >= size / 2


def _band(y: float) -> int:
    return min(max(int(y // _BAND), -1), _MOST_BANDS)


def _bands(top: float, bottom: float) -> range:
    return range(_band(top), _band(bottom) + 1)
