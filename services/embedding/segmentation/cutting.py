"""Cutting a document: units of at most 64 tokens, windows of at most the model's limit, nothing left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from libs.contracts.documents import Span
from libs.contracts.structure import Section
from services.embedding.engines.tokens import TokenIds
from services.embedding.segmentation.pronouns import neutral
from services.embedding.segmentation.sentences import Strength, Stretch, stretches
from services.embedding.segmentation.token_counting import TokenCounter, Tokenize
from services.embedding.segmentation.visible import VisibleText
from services.embedding.segmentation.windows import windows_of

# 64 tokens with the two special ones.
UNIT_TOKENS = 62
# Above this many units neighbours are merged, so that a vectors event stays below its topic's limit.
MAX_UNITS = 4_096
# So many places where something begins for sure keep their units even then: what ingest finds in a job is less.
_MOST_APART = 512
_CLAUSE_END = re.compile(r"[,;:)，、；：](?=\s)|\s[-–—|/](?=\s)|[，、；：]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch to embed: the text given to the model, with neutral pronouns, and where it lies in the stored text.

    `ids`: of its content tokens, as far as they are known without tokenizing it once more.
    """

    text: str
    span: Span
    ids: TokenIds | None = field(compare=False, repr=False)


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
    tokenize: Tokenize,
    max_tokens: int,
    items: Sequence[int] = (),
) -> Pieces:
    """Cuts a stored text. `max_tokens` is a window's limit in content tokens. Blocks: the whole text goes through
    `tokenize` once, and beside it only stretches whose tokens cannot be told from the whole's.

    `items` are places where something begins for sure, such as the lines of a job's requirements.
    """
    visible = VisibleText(stored, hidden)
    counter = TokenCounter(visible.text, tokenize)
    starts = frozenset(visible.visible_offset(section.start) for section in sections)
    limit = min(UNIT_TOKENS, max_tokens)
    units: list[Stretch] = []
    begins = frozenset(visible.visible_offset(place) for place in items)
    for stretch in stretches(visible.text, starts, begins):
        units += _within(stretch, counter, limit)
    windows = windows_of(units, counter, max_tokens)
    if len(units) > MAX_UNITS:
        units = _merged(units, counter, limit, begins if len(begins) <= _MOST_APART else frozenset())
    return Pieces(_pieces(windows, visible, counter), _pieces(units, visible, counter))


def _within(stretch: Stretch, counter: TokenCounter, limit: int) -> list[Stretch]:
    """The stretch in parts of at most `limit` tokens, cut at clause ends, else words, else anywhere."""
    parts: list[Stretch] = []
    start, strength = stretch.start, stretch.strength
    while not counter.fits(start, stretch.end, limit):
        place = _place_to_cut(start, stretch.end, counter, limit)
        if place >= stretch.end:
            break
        parts += _trimmed(counter.text, start, place, strength)
        start, strength = place, Strength.PART
    return parts + _trimmed(counter.text, start, stretch.end, strength)


def _place_to_cut(start: int, end: int, counter: TokenCounter, limit: int) -> int:
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


def _merged(units: Sequence[Stretch], counter: TokenCounter, limit: int, apart: frozenset[int]) -> list[Stretch]:
    """Neighbours together, but not over the places `apart`."""
    merged: list[Stretch] = []
    for unit in units:
        if (
            merged
            and apart.isdisjoint(range(merged[-1].end, unit.start + 1))
            and counter.fits(merged[-1].start, unit.end, limit)
        ):
            merged[-1] = Stretch(merged[-1].start, unit.end, merged[-1].strength)
        else:
            merged.append(unit)
    return merged


def _pieces(found: Sequence[Stretch], visible: VisibleText, counter: TokenCounter) -> list[Piece]:
    return [_piece(stretch, visible, counter) for stretch in found]


def _piece(stretch: Stretch, visible: VisibleText, counter: TokenCounter) -> Piece:
    written = visible.text[stretch.start : stretch.end]
    text = neutral(written)
    ids = counter.ids(stretch.start, stretch.end) if text is written else None
    return Piece(text, visible.stored_span(stretch.start, stretch.end), ids)


def _trimmed(text: str, start: int, end: int, strength: Strength) -> list[Stretch]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [Stretch(start, end, strength)] if end > start else []
