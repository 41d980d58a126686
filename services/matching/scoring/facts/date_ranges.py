"""Ranges of dates in a text, such as "2012 - 2016", "08/2015 to 05/2020", "May 2019 - present", "since March 2024"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# How they go on: "Marina" is no March.
_ENDINGS = r"(?:uary|uar|vier|ruary|ruar|ch|s|zo|il|e|i|y|ust|t|tember|ober|ember)?(?![a-z])"
_MONTH = (
    rf"(?:\b(?P<{{0}}_name>{'|'.join(_MONTHS)}){_ENDINGS}\.?,?\s+"
    r"|(?P<{0}_number>1[0-2]|0?[1-9])[/.])?"
)
_DATE = _MONTH + r"(?P<{0}_year>(?:19[5-9]|20[0-4])\d)"
_RANGE = re.compile(
    r"(?<!\d)" + _DATE.format("from") + r"\s*(?:-|–|—|to|until|till|through)\s*"
    r"(?:"
    + _DATE.format("to")
    + r"(?!\d)|(?:the |this )?(?P<open>current|present|now|today|date|day|ongoing|heute|aujourd'hui|hoy|oggi))",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|seit|depuis|desde)\s+(?:the |early |late |mid-?)?" + _DATE.format("from") + r"(?!\d)", re.IGNORECASE
)
# "June to August 2026": both in the year that is named once.
_WITHIN_A_YEAR = re.compile(
    rf"\b(?P<from_name>{'|'.join(_MONTHS)}){_ENDINGS}\.?\s*(?:-|–|—|to|until|till|through)\s*"
    rf"(?P<to_name>{'|'.join(_MONTHS)}){_ENDINGS}\.?,?\s+(?P<year>(?:19[5-9]|20[0-4])\d)(?!\d)",
    re.IGNORECASE,
)
# The year that a range begins with, which is found fast; the pattern above is slow at all other places.
_FIRST_YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d(?=\s*(?:[-–—]|(?i:to|until|till|through)))")
# Characters before the year that may belong to its month where that is a number.
_MONTH_NUMBER = 3


@dataclass(frozen=True, slots=True)
class DateRange:
    """Characters `start` to before `end` of a text name the months `first` and `last` (counted since the year 0; of a
    year alone its January); `last` is None while it lasts. `to_month`: the end names a month, not a year alone."""

    start: int
    end: int
    first: int
    last: int | None
    to_month: bool = False

    @property
    def behind(self) -> int | None:
        """The month behind the last one that counts: of "May 2012 - May 2016" that May counts whole."""
        return None if self.last is None else self.last + self.to_month


def date_ranges(text: str) -> Iterator[DateRange]:
    """Every range of dates in a text, in order. Blocks for a time linear in its length."""
    return merge(_ranges(text), _open_ones(text), _within_years(text), key=lambda each: each.start)


def _open_ones(text: str) -> Iterator[DateRange]:
    for match in _SINCE.finditer(text):
        yield DateRange(match.start(), match.end(), _month(match, "from"), None)


def _within_years(text: str) -> Iterator[DateRange]:
    for match in _WITHIN_A_YEAR.finditer(text):
        first, last = (12 * int(match["year"]) + _number(match[f"{side}_name"]) - 1 for side in ("from", "to"))
        if first <= last:
            yield DateRange(match.start(), match.end(), first, last, to_month=True)


def _ranges(text: str) -> Iterator[DateRange]:
    done = 0
    for year in _FIRST_YEAR.finditer(text):
        if year.start() < done:
            continue
        # Ranges that begin before this place begin with years that were looked at already.
        match = _RANGE.search(text, max(done, _earliest_month(text, year.start())))
        if match is None:
            return
        done = match.end()
        first = _month(match, "from")
        if match.group("open"):
            yield DateRange(match.start(), match.end(), first, None)
        elif (last := _month(match, "to")) >= first:
            to_month = bool(match.group("to_name") or match.group("to_number"))
            yield DateRange(match.start(), match.end(), first, last, to_month)


def _earliest_month(text: str, year: int) -> int:
    """Where the month of the year at `year` begins at the earliest: its word, behind it a point, a comma, a space."""
    at = year
    while at > 0 and text[at - 1].isspace():
        at -= 1
    while at > 0 and text[at - 1] in ".,":
        at -= 1
    while at > 0 and text[at - 1].isalpha():
        at -= 1
    return max(min(at, year - _MONTH_NUMBER), 0)


def _month(match: re.Match[str], side: str) -> int:
    month = 1
    if match.group(f"{side}_number"):
        month = int(match.group(f"{side}_number"))
    elif match.group(f"{side}_name"):
        month = _number(match.group(f"{side}_name"))
    return 12 * int(match.group(f"{side}_year")) + month - 1


def _number(name: str) -> int:
    """1 for January."""
    return _MONTHS.index(name.casefold()[:3]) + 1
