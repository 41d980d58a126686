"""Ranges of dates in a text, such as "2012 - 2016", "08/2015 to 05/2020", "May 2019 - present"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    rf"(?:(?P<{{0}}_name>{'|'.join(_MONTHS)})[a-z]*\.?,?\s+"
    r"|(?P<{0}_number>1[0-2]|0?[1-9])[/.])?"
)
_DATE = _MONTH + r"(?P<{0}_year>(?:19[5-9]|20[0-4])\d)"
_RANGE = re.compile(
    r"(?<!\d)" + _DATE.format("from") + r"\s*(?:-|–|—|to|until|till|through)\s*"
    r"(?:" + _DATE.format("to") + r"(?!\d)|(?P<open>current|present|now|today|date))",
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
        month = _MONTHS.index(match.group(f"{side}_name").casefold()[:3]) + 1
    return 12 * int(match.group(f"{side}_year")) + month - 1
