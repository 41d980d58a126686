"""Studies, found around the degrees, schools and dates that a part of a resume names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from libs.contracts.structure import EducationLevel
from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates import DateRange, says_ongoing
from services.ingest.structure.entries.degrees import Degree, degrees_in, highest
from services.ingest.structure.entries.entry_lines import EntryLine, is_body, without_bullet
from services.ingest.structure.entries.entry_words import CHINESE, words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed

MAX_SCHOOL_WORDS = 12
MAX_SUBJECT_WORDS = 14

_PLACE_END = re.compile(r"\s*[|–,-]\s*City\b.*$|\s+City\s*,\s*(?:State)?.*$|\s+City\s*$|\s*[|–-]\s*State\b.*$")
_REMARK = re.compile(r"\b(?:GPA|G\.P\.A|Grade|Note|Dean'?s List|Magna Cum|Summa Cum|Cum Laude|Graduated with)\b.*$", re.IGNORECASE)
_PARTS = re.compile(r"\x00|\s*[|•·;，،、⋅‧]\s*|\s+[-–—−]+\s+|\s+[–—]|[–—]\s+|\s+,\s*|,\s+|\s*:\s+|：|\.\s+(?=[A-ZÀ-Ý])")
_IN = re.compile(
    r"^\s*(?:degree\s+)?(?:in|of|en|de|em|di|im fach|der|des|zum|zur|im|på|w|в|по|ב|في|with a major in|major in|d['’])\s+", re.IGNORECASE
)
_NOT_STUDIES = re.compile(
    r"^(?:relevant |advanced |selected )?(?:coursework|courses?|minor|major|emphasis|concentration|activities|honors|awards?|gpa|thesis|dissertation|member|dean|scholarship|graduated|master thesis|bachelor thesis|master project|project)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-ZÀ-ÝА-Я0-9&(]")
_JOINING = frozenset("of the and for at in de del la le les des du d di da do dos e y et für der die das von van of & i".split())


@dataclass(slots=True)
class Study:
    """Studies being put together from lines `first` to `last`."""

    first: int
    last: int
    title: str | None = None
    level: EducationLevel | None = None
    subject: str | None = None
    school: str | None = None
    time: DateRange | None = None
    expected: bool = False
    lines: list[int] = field(default_factory=list)

    def sure(self) -> bool:
        """Whether enough is known for it to be studies."""
        return self.title is not None or (self.school is not None and self.time is not None)


@dataclass(slots=True)
class _Facts:
    """What one line, or a part of it, names."""

    title: str | None = None
    level: EducationLevel | None = None
    subject: str | None = None
    school: str | None = None
    time: DateRange | None = None
    expected: bool = False
    kinds: list[str] = field(default_factory=list)


def studies(lines: Sequence[EntryLine], strict: bool) -> list[Study]:
    """The studies in a part's lines, in order. `strict`: where no heading says that studies follow."""
    read = list(_read(lines, strict))
    if not read:
        return []
    leading = read[0][1].kinds[0]
    found: list[Study] = []
    for at, facts in read:
        current = found[-1] if found else None
        if current is None or _begins_another(current, facts, leading, lines, at):
            found.append(_begun(at, facts))
        else:
            _add(current, at, facts)
    return [study for study in found if study.sure()]


def _begun(at: int, facts: _Facts) -> Study:
    study = Study(at, at)
    _add(study, at, facts)
    return study


def _add(study: Study, at: int, facts: _Facts) -> None:
    study.last = at
    if facts.title and study.title is None:
        study.title, study.level, study.subject = facts.title, facts.level, facts.subject or study.subject
    elif facts.subject and study.subject is None:
        study.subject = facts.subject
    study.school = study.school or facts.school
    if facts.time and (study.time is None or study.time.kind == "expected"):
        study.time = facts.time
    study.expected = study.expected or facts.expected


def _begins_another(current: Study, facts: _Facts, leading: str, lines: Sequence[EntryLine], at: int) -> bool:
    if facts.title and current.title:
        return True
    if facts.school and current.school:
        return not (facts.title is None and facts.time is None)
    if facts.time and current.time and facts.time.kind != "expected" and current.time.kind != "expected":
        return True
    if lines[at].after_blank and current.sure() and (current.title is None or facts.title is not None or current.school):
        far = at - current.last > 1
        if facts.kinds[0] == leading or far:
            return True
    return facts.kinds[0] == leading and leading in {"time", "school"} and current.title is not None


def _read(lines: Sequence[EntryLine], strict: bool) -> Iterator[tuple[int, _Facts]]:
    bulleted = all(line.bullet for line in lines if degrees_in(line.text)) if lines else False
    for at, line in enumerate(lines):
        if line.bullet and not bulleted:
            continue
        text = without_bullet(line.text) if line.bullet else line.text
        if _NOT_STUDIES.match(text) and not line.times:
            continue
        for facts in _facts(line, text, strict):
            if facts.kinds:
                yield at, facts


def _facts(line: EntryLine, text: str, strict: bool) -> Iterator[_Facts]:
    shift = len(line.text) - len(text)
    times = [time for time in line.times if time.kind != "length" and time.start >= shift]
    marked, marks = _marked(text, shift, times)
    degrees = _beginning(marked, degrees_in(marked))
    telling = is_body(line) and not line.bullet
    if telling and not (degrees and degrees[0].start < 40) and not (times and len(text.split()) < 16):
        return
    if strict and not (degrees and (times or _school_in(marked))):
        return
    if len(degrees) > 1 and times:
        cut = _several(marked, degrees)
        for start, end in cut:
            part = marked[start:end]
            held = [time for mark, time in marks if start <= mark < end]
            facts = _one(part, held)
            if facts.kinds:
                yield facts
        return
    yield _one(marked, times)


def _marked(text: str, shift: int, times: Sequence[DateRange]) -> tuple[str, list[tuple[int, DateRange]]]:
    """The line with a mark for each date, as long as before, and where the marks stand."""
    marks = []
    for time in times:
        start, end = time.start - shift, time.end - shift
        text = f"{text[:start]}{DATE_MARK}{' ' * (end - start - 1)}{text[end:]}"
        marks.append((start, time))
    return text, marks


def _beginning(text: str, degrees: Sequence[Degree]) -> list[Degree]:
    """The degrees at the head of a stretch of the line: behind its beginning, a separator, a date or a school."""
    found: list[Degree] = []
    for degree in degrees:
        before = text[: degree.start].rstrip(" \"'(“„«")
        ended = not before or before[-1] in "\x00:,;|–—-•·.)،，/" or CHINESE.search(before[-1]) is not None
        begun = before and _SCHOOL_BEFORE(before)
        counted = re.fullmatch(r"\d{1,2}", before.strip()) is not None
        graduated = re.search(r"(?:graduated(?: as| with)?|completed|earned|received|an?|the|working toward(?:s)?(?: an?)?|pursuing(?: an?)?|titre|tytuł|diplom|在读|全日制|学历|学位)$", before, re.IGNORECASE)
        if ended or begun or counted or graduated:
            found.append(degree)
    return found


def _SCHOOL_BEFORE(before: str) -> bool:
    return _school_in(before) is not None


def _several(text: str, degrees: Sequence[Degree]) -> list[tuple[int, int]]:
    """Where a line that names several degrees is cut: before each that does not belong to the one before it."""
    starts = [0]
    for one, other in zip(degrees, degrees[1:], strict=False):
        between = text[one.end : other.start]
        if DATE_MARK in between and _school_in(text[other.end :]) is not None:
            starts.append(other.start)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _one(text: str, times: Sequence[DateRange]) -> _Facts:
    facts = _Facts()
    degrees = _beginning(text, degrees_in(text))
    school = _school_in(text)
    degree = _chosen(text, degrees, school)
    order: list[tuple[int, str]] = []
    expected = [time for time in times if time.kind == "expected"]
    dated = [time for time in times if time.kind != "expected"]
    facts.expected = bool(expected) or says_ongoing(text.replace(DATE_MARK, " "))
    time = next((time for time in dated if time.kind in {"range", "since"}), dated[0] if dated else None)
    facts.time = time or (expected[0] if expected else None)
    if facts.time:
        order.append((text.find(DATE_MARK), "time"))
    if degree:
        order.append((degree.start, "title"))
        facts.level = degree.level
        facts.title, facts.subject = _named(text, degree, school)
    if school and not (degree and school[0] <= degree.start < school[1] and degree.level == "secondary" and school[1] - school[0] - (degree.end - degree.start) < 3):
        facts.school = _clean_school(text[school[0] : school[1]])
        order.append((school[0], "school"))
    if facts.school is None and degree and not school:
        facts.school = _school_beside(text, degree, facts)
    facts.kinds = [kind for _, kind in sorted(order)]
    if facts.title and len(facts.kinds) > 1 and facts.kinds[0] == "time" and _only(text, degree):
        pass
    return facts


def _only(text: str, degree: Degree | None) -> bool:
    return degree is not None and not text[: degree.start].strip(" \x00")


def _chosen(text: str, degrees: Sequence[Degree], school: tuple[int, int] | None) -> Degree | None:
    """The degree that a line is about: the first, or one of a higher level behind "other" words."""
    outside = [d for d in degrees if not (school and school[0] < d.start < school[1])]
    inside = [d for d in degrees if d not in outside]
    if not outside:
        # "High School" within "Moorbank High School" names the school.
        return None if inside and school else None
    first = outside[0]
    if first.level == "other":
        better = [d for d in outside if d.level != "other"]
        return highest(better) if better else first
    return first


def _named(text: str, degree: Degree, school: tuple[int, int] | None) -> tuple[str, str | None]:
    """The degree as written, and its subject."""
    end = degree.end
    bracket = re.match(r"\s*\([^)]{1,30}\)", text[end:])
    if bracket and DATE_MARK not in bracket.group():
        end += bracket.end()
    follows = re.match(r"['’]?s?\s+(?:degree|diploma|studies|diplom|degree conferred|completo|completa|universitario)\b", text[end:], re.IGNORECASE)
    if follows:
        end += follows.end()
    title = text[degree.start : end].strip()
    counted = re.search(r"(\d{1,2})\s*$", text[: degree.start])
    if counted and DATE_MARK not in text[: degree.start]:
        title = f"{counted.group(1)} {title}"
    stop = len(text)
    if school and school[0] >= end:
        stop = school[0]
    rest = text[end:stop]
    return title, _subject(rest, text[degree.start : end])


def _subject(rest: str, written: str) -> str | None:
    rest = re.sub(r"^\s*(?:degree|diploma)\b", "", rest, flags=re.IGNORECASE)
    glued = _IN.match(rest)
    if glued:
        rest = rest[glued.end() :]
    rest = rest.lstrip(" :,–—-|.")
    part = next((each for part in _PARTS.split(rest) if (each := trimmed(part))), "")
    part = trimmed(_REMARK.sub("", CITY_STATE.sub("", part)))
    if not part or len(part.split()) > MAX_SUBJECT_WORDS or is_place(part) or is_junk(part) or part.startswith("City"):
        return None
    return part


def _clean_school(text: str) -> str | None:
    text = _PLACE_END.sub("", CITY_STATE.sub("", text))
    return trimmed(_REMARK.sub("", text)) or None


def _school_in(text: str) -> tuple[int, int] | None:
    """Where a school's name stands: the piece with a school's word in it, from its first capital on."""
    lists = entry_words.load()
    start = 0
    for part in _separated(text):
        begin, end = part
        words = words_of(text[begin:end])
        chinese = lists["school_cjk"].chinese
        if lists["school"].within(words, "") or (chinese and chinese.search(text, begin, end)):
            if "high" in words and not ({"school", "hs"} & set(words)) and len(words) > 6:
                continue
            begin = _school_start(text, begin, end)
            return begin, end
        start = end
    del start
    return None


def _separated(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _PARTS.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _school_start(text: str, begin: int, end: int) -> int:
    """A school's name behind a degree or a subject without a separator: "B.Sc. Physics Acme College"."""
    degrees = [d for d in degrees_in(text[begin:end]) if not text[begin + d.start : begin + d.end].lower().startswith("high school")]
    inner = [d for d in degrees if d.start == 0 or text[begin + d.start - 1] in " ("]
    if inner and inner[0].start == 0:
        begin += inner[0].end
    at = re.search(r"\s(?:at|from|an der|à l['’]|à|presso|na|en la|bij|w)\s+(?=[A-ZÀ-Ý])", text[begin:end])
    if at and inner:
        return begin + at.end()
    while begin < end and text[begin] in " :,.-()":
        begin += 1
    return begin


def _school_beside(text: str, degree: Degree, facts: _Facts) -> str | None:
    """A school without a school's word: what stands behind the date, or behind the subject."""
    if DATE_MARK in text:
        behind = text.partition(DATE_MARK)[2] if text.find(DATE_MARK) > degree.start else ""
        name = trimmed(_REMARK.sub("", _PLACE_END.sub("", behind)))
        if name and len(name.split()) <= 8 and not is_place(name) and _CAPITAL.match(name) and not degrees_in(name):
            return _first_part(name)
    pieces = [each for part in _PARTS.split(_REMARK.sub("", _PLACE_END.sub("", text[degree.end :]))) if (each := trimmed(part))]
    pieces = [each for each in pieces if not is_place(each) and not is_junk(each) and each != facts.subject]
    for each in pieces:
        if entry_words.load()["organization"].within(words_of(each), each):
            return each
    return None


def _first_part(name: str) -> str | None:
    part = trimmed(_PARTS.split(name)[0])
    return part if part and not is_place(part) and not is_junk(part) else None
