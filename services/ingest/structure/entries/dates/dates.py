"""Dates, ranges of dates and lengths of time as people write them in resumes, in more than twenty languages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from services.ingest.structure.entries.dates import words as date_words
from services.ingest.structure.entries.dates.date_range import DateRange, RangeKind
from services.ingest.structure.entries.dates.line_dates import LineReader
from services.ingest.structure.entries.dates.points import PointReader
from services.ingest.structure.entries.dates.tokens import tokens_of

__all__ = ["DateRange", "RangeKind", "date_ranges", "days_come_first", "line_ranges", "says_ongoing"]

# What a line must hold for a date to be in it; lines without are not looked at any further.
_MAY_HOLD = re.compile(
    r"昭和|平成|令和|(?<!\d)(?:19|20)\d\d(?!\d)|[^\x00-\x7f\D]{4}|['’‘´`]\d\d(?!\d)|\d[/.]\d\d(?!\d)"
    r"|(?<=[^\W\d_]{3}) \d\d(?!\d)|(?<=[^\W\d_]{3}\.) \d\d(?!\d)"
)
# A line this short may give a length of time for its date: "Barista, 2 years".
MAX_LENGTH_CHARS = 80

_DIGIT = re.compile(r"\d")
_ASCII_WORDS = re.compile(r"[a-z]+")
_NUMBERS = re.compile(r"\d{1,2}/\d{1,2}/\d\d")
_ENGLISH = re.compile(r"\b(?:the|and|with|of)\b", re.IGNORECASE)


def date_ranges(text: str, as_of: date) -> list[DateRange]:
    """All times named in `text`, in order, not overlapping; linear in its length.

    `as_of` is the day of "present": what ends after it is still in progress. Ends that stand the wrong way round are
    turned. 03/04/2019 is in March, unless the text's other dates or its not being English say that days come first.
    """
    day_first = days_come_first(text)
    found: list[DateRange] = []
    start = 0
    for line in text.split("\n"):
        for one in line_ranges(line, as_of, day_first):
            found.append(replace(one, start=one.start + start, end=one.end + start))
        start += len(line) + 1
    return found


def line_ranges(line: str, as_of: date, day_first: bool = False) -> list[DateRange]:
    """The times named in one line; offsets into the line. Lengths of time alone are read in short lines only."""
    dated = _DIGIT.search(line) and _MAY_HOLD.search(line)
    if not dated and (len(line) > MAX_LENGTH_CHARS or not _may_hold_length(line)):
        return []
    return list(LineReader(line, as_of, day_first).ranges())


def says_ongoing(line: str) -> bool:
    """Whether the line says that something, studies mostly, is in progress, whatever its dates."""
    words = date_words.load()
    if line.isascii() and words.first_words["ongoing"].isdisjoint(_ASCII_WORDS.findall(line.lower())):
        return False
    reader = PointReader(tokens_of(line), words, 0, False)
    return any(reader.phrase("ongoing", at) for at in range(len(reader.tokens)))


def days_come_first(text: str) -> bool:
    """Whether 03/04/2019 is the third of April in this text, by its other dates, else by its not being English."""
    month_first = False
    for found in _NUMBERS.finditer(text) if "/" in text else ():
        first, second, _ = map(int, found.group().split("/"))
        if first > 12 >= second:
            return True
        month_first = month_first or second > 12 >= first
    if month_first:
        return False
    return _ENGLISH.search(text) is None


def _may_hold_length(line: str) -> bool:
    """Whether a line holds a word of a length of time: years, months, in any of the languages."""
    words = date_words.load()
    if line.isascii():
        return not words.ascii_units.isdisjoint(_ASCII_WORDS.findall(line.lower()))
    return words.other_units.search(line) is not None
