"""Text of a PDF's page that nobody sees: what stands there for machines only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.ingest.parsing.parsers.pdf.clipped import Clips
from services.ingest.parsing.parsers.pdf.covered import Covers
from services.ingest.parsing.parsers.pdf.page import Page
from services.ingest.parsing.parsers.pdf.paints import PaintKind
from services.ingest.parsing.parsers.pdf.spans import Hidden, Judged, Span, SpanLine

_TINY = 2.0
_TRANSPARENT = 0.1
# A scanned page: images cover so much of it, and so much of its text is not seen.
_SCANNED_AREA, _SCANNED_TEXT = 0.7, 0.5
# How text found by OCR is laid below the image of its page, or over it without being seen.
_OCR = frozenset({Hidden.UNPAINTED, Hidden.SAME_COLOUR, Hidden.COVERED})


def visible(page: Page, lines: Sequence[SpanLine]) -> tuple[list[SpanLine], list[str]]:
    """What of the lines is seen, and the lines of what is not. What a clip cuts off in part is in neither.

    On a page that is an image with its text laid over it unseen, all text is what the image shows, and seen.
    """
    covers = Covers(page)
    parted = Clips(page, lines).parted()
    judged = [_judged(line, part.spans, covers) for line, part in zip(lines, parted, strict=True)]
    if _is_scanned(page, judged):
        judged = [[(span, None if why in _OCR else why) for span, why in spans] for spans in judged]
    seen = (
        SpanLine(line.direction, [span for span, why in spans if why is None], part.cut)
        for line, part, spans in zip(lines, parted, judged, strict=True)
    )
    return [line for line in seen if not all(span.blank for span in line.spans)], list(_texts_of_hidden(judged))


def _judged(line: SpanLine, spans: Sequence[Judged], covers: Covers) -> list[Judged]:
    return [each for span, why in spans for each in covers.of(span, line, why or _alone(span))]


def _alone(span: Span) -> Hidden | None:
    """What a span tells by itself."""
    if span.blank:
        return None
    if not span.painted or span.opacity < _TRANSPARENT:
        return Hidden.UNPAINTED
    # Fonts made of drawings give their size in units of their own; how far its letters stand apart does not.
    box, chars = span.box, len(span.text)
    if span.look.size < _TINY and max(box[2] - box[0], box[3] - box[1]) < _TINY * chars:
        return Hidden.TINY
    return None


def _is_scanned(page: Page, judged: Sequence[Sequence[Judged]]) -> bool:
    chars = dict.fromkeys((False, True), 0)
    for spans in judged:
        for span, why in spans:
            if why is None or why in _OCR:
                chars[why is not None] += len(span.text.strip())
    if chars[True] < _SCANNED_TEXT * sum(chars.values()) or not chars[True]:
        return False
    left, top, right, bottom = page.box
    images = 0.0
    for paint in page.paints():
        if paint.kind is PaintKind.IMAGE:
            x0, y0, x1, y1 = paint.box
            images += max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, bottom) - max(y0, top))
    return images >= _SCANNED_AREA * (right - left) * (bottom - top)


def _texts_of_hidden(judged: Sequence[Sequence[Judged]]) -> Iterator[str]:
    for spans in judged:
        text = "".join(span.text for span, why in spans if why not in (None, Hidden.CUT))
        if text.strip():
            yield text.strip()
