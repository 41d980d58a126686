"""Cutting a document: units of at most 64 tokens, windows of at most the model's limit, nothing left out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.contracts.documents import Section, Span
from services.embedding.segmentation.sentences import Strength, Stretch, stretches
from services.embedding.segmentation.visible import VisibleText

# 64 tokens with the two special ones.
UNIT_TOKENS = 62
# Above this many units neighbours are merged, so that a vectors event stays below its topic's limit.
MAX_UNITS = 4_096
# A window is cut at the best place in its last part, not merely at the last one.
_BEST_PLACE_FROM = 0.6
# Some tokenizers write a text's first word in a few tokens more than the same word after a blank.
_SURE_BELOW = 4

TokenSpans = Callable[[str], list[tuple[int, int]]]
_CLAUSE_END = re.compile(r"[,;:)，、；：](?=\s)|\s[-–—|/](?=\s)|[，、；：]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch to embed: the text given to the model, where it lies in the stored text, and its tokens."""

    text: str
    span: Span
    tokens: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """A document cut up. Every non-blank character outside hidden spans is in a window and in a unit."""

    windows: list[Piece]
    units: list[Piece]


def cut(
    stored: str,
    *,
    sections: Sequence[Section],
    hidden: Sequence[Span],
    token_spans: TokenSpans,
    max_tokens: int,
    items: Sequence[int] = (),
) -> Pieces:
    """Cuts a stored text. `max_tokens` is a window's limit in content tokens. Blocks (tokenizes the whole text).

    `items` are places where something begins for sure, such as the lines of a job's requirements.
    """
    visible = VisibleText(stored, hidden)
    counter = _TokenCounter(visible.text, token_spans)
    starts = frozenset(visible.visible_offset(section.start) for section in sections)
    limit = min(UNIT_TOKENS, max_tokens)
    units: list[Stretch] = []
    begins = frozenset(visible.visible_offset(place) for place in items)
    for stretch in stretches(visible.text, starts, begins):
        units += _within(stretch, counter, limit)
    windows = _windows(units, counter, max_tokens)
    if len(units) > MAX_UNITS:
        units = _merged(units, counter, limit)
    return Pieces(_pieces(windows, visible, counter), _pieces(units, visible, counter))


class _TokenCounter:
    """Counts tokens of stretches from one pass over the text, and again alone where that may differ."""

    def __init__(self, text: str, token_spans: TokenSpans) -> None:
        self.text = text
        self._token_spans = token_spans
        self.starts = [start for start, _ in token_spans(text)]

    def count(self, start: int, end: int) -> int:
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def fits(self, start: int, end: int, limit: int) -> bool:
        """Whether the stretch has at most `limit` tokens when it is tokenized by itself."""
        count = self.count(start, end)
        if count > limit:
            return False
        if count <= limit - _SURE_BELOW and not self._inside_word(start) and not self._inside_word(end):
            return True
        return len(self._token_spans(self.text[start:end])) <= limit

    def first_over(self, start: int, end: int, limit: int) -> int:
        """Where the first token beyond `limit` begins; `end` where there is none before."""
        index = bisect_left(self.starts, start) + limit
        return min(self.starts[index], end) if index < len(self.starts) else end

    def _inside_word(self, place: int) -> bool:
        text = self.text
        return 0 < place < len(text) and not text[place - 1].isspace() and not text[place].isspace()


def _within(stretch: Stretch, counter: _TokenCounter, limit: int) -> list[Stretch]:
    """The stretch in parts of at most `limit` tokens, cut at clause ends, else words, else anywhere."""
    parts: list[Stretch] = []
    start, strength = stretch.start, stretch.strength
    while not counter.fits(start, stretch.end, limit):
        place = _place_to_cut(start, stretch.end, counter, limit)
        if place >= stretch.end:
            break
        parts += _trimmed(counter.text, start, place, strength)
        start, strength = place, Strength.SENTENCE
    return parts + _trimmed(counter.text, start, stretch.end, strength)


def _place_to_cut(start: int, end: int, counter: _TokenCounter, limit: int) -> int:
    """A place after `start` so that what lies before it fits. A single character is taken to fit."""
    latest = counter.first_over(start, end, limit)
    while True:
        place = _best_place(counter.text, start, latest)
        if place <= start + 1 or counter.fits(start, place, limit):
            return max(place, start + 1)
        # A part of a word may have more tokens alone than inside of the word.
        latest = start + (place - start) // 2


def _best_place(text: str, start: int, latest: int) -> int:
    least = start + (latest - start) // 2
    clauses = [match.end() for match in _CLAUSE_END.finditer(text, least, latest)]
    if clauses:
        return clauses[-1]
    blank = max(text.rfind(" ", least, latest + 1), text.rfind("\n", least, latest + 1))
    return blank if blank > start else latest


def _windows(units: Sequence[Stretch], counter: _TokenCounter, max_tokens: int) -> list[Stretch]:
    windows: list[Stretch] = []
    first = 0
    while first < len(units):
        last = first
        while last + 1 < len(units) and counter.count(units[first].start, units[last + 1].end) <= max_tokens:
            last += 1
        if last + 1 < len(units):
            last = _best_end(units, first, last, counter, max_tokens)
        while last > first and not counter.fits(units[first].start, units[last].end, max_tokens):
            last -= 1
        windows.append(Stretch(units[first].start, units[last].end, units[first].strength))
        first = last + 1
    return windows


def _best_end(units: Sequence[Stretch], first: int, last: int, counter: _TokenCounter, max_tokens: int) -> int:
    """The unit to end a full window with: the one before the strongest beginning in its last part."""
    best = last
    for index in range(last, first, -1):
        if counter.count(units[first].start, units[index - 1].end) < _BEST_PLACE_FROM * max_tokens:
            break
        if units[index].strength > units[best + 1].strength:
            best = index - 1
    return best


def _merged(units: Sequence[Stretch], counter: _TokenCounter, limit: int) -> list[Stretch]:
    merged: list[Stretch] = []
    for unit in units:
        if merged and counter.fits(merged[-1].start, unit.end, limit):
            merged[-1] = Stretch(merged[-1].start, unit.end, merged[-1].strength)
        else:
            merged.append(unit)
    return merged


def _pieces(found: Sequence[Stretch], visible: VisibleText, counter: _TokenCounter) -> list[Piece]:
    return [
        Piece(
            visible.text[stretch.start : stretch.end],
            visible.stored_span(stretch.start, stretch.end),
            max(1, counter.count(stretch.start, stretch.end)),
        )
        for stretch in found
    ]


def _trimmed(text: str, start: int, end: int, strength: Strength) -> list[Stretch]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Stretch(start, end, strength)] if end > start else []
