"""Numbers with what they count or measure: "75 wpm", "80,000 lb", "eleven engineers", "€2.5m"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.matching.scoring.terms import term_list

UNITS = Path(__file__).with_name("units_v1.tsv")

_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=1,
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "eighty": 80.0, "hundred": 100.0, "a dozen": 12.0}
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER = r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|" + "|".join(sorted(_WORDS, key=len, reverse=True))
_FOUND = re.compile(
    rf"(?P<sign>[$€£₹])?\s?(?<![\w.,/-])(?P<low>{_NUMBER})(?!\d)(?:\s?(?P<lowscale>k|m|mn|mio|bn|thousand|million|billion)\b)?\+?(?:\s?\(\d+\+?\))?"
    rf"(?:\s?(?:-|–|to|or|and)\s?(?:[$€£₹])?(?P<high>{_NUMBER})(?!\d)(?:\s?(?P<highscale>k|m|mn|mio|bn|thousand|million|billion)\b)?)?"
    r"\s?\+?(?P<percent>%)?(?:\s?-\s?|\s)?(?P<behind>(?:[^\W\d_]+[.'’²³]?(?:[ -](?!\d)|(?=\W)|$)){0,5})",
    re.IGNORECASE,
)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR"}
# Years of the calendar are no amounts.
_CALENDAR = range(1950, 2060)
_MOST_WORDS = 5
# "A team of 12", "a class of 28": what stands before the number says what is counted.
_HEADS_OF = dict.fromkeys(("team", "crew", "staff", "group", "department", "workforce", "brigade"), "people")
_HEADS_OF |= {"class": "students", "classes": "students", "caseload": "patients"}
_HEADS = re.compile(rf"\b({'|'.join(_HEADS_OF)}) of (?:about |some |up to |over |more than |around )?\Z", re.IGNORECASE)
_LONGEST_BEFORE = 30


@dataclass(frozen=True, slots=True)
class Amount:
    """Characters `start` to before `end` name a `value` (and, as a range, `at_most`) of a `unit`: one of the list, in
    which everything of a kind is converted, or the stem of the noun that is counted."""

    start: int
    end: int
    value: float
    at_most: float | None
    unit: str


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    factor: float


def amounts_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Amount]:
    """The amounts of a stretch of a text, in order. Blocks for a time linear in its length."""
    for match in _FOUND.finditer(text, start, len(text) if end is None else end):
        low = _value(match["low"])
        if low is None or (match["sign"] is None and low in _CALENDAR and "," not in match["low"]):
            continue
        high = None if match["high"] is None else _value(match["high"])
        scale = _SCALES.get((match["highscale"] or "").lower(), 1.0)
        low *= _SCALES[match["lowscale"].lower()] if match["lowscale"] else scale
        high = None if high is None else high * scale
        unit, stop = _unit(match)
        if before := _HEADS.search(text, max(start, match.start() - _LONGEST_BEFORE), match.start("low")):
            unit, stop = _units()[_HEADS_OF[before[1].lower()]], match.end("high" if match["high"] else "low")
        if unit is None or (unit.name == "mm" and match["behind"].lower().startswith("in ") and low in _WORDS.values()):
            continue
        at_most = None if high is None or high < low else high * unit.factor
        yield Amount(match.start("low"), stop, low * unit.factor, at_most, unit.name)


def _unit(match: re.Match[str]) -> tuple[_Unit | None, int]:
    """What is counted, and where the words for it end."""
    if match["sign"]:
        return _Unit(_SIGNS[match["sign"]], 1.0), match.end("high" if match["high"] else "low")
    if match["percent"]:
        return _Unit("%", 1.0), match.end("percent")
    words = [word.removesuffix("'s").removesuffix("’s").rstrip("'’") for word in match["behind"].split()]
    known = _units()
    at = match.start("behind")
    for count in (3, 2, 1):
        written = " ".join(words[:count]).lower().rstrip(".'’")
        if len(words) >= count and written in known:
            return known[written], at + len(" ".join(words[:count]))
    # The noun that is counted: the first one that is known to be counted, else the first word.
    for count, word in enumerate(words[:_MOST_WORDS], start=1):
        if (found := known.get(word.lower())) is not None and found.name in _COUNTED:
            return found, at + len(" ".join(words[:count]))
    stems = term_list(words[0]) if words else []
    return (_Unit(f"of {stems[0]}", 1.0), at + len(words[0])) if stems and words[0].isalpha() else (None, at)


# Units that count heads and things, between which and their number an adjective may stand: "eleven junior engineers".
_COUNTED = frozenset({"people", "patients", "students", "guests", "hours of flight"})


def _value(written: str) -> float | None:
    if (word := _WORDS.get(written.lower())) is not None:
        return word
    plain = written.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


@cache
def _units() -> Mapping[str, _Unit]:
    """How each unit is written, in lower case."""
    found: dict[str, _Unit] = {}
    for line in UNITS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, factor, written = line.split("\t")
            found.update((each.strip(), _Unit(name, float(factor))) for each in written.split(";"))
    return found
