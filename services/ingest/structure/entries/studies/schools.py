"""Schools as they stand in a line of studies."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import CHINESE, words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed
from services.ingest.structure.entries.studies import school_words
from services.ingest.structure.entries.studies.degrees import Degree, degrees_in
from services.ingest.structure.entries.studies.school_words import names_school
from services.ingest.structure.entries.studies.study_parts import DEGREE_MARK, PARTS, PLACE_END, REMARK, separated
from services.ingest.structure.entries.studies.subjects import names_fields, past_subject, without_in

MAX_SCHOOL_WORDS = 8
MAX_PIECE_WORDS = 24
# By so much must a later piece look more like the school that is meant.
_CLEARLY = 2

_AT = re.compile(
    r"\s(?:at|from|an der|am|presso(?: il| la| lo| l['’])?"
    r"|na|bij|por la|por el|por|en la|en el|pela|pelo|vid|ved|w|we|v|ve|на|в|у|von der"
    r"|aan de|all['’])\s{0,3}(?<=[\s'’])(?=[A-ZÀ-ÝА-ЯІЇЄ])|\s(?:من|في)\s{1,3}"
)
_MONTH_ALONE = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december)\b\.?\s{1,3}",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-ZÀ-ÝА-Я0-9&(]")
# "FMCC", "CIFP A Ponte", "G.H.S.", "MIT": letters that a school is known by.
_INITIALS = re.compile(r"(?:[A-ZА-Я]\.?){3,6}(?:\s|$)|(?:[A-ZА-Я]\.){2,6}(?:\s|$)")
# What is not put up by those who teach, though its name holds a word of theirs.
_JOINING_SCHOOLS = frozenset({",", "-", "–"})
_LEADING_AND = re.compile(r"\s{0,3}(?:and|und|et|&)\s{1,3}(?=[A-ZÀ-Ý])")
_COLLEGE_PREP = re.compile(r".{0,30}\bcollege[ -]prep(?:aratory|aration)?\s{0,3}", re.IGNORECASE)
_UNIVERSITY = re.compile(r"\b(?:Univ|Coll|Instit)", re.IGNORECASE)
_KOREAN = re.compile("[가-힣]")
_UNSPACED = re.compile(r"[^\s（）]+")
_CERTIFIED = re.compile(r"certif|licen[cs]e|qualified|member", re.IGNORECASE)
# "School of Nursing" does not repeat the subject.
_JOINED = re.compile(r"\b(?:of|and|for|&|de|des|für|in|di|do|da|the)\s{0,3}$", re.IGNORECASE)
_LEADING_NUMBERS = re.compile(r"^(?:\d{1,2}\s{1,3}){1,2}(?=[A-Z])")
# "Graduated from Acme High School in 1998"
_TRAILING_IN = re.compile(r"\s(?:in|in the year|im Jahr|nel|en|w|em)$")
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
    return trimmed(_TRAILING_IN.sub("", text)).lstrip(". ") or None


@lru_cache(maxsize=1024)
def school_in(text: str) -> tuple[int, int] | None:
    """Where a school's name stands: the piece with a school's word in it, and the university that it is of."""
    found = _pieces_with(text, names_school, school_words.load()["school"].chinese)
    if not found:
        found = _pieces_with(text, _names_weakly, None)[:1]
    if not found:
        return None
    first = _weight(text, *found[0])
    chosen = next((at for at, each in enumerate(found) if _weight(text, *each) >= first + _CLEARLY), 0)
    begin, end = found[chosen]
    if chosen + 1 < len(found) and _belong_together(text, found[chosen], found[chosen + 1]):
        end = found[chosen + 1][1]
    elif chosen and _belong_together(text, found[chosen - 1], found[chosen]):
        begin = found[chosen - 1][0]
    return begin, end


def _belong_together(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two pieces are a school and the university that it is of, not one school said twice."""
    if text[one[1] : other[0]].strip() not in _JOINING_SCHOOLS:
        return False
    first, second = text[one[0] : one[1]].strip(), text[other[0] : other[1]].strip()
    return second not in first and first not in second


def _names_weakly(part: str) -> bool:
    """Whether a word stands behind others that mostly means other things than schools: "Acme High"."""
    return entry_words.load()["school_weak"].within(words_of(part)[1:], "")


def _weight(text: str, begin: int, end: int) -> int:
    """How much a piece looks like the school that is meant: its place and a date stand beside it."""
    dated = DATE_MARK in text[max(0, begin - 2) : begin] or DATE_MARK in text[end : end + 3]
    return 2 * is_placed(text, end) + dated + (_UNIVERSITY.search(text, begin, end) is not None)


def is_placed(text: str, school_end: int) -> bool:
    """Whether a place stands right behind a school."""
    return _PLACED.search(text, school_end, min(len(text), school_end + 16)) is not None


def _pieces_with(
    text: str, names_a_school: Callable[[str], bool], chinese: re.Pattern[str] | None
) -> list[tuple[int, int]]:
    found = []
    for begin, end in separated(text):
        joined = _LEADING_AND.match(text, begin, end)
        begin = joined.end() if joined else begin
        part = text[begin:end]
        if CHINESE.search(part):
            named = (each for each in _UNSPACED.finditer(part) if chinese and chinese.search(each.group()))
            found += [(begin + each.start(), begin + each.end()) for each in named]
        elif _KOREAN.search(part):
            named = (each for each in _UNSPACED.finditer(part) if names_a_school(each.group()))
            found += [(begin + each.start(), begin + each.end()) for each in named]
        elif len(part.split()) <= MAX_PIECE_WORDS and names_a_school(part) and not _COLLEGE_PREP.fullmatch(part):
            at = _AT.search(part)
            behind = at is not None and names_a_school(part[at.end() :])
            if at and behind and not names_a_school(part[: at.start()]):
                found.append((begin + at.end(), end))
            elif not _in_a_sentence(part, names_a_school):
                found.append((begin, end))
    return found


def _in_a_sentence(part: str, names_a_school: Callable[[str], bool]) -> bool:
    """Whether a school's word is said in passing: "up to my first year of college", not "in Art, Acme College"."""
    first = without_in(part).split()[0]
    subject = school_words.load()["field"].has_word(first)
    return first[0].islower() and not subject and not names_a_school(first)


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


def employer_behind(behind: str) -> str | None:
    """Who trained for a trade: the piece behind the trade's, "Ausbildung zum Tischler, Acme"."""
    pieces = [part for part in PARTS.split(behind) if part.strip()][1:2]
    name = trimmed(pieces[0]) if pieces else ""
    return name if _may_be_school(name) and _CAPITAL.match(name) else None


def is_initials_and_place(name: str) -> bool:
    """Whether a piece is a school's initials and its town: "JNTU Hyderabad", not a field such as "EEE"."""
    return " " in name and _may_be_school(name) and _has_initials(name)


def _named_apart(text: str, degree: Degree, subject: str | None) -> str | None:
    """A piece of its own that initials or an employer's word tell to be a school."""
    lists = entry_words.load()
    ahead = reversed(list(_names(text[: degree.start])))
    behind = _names(REMARK.sub("", text[degree.end :]))
    for part in (*behind, *ahead):
        words = words_of(part)
        employer = lists["organization"].within(words, part) or any(lists["legal"].has_word(word) for word in words[1:])
        if part != subject and (_has_initials(part) or (employer and not names_fields(part))):
            return part
    return None


def _has_initials(part: str) -> bool:
    words = part.split()
    told = len(words) > 1 and words[1].islower()
    return _INITIALS.match(part) is not None and not told and not degrees_in(part) and not _CERTIFIED.search(part)


def _names(text: str) -> Iterator[str]:
    for part in PARTS.split(text):
        name = trimmed(without_in(part.replace(DEGREE_MARK, " ")))
        if _may_be_school(name):
            yield name


def _may_be_school(name: str) -> bool:
    if not name or name[0].islower() or len(name.split()) > MAX_SCHOOL_WORDS:
        return False
    return not is_place(name) and not is_junk(name)
