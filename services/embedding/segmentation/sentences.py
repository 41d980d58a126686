"""Where sentences, list items and headings end, in text whose line ends often mean nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise


class Strength(IntEnum):
    """How good a place is to cut at; a higher one is preferred for windows."""

    PART = 0
    """Of a sentence that is too long for a unit."""
    SENTENCE = 1
    ITEM = 2
    PARAGRAPH = 3
    SECTION = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """A trimmed stretch of text; `strength` says what begins with it."""

    start: int
    end: int
    strength: Strength


_BULLET = r"[•·▪▫●○◦■□➢➤►‣✓✔*\u2013\u2014-]"
_ITEM = re.compile(rf"[ \t]*(?:{_BULLET}(?=[ \t])|[•·▪●◦■➢➤►‣]|\(?\d{{1,2}}[.)](?=[ \t])|\(?[a-z]\)(?=[ \t]))")
_INLINE_ITEM = re.compile(r"(?<=[ \t])(?=[•▪●◦■➢➤►‣])")
# Possessive, and never begun inside a row of marks: ten thousand dots are read once, not once for each dot.
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)|[。！？；][”』」）]*+")
_LINE_END = re.compile(r"\n+")
_ENDS_SENTENCE = re.compile(r"[.!?:;…。！？：；][\"'”’)\]]*$")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|approx|incl|dept|est|no|nos|vol|pp|ext|tel|fax|mr|mrs|ms|dr|prof|sr"
    r"|jr|st|mt|inc|ltd|co|corp|llc|bros|u\.s|u\.k|ph\.d|b\.s|m\.s|b\.a|m\.a|a\.m|p\.m"
    r"|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\.$",
    re.IGNORECASE,
)
# A line shorter than this share of the usual long line was ended on purpose.
_SHORT_LINE = 0.6
_LOOK_BACK = 12
# Characters.
_STEP = 25


def stretches(text: str, section_starts: frozenset[int], item_starts: frozenset[int] = frozenset()) -> list[Stretch]:
    """Sentences, list items and headings of `text` in order: trimmed, not empty, covering all that is not blank."""
    marks: dict[int, Strength] = {0: Strength.PARAGRAPH}
    for start in section_starts:
        marks[start] = Strength.SECTION
    for start in item_starts:
        marks.setdefault(start, Strength.ITEM)
    _mark_sentences(text, marks)
    _mark_lines(text, marks)
    for match in _INLINE_ITEM.finditer(text):
        marks[match.start()] = max(marks.get(match.start(), Strength.ITEM), Strength.ITEM)
    places = sorted(place for place in marks if 0 <= place < len(text))
    found = [_trimmed(text, start, end, marks[start]) for start, end in pairwise([*places, len(text)])]
    return _with_lone_marks_joined(text, [stretch for stretch in found if stretch is not None], item_starts)


def _mark_sentences(text: str, marks: dict[int, Strength]) -> None:
    for match in _SENTENCE_END.finditer(text):
        after = match.end()
        if match[0].startswith("."):
            if _ABBREVIATION.search(text[max(0, match.start() - _LOOK_BACK) : match.start() + 1]):
                continue
            following = text[after : after + 40].lstrip()
            if following and following[0].islower():
                continue
        marks.setdefault(after, Strength.SENTENCE)


def _mark_lines(text: str, marks: dict[int, Strength]) -> None:
    usual = _usual_line_length(text)
    line_start = 0
    for match in _LINE_END.finditer(text):
        line = text[line_start : match.start()]
        after = match.end()
        if len(match[0]) > 1:
            marks[after] = max(marks.get(after, Strength.PARAGRAPH), Strength.PARAGRAPH)
        elif _ITEM.match(following := text[after : after + 80]):
            marks[after] = max(marks.get(after, Strength.ITEM), Strength.ITEM)
        elif _line_ends_something(line, following, usual):
            marks.setdefault(after, Strength.SENTENCE)
        line_start = after


def _line_ends_something(line: str, following: str, usual: float) -> bool:
    if _ENDS_SENTENCE.search(line.rstrip()):
        return True
    if _is_heading(line) or _is_heading(following.split("\n", 1)[0]):
        return True
    begins = following.lstrip()[:1]
    return len(line) < _SHORT_LINE * usual and not begins.islower()


def _is_heading(line: str) -> bool:
    if len(line.strip()) > 60:
        return False
    # Scripts without capitals, such as Chinese, have no headings in capitals.
    cased = [char for char in line if char.isupper() or char.islower()]
    return len(cased) >= 3 and all(char.isupper() for char in cased)


def _usual_line_length(text: str) -> float:
    """The length that long lines have: the 80th percentile, in steps, so that an edit elsewhere rarely moves it."""
    lengths = sorted(len(line) for line in text.split("\n") if line.strip())
    return float(_STEP * round(lengths[int(0.8 * (len(lengths) - 1))] / _STEP)) if lengths else 0.0


def _trimmed(text: str, start: int, end: int, strength: Strength) -> Stretch | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Stretch(start, end, strength) if end > start else None


def _with_lone_marks_joined(text: str, found: list[Stretch], item_starts: frozenset[int]) -> list[Stretch]:
    """A bullet or number on a line of its own belongs to what follows it, unless it is an item itself, as '24/7'."""
    joined: list[Stretch] = []
    for stretch in found:
        before = joined[-1] if joined else None
        lone = before is not None and not any(char.isalpha() for char in text[before.start : before.end])
        item = before is not None and before.start in item_starts and text[before.start].isalnum()
        if before is not None and lone and not item and before.end - before.start <= 4:
            joined[-1] = Stretch(before.start, stretch.end, max(before.strength, stretch.strength))
        else:
            joined.append(stretch)
    return joined
