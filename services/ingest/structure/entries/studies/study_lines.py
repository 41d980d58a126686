"""What a line says of studies: degree, subject, school, dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.dates import DateRange, says_ongoing
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.entry_lines import TELLING, EntryLine, is_body, without_bullet
from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.pieces import DATE_MARK, SURE_OCCUPATION, piece
from services.ingest.structure.entries.studies.courses import course_in
from services.ingest.structure.entries.studies.degree_titles import chosen, title_of
from services.ingest.structure.entries.studies.degrees import Degree, degrees_in
from services.ingest.structure.entries.studies.facts import Facts
from services.ingest.structure.entries.studies.named_degrees import named_degrees
from services.ingest.structure.entries.studies.not_studies import dates_something_else
from services.ingest.structure.entries.studies.schools import (
    employer_behind,
    is_initials_and_place,
    is_placed,
    school_beside,
    school_in,
    school_name,
    without_repeated,
)
from services.ingest.structure.entries.studies.study_parts import DEGREE_MARK, PARTS, brackets_in, without_unfilled
from services.ingest.structure.entries.studies.subjects import names_fields, past_subject, subject_in

# So far in may a degree stand in a line that reads like a sentence.
MAX_LEAD_CHARS = 15
MAX_SCHOOL_LEAD_CHARS = 120
MAX_TOLD_WORDS = 16
# So many words may stand on each side of a date and a school that belong together.
MAX_LISTED_WORDS = 12

# Names that a more telling one of the same studies takes the place of.
_GENERIC = frozenset({"studium", "studies", "studia", "degree", "diploma", "opleiding"})
# These are whole titles where a subject stands beside them.
_NAMED_BY_SUBJECT = frozenset({"diploma", "degree"})
_LEADS_TO_TRADE = (" zum", " zur", " als")
# What was done rather than what it ended in.
_NO_TITLES = frozenset({"coursework", "course work"})
_PRESENT = re.compile(r"(?:^|[\s,:(])(Present|Current|In Progress)(?=\s{1,3}[A-Z(]|\s{0,3}$|\s{0,3}[,)|–-])")
_PRESENT_ALONE = re.compile(r"\s{0,3}(current|present|in progress|ongoing)\s{0,3}", re.IGNORECASE)
# "Acme College -"
_TOWN_MISSING = (" -", " –", " —", ",")
_POSITION = re.compile(r"((?:[A-Z]\w{2,20} and )?[A-Z]\w{2,20}) (?:of|at|for|to) (?:the )?[A-Z]")
_DATES = re.compile(f"{DATE_MARK}+")
_ENTERED = re.compile("入学|入校|입학")
_LEFT = re.compile("卒業|修了|졸업")
# "(plan 1999)": the year of what was to be learned.
_PLAN = re.compile(r"\bplan(?:o|a)?(?: de estudios| studiów| de)?\s{0,3}$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
MAX_ONGOING_WORDS = 8
# "Pursuing the Scrum Master certification" tells nothing of the studies above it.
_CERTIFICATION = re.compile(r"certif|licen[cs]", re.IGNORECASE)


def facts_in(line: EntryLine, text: str, strict: bool) -> Iterator[Facts]:
    """What a line's text, `text` without its bullet, names. `strict`: a degree and a school or a date must be named."""
    if strict and not degrees_in(text):
        return
    shift = len(line.text) - len(without_bullet(line.text)) if line.bullet else 0
    times = [
        time
        for time in line.times
        if time.kind != "length"
        and time.start >= shift
        and time.end - shift <= len(text)
        and not _PLAN.search(line.text[max(0, time.start - 20) : time.start])
    ]
    text = without_unfilled(text)
    times = times or list(_present(text, shift))
    marked, marks = _marked(text, shift, times)
    degrees = named_degrees(marked, strict)
    if strict and not degrees:
        return
    masked = _with_brackets_open(_masked(marked, degrees))
    labelled = text.startswith("|")
    if not line.bullet and not labelled and is_body(line) and _only_tells(masked, degrees, bool(times)):
        return
    if strict and not (degrees and (times or school_in(masked))):
        return
    starts = [0, *_further(marked, masked, degrees)]
    for start, end in zip(starts, [*starts[1:], len(marked)], strict=True):
        own = [Degree(d.start - start, d.end - start, d.level) for d in degrees if start <= d.start < end]
        facts = _one(marked[start:end], own, [time for mark, time in marks if start <= mark < end])
        facts.alone = facts.kinds == ["time"] and not words_of(marked[start:end])
        facts.apart = facts.kinds == ["time"] and dates_something_else(marked[start:end])
        if facts.expected:
            facts.until = next((year.group() for time in times for year in [_year_expected(line, time)] if year), None)
            if not facts.kinds and len(text.split()) <= MAX_ONGOING_WORDS and not _CERTIFICATION.search(text):
                facts.kinds = ["ongoing"]
        facts.entered, facts.left = _ENTERED.search(text) is not None, _LEFT.search(text) is not None
        if facts.kinds:
            facts.start = shift + start
            yield facts


def _year_expected(line: EntryLine, time: DateRange) -> re.Match[str] | None:
    return _YEAR.search(line.text, time.start, time.end) if time.kind == "expected" else None


def _only_tells(masked: str, degrees: Sequence[Degree], dated: bool) -> bool:
    """Whether a line that reads like a sentence names no studies: none begins it, and no school stands in it as one."""
    if degrees and degrees[0].start < MAX_LEAD_CHARS:
        return False
    if dated and len(masked.split()) < MAX_TOLD_WORDS:
        return False
    return not _placed_school(masked)


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


def _present(text: str, shift: int) -> Iterator[DateRange]:
    """ "Current" or "Present" where a date would stand."""
    found = _PRESENT.search(text) or _PRESENT_ALONE.fullmatch(text)
    if found:
        yield DateRange(found.start(1) + shift, found.end(1) + shift, "since", in_progress=True)


def _with_brackets_open(masked: str) -> str:
    """The line with separators for the brackets around a school or a date."""
    for bracket in brackets_in(masked):
        inner = bracket.group(1)
        if DATE_MARK in inner or (" " in inner and school_in(inner)):
            masked = f"{masked[: bracket.start()]}|{inner}|{masked[bracket.end() :]}"
    return masked


def _placed_school(masked: str) -> bool:
    """Whether a school stands in a line with its place, a degree or a date beside it, whatever is told behind them."""
    school = school_in(masked[:MAX_SCHOOL_LEAD_CHARS])
    if school is None or TELLING.match(masked):
        return False
    begin, end = school
    if DEGREE_MARK in masked[end : end + 3]:
        return True
    listed = all(len(part.split()) <= MAX_LISTED_WORDS for part in (masked[:begin], masked[begin:end], masked[end:]))
    if listed and DATE_MARK in masked[max(0, begin - 2) : begin] and len(_DATES.findall(masked)) == 1:
        return True
    dated = begin == 0 and DATE_MARK in masked[end : end + 3]
    unplaced = begin == 0 and masked.endswith(_TOWN_MISSING) and len(masked.split()) <= MAX_LISTED_WORDS
    return dated or unplaced or is_placed(masked, end)


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
    masked = _with_brackets_open(_masked(text, degrees))
    order: list[tuple[int, str]] = []
    expected = [time for time in times if time.kind == "expected"]
    dated = [time for time in times if time.kind != "expected"]
    time = next((time for time in dated if time.kind in {"range", "since"}), None) or _from_two(dated)
    facts.expected = bool(expected) or says_ongoing(text.replace(DATE_MARK, " "))
    facts.time = time or (expected[0] if expected else None)
    if facts.time:
        order.append((text.find(DATE_MARK), "time"))
    degree = chosen(text, degrees)
    subject: str | None = None
    school = school_in(masked)
    if school and not degree and (_is_held(text[school[0] : school[1]]) or "GPA" in text[: school[0]]):
        # What was given by a school stands behind the marks.
        return facts
    course = None if degree else course_in(masked, school)
    if course:
        facts.title, facts.level = course.title, "vocational"
        facts.school = school_name(text[slice(*course.school)])
        facts.placed = is_placed(text, course.school[1])
        facts.kinds = [kind for _, kind in sorted([*order, (course.start, "title"), (course.school[0], "school")])]
        return facts
    if degree:
        order.append((degree.start, "title"))
        facts.level = degree.level
        facts.generic = fold(text[degree.start : degree.end]) in _GENERIC
        facts.title, end = title_of(text, degree)
        begin = len(text)
        if school and school[1] > end:
            # "ITI Electrician, Industrial Training Institute": a subject ahead leaves the school's piece whole.
            apart = DATE_MARK in text[end : school[0]] or subject_in(masked[end : max(end, school[0])]) is not None
            begin = school[0] if apart else past_subject(text, max(end, school[0]), school[1])
        facts.subject = subject_in(masked[end:begin])
        subject = facts.subject
        facts.generic = facts.generic and (facts.subject is None or facts.title.lower() not in _NAMED_BY_SUBJECT)
        if facts.title.endswith(_LEADS_TO_TRADE) and facts.subject:
            # "Ausbildung zum Industriemechaniker" is named whole.
            facts.title, facts.subject = f"{facts.title} {facts.subject}", None
            facts.school = None if school else employer_behind(masked[end:])
        if fold(text[degree.start : degree.end]) in _NO_TITLES:
            facts.title = None
    if school:
        begin = begin if degree and degree.end <= school[0] else past_subject(text, *school)
        if not degree and begin > school[0]:
            facts.subject = subject_in(text[school[0] : begin])
        facts.placed = is_placed(text, school[1])
        facts.school = school_name(without_repeated(text[begin : school[1]], facts.subject))
        order.append((school[0], "school"))
    elif degree and facts.subject and PARTS.match(masked, end) and is_initials_and_place(facts.subject):
        facts.school, facts.subject = facts.subject, None
    elif degree:
        facts.school = facts.school or school_beside(masked, degree, subject)
        if (
            facts.school is None
            and subject
            and any(entry_words.load()["legal"].has_word(word) for word in words_of(subject)[1:])
        ):
            # "Kaufmännische Ausbildung, Acme AG"
            facts.school, facts.subject = subject, None
    elif times and names_fields(text.replace(DATE_MARK, " ")):
        # "Information Technology, 2019" above its school.
        facts.subject = subject_in(text.replace(DATE_MARK, " "))
        order.append((0, "subject"))
    facts.kinds = [kind for _, kind in sorted(order)]
    return facts


def _is_held(named: str) -> bool:
    """Whether a position at a school is named: "Founder and Secretary of the Acme College Club"."""
    held = _POSITION.match(named.strip())
    return held is not None and piece(held.group(1)).occupation > SURE_OCCUPATION


def _from_two(dated: Sequence[DateRange]) -> DateRange | None:
    """The time that single dates tell: of two, "2007 Acme College 2012", one is the start and one the end."""
    if len(dated) == 2 and all(time.kind == "point" for time in dated):
        one, other = dated
        if one.to and other.to and len(one.to) == len(other.to) and one.to < other.to:
            return DateRange(one.start, one.end, "range", one.to, other.to)
    return dated[0] if dated else None
