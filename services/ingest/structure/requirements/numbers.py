"""The numbers that a requirement asks for, with their units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from libs.contracts.structure import AskedNumber

UNITS = Path(__file__).with_name("units_v1.tsv")

_MOST_NUMBERS = 20
# Hundred thousand millions: more is a telephone number.
_GREATEST = 1e14
_LONGEST_SIGN = 5
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_SCALES = {"k": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}
_SCALES |= {"billion": 1e9, "mrd": 1e9, "万": 1e4, "lakh": 1e5, "lpa": 1e5, "crore": 1e7, "cr": 1e7}
_OR_MORE = r"[ ](?:or|and|oder|et|ou|o|of|en|lub)[ ](?:more|above|over|mehr|plus|más|più|meer|mais|więcej)"
_BETWEEN = r"[ ]?(?:[-–—~～至]|to|bis|à|a|or|oder|ou|o|tot|do|và|đến)[ ]?"


@dataclass(frozen=True, slots=True)
class _Reader:
    pattern: re.Pattern[str]
    sign: re.Pattern[str]
    units: dict[str, str]
    words: dict[str, float]


@cache
def load() -> _Reader:
    """The units and how they are written. Blocks at the first call."""
    units: dict[str, str] = {}
    words: dict[str, float] = {}
    for line in UNITS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            unit, written = line.split("\t")
            for word in filter(None, (part.strip() for part in written.split(";"))):
                if unit.startswith("number "):
                    words[word] = float(unit.removeprefix("number "))
                else:
                    units[word] = unit
    # A number is short: a longer run of digits is none that is asked for.
    digits = r"\d{1,3}(?:[., ]\d{3}){1,3}(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
    number = rf"(?:{digits}|(?<!\w)(?:{_either(words)})(?!\w))"
    signs = _either(unit for unit in units if not unit[-1].isalnum() and unit != "%" and not unit.startswith("rs"))
    scale = rf"[ ]?(?:{_either(_SCALES)})(?![^\W\d_])"
    pattern = re.compile(
        rf"(?<![\w.,])(?P<low>{number})(?P<lowscale>{scale})?(?:[ ]?\+)?"
        rf"(?:{_BETWEEN}(?:{signs})?(?P<high>{number})|{_OR_MORE})?(?P<scale>{scale})?(?:[ ]?\+)?"
        rf"[ -]?(?:plus[ ])?(?P<unit>{_either(units)})?(?P<more>[^\W\d_])?",
        re.IGNORECASE,
    )
    sign = re.compile(rf"(?:{signs}|\brs\.?)[ ]?\Z", re.IGNORECASE)
    return _Reader(pattern, sign, units, words)


def numbers_of(text: str, start: int, end: int) -> list[AskedNumber]:
    """The numbers with a unit in a stretch of a text, at most 20, in order."""
    return list(islice(_numbers(text, start, end), _MOST_NUMBERS))


def _candidates(text: str, start: int, end: int) -> list[int]:
    """Where a number may begin, in order."""
    words = load().words
    found = [match.start() for match in _DIGIT.finditer(text, start, end)]
    if not words.keys().isdisjoint(_WORD.findall(text[start:end].lower())):
        found += [match.start() for match in _WORD.finditer(text, start, end) if match[0].lower() in words]
        found.sort()
    return found


def _numbers(text: str, start: int, end: int) -> Iterator[AskedNumber]:
    reader = load()
    behind = start
    for at in _candidates(text, start, end):
        match = reader.pattern.match(text, at, end) if at >= behind else None
        if match is None:
            continue
        before = reader.sign.search(text, max(behind, at - _LONGEST_SIGN), at)
        behind = match.end()
        unit_text, sign = match["unit"], before.group().strip().lower() if before else ""
        cjk = bool(unit_text) and "\u3400" <= unit_text[0] <= "\u9fff"
        # "5 teams" is no number of tonnes.
        whole = unit_text is not None and (cjk or not match["more"] or not unit_text[-1].isalpha())
        unit = (
            reader.units.get(sign) if sign else (reader.units.get(unit_text.lower()) if whole and unit_text else None)
        )
        low = _value(reader, match["low"])
        high = _value(reader, match["high"]) if match["high"] else None
        if unit is None or low is None:
            continue
        scale = _scale(match["scale"])
        low *= _scale(match["lowscale"]) if match["lowscale"] else scale
        high = None if high is None else high * scale
        if max(low, high or 0.0) > _GREATEST:
            continue
        if high is not None and high < low:
            high = None
        last = [group for group in ("low", "lowscale", "high", "scale") if match[group]]
        stop = match.end("unit") if whole and unit_text else max(match.end(group) for group in last)
        begin = before.start() if before else at
        yield AskedNumber(start=begin, end=stop, value=low, at_most=high, unit=unit)


def _value(reader: _Reader, written: str) -> float | None:
    word = written.lower()
    if word in reader.words:
        return reader.words[word]
    if re.fullmatch(r"\d{1,3}(?:[., ]\d{3})+", written):
        return float(re.sub(r"[., ]", "", written))
    try:
        return float(written.replace(",", "."))
    except ValueError:
        return None


def _scale(written: str | None) -> float:
    return _SCALES[written.strip().lower()] if written else 1.0


def _either(words: object) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))  # type: ignore[call-overload]
