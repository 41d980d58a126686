"""Schools as they stand in a line of studies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import CHINESE, WordList, words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed
from services.ingest.structure.entries.studies.degrees import Degree, degrees_in
from services.ingest.structure.entries.studies.study_parts import DEGREE_MARK, PARTS, PLACE_END, REMARK, separated
from services.ingest.structure.entries.studies.subjects import names_fields, past_subject, without_in

MAX_SCHOOL_WORDS = 8
MAX_PIECE_WORDS = 16

_AT = re.compile(r"\s(?:at|from|an der|am|presso|na|bij)\s{1,3}(?=[A-ZÀ-Ý])|\s(?:من|في)\s{1,3}")
_MONTH_ALONE = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december)\b\.?\s{1,3}",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-ZÀ-ÝА-Я0-9&(]")
# "FMCC", "CIFP A Ponte", "G.H.S.", "MIT": letters that a school is known by.
_INITIALS = re.compile(r"(?:[A-ZА-Я]\.?){3,6}(?:\s|$)|(?:[A-ZА-Я]\.){2,6}(?:\s|$)")
# "School of Nursing" does not repeat the subject.
_JOINED = re.compile(r"\b(?:of|and|for|&|de|des|für|in|di|do|da|the)\s{0,3}$", re.IGNORECASE)
_LEADING_NUMBERS = re.compile(r"^(?:\d{1,2}\s{1,3}){1,2}(?=[A-Z])")
_PLACED = re.compile(r"\bCity\b\s{0,3}(?:,|$)|[–-]\s{0,3}(?:City|State)\b|,\s{0,3}[A-Z]{2}\b")


def without_repeated(school: str, subject: str | None) -> str:
    """A school's name without the subject that some forms repeat behind it."""
    at = school.rfind(subject) if subject else -1
    joined = at > 0 and _JOINED.search(school[:at]) is not None
    return school[:at] if at > 0 and not joined and school_in(school[:at]) else school


def school_name(text: str) -> str | None:
    """A school's name without its place, a remark or a month beside it."""
    text = REMARK.sub("", PLACE_END.sub("", CITY_STATE.sub("", text))).strip()
    month = _MONTH_ALONE.match(text)
    text = _LEADING_NUMBERS.sub("", text[month.end() :] if month else text)
    opened = text.find("(")
    if opened > 0 and ")" not in text[opened:]:
        text = text[:opened]
    return trimmed(text) or None


@lru_cache(maxsize=1024)
def school_in(text: str) -> tuple[int, int] | None:
    """Where a school's name stands: the piece with a school's word in it."""
    lists = entry_words.load()
    return _school_by(text, lists["school"], lists["school_cjk"].chinese) or _school_by(
        text, lists["school_weak"], None
    )


def is_placed(text: str, school_end: int) -> bool:
    """Whether a place stands right behind a school."""
    return _PLACED.search(text, school_end, min(len(text), school_end + 16)) is not None


def _school_by(text: str, schools: WordList, chinese: re.Pattern[str] | None) -> tuple[int, int] | None:
    for begin, end in separated(text):
        part = text[begin:end]
        if CHINESE.search(part):
            for match in re.finditer(r"[^\s（）]+", part):
                if chinese and chinese.search(match.group()):
                    return begin + match.start(), begin + match.end()
        elif schools.within(words_of(part), "") and len(part.split()) <= MAX_PIECE_WORDS:
            at = _AT.search(part)
            behind = at is not None and schools.within(words_of(part[at.end() :]), "")
            if at and behind and not schools.within(words_of(part[: at.start()]), ""):
                return begin + at.end(), end
            if not _in_a_sentence(part, schools):
                return begin, end
    return None


def _in_a_sentence(part: str, schools: WordList) -> bool:
    """Whether a school's word is said in passing: "up to my first year of college", not "in Art, Acme College"."""
    first = without_in(part).split()[0]
    return first[0].islower() and not schools.within(words_of(first), "")


def school_beside(text: str, degree: Degree, subject: str | None) -> str | None:
    """A school without a school's word: what stands behind the date, or before a place that stands for one."""
    behind = text[degree.end :]
    _, dated, after = behind.rpartition(DATE_MARK)
    if dated:
        name = trimmed(REMARK.sub("", PLACE_END.sub("", after)))
        part = trimmed(PARTS.split(name)[0]) if name else ""
        if part != subject and _may_be_school(part) and _CAPITAL.match(part) and not names_fields(part):
            return part
    ahead = text[: degree.start].rpartition(DATE_MARK)[2]
    if PLACE_END.search(ahead):
        name = trimmed(PLACE_END.sub("", ahead))
        if _may_be_school(name):
            return name
    if PLACE_END.search(behind):
        part = trimmed(PARTS.split(PLACE_END.sub("", behind).lstrip(" :,"))[-1].replace(DEGREE_MARK, " "))
        begin = past_subject(f"{part} x x", 0, len(part) + 4)
        name = trimmed(part[begin:])
        if begin < len(part) and _may_be_school(name):
            return name
    return _named_apart(text, degree, subject)


def _named_apart(text: str, degree: Degree, subject: str | None) -> str | None:
    """A piece of its own that initials or an employer's word tell to be a school."""
    lists = entry_words.load()
    ahead = reversed(list(_names(text[: degree.start])))
    behind = _names(REMARK.sub("", text[degree.end :]))
    for part in (*behind, *ahead):
        words = words_of(part)
        employer = lists["organization"].within(words, part) or any(lists["legal"].has_word(word) for word in words[1:])
        if _has_initials(part) or (part != subject and employer):
            return part
    return None


def _has_initials(part: str) -> bool:
    words = part.split()
    return _INITIALS.match(part) is not None and not (len(words) > 1 and words[1].islower()) and not degrees_in(part)


def _names(text: str) -> Iterator[str]:
    for part in PARTS.split(text):
        name = trimmed(without_in(part.replace(DEGREE_MARK, " ")))
        if _may_be_school(name):
            yield name


def _may_be_school(name: str) -> bool:
    return bool(name) and len(name.split()) <= MAX_SCHOOL_WORDS and not is_place(name) and not is_junk(name)
