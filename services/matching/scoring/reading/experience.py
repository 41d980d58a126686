"""Years: how many a requirement asks for, and how long a resume's stations lasted."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ASKED = re.compile(
    r"(?<![\d.,$])(\d{1,2})\s*\+?\s*(?:(?:-|–|to|or)\s*\d{1,2}\s*\+?\s*)?(?:more\s+)?(?:years?|yrs?)\b", re.I
)
_MOST_ASKED = 30
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ASKED_IN_WORDS = re.compile(rf"\b({'|'.join(_NUMBERS)})\b\s*(?:\(\d+\)\s*)?\+?\s*(?:years?|yrs?)\b", re.I)

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
class Tenure:
    """A stretch of time in a text. `at` is its place in code points; `years` None where its end is open.

    An open end has no length here: today's date must not move a score.
    """

    at: int
    years: float | None


def years_asked(text: str) -> float | None:
    """The fewest years that a requirement names; None where it names none."""
    named = [float(match.group(1)) for match in _ASKED.finditer(text)]
    named += [1.0 + _NUMBERS.index(match.group(1).lower()) for match in _ASKED_IN_WORDS.finditer(text)]
    return min((years for years in named if 0 < years <= _MOST_ASKED), default=None)


def tenures(text: str) -> list[Tenure]:
    """Every range of dates in `text`, such as "2012 - 2016", "08/2015 to 05/2020", "May 2019 – present"."""
    found = []
    done = 0
    for year in _FIRST_YEAR.finditer(text):
        if year.start() < done:
            continue
        # Ranges that begin before this place begin with years that were looked at already.
        match = _RANGE.search(text, max(done, _earliest_month(text, year.start())))
        if match is None:
            break
        done = match.end()
        if match.group("open"):
            found.append(Tenure(match.start(), None))
            continue
        years = _point(match, "to") - _point(match, "from")
        if years >= 0:
            found.append(Tenure(match.start(), years))
    return found


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


def _point(match: re.Match[str], side: str) -> float:
    month = 1
    if match.group(f"{side}_number"):
        month = int(match.group(f"{side}_number"))
    elif match.group(f"{side}_name"):
        month = _MONTHS.index(match.group(f"{side}_name").casefold()[:3]) + 1
    return int(match.group(f"{side}_year")) + (month - 1) / 12
