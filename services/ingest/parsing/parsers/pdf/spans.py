"""The text of a PDF's page in spans: stretches of one font, size and colour."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec

from services.ingest.parsing.parsers.looks import Look
from services.ingest.parsing.parsers.pdf.page import Page
from services.ingest.parsing.parsers.pdf.paints import Box

_BOLD_NAMES = re.compile("bold|black|heavy|demi|semibd", re.IGNORECASE)
_ICONS = re.compile("[\ue000-\uf8ff]+")
_BOLD_FLAG = 16
_BOLD_CHARS, _FILLED, _STROKED, _CLIPPED = 8, 16, 32, 64


class Hidden(Enum):
    """Why text is not seen: it is outside the page, or cut through by its edge, and so on."""

    OUTSIDE = "outside"
    CUT = "cut"
    TINY = "tiny"
    UNPAINTED = "unpainted"
    SAME_COLOUR = "same colour"
    COVERED = "covered"


class Span(msgspec.Struct, frozen=True):
    """A stretch of text as it was painted. `at` is its place in the page's blocks, lines and spans, `base` its
    baseline's start, `opacity` from 0 to 1; `painted`: its letters are filled, outlined or let something through.
    `start`: how many characters of that place in the page's blocks come before it.
    """

    at: tuple[int, int, int]
    text: str
    box: Box
    base: tuple[float, float]
    look: Look
    opacity: float
    painted: bool
    start: int = 0

    @property
    def blank(self) -> bool:
        """Whether it holds nothing but spaces."""
        return not self.text.strip()

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


# A span and why it is not seen, None where it is.
Judged = tuple[Span, Hidden | None]


@dataclass(slots=True)
class SpanLine:
    """What stands on one base line, close together. `direction` is that of its text, as a vector of length 1; `cut`:
    a part of it is not shown."""

    direction: tuple[float, float]
    spans: list[Span]
    cut: bool = False

    @property
    def text(self) -> str:
        """Of all spans; those in a font of icons are words by themselves."""
        return "".join(f" {span.text} " if _is_of_icons(span.text) else span.text for span in self.spans)

    @property
    def box(self) -> Box:
        """Around all spans."""
        return self.spans[0].box if len(self.spans) == 1 else around(span.box for span in self.spans)


def around(boxes: Iterable[Box]) -> Box:
    """The box around all boxes."""
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)


def span_lines(page: Page) -> list[SpanLine]:
    """All lines of the page that hold something, in the order of the file."""
    lines = (
        SpanLine(line["dir"], [_span((b, n, s), span) for s, span in enumerate(line["spans"])])
        for b, block in enumerate(page.blocks())
        for n, line in enumerate(block.get("lines", ()))
    )
    return [line for line in lines if not all(span.blank for span in line.spans)]


def _is_of_icons(text: str) -> bool:
    return text[:1] >= "\ue000" and _ICONS.fullmatch(text) is not None


def _span(at: tuple[int, int, int], span: dict[str, Any]) -> Span:
    chars, font = span["char_flags"], span["font"]
    bold = span["flags"] & _BOLD_FLAG or chars & _BOLD_CHARS or _BOLD_NAMES.search(font)
    return Span(
        at=at,
        text=span["text"],
        box=span["bbox"],
        base=span["origin"],
        look=Look(span["size"], bool(bold), span["color"]),
        opacity=span["alpha"] / 255,
        painted=bool(chars & (_FILLED | _STROKED | _CLIPPED)),
    )


def span_chars(page: Page, span: Span) -> list[dict[str, Any]]:
    """The characters of the span, each with its place."""
    return page.chars(*span.at)[span.start : span.start + len(span.text)]


def split_span(page: Page, span: Span, keep: Callable[[dict[str, Any]], bool]) -> Iterator[tuple[Span, bool]]:
    """The span in parts whose characters are all to be kept, or all not. Spaces go with what stands before them."""
    chars = span_chars(page, span)
    start, kept = 0, True
    for n, char in enumerate(chars):
        keeps = kept if char["c"].isspace() else keep(char)
        if n > start and keeps != kept:
            yield _part(span, chars, start, n), kept
            start = n
        kept = keeps
    if chars:
        yield _part(span, chars, start, len(chars)), kept


def _part(span: Span, chars: list[dict[str, Any]], start: int, end: int) -> Span:
    if end - start == len(span.text):
        return span
    part = chars[start:end]
    return msgspec.structs.replace(
        span,
        text="".join(char["c"] for char in part),
        box=around(char["bbox"] for char in part),
        base=part[0]["origin"],
        start=span.start + start,
    )
