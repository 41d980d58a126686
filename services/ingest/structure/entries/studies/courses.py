"""Courses and trainings that have a name of their own, as they stand beside the school that gave them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_lines import EntryLine
from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, trimmed
from services.ingest.structure.entries.studies.degrees import degrees_in
from services.ingest.structure.entries.studies.school_words import names_school
from services.ingest.structure.entries.studies.study_parts import PLACE_END, separated

MAX_COURSE_WORDS = 9
MAX_SCHOOL_WORDS = 8
# So many pieces of a line are looked at, since each may be held against each other.
MAX_PIECES = 12

# What ends the name of a course: "Bell 407 maintenance course".
_ENDS = re.compile(
    r"(?<=\S)\s{1,3}(?:course|training|training program(?:me)?|program(?:me)?|certification|workshop|boot ?camp"
    r"|apprenticeship|kurs|kursus|cursus|lehrgang|kursu|kurssi|utbildning|opleiding)$",
    re.IGNORECASE,
)
# Compounds of one word: "Svetsutbildning", "Buchhaltungslehrgang".
_COMPOUND = re.compile(
    r"[\w-]{4,30}(?:utbildning|lehrgang|kurs|kurssi|cursus|opleiding)(?:\s{1,3}[A-ZÀ-Ý][\w-]{1,30})?"
)
# Trades that schools train for, named for what one becomes: "Phlebotomy Technician".
_TRADE = re.compile(
    r"(?:(?:Medical|Dental|Nursing|Nurse|Pharmacy|Veterinary|Legal|Physical Therapy|Phlebotomy|Surgical|HVAC|Automotive"
    r"|Electronics|Radiology) (?:Office )?(?:Assistant|Technician|Technologist|Aide|Specialist)"
    r"|[A-Z]\w{1,20} Certified (?:Professional|Specialist|Associate|Engineer|Technician))",
)
# What begins it.
_BEGINS = re.compile(
    r"(?:(?:Certified|Licensed|Registered)\s{1,3}[A-Z]"
    r"|(?:[Cc]ourse|[Tt]raining|[Pp]rogram(?:me)?|[Ww]orkshop)\s{1,3}(?:in|on|for)\s{1,3}\w"
    r"|(?:Lehrgang|Fortbildung|Weiterbildung|Schulung)\s{1,3}\w"
    r"|(?:Kurs|Utbildning)\s{1,3}(?:i|w|z)\s{1,3}\w|Курсы?\s{1,3}\w)"
)
_COMPLETED = re.compile(
    r"(?:Successfully )?(?:Completed|Attended|Took|Finished)\s{1,3}(?:an?\s|the\s)?\s{0,2}", re.IGNORECASE
)
# Behind these a course's word is a part of the school's name: "Acme Training Center".
_OF_SCHOOL = re.compile(
    r"\s{1,3}(?:center|centre|institute|academy|school|college|university|services?|corps|facility|department|division"
    r"|command|group|solutions|systems)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\s{1,3}(?:at|from|by|with|presso|chez|an der|bei|vid|na|w|en la|en el)(?:\s{1,3}the)?\s{0,3}$", re.IGNORECASE
)
# Employers' words that are no subject of a course.
_EMPLOYER = re.compile(
    r"\b(?:services|association|corporation|company|hospital|bank|council|army|navy|air force|red cross)$",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?<=\w)\s{1,3}(?:course|program(?:me)?|workshop|certification)\b(?=\s{1,3}(?-i:[A-Z]))", re.IGNORECASE
)
_SCHOOL_END = re.compile(
    r"\b(?:School|College|Institute|Academy|University)\s{1,3}(?=\S)(?!of\b|for\b|at\b|in\b|and\b|&|System)"
)
# What tells of a course, or of one's part in it, rather than naming it.
_NEVER = frozenset(
    "qualification institution honors honours exchange scholars scholarship mentor mentoring award awards member"
    " relevant summer my full time student taking taken completed attended was is are were i we have has had"
    " received provided conducted developed helped enrolled currently year hours credits credit gpa degree various"
    " several all other additional required extensive ongoing continuing some many month week day study association"
    " school high abroad college prep facilitator".split()
)
_JOINING = frozenset({"of", "in", "and", "for", "the", "on", "to", "with", "a", "an", "at", "from"})


@dataclass(frozen=True, slots=True)
class Course:
    """A course named in a line: its name and where it begins, and where the name of its school stands."""

    title: str
    start: int
    school: tuple[int, int]


def course_in(text: str, school: tuple[int, int] | None) -> Course | None:
    """The course that a line names beside its school, or beside the employer who gave it."""
    pieces = separated(text)[:MAX_PIECES]
    for begin, end in pieces:
        if school and school[0] < end and begin < school[1]:
            # "Sales course at Acme College"
            begin, end = begin, school[0]
        title = course_named(_LEADS.sub("", text[begin:end])) if begin < end else None
        at = school or (_employer(text, [piece for piece in pieces if piece[0] != begin]) if title else None)
        if title and at:
            return Course(title, text.find(title, begin), at)
    return _within_school(text, *school) if school else None


def course_named(part: str) -> str | None:
    """The name of a course where a piece is nothing else."""
    name = trimmed(PLACE_END.sub("", CITY_STATE.sub("", part)))
    completed = _COMPLETED.match(name)
    name = name[completed.end() :] if completed else name
    words = name.split()
    if not words or len(words) > MAX_COURSE_WORDS or not (name[0].isupper() or name[0].isdigit()) or DATE_MARK in name:
        return None
    if not _NEVER.isdisjoint(word.lower() for word in words_of(name)) or degrees_in(name) or words[-1] in _JOINING:
        return None
    if _COMPOUND.fullmatch(name) or _TRADE.fullmatch(name) or (len(words) > 1 and _ENDS.search(name)):
        return name
    large = all(word in _JOINING or not word[0].isalpha() or word[0].isupper() for word in words)
    return name if _BEGINS.match(name) and (large or not name.startswith(("Cert", "Lic", "Reg"))) else None


def course_alone(line: EntryLine, text: str) -> str | None:
    """The name of a course where a line is nothing else, but for its date."""
    if not _ENDS.search(text) and not any(time.kind != "length" for time in line.times):
        return None
    for time in line.times:
        text = text.replace(line.text[time.start : time.end], "")
    title = course_named(text.strip(" ,|-–—:()"))
    return title if title and not names_school(title) else None


def _employer(text: str, pieces: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Where the employer who trained is named by a word that only employers have: "Acme Services"."""
    legal = entry_words.load()["legal"]
    for begin, end in pieces:
        part = text[begin:end].strip()
        words = words_of(part)
        named = _EMPLOYER.search(part) or any(legal.has_word(word) for word in words[1:])
        if 1 < len(words) <= MAX_SCHOOL_WORDS and named and part[0].isupper() and course_named(part) is None:
            return begin, end
    return None


def _within_school(text: str, begin: int, end: int) -> Course | None:
    """A course that no sign parts from its school: "Payroll Course Acme College", "Acme College Payroll Course"."""
    parted = [(one, other) for one, other in separated(text) if begin <= one < end]
    title = course_named(text[slice(*parted[0])]) if len(parted) > 1 else None
    if title:
        return Course(title, begin, (parted[1][0], end))
    part = text[begin:end]
    for found in _WITHIN.finditer(part):
        title, behind = course_named(part[: found.end()]), part[found.end() :]
        if title and names_school(behind) and not _OF_SCHOOL.match(behind):
            return Course(title, begin, (begin + found.end(), end))
    ended = _SCHOOL_END.search(part)
    title = course_named(part[ended.end() :]) if ended else None
    if ended and title and len(title.split()) > 1:
        return Course(title, begin + ended.end(), (begin, begin + ended.end()))
    return None
