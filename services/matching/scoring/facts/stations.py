"""How long somebody worked where, in months, by the entries that ingest found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from libs.contracts.structure import Entry
from services.matching.scoring.facts.amounts import number_of
from services.matching.scoring.facts.date_ranges import date_ranges
from services.matching.scoring.roles.role import role_of

NUMBERS = "one two three four five six seven eight nine ten eleven twelve fifteen twenty".split()
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?")
# Of a year without a month is taken: it begins with the year, and a range of years lasts their difference.
_JANUARY = 1
_HALF_A_YEAR = 6
_PART_TIME = re.compile(
    r"\bpart[ -]?time\b|\bhalf[ -]?time\b|\bhalf days\b|\bTeilzeit\b|\btemps partiel\b|\bmedia jornada\b", re.IGNORECASE
)
_HOURS = re.compile(r"\b(\d{1,2})(?:\.\d+)?\s*(?:hours|hrs|h)\s*(?:/|per|a|each)\s*(?:week|wk)\b", re.IGNORECASE)
_SHARE = re.compile(
    r"\b(\d{2})\s*%(?:\s*(?:position|post|job|contract|of full[ -]time|FTE|employment|Stelle))", re.IGNORECASE
)
_FTE = re.compile(r"\b(0?\.\d+)\s*FTE\b", re.IGNORECASE)
HALF = 0.5
# Lines with dates that are no work.
_STUDIES = re.compile(
    r"\b(?:B\.?Sc|B\.?A|BBA|BEng|M\.?Sc|M\.?A|MBA|MEng|Ph\.?D|JD|LLB|A[- ]levels?|GCSEs?|diploma|degree|bachelor\w*|"
    r"master(?:'?s)? (?:of|in|degree|thesis)|studied|studies|student at|Abitur|"
    r"Studium|baccalaur\w+|licenciatura|certificate)\b",
    re.IGNORECASE,
)
_ONLY_HELD = re.compile(
    r"\b(?:licen[cs]\w*|registered|registration|certif\w*|member\w*|qualified|admitted|chartered)\b", re.I
)
_FEWEST_WORDS = 5
# "Teller, First Bank (6 years)", "Cook: 3 yrs 4 mos".
_LASTED = re.compile(
    r"^(?P<title>[^\n:(]{3,80}?)\s*(?:\(|,|:|–|-|\bfor\b)\s*(?P<years>\d{1,2}|"
    + "|".join(NUMBERS)
    + r")\s*(?:years?|yrs?)"
    r"(?:,?\s*(?:and\s+)?(?P<months>\d{1,2})\s*(?:months?|mos?))?\s*(?:\)|[.,;]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_FULL_WEEK = 38.0


class Lasting(Protocol):
    """What lasted from month `first` to before month `last`, or else so many `months`; `share` of a full week."""

    @property
    def first(self) -> int | None:
        """See Station."""
        ...

    @property
    def last(self) -> int | None:
        """See Station."""
        ...

    @property
    def months(self) -> float | None:
        """See Station."""
        ...

    @property
    def share(self) -> float:
        """See Station."""
        ...


@dataclass(frozen=True, slots=True)
class Station:
    """A position held: characters `start` to before `end` of the text. It lasted from month `first` to before month
    `last` (months since the year 0), each None where the text tells no dates and `last` where nobody
    says what "present" means, or else `months` long; `share` 0-1 is how
    much of a full week it took, as stated."""

    start: int
    end: int
    first: int | None
    last: int | None
    months: float | None
    share: float
    title: str | None


def stations_of(entries: Iterable[Entry], text: str, as_of: str | None) -> list[Station]:
    """The positions among a resume's entries, in their order; `as_of` (`YYYY-MM-DD`) is what "present" means: without
    it, what lasts still has no length."""
    today = None if as_of is None else _month(as_of, behind=True)
    found = []
    for entry in entries:
        if entry.type != "work":
            continue
        first = None if entry.from_ is None else _month(entry.from_)
        last = today if entry.in_progress else None if entry.to is None else _end(entry.to, entry.from_)
        if first is None or (last is None and not entry.in_progress) or (last is not None and last < first):
            first = last = None
        months = None if entry.months is None else float(entry.months)
        found.append(
            Station(entry.start, entry.end, first, last, months, share_told(text[entry.start : entry.end]), entry.title)
        )
    return found


def dated_lines(text: str, entries: Sequence[Entry], as_of: str | None) -> list[Station]:
    """The lines with a range of dates that lie in no entry, as positions: what else would have lasted so long?"""
    today = None if as_of is None else _month(as_of, behind=True)
    found = []
    for each in date_ranges(text):
        if any(entry.start <= each.start < entry.end for entry in entries):
            continue
        start = text.rfind("\n", 0, each.start) + 1
        end = text.find("\n", each.end)
        end = len(text) if end < 0 else end
        title = f"{text[start : each.start].strip()} {text[each.end : end].strip()}".strip(" ,;:-–—|•*")
        if _STUDIES.search(title) and not role_of(title).sure:
            continue
        if each.last is None and _ONLY_HELD.search(title) and len(title.split()) < _FEWEST_WORDS:
            continue
        last = today if each.behind is None else each.behind
        found.append(Station(start, end, each.first, last, None, share_told(title), title))
    return found


def lasting_lines(text: str, entries: Sequence[Entry]) -> list[Station]:
    """The lines of an occupation with how long it lasted in place of dates, that lie in no entry, as positions."""
    found = []
    for match in _LASTED.finditer(text):
        if any(entry.start <= match.start() < entry.end for entry in entries) or not role_of(match["title"]).sure:
            continue
        months = 12 * (number_of(match["years"]) or 0) + int(match["months"] or 0)
        found.append(Station(match.start(), match.end(), None, None, months, 1.0, match["title"]))
    return found


def months_together(stations: Sequence[Lasting]) -> float | None:
    """How many months of full-time work they were together: what overlaps counts once, part-time as stated. None where
    none of them tells how long it lasted."""
    lasting = [each for each in stations if each.first is not None and each.last is not None]
    told = [each.months * each.share for each in stations if each.first is None and each.months is not None]
    if not lasting and not told:
        return None
    edges = sorted({edge for each in lasting for edge in (each.first, each.last) if edge is not None})
    total = 0.0
    for left, right in pairwise(edges):
        at_once = sum(each.share for each in lasting if _lies_within(left, right, each))
        total += (right - left) * min(at_once, 1.0)
    return total + sum(told)


def _lies_within(left: int, right: int, station: Lasting) -> bool:
    return station.first is not None and station.last is not None and station.first <= left and right <= station.last


def _end(to: str, from_: str | None) -> int:
    """The month behind the last one. "2012 - 2016" is four years, "May 2012 - May 2016" four years and a month; of one
    year alone, half of it is taken."""
    if to == from_ and len(to) == len("2016"):
        return _month(to) + _HALF_A_YEAR
    return _month(to, behind=len(to) > len("2016"))


def _month(date: str, *, behind: bool = False) -> int:
    match = _DATE.match(date)
    if match is None:
        raise ValueError(f"{date!r} is no date")
    return 12 * int(match[1]) + int(match[2] or _JANUARY) - 1 + behind


def share_told(said: str) -> float:
    """What a text says of the hours; where it says nothing, a full week."""
    if told := _FTE.search(said):
        return float(told[1])
    if told := _SHARE.search(said):
        return int(told[1]) / 100
    if told := _HOURS.search(said):
        return min(1.0, int(told[1]) / _FULL_WEEK)
    return HALF if _PART_TIME.search(said) else 1.0
