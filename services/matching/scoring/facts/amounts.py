"""Numbers with what they count or measure: "75 wpm", "80,000 lb", "eleven engineers", "€2.5m"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.matching.scoring.roles.occupations import occupations
from services.matching.scoring.roles.title_words import singular
from services.matching.scoring.terms import term_list

UNITS = Path(__file__).with_name("units_v1.tsv")

_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=1,
    )
} | {"hundred": 100.0, "a dozen": 12.0, "half a dozen": 6.0}
_TENS = {
    word: 10.0 * tens for tens, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_WORDS |= _TENS
_WORDS |= {f"{ten}-{one}": _TENS[ten] + _WORDS[one] for ten in _TENS for one in list(_WORDS)[:9]}
# Of years alone, and how many they are at least.
_OF_YEARS = {"several": 3.0, "many": 5.0, "multiple": 3.0, "a few": 2.0, "a couple of": 2.0, "half a": 0.5, "a": 1.0}
_SCALES = {
    "hundred": 1e2,
    "dozen": 12.0,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "billion": 1e9,
}
_NUMBER = (
    r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\b(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")\b"
)
_VAGUE = (
    r"\b(?:several|many|multiple|a few|a couple of|half a)(?=\s+(?:full\s+)?(?:years?|yrs|decades?)\b)|"
    r"\ba(?=\s+(?:full |whole )?(?:year(?:['’]s|\s+(?:of|as)\b|\s+or\s+more\b)|decade\b))|(?<=at least )a(?=\s+year\b)"
)
_SCALE = "k|m|mn|mio|bn|hundred|dozen|thousand|million|billion"
_FOUND = re.compile(
    rf"(?P<sign>[$€£₹])?\s?(?<![\w.,/-])(?P<low>{_NUMBER}|{_VAGUE})(?P<half>½|\s+and\s+a\s+half\b)?(?!\d)"
    rf"(?:\s?(?P<lowscale>{_SCALE})\b)?\+?(?:\s?\(\d+\+?\))?"
    rf"(?:[ \xa0]?(?:-|–|to|or|and)[ \xa0]?(?:[$€£₹])?(?P<high>{_NUMBER})(?!\d)(?:\s?(?P<highscale>{_SCALE})\b)?)?"
    r"(?:\s+(?:or|and)\s+(?:more|over|above|greater|upwards))?\s?\+?(?P<percent>%)?"
    r"(?:[ \xa0]?-[ \xa0]?|\s)?(?P<behind>(?:[^\W\d_]+[.'’²³]?(?:[ -](?!\d)|(?=\W)|$)){0,5})",
    re.IGNORECASE,
)
_SIGNS = {"$": "usd", "€": "eur", "£": "gbp", "₹": "inr"}
# Years of the calendar are no amounts.
_CALENDAR = range(1950, 2060)
_MOST_WORDS = 5
# "A team of 12", "a class of 28": what stands before the number says what is counted.
_HEADS_OF = dict.fromkeys(("team", "crew", "staff", "group", "department", "workforce", "brigade"), "people")
_HEADS_OF |= {"class": "students", "classes": "students", "caseload": "patients"}
_HEADS = re.compile(rf"\b({'|'.join(_HEADS_OF)}) of (?:about |some |up to |over |more than |around )?\Z", re.IGNORECASE)
_LONGEST_BEFORE = 30
# How long somebody worked is counted in these.
YEARS = "years"
# Of these it goes without saying what is counted or measured.
TELLING_UNITS = frozenset(
    ("wpm", "V", "VA", "W", "Wh", "beds", "patients", "students", "guests", "hours of flight", "bar", "GB", "knots")
)
# "A school of 3,200 pupils", "our hotel (400 beds)", "in a team with 900 tickets a week".
_OF_A_PLACE = re.compile(
    r"\b(?:school|college|university|company|firm|hospital|hotel|group|plant|agency|chain|clinic|factory|organi[sz]ation|"
    r"business|network|employer|warehouse|store|community|town|village|team|department)s?,?\s*"
    r"(?:with|\(|that has|has|which has|having|serving)\s*(?:about |some |over |around |more than )?[$€£]?\Z",
    re.IGNORECASE,
)
# "25 years of history", "a two-year contract", "children of five years": no time of work.
_NO_WORK = re.compile(
    r"[- ]?(?:years?|yrs|months?|decades?)(?:['’]s?)?[- ]?\s*(?:old|of age|of (?:history|tradition|age|warranty|"
    r"insurance|funding|existence|growth|data|films?|sentence|guarantee)|warranty|plan|contract|programme|program|period|history|tradition|"
    r"guarantee|lease|cycle|anniversary|trial|notice)\b",
    re.IGNORECASE,
)
_A_DAY = {"hour": 8.0, "shift": 1.0, "day": 1.0, "night": 1.0, "evening": 1.0, "morning": 1.0, "service": 1.0}
_A_DAY |= {"week": 0.2, "fortnight": 0.1, "month": 1 / 21, "quarter": 1 / 63, "year": 1 / 220, "annum": 1 / 220}
_A_DAY |= {"hourly": 8.0, "daily": 1.0, "nightly": 1.0, "weekly": 0.2, "monthly": 1 / 21, "yearly": 1 / 220}
_A_DAY |= {"annually": 1 / 220, "annual": 1 / 220, "hr": 8.0}
_PER = re.compile(
    r"(?:\s?/\s?|[^\n.;,/]{0,24}?\b(?:a|an|per|each|every|in an?)\s+(?:\d+-hour\s+)?)(hour|hr|shift|day|night|evening|"
    r"morning|service|week|fortnight|month|quarter|year|annum)\b|\s+(hourly|daily|nightly|weekly|monthly|yearly|annually)\b",
    re.IGNORECASE,
)
# Hours beside which one of these terms stands are hours of flight.
_OF_FLIGHT = frozenset(("flight", "fly", "flown", "aircraft", "pic", "turbin", "cockpit"))
# "4 previous years", "three full years".
_BEFORE_YEARS = frozenset(
    "previous full consecutive solid whole good long more additional further recent relevant".split()
)
_CLAUSE_END = re.compile(r"[\n;()!?]|[.,]\s")
_NEAR = 45
_SHORTEST_PLURAL = 3
# Words behind what is counted.
_JOINING = frozenset(
    """a an and or per each every in on of for with to at by from as the this that who which within across under over
    weekly daily monthly yearly annually including led was were is are has have""".split()
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Characters `start` to before `end` name a `value` (and, as a range, `at_most`) of a `unit`: one of the list, in
    which everything of a kind is converted, or the stem of the noun that is counted. `rate`: times a working day, where
    the text says per what. `near`: the terms beside it."""

    start: int
    end: int
    value: float
    at_most: float | None
    unit: str
    rate: float | None = None
    near: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    factor: float


def amounts_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Amount]:
    """The amounts of a stretch of a text, in order. Blocks for a time linear in its length."""
    stop_at = len(text) if end is None else end
    for match in _matches(text, start, stop_at):
        low = number_of(match["low"])
        if low is None or _is_calendar(match):
            continue
        high = None if match["high"] is None else number_of(match["high"])
        scale = _SCALES.get((match["highscale"] or "").lower(), 1.0)
        low = (low + 0.5 * bool(match["half"])) * (_SCALES[match["lowscale"].lower()] if match["lowscale"] else scale)
        high = None if high is None else high * scale
        unit, stop = _unit(match)
        if before := _HEADS.search(text, max(start, match.start() - _LONGEST_BEFORE), match.start("low")):
            unit, stop = _units()[_HEADS_OF[before[1].lower()]], match.end("high" if match["high"] else "low")
        if unit is None or (unit.name == "mm" and match["behind"].lower().startswith("in ") and low in _WORDS.values()):
            continue
        if _is_of_a_place(text, match, unit, start):
            continue
        at_most = None if high is None or high < low else high * unit.factor
        rate = None if unit.name == YEARS else _rate(text, stop, stop_at)
        near = _near(text, match.start("low"), stop, start, stop_at)
        if unit.name == "hours" and near & _OF_FLIGHT:
            unit = _Unit("hours of flight", unit.factor)
        yield Amount(match.start("low"), stop, low * unit.factor, at_most, unit.name, rate, near)


def _matches(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """The numbers with what stands behind them; what stands behind a year of the calendar is not its."""
    place = start
    while (match := _FOUND.search(text, place, end)) is not None:
        yield match
        place = match.end("high" if match["high"] else "low") if _is_calendar(match) else match.end()


def _is_calendar(match: re.Match[str]) -> bool:
    return match["sign"] is None and number_of(match["low"]) in _CALENDAR and "," not in match["low"]


def _is_of_a_place(text: str, match: re.Match[str], unit: _Unit, start: int) -> bool:
    """Whether a number says how large or how old a place is, or how long something else than work lasts."""
    if unit.name == YEARS:
        return _NO_WORK.match(text, match.end("high" if match["high"] else "low")) is not None
    return _OF_A_PLACE.search(text, max(start, match.start() - _LONGEST_BEFORE), match.start()) is not None


def _rate(text: str, stop: int, end: int) -> float | None:
    """How many times a working day it is meant, where the text says per what."""
    found = _PER.match(text, stop, min(end, stop + _LONGEST_BEFORE))
    return None if found is None else _A_DAY[(found[1] or found[2]).lower()]


def _near(text: str, first: int, last: int, start: int, end: int) -> frozenset[str]:
    """The terms that stand beside an amount, in the same clause."""
    before = _CLAUSE_END.split(text[max(start, first - _NEAR) : first])[-1]
    behind = _CLAUSE_END.split(text[last : min(end, last + _NEAR)])[0]
    return frozenset(term for term in (*term_list(before), *term_list(behind)) if not term.isdigit())


def _unit(match: re.Match[str]) -> tuple[_Unit | None, int]:
    """What is counted, and where the words for it end."""
    if match["sign"]:
        return _units()[_SIGNS[match["sign"]]], max(
            match.end(name) for name in ("low", "lowscale", "high", "highscale")
        )
    if match["percent"]:
        return _Unit("%", 1.0), match.end("percent")
    words = [word.removesuffix("'s").removesuffix("’s").rstrip("'’") for word in match["behind"].split()]
    known = _units()
    at = match.start("behind")
    for count in range(_MOST_WORDS, 0, -1):
        written = " ".join(words[:count]).lower().rstrip(".'’")
        if len(words) >= count and written in known:
            return known[written], at + len(" ".join(words[:count]))
    if len(words) > 1 and words[0].lower() in _BEFORE_YEARS and (found := known.get(words[1].lower())) is not None:
        return found, at + len(" ".join(words[:2]))
    # The noun that is counted: the first one that is known to be counted, else the first word.
    for count, word in enumerate(words[:_MOST_WORDS], start=1):
        if (found := known.get(word.lower())) is not None and found.name in _COUNTED:
            return found, at + len(" ".join(words[:count]))
    count = _counted_word(words)
    stems = term_list(words[count]) if words else []
    if not stems or not words[count].isalpha():
        return None, at
    behind = at + len(" ".join(words[: count + 1]))
    if _is_somebody(words[count].lower()):
        return known["people"], behind
    return _Unit(f"of {stems[0]}", 1.0), behind


def _counted_word(words: Sequence[str]) -> int:
    """Which of the words behind a number says what is counted: the last plural before a word that joins, as in
    "outbound calls a day", else the first."""
    ends = next((place for place, word in enumerate(words) if word.lower() in _JOINING), len(words))
    plurals = [place for place, word in enumerate(words[:ends]) if word.endswith("s") and len(word) > _SHORTEST_PLURAL]
    return plurals[-1] if plurals else 0


def _is_somebody(word: str) -> bool:
    """Whether a word in the plural names people by their work: "26 attendants"."""
    one = singular(word)
    return one != word and (one in occupations().alone or one.endswith("man"))


# Units that count heads and things, between which and their number an adjective may stand: "eleven junior engineers".
_COUNTED = frozenset({"people", "patients", "students", "guests", "hours of flight"})


def number_of(written: str) -> float | None:
    """What digits or a word for a number say; None where they say none."""
    word = written.lower()
    if (known := _WORDS.get(word.replace(" ", "-"), _WORDS.get(word, _OF_YEARS.get(word)))) is not None:
        return known
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
