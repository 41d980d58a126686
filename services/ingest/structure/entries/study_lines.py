"""What a line says of studies: degree, subject, school, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from libs.contracts.structure import EducationLevel
from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.date_words import fold
from services.ingest.structure.entries.dates import DateRange, says_ongoing
from services.ingest.structure.entries.degrees import Degree, degrees_in, highest
from services.ingest.structure.entries.entry_lines import EntryLine, is_body, without_bullet
from services.ingest.structure.entries.entry_words import CHINESE, words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed
from services.ingest.structure.entries.schools import (
    DEGREE_MARK,
    IN,
    PARTS,
    REMARK,
    past_subject,
    school_beside,
    school_in,
    school_name,
    separated,
    without_repeated,
)

MAX_SUBJECT_WORDS = 14
MAX_WIDENED_WORDS = 6
# So far in may a degree stand in a line that reads like a sentence.
MAX_LEAD_CHARS = 15

_EARNED = re.compile(
    r"\b(?:graduated(?: as| with)?|completed|earned|received|an?|the|toward(?:s)?(?: an?)?|pursuing(?: an?)?)$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"['’]?s?\s{1,3}(?:degree conferred|degree|diploma|studies|completo|completa|universitario|multiprofissional)\b",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s{0,3}\([^)\x00:]{1,30}\)")
_JOINED_END = re.compile(r" (?:en|em|in|im)$")
_COUNTED = re.compile(r"(?<![\d\x00/.-])(\d{1,2})\s{1,3}$")
# What such words stand beside is no degree: "Master Project", "bachelor thesis".
_BESIDE = re.compile(
    r"['’]?s?[ -](?:project|thesis|degree program in|plan|student union"
    r"|certified|chef|electrician|plumber|key|of ceremonies)\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\b(?:of|de|des|du|in|for|to|the|a|an|and|with)\s{0,3}$", re.IGNORECASE)
_NOUNS = frozenset({"license", "licence", "certificate", "certification", "certifcate", "diploma", "degree"})
# Names that a more telling one of the same studies takes the place of.
_GENERIC = frozenset({"studium", "studies", "studia", "degree", "diploma", "opleiding"})
NOT_STUDIES = re.compile(
    r"(?:relevant |advanced |selected )?(?:coursework|courses?|minor|major|emphasis|concentration"
    r"|activities|honors|awards?"
    r"|gpa|thesis|dissertation|member|dean|scholarship|graduated|master thesis|bachelor thesis"
    r"|master project|project)\b",
    re.IGNORECASE,
)
NEVER_STUDIES = re.compile(
    r"(?:master['’]?s?|bachelor['’]?s?|diploma|doctoral|final)?[ -]?(?:project|thesis)\b", re.IGNORECASE
)


@dataclass(slots=True)
class Facts:
    """What one line, or a part of it, names."""

    title: str | None = None
    level: EducationLevel | None = None
    subject: str | None = None
    school: str | None = None
    time: DateRange | None = None
    expected: bool = False
    generic: bool = False
    # Where in its line this begins.
    start: int = 0
    kinds: list[str] = field(default_factory=list)


def facts_in(line: EntryLine, text: str, strict: bool) -> Iterator[Facts]:
    shift = len(line.text) - len(without_bullet(line.text)) if line.bullet else 0
    times = [
        time for time in line.times if time.kind != "length" and time.start >= shift and time.end - shift <= len(text)
    ]
    marked, marks = _marked(text, shift, times)
    degrees = _named_degrees(marked)
    if strict and not degrees:
        return
    telling = is_body(line) and not line.bullet
    if telling and not (degrees and degrees[0].start < MAX_LEAD_CHARS) and not (times and len(text.split()) < 16):
        return
    masked = _masked(marked, degrees)
    if strict and not (degrees and (times or school_in(masked))):
        return
    starts = [0, *_further(marked, masked, degrees)]
    for start, end in zip(starts, [*starts[1:], len(marked)], strict=True):
        own = [Degree(d.start - start, d.end - start, d.level) for d in degrees if start <= d.start < end]
        facts = _one(marked[start:end], own, [time for mark, time in marks if start <= mark < end])
        if facts.kinds:
            facts.start = shift + start
            yield facts


def _marked(text: str, shift: int, times: Sequence[DateRange]) -> tuple[str, list[tuple[int, DateRange]]]:
    """The line with a mark for each date, as long as before, and where the marks stand."""
    marks = []
    for time in times:
        start, end = time.start - shift, time.end - shift
        text = f"{text[:start]}{DATE_MARK * (end - start)}{text[end:]}"
        marks.append((start, time))
    return text, marks


def _masked(text: str, degrees: Sequence[Degree]) -> str:
    for degree in degrees:
        text = f"{text[: degree.start]}{DEGREE_MARK * (degree.end - degree.start)}{text[degree.end :]}"
    return text


def _named_degrees(text: str) -> list[Degree]:
    """The degrees that head a stretch of the line; "High School" in a school's own name is none."""
    found: list[Degree] = []
    for degree in degrees_in(text):
        if _BESIDE.match(text, degree.end):
            continue
        begin, end = _piece_around(text, degree)
        written = text[degree.start : degree.end]
        if _names_school(written) and (
            text[begin : degree.start].strip(" \"'") or _name_follows(text[degree.end : end])
        ):
            continue
        widened = _widened(text, degree, begin, end)
        if widened:
            found.append(widened)
        elif _heads(text, degree, begin) and (not written[0].islower() or CHINESE.match(written) or _in_a_list(text)):
            found.append(degree)
    return found


def _in_a_list(text: str) -> bool:
    """Whether a line lists its facts, where degrees may be written small: "2010–2015 Szkoła Główna, magister"."""
    return DATE_MARK in text or ("," in text and school_in(text) is not None)


def _names_school(written: str) -> bool:
    """Whether a degree's name is one of schools too: "High School", "Technikum", "Preparatoria"."""
    lists = entry_words.load()
    words = words_of(written)
    if CHINESE.search(written):
        chinese = lists["school_cjk"].chinese
        return chinese is not None and chinese.search(written) is not None
    if any(word in _NOUNS or word.startswith("diplom") for word in words):
        return False
    return any(lists["school"].has_word(word) or lists["secondary_school"].has_word(word) for word in words)


def _name_follows(rest: str) -> bool:
    words = rest.split()
    return (
        bool(words)
        and (words[0][0].isalnum() or words[0][0] == "№")
        and words[0].lower() not in {"diploma", "degree", "graduate", "in"}
    )


def _piece_around(text: str, degree: Degree) -> tuple[int, int]:
    for begin, end in separated(text):
        if begin <= degree.start < end:
            while begin < degree.start and text[begin].isspace():
                begin += 1
            return begin, end
    return degree.start, degree.end


def _widened(text: str, degree: Degree, begin: int, end: int) -> Degree | None:
    """ "Real Estate License", "Culinary Arts Degree": the piece that such a word ends names the degree."""
    last = words_of(text[degree.start : degree.end])[-1:]
    if not last or last[0] not in _NOUNS or begin == degree.start or text[degree.end : end].strip(" ()"):
        return None
    head = text[begin : degree.start]
    if (
        len(head.split()) > MAX_WIDENED_WORDS
        or head[:1].islower()
        or school_in(head)
        or DATE_MARK in head
        or _JOINS.search(head)
    ):
        return None
    inner = degrees_in(head)
    level = highest([*inner, degree]).level
    return Degree(begin, degree.end, "vocational" if level == "bachelor" and not inner else level)


def _heads(text: str, degree: Degree, begin: int) -> bool:
    """Whether the degree begins a piece, or stands behind a school, a number or "graduated as"."""
    before = text[begin : degree.start].rstrip(" \"'(“„«")
    if not before or CHINESE.search(before[-1]) or re.fullmatch(r"\d{1,2}|/", before.strip()) or before[-1] in ":(,|/":
        return True
    if _EARNED.search(before) or is_place(before.strip(" ,")):
        return True
    return degree.level != "other" and school_in(before) is not None


def _further(text: str, masked: str, degrees: Sequence[Degree]) -> list[int]:
    """Where a line that tells of several studies goes on with the next: a degree behind another's school and date."""
    starts = []
    start = 0
    for one, other in pairwise(degrees):
        between = masked[one.end : other.start]
        ended = between.rstrip().endswith((".", ";")) or DATE_MARK in between
        if (
            one.start >= start
            and ended
            and school_in(between)
            and (school_in(masked[other.end :]) is not None or DATE_MARK in masked[other.end :])
        ):
            starts.append(other.start)
            start = other.start
    return starts


def _one(text: str, degrees: Sequence[Degree], times: Sequence[DateRange]) -> Facts:
    facts = Facts()
    masked = _masked(text, degrees)
    order: list[tuple[int, str]] = []
    expected = [time for time in times if time.kind == "expected"]
    dated = [time for time in times if time.kind != "expected"]
    facts.expected = bool(expected) or says_ongoing(text.replace(DATE_MARK, " ")) or _says_present(text)
    time = next((time for time in dated if time.kind in {"range", "since"}), dated[0] if dated else None)
    facts.time = time or (expected[0] if expected else None)
    if facts.time:
        order.append((text.find(DATE_MARK), "time"))
    degree = _chosen(degrees)
    school = school_in(masked)
    if degree:
        order.append((degree.start, "title"))
        facts.level = degree.level
        facts.generic = fold(text[degree.start : degree.end]) in _GENERIC
        facts.title, end = _title(text, degree)
        begin = len(text)
        if school and school[1] > end:
            apart = DATE_MARK in text[end : school[0]]
            begin = school[0] if apart else past_subject(text, max(end, school[0]), school[1])
        facts.subject = _subject(masked[end:begin])
    if school:
        begin = begin if degree and degree.end <= school[0] else school[0]
        facts.school = school_name(without_repeated(text[begin : school[1]], facts.subject))
        order.append((school[0], "school"))
    elif degree:
        facts.school = school_beside(masked, degree, facts.subject)
    facts.kinds = [kind for _, kind in sorted(order)]
    return facts


def _says_present(text: str) -> bool:
    """Whether "Current" or "Present" stands by itself where a date would."""
    return any(part.strip(" ()").lower() in {"current", "present"} for part in PARTS.split(text) if part)


def _chosen(degrees: Sequence[Degree]) -> Degree | None:
    """The degree that a line is about: the first, or one of a level where the first has none."""
    if not degrees:
        return None
    levelled = [degree for degree in degrees if degree.level != "other"]
    return degrees[0] if degrees[0].level != "other" or not levelled else levelled[0]


def _title(text: str, degree: Degree) -> tuple[str, int]:
    """The degree as written, with what belongs to it, and where it ends."""
    end = degree.end
    follows = _FOLLOWS.match(text, end)
    if follows:
        end = follows.end()
    bracket = _BRACKET.match(text, end)
    if bracket:
        end = bracket.end()
    title = _JOINED_END.sub("", text[degree.start : end].strip())
    counted = _COUNTED.search(text[: degree.start])
    return (f"{counted.group(1)} {title}" if counted else title), end


def _subject(rest: str) -> str | None:
    glued = IN.match(rest)
    if glued:
        rest = rest[glued.end() :]
    rest = rest.lstrip(" :,–—-|.").partition(DATE_MARK)[0]
    part = next((each for part in PARTS.split(rest) if (each := trimmed(part.replace(DEGREE_MARK, " ")))), "")
    part = trimmed(REMARK.sub("", CITY_STATE.sub("", part)))
    if not part or len(part.split()) > MAX_SUBJECT_WORDS or is_place(part) or is_junk(part) or part.startswith("City"):
        return None
    return part
