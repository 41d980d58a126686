"""Years: how many a requirement asks for, and how long a resume's stations lasted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.matching.scoring.facts.date_ranges import date_ranges

_ASKED = re.compile(
    r"(?<![\d.,$])(\d{1,2})\s*\+?\s*(?:(?:-|–|to|or)\s*\d{1,2}\s*\+?\s*)?(?:more\s+)?(?:years?|yrs?)\b", re.I
)
_MOST_ASKED = 30
_MONTHS_A_YEAR = 12
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ASKED_IN_WORDS = re.compile(rf"\b({'|'.join(_NUMBERS)})\b\s*(?:\(\d+\)\s*)?\+?\s*(?:years?|yrs?)\b", re.I)


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
    """How long each range of dates in `text` lasted, from the first month or year that it names to the last."""
    return [
        Tenure(each.start, None if each.last is None else (each.last - each.first) / _MONTHS_A_YEAR)
        for each in date_ranges(text)
    ]
