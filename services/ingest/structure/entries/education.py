"""Studies, found around the degrees, schools and dates that a part of a resume names."""

from __future__ import annotations

import re
from itertools import islice
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from libs.contracts.structure import MAX_ENTRIES, EducationLevel
from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.date_words import fold
from services.ingest.structure.entries.dates import DateRange, says_ongoing
from services.ingest.structure.entries.degrees import Degree, degrees_in, highest
from services.ingest.structure.entries.entry_lines import MAX_DATED_CHARS, EntryLine, is_body, without_bullet
from services.ingest.structure.entries.entry_words import CHINESE, words_of
from services.ingest.structure.entries.pieces import CITY_STATE, DATE_MARK, is_junk, is_place, trimmed

MAX_SCHOOL_WORDS = 8
MAX_SUBJECT_WORDS = 14
MAX_WIDENED_WORDS = 6
MAX_STRICT_CHARS = 200
# Lines that name something, three to an entry.
MAX_READ = 3 * MAX_ENTRIES
MAX_PIECE_WORDS = 16

_DEGREE_MARK = "\x01"
_PLACE_END = re.compile(
    r"\s{0,3}[|–,-]\s{0,3}City\b.*$|\s{1,3}City\s{0,3},\s{0,3}(?:State)?.*$|\s{0,3}City\s{0,3}$|\s{0,3}[|–-]\s{0,3}State\b.*$"
)
_REMARK = re.compile(
    r"\b(?:GPA|G\.P\.A|Grade|Note|mention|mit der Note|Dean['’]?s List|Magna Cum|Summa Cum|Cum Laude|Graduated with)\b.*$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s{0,3}\bCity\s{0,3},\s{0,3}State\b|\x00+|\x01+|\s{0,3}[|•·;，،、⋅‧]\s{0,3}|\s{1,3}[-–—−]+\s{1,3}|\s{1,3}[–—]|[–—]\s{1,3}|\s{0,3},\s{1,3}|,(?!\d)|\s{0,3}:\s{1,3}|：|(?<=[^\W\d_]{3})\.\s{1,3}(?=[A-ZÀ-Ý])|\s\((?=[a-z])"
)
_IN = re.compile(
    r"\s{0,3}(?:degree\s{1,3})?(?:(?:in|of|en|de|em|di|im fach|der|des|zum|zur|im|w|в|по|في|with a major in|major in)\s{1,3}|d['’]|ב)",
    re.IGNORECASE,
)
_AT = re.compile(r"\s(?:at|from|an der|am|presso|na|bij)\s{1,3}(?=[A-ZÀ-Ý])")
_EARNED = re.compile(
    r"\b(?:graduated(?: as| with)?|completed|earned|received|an?|the|toward(?:s)?(?: an?)?|pursuing(?: an?)?)$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"['’]?s?\s{1,3}(?:degree conferred|degree|diploma|studies|completo|completa|universitario|multiprofissional)\b",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s{0,3}\([^)\x00:]{1,30}\)")
_COUNTED = re.compile(r"(?<![\d\x00/.-])(\d{1,2})\s{1,3}$")
# What such words stand beside is no degree: "Master Project", "bachelor thesis".
_BESIDE = re.compile(
    r"['’]?s?[ -](?:project|thesis|degree program in|plan|student union|certified|chef|electrician|plumber|key|of ceremonies)\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\b(?:of|de|des|du|in|for|to|the|a|an|and|with)\s{0,3}$", re.IGNORECASE)
_NOUNS = frozenset({"license", "licence", "certificate", "certification", "certifcate", "diploma", "degree"})
# Names that a more telling one of the same studies takes the place of.
_GENERIC = frozenset({"studium", "studies", "studia", "degree", "diploma", "opleiding"})
_NOT_STUDIES = re.compile(
    r"(?:relevant |advanced |selected )?(?:coursework|courses?|minor|major|emphasis|concentration|activities|honors|awards?|gpa|thesis"
    r"|dissertation|member|dean|scholarship|graduated|master thesis|bachelor thesis|master project|project)\b",
    re.IGNORECASE,
)
_NEVER_STUDIES = re.compile(
    r"(?:master['’]?s?|bachelor['’]?s?|diploma|doctoral|final)?[ -]?(?:project|thesis)\b", re.IGNORECASE
)
_MONTH_ALONE = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october"
    r"|november|december)\b\.?\s{1,3}",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-ZÀ-ÝА-Я0-9&(]")


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
    generic: bool = False

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
    generic: bool = False
    kinds: list[str] = field(default_factory=list)


def studies(lines: Sequence[EntryLine], strict: bool) -> list[Study]:
    """The studies in a part's lines, in order. `strict`: where no heading says that studies follow."""
    read = list(islice(_read(lines, strict), MAX_READ))
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
    return _once([study for study in found if study.sure()])


def _once(found: Sequence[Study]) -> list[Study]:
    """The studies, each once: what names the same level, school and date again adds nothing."""
    kept: list[Study] = []
    for study in found:
        school = " ".join(words_of(study.school or ""))
        same = (
            other
            for other in kept
            if study.level == other.level
            and school
            and school == " ".join(words_of(other.school or ""))
            and study.time
            and other.time
            and study.time.to == other.time.to
        )
        if next(same, None) is None:
            kept.append(study)
    return kept


def _begun(at: int, facts: _Facts) -> Study:
    study = Study(at, at)
    _add(study, at, facts)
    return study


def _add(study: Study, at: int, facts: _Facts) -> None:
    study.last = at
    if facts.title and (study.title is None or study.generic):
        study.subject = study.subject or facts.subject
        study.title, study.level, study.generic = facts.title, facts.level, facts.generic
    elif facts.subject and study.subject is None:
        study.subject = facts.subject
    study.school = study.school or facts.school
    if facts.time and (study.time is None or study.time.kind == "expected"):
        study.time = facts.time
    study.expected = study.expected or facts.expected


def _begins_another(current: Study, facts: _Facts, leading: str, lines: Sequence[EntryLine], at: int) -> bool:
    begins = facts.kinds[0] == leading
    if facts.title and current.title:
        return not (current.generic and facts.kinds == ["title"])
    if facts.time and current.time and "expected" not in (facts.time.kind, current.time.kind):
        return facts.school is not None or facts.title is not None or begins
    if facts.school and current.school:
        return facts.title is not None or facts.time is not None or begins
    if begins and leading == "time" and current.title is not None:
        return True
    if lines[at].after_blank and current.sure():
        return (begins and current.school is not None and current.title is not None) or (
            facts.title is not None and current.school is not None and current.time is not None
        )
    return False


def _near(line: EntryLine) -> bool:
    """Whether a degree stands in a line's first words."""
    return bool(degrees_in(line.text[:60]))


def _read(lines: Sequence[EntryLine], strict: bool) -> Iterator[tuple[int, _Facts]]:
    bulleted = not strict and any(line.bullet for line in lines) and all(line.bullet for line in lines if _near(line))
    for at, line in enumerate(lines):
        if (line.bullet and not bulleted) or (strict and len(line.text) > MAX_STRICT_CHARS):
            continue
        text = (without_bullet(line.text) if line.bullet else line.text)[:MAX_DATED_CHARS]
        if _NEVER_STUDIES.match(text) or (_NOT_STUDIES.match(text) and not line.times):
            continue
        for facts in _facts(line, text, strict):
            if facts.kinds:
                yield at, facts


def _facts(line: EntryLine, text: str, strict: bool) -> Iterator[_Facts]:
    shift = len(line.text) - len(without_bullet(line.text)) if line.bullet else 0
    times = [
        time for time in line.times if time.kind != "length" and time.start >= shift and time.end - shift <= len(text)
    ]
    marked, marks = _marked(text, shift, times)
    degrees = _named_degrees(marked)
    if strict and not degrees:
        return
    telling = is_body(line) and not line.bullet
    if telling and not (degrees and degrees[0].start < 40) and not (times and len(text.split()) < 16):
        return
    masked = _masked(marked, degrees)
    if strict and not (degrees and (times or _school_in(masked))):
        return
    starts = [0, *_further(marked, masked, degrees)]
    for start, end in zip(starts, [*starts[1:], len(marked)], strict=True):
        own = [Degree(d.start - start, d.end - start, d.level) for d in degrees if start <= d.start < end]
        facts = _one(marked[start:end], own, [time for mark, time in marks if start <= mark < end])
        if facts.kinds:
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
        text = f"{text[: degree.start]}{_DEGREE_MARK * (degree.end - degree.start)}{text[degree.end :]}"
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
        elif _heads(text, degree, begin) and (not written[0].islower() or CHINESE.match(written)):
            found.append(degree)
    return found


def _names_school(written: str) -> bool:
    """Whether a degree's name is one of schools too: "High School", "Technikum", "Preparatoria"."""
    lists = entry_words.load()
    words = words_of(written)
    if CHINESE.search(written):
        chinese = lists["school_cjk"].chinese
        return chinese is not None and chinese.search(written) is not None
    return all(lists["school"].has_word(word) or lists["secondary_school"].has_word(word) for word in words)


def _name_follows(rest: str) -> bool:
    words = rest.split()
    return bool(words) and words[0][0].isalpha() and words[0].lower() not in {"diploma", "degree", "graduate", "in"}


def _piece_around(text: str, degree: Degree) -> tuple[int, int]:
    for begin, end in _separated(text):
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
        or not _CAPITAL.match(head)
        or _school_in(head)
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
    return degree.level != "other" and _school_in(before) is not None


def _further(text: str, masked: str, degrees: Sequence[Degree]) -> list[int]:
    """Where a line that tells of several studies goes on with the next: a degree behind another's school and date."""
    starts = []
    start = 0
    for one, other in zip(degrees, degrees[1:], strict=False):
        between = masked[one.end : other.start]
        ended = between.rstrip().endswith((".", ";")) or DATE_MARK in between
        if (
            one.start >= start
            and ended
            and _school_in(between)
            and (_school_in(masked[other.end :]) is not None or DATE_MARK in masked[other.end :])
        ):
            starts.append(other.start)
            start = other.start
    return starts


def _one(text: str, degrees: Sequence[Degree], times: Sequence[DateRange]) -> _Facts:
    facts = _Facts()
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
    school = _school_in(masked)
    if degree:
        order.append((degree.start, "title"))
        facts.level = degree.level
        facts.generic = fold(text[degree.start : degree.end]) in _GENERIC
        facts.title, end = _title(text, degree)
        facts.subject = _subject(masked[end : school[0] if school and school[0] > end else len(text)])
    if school:
        begin = _past_subject(text, *school) if degree and degree.end <= school[0] else school[0]
        facts.school = _clean_school(_without_repeated(text[begin : school[1]], facts.subject))
        if begin > school[0] and degree and facts.subject is None:
            facts.subject = trimmed(_without_in(text[school[0] : begin])) or None
        order.append((school[0], "school"))
    elif degree:
        facts.school = _school_beside(masked, degree, facts.subject)
    facts.kinds = [kind for _, kind in sorted(order)]
    return facts


def _says_present(text: str) -> bool:
    """Whether "Current" or "Present" stands by itself where a date would."""
    return any(part.strip(" ()").lower() in {"current", "present"} for part in _PARTS.split(text) if part)


def _without_month(text: str) -> str:
    month = _MONTH_ALONE.match(text)
    return text[month.end() :] if month else text


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
    title = text[degree.start : end].strip()
    counted = _COUNTED.search(text[: degree.start])
    return (f"{counted.group(1)} {title}" if counted else title), end


def _subject(rest: str) -> str | None:
    glued = _IN.match(rest)
    if glued:
        rest = rest[glued.end() :]
    rest = rest.lstrip(" :,–—-|.").partition(DATE_MARK)[0]
    part = next((each for part in _PARTS.split(rest) if (each := trimmed(part.replace(_DEGREE_MARK, " ")))), "")
    part = trimmed(_REMARK.sub("", CITY_STATE.sub("", part)))
    if not part or len(part.split()) > MAX_SUBJECT_WORDS or is_place(part) or is_junk(part) or part.startswith("City"):
        return None
    return part


def _without_repeated(school: str, subject: str | None) -> str:
    """A school's name without the subject that some forms repeat behind it."""
    at = school.rfind(subject) if subject else -1
    return school[:at] if at > 0 and _school_in(school[:at]) else school


def _without_in(text: str) -> str:
    glued = _IN.match(text)
    return text[glued.end() :] if glued else text


def _clean_school(text: str) -> str | None:
    text = _without_month(_REMARK.sub("", _PLACE_END.sub("", CITY_STATE.sub("", text))).strip())
    opened = text.find("(")
    if opened > 0 and ")" not in text[opened:]:
        text = text[:opened]
    return trimmed(text) or None


def _school_in(text: str) -> tuple[int, int] | None:
    """Where a school's name stands: the piece with a school's word in it."""
    lists = entry_words.load()
    chinese = lists["school_cjk"].chinese
    for begin, end in _separated(text):
        part = text[begin:end]
        if CHINESE.search(part):
            for match in re.finditer(r"\S+", part):
                if chinese and chinese.search(match.group()):
                    return begin + match.start(), begin + match.end()
        elif lists["school"].within(words_of(part), "") and len(part.split()) <= MAX_PIECE_WORDS:
            at = _AT.search(part)
            named = at is not None and lists["school"].within(words_of(part[at.end() :]), "")
            return (begin + at.end() if at and named else begin), end
    return None


def _separated(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _PARTS.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def _past_subject(text: str, begin: int, end: int) -> int:
    """Where the school's name begins in a piece that begins with the subject: "Accounting Acme College"."""
    fields = entry_words.load()["field"]
    schools = entry_words.load()["school"]
    glued = _IN.match(text, begin, end)
    at = glued.end() if glued else begin
    words = list(re.finditer(r"\S+", text[at:end]))
    for number, match in enumerate(words):
        bare = words_of(match.group())
        left = len(words) - number
        if left <= 2 or not bare or not all(fields.has_word(word) for word in bare):
            return at + match.start()
        if number and any(schools.has_word(word) for word in bare):
            return at + match.start()
    return at


def _school_beside(text: str, degree: Degree, subject: str | None) -> str | None:
    """A school without a school's word: what stands behind the date, or before a place that stands for one."""
    behind = text[degree.end :]
    _, dated, after = behind.rpartition(DATE_MARK)
    if dated:
        name = trimmed(_REMARK.sub("", _PLACE_END.sub("", after)))
        part = trimmed(_PARTS.split(name)[0]) if name else ""
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
        part = trimmed(_PARTS.split(_PLACE_END.sub("", behind).lstrip(" :,"))[-1].replace(_DEGREE_MARK, " "))
        begin = _past_subject(f"{part} x x", 0, len(part) + 4)
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
    for part in _PARTS.split(_REMARK.sub("", behind)):
        name = trimmed(_without_in(part))
        if name and name != subject and not is_place(name) and organization.within(words_of(name), name):
            return name
    return None
