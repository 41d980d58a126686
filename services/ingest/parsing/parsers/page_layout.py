"""The order in which a page's lines are read: columns one after the other, what stands side by side in one line.

Pure functions over boxes; coordinates in points, y downwards, reading direction x upwards.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import ceil, floor, inf
from statistics import median

import msgspec

from services.ingest.parsing.parsers.looks import BLANK, PLAIN, Look, TextLine, look_of_most

# Half the least width of a gutter, and the grid on which gutters are looked for.
_MARGIN = 4.0
_STEP = 4.0
# What makes a column of a stretch of lines beside another.
_MIN_LINES = 3
_MIN_CHARS = 40
_MIN_OVERLAP = 0.3
# Short stretches that stand level with the lines beside them are dates, labels or cells: read row by row.
_LEVEL = 0.7
_SHORT_CHARS = 30
# A column of less than this part of the other's height is a list within the page.
_PART = 0.5
# Pages of more lines are tables or drawings, where columns mean nothing.
_MAX_LINES = 600
# In parts of a line's height: a vertical gap that ends a paragraph, a horizontal one that ends a word.
_PARAGRAPH_GAP = 0.7
_WORD_GAP = 0.12
# So many stretches of one letter each in a row are words with their letters apart; a gap that is wider than most by
# this factor stands between words.
_LETTERS = 3
_WIDE = 1.7


class Line(msgspec.Struct, frozen=True):
    """A stretch of text on one base line, its box and how most of it looks."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    look: Look = PLAIN

    @property
    def height(self) -> float:
        """In points."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """In points from the top of the page."""
        return (self.y0 + self.y1) / 2


def page_lines(lines: Sequence[Line]) -> list[TextLine]:
    """The lines in reading order, a blank one where the page leaves a gap."""
    found: list[TextLine] = []
    for region in _regions(sorted(lines, key=lambda line: line.middle)):
        found += [BLANK, *_rows(region)] if found else _rows(region)
    return found


def _regions(lines: list[Line]) -> Iterator[list[Line]]:
    """Stretches to be read row by row, one after the other."""
    columns = _find_columns(lines) if 2 * _MIN_LINES <= len(lines) <= _MAX_LINES else None
    if columns is None:
        if lines:
            yield lines
        return
    start, end, x = columns
    end = _end_beside(lines, start, end, x)
    yield from _regions(lines[:start])
    yield from _regions([line for line in lines[start:end] if line.x1 <= x])
    yield from _regions([line for line in lines[start:end] if line.x1 > x])
    yield from _regions(lines[end:])


def _find_columns(lines: list[Line]) -> tuple[int, int, float] | None:
    """The stretch lines[start:end], and the x, at which most text stands in two columns."""
    best: tuple[int, int, float] | None = None
    most = 0
    chars = list(itertools.accumulate((len(line.text) for line in lines), initial=0))
    for x, crossing in _cuts(lines):
        for before, end in itertools.pairwise((-1, *crossing, len(lines))):
            start = before + 1
            # The lesser of two sides has half of the text at most.
            if end - start < 2 * _MIN_LINES or (chars[end] - chars[start]) // 2 <= most:
                continue
            weight = _weight_of_columns(lines[start:end], x)
            if weight > most:
                best, most = (start, end, x), weight
    return best


def _cuts(lines: list[Line]) -> Iterator[tuple[float, list[int]]]:
    """Each x of the grid at which other lines than at the x before stand in the way of a gutter, with their numbers."""
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    first = left + _MARGIN
    entering: dict[int, list[int]] = {1: []}
    leaving: dict[int, set[int]] = {}
    for n, line in enumerate(lines):
        start = max(floor((line.x0 - _MARGIN - first) / _STEP) + 1, 1)
        end = ceil((line.x1 + _MARGIN - first) / _STEP)
        if start < end:
            entering.setdefault(start, []).append(n)
            leaving.setdefault(end, set()).add(n)
    crossing: list[int] = []
    for step in sorted(entering.keys() | leaving.keys()):
        x = first + step * _STEP
        if x >= right:
            return
        if gone := leaving.get(step):
            crossing = [n for n in crossing if n not in gone]
        if new := entering.get(step):
            crossing = sorted(crossing + new)
        yield x, crossing


def _end_beside(lines: list[Line], start: int, end: int, x: float) -> int:
    """Where two columns end that stand beside each other for a part of `lines[start:end]` only.

    A list in two columns within a page of one: what follows the shorter column is read after both,
    from the next gap in the longer one on.
    """
    sides = [line for line in lines[start:end] if line.x1 <= x], [line for line in lines[start:end] if line.x1 > x]
    shorter, longer = sorted(sides, key=lambda side: side[-1].y1)
    if shorter[-1].y1 - shorter[0].y0 > _PART * (longer[-1].y1 - longer[0].y0):
        return end
    gap = _PARAGRAPH_GAP * median(line.height for line in longer)
    for line, following in itertools.pairwise(longer):
        if following.y0 > shorter[-1].y1 and following.y0 - line.y1 > gap:
            return next(n for n in range(start, end) if lines[n] is following)
    return end


def _weight_of_columns(lines: list[Line], x: float) -> int:
    """How much text the lesser of the two sides of `x` holds; 0 where they are no columns."""
    left, right = [line for line in lines if line.x1 <= x], [line for line in lines if line.x1 > x]
    if len(left) < _MIN_LINES or len(right) < _MIN_LINES:
        return 0
    chars, lesser, greater = _chars(left), left, right
    if (of_right := _chars(right)) < chars:
        chars, lesser, greater = of_right, right, left
    if chars < _MIN_CHARS:
        return 0
    top, bottom = max(lesser[0].y0, greater[0].y0), min(lesser[-1].y1, greater[-1].y1)
    if bottom - top < _MIN_OVERLAP * min(lesser[-1].y1 - lesser[0].y0, greater[-1].y1 - greater[0].y0):
        return 0
    if chars / len(lesser) < _SHORT_CHARS and _level(lesser, greater) > _LEVEL:
        return 0
    return chars


def _chars(lines: list[Line]) -> int:
    return sum([len(line.text) for line in lines])


def _level(lines: list[Line], others: list[Line]) -> float:
    """The share of lines that stand level with one of the others."""
    middles = [line.middle for line in others]
    return sum(_has_near(middles, line.middle, 0.2 * line.height) for line in lines) / len(lines)


def _has_near(values: list[float], value: float, distance: float) -> bool:
    at = bisect_left(values, value - distance)
    return at < len(values) and values[at] < value + distance


def _rows(lines: list[Line]) -> Iterator[TextLine]:
    rows: list[list[Line]] = []
    for line in lines:
        if rows and _same_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    height = median(line.height for line in lines)
    bottom = None
    for row in rows:
        gap = 0.0 if bottom is None else min(line.y0 for line in row) - bottom
        if gap > _PARAGRAPH_GAP * height:
            yield BLANK
        look = look_of_most((len(line.text), line.look) for line in row)
        yield TextLine(_row_text(row), look, gap / height if height else 0.0)
        bottom = max(line.y1 for line in row)


def _same_row(line: Line, other: Line) -> bool:
    overlap = min(line.y1, other.y1) - max(line.y0, other.y0)
    return overlap > 0.5 * min(line.height, other.height)


def _row_text(row: list[Line]) -> str:
    row = sorted(row, key=lambda line: line.x0)
    wide = _wide_gap(row)
    text = row[0].text
    for before, line in itertools.pairwise(row):
        # The same words painted twice, slightly apart, are bold type of a simple kind.
        if line.text == before.text and line.x0 - before.x0 < 0.3 * line.height:
            continue
        gap = line.x0 - before.x1
        apart = gap > wide or (_is_spaced(before.text) and _is_spaced(line.text))
        text += line.text if gap < _WORD_GAP * line.height else ("  " if apart else " ") + line.text
    return text


def _is_spaced(text: str) -> bool:
    """Whether the letters of a stretch stand apart: then the gap after it is one between words."""
    return len(text) > 2 and all(len(part) == 1 for part in text.split(" "))


def _wide_gap(row: list[Line]) -> float:
    """The gap beyond which two spaces stand for it, in points: what tells words apart whose letters stand apart."""
    letters = [(line, following) for line, following in itertools.pairwise(row) if len(line.text) == 1]
    if len(letters) < _LETTERS or len(letters) < len(row) / 2:
        return inf
    return _WIDE * median(following.x0 - line.x1 for line, following in letters)
