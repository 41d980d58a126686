"""Schools as they stand in a line of studies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.degrees import Degree
from services.ingest.structure.entries.entry_words import CHINESE, WordList, words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed

MAX_SCHOOL_WORDS = 8
MAX_PIECE_WORDS = 16
DEGREE_MARK = "\x01"
_PLACE_END = re.compile(
    r"\s{0,3}[|–,-]\s{0,3}City\b.*$|\s{1,3}City\s{0,3},\s{0,3}(?:State)?.*$|\s{0,3}City\s{0,3}$|\s{0,3}[|–-]\s{0,3}State\b.*$"
)
REMARK = re.compile(
    r"\b(?:GPA|G\.P\.A|Grade|Note|mention|mit der Note|Dean['’]?s List|Magna Cum|Summa Cum"
    r"|Cum Laude|Graduated with)\b.*$",
    re.IGNORECASE,
)
PARTS = re.compile(
    r"\s{0,3}\bCity\s{0,3},\s{0,3}State\b|\x00+|\x01+|\s{0,3}[|•·;，،、⋅‧]\s{0,3}|\s{1,3}[-–—−]+\s{1,3}|\s{1,3}[–—]|[–—]\s{1,3}|\s{0,3},\s{1,3}|,(?!\d)|\s{0,3}:\s{1,3}|：|(?<=[^\W\d_]{3})\.\s{1,3}(?=[A-ZÀ-Ý])|\s\((?=[a-z])"
)
IN = re.compile(
    r"\s{0,3}(?:degree\s{1,3})?(?:(?:in|of|en|de|em|di|im fach|der|des|zum|zur|im|w|в|по|في"
    r"|with a major in|major in)\s{1,3}|d['’]|ב)",
    re.IGNORECASE,
)
_AT = re.compile(r"\s(?:at|from|an der|am|presso|na|bij)\s{1,3}(?=[A-ZÀ-Ý])")
_MONTH_ALONE = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december)\b\.?\s{1,3}",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-ZÀ-ÝА-Я0-9&(]")


def _without_month(text: str) -> str:
    month = _MONTH_ALONE.match(text)
    return text[month.end() :] if month else text


def without_repeated(school: str, subject: str | None) -> str:
    """A school's name without the subject that some forms repeat behind it."""
    at = school.rfind(subject) if subject else -1
    return school[:at] if at > 0 and school_in(school[:at]) else school


def without_in(text: str) -> str:
    glued = IN.match(text)
    return text[glued.end() :] if glued else text


def school_name(text: str) -> str | None:
    text = _without_month(REMARK.sub("", _PLACE_END.sub("", CITY_STATE.sub("", text))).strip())
    opened = text.find("(")
    if opened > 0 and ")" not in text[opened:]:
        text = text[:opened]
    return trimmed(text) or None


def school_in(text: str) -> tuple[int, int] | None:
    """Where a school's name stands: the piece with a school's word in it."""
    lists = entry_words.load()
    return _school_by(text, lists["school"], lists["school_cjk"].chinese) or _school_by(
        text, lists["school_weak"], None
    )


def _school_by(text: str, schools: WordList, chinese: re.Pattern[str] | None) -> tuple[int, int] | None:
    for begin, end in separated(text):
        part = text[begin:end]
        if CHINESE.search(part):
            for match in re.finditer(r"\S+", part):
                if chinese and chinese.search(match.group()):
                    return begin + match.start(), begin + match.end()
        elif schools.within(words_of(part), "") and len(part.split()) <= MAX_PIECE_WORDS:
            at = _AT.search(part)
            named = at is not None and schools.within(words_of(part[at.end() :]), "")
            return (begin + at.end() if at and named else begin), end
    return None


def separated(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in PARTS.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def past_subject(text: str, begin: int, end: int) -> int:
    """Where the school's name begins in a piece that begins with the subject: "Accounting Acme College"."""
    fields = entry_words.load()["field"]
    schools = entry_words.load()["school"]
    glued = IN.match(text, begin, end)
    at = glued.end() if glued else begin
    words = list(re.finditer(r"\S+", text[at:end]))
    for number, match in enumerate(words):
        bare = words_of(match.group())
        left = len(words) - number
        if left <= 2 or not bare or not all(fields.has_word(word) for word in bare):
            return at + match.start()
        if any(schools.has_word(word) for word in bare):
            return at + match.start()
    return at


def school_beside(text: str, degree: Degree, subject: str | None) -> str | None:
    """A school without a school's word: what stands behind the date, or before a place that stands for one."""
    behind = text[degree.end :]
    _, dated, after = behind.rpartition(DATE_MARK)
    if dated:
        name = trimmed(REMARK.sub("", _PLACE_END.sub("", after)))
        part = trimmed(PARTS.split(name)[0]) if name else ""
        if (
            part
            and len(part.split()) <= MAX_SCHOOL_WORDS
            and _CAPITAL.match(part)
            and not is_place(part)
            and not is_junk(part)
        ):
            return part
    ahead = text[: degree.start].rpartition(DATE_MARK)[2]
    if _PLACE_END.search(ahead):
        name = trimmed(_PLACE_END.sub("", ahead))
        if name and len(name.split()) <= MAX_SCHOOL_WORDS and not is_place(name) and not is_junk(name):
            return name
    if _PLACE_END.search(behind):
        part = trimmed(PARTS.split(_PLACE_END.sub("", behind).lstrip(" :,"))[-1].replace(DEGREE_MARK, " "))
        begin = past_subject(f"{part} x x", 0, len(part) + 4)
        name = trimmed(part[begin:])
        if (
            name
            and begin < len(part)
            and len(name.split()) <= MAX_SCHOOL_WORDS
            and not is_place(name)
            and not is_junk(name)
        ):
            return name
    organization = entry_words.load()["organization"]
    for part in PARTS.split(REMARK.sub("", behind)):
        name = trimmed(without_in(part))
        if name and name != subject and not is_place(name) and organization.within(words_of(name), name):
            return name
    return None
