"""Positions held and studies."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from libs.contracts.structure import MAX_ENTRIES, Entry, IdentitySpan, Section
from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates import words as date_words
from services.ingest.structure.entries.dates.dates import DateRange, days_come_first
from services.ingest.structure.entries.entry_lines import EntryLine, entry_lines, has_placeholder
from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.entries.headers_apart import headers_apart
from services.ingest.structure.entries.parts import Part, parts_by_heading, parts_elsewhere, stretches
from services.ingest.structure.entries.pieces import LIKELY_OCCUPATION, SURE_EMPLOYER, SURE_OCCUPATION, piece
from services.ingest.structure.entries.positions import sentences
from services.ingest.structure.entries.positions.breaks import is_break
from services.ingest.structure.entries.positions.found import Found
from services.ingest.structure.entries.positions.told_lines import telling_lines
from services.ingest.structure.entries.positions.work import positions
from services.ingest.structure.entries.positions.work_anchors import is_row
from services.ingest.structure.entries.studies import degrees, school_words
from services.ingest.structure.entries.studies.degrees import Degree, degrees_in
from services.ingest.structure.entries.studies.education import Study, studies
from services.ingest.structure.stored_text import Line, StoredText

# By so many characters it is told whether two entries tell of the same.
MAX_COMPARED_CHARS = 300


def load() -> None:
    """Reads the word lists, so that no document waits for them."""
    date_words.load()
    entry_words.load()
    degrees.load()
    sentences.load()
    school_words.load()


def find_entries(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> list[Entry]:
    """A resume's entries in the text's order, at most MAX_ENTRIES. Pure; takes some milliseconds.

    What a section's kind says is looked for in it. Where no position, or no studies, are found so, they are looked
    for in the text that no other kind claims, and then in all of it, with more asked of each entry.
    """
    reader = _Reader(stored, identity)
    found_in = stretches(stored, sections)
    found = reader.entries(parts_by_heading(found_in))
    for anywhere in (False, True):
        work = not any(entry.type == "work" for entry in found)
        education = not any(entry.type == "education" for entry in found)
        if work or education:
            found += reader.entries(parts_elsewhere(found_in, work, education, anywhere))
    apart = _apart(sorted(found, key=lambda entry: entry.start), stored.text)
    return _once(apart, stored.text, [section.start for section in sections])[:MAX_ENTRIES]


class _Reader:
    def __init__(self, stored: StoredText, identity: Sequence[IdentitySpan]) -> None:
        self._stored = stored
        self._day_first = days_come_first(stored.text)
        self._named = {(span.start, span.end) for span in identity}
        self._said = Counter(stored.text[span.start : span.end] for span in identity)

    def entries(self, parts: Iterable[Part]) -> list[Entry]:
        found: list[Entry] = []
        for part in parts:
            lines = [line for line in part.lines if not self._is_person(line, part)]
            read = telling_lines(entry_lines(self._stored.text, lines, self._stored.as_of, self._day_first))
            read = headers_apart(read)
            found.extend(_entries(read, part, self._stored.text))
            if len(found) >= MAX_ENTRIES:
                break
        return found

    def _is_person(self, line: Line, part: Part) -> bool:
        """Whether a line tells who the person is and nothing else, not an employer or a position read as a name."""
        if (line.start, line.end) not in self._named:
            return False
        meant = piece(line.text)
        position = part.work and not part.strict and self._said[line.text] == 1
        return meant.organization < SURE_EMPLOYER and not (position and meant.occupation >= SURE_OCCUPATION)


def _apart(found: Sequence[Entry], text: str) -> list[Entry]:
    """The entries without one that another begins with; each ends where the next begins."""
    kept: list[Entry] = []
    for entry in found:
        if kept and entry.start <= kept[-1].start:
            continue
        if kept and entry.start < kept[-1].end:
            kept[-1] = _ending(kept[-1], entry.start, text)
        kept.append(entry)
    return kept


def _once(found: Sequence[Entry], text: str, sections: Sequence[int]) -> list[Entry]:
    """The entries; one that a resume tells of again, in a summary or on a second page, counts once.

    Two of a section that are called alike and last as long are two where something else is told of each.
    """
    ordered = sorted(sections)
    seen: dict[tuple[str | None, ...], list[tuple[int, str]]] = {}
    kept = []
    for entry in found:
        said = (entry.type, entry.title, entry.organization, entry.subject, entry.from_, entry.to)
        told = bisect_right(ordered, entry.start), " ".join(text[entry.start : entry.end].split())[:MAX_COMPARED_CHARS]
        before = seen.setdefault(said, [])
        if (entry.from_ or entry.to) and any(not _differ(told, each) for each in before):
            continue
        before.append(told)
        kept.append(entry)
    return kept


def _differ(one: tuple[int, str], other: tuple[int, str]) -> bool:
    """Whether two entries, each by its section and its text, stand in one section and tell different things."""
    shorter, longer = sorted((one[1], other[1]), key=len)
    return one[0] == other[0] and not longer.startswith(shorter)


def _entries(lines: Sequence[EntryLine], part: Part, text: str) -> list[Entry]:
    begun: list[tuple[int, Entry]] = []
    taken: set[int] = set()
    if part.work:
        found = positions(lines, part.strict or part.studies_first)
        if part.rows and not _are_rows(found, lines):
            found = []
        for position in found:
            if part.studies_first and not _no_study(position, lines):
                continue
            entry = _worked(position, lines)
            if entry or is_break(position, lines[position.first].text):
                taken.update(range(position.first, position.last + 1))
            if entry:
                begun.append((position.first, entry))
    if part.education:
        only_studies = not part.work or part.studies_first
        left = [line for at, line in enumerate(lines) if at not in taken] if part.work else lines
        for study in studies(left, part.strict or not only_studies):
            entry = _studied(study, left)
            if entry:
                begun.append((study.first, entry))
    begun.sort(key=lambda each: each[1].start)
    if not begun:
        return []
    ends = [entry.start for _, entry in begun[1:]] + [part.end]
    return [_ending(entry, end, text) for (_, entry), end in zip(begun, ends, strict=True)]


def _are_rows(found: Sequence[Found], lines: Sequence[EntryLine]) -> bool:
    """Whether several positions were found, each in a row of columns: "* Acme Ltd | Editor | 2018 – 2020"."""
    return len(found) > 1 and all(
        each.first == each.last
        and is_row(lines[each.first].text)
        and piece(each.title or "").occupation >= SURE_OCCUPATION
        and each.organization is not None
        for each in found
    )


def _no_study(found: Found, lines: Sequence[EntryLine]) -> bool:
    """Whether a position among studies is one: its header names neither a degree nor a school."""
    header = " ".join(line.text for line in lines[found.first : found.last + 1])
    if found.title is None or piece(found.title).occupation < SURE_OCCUPATION or degrees_in(header):
        return False
    return not entry_words.load()["school"].within(words_of(header), header)


def _ending(entry: Entry, end: int, text: str) -> Entry:
    return msgspec.structs.replace(entry, end=entry.start + len(text[entry.start : end].rstrip()))


def _worked(found: Found, lines: Sequence[EntryLine]) -> Entry | None:
    header = " ".join(line.text for line in lines[found.first : found.last + 1])
    named = found.title or ""
    if _names_nothing(found, header) or is_break(found, header):
        return None
    # "Norrvik AB" is an employer, though an A.B. is a degree.
    apart = header.replace(found.organization or "", " ") if _is_firm(found.organization) else header
    if not has_placeholder(header) and (_is_project(found, lines) or _is_study(named, apart)):
        return None
    first = lines[found.first]
    degree = degrees_in(named)
    if degree and _is_degree(named, degree[0]):
        title = named if named[: degree[0].end].endswith((" zum", " zur")) else named[: degree[0].end]
        study = Study(first=found.first, last=found.last, title=title, level=degree[0].level, time=found.time)
        study.school = found.organization
        return _studied(study, lines)
    from_, to, in_progress, months = _work_dates(found.time)
    return Entry(
        first.start, lines[found.last].end, type="work", title=found.title, organization=found.organization,
        from_=from_, to=to, in_progress=in_progress, months=months,
    )  # fmt: skip


def _is_firm(organization: str | None) -> bool:
    last = words_of(organization or "")[-1:]
    return any(entry_words.load()["legal"].has_word(word) for word in last)


def _names_nothing(found: Found, header: str) -> bool:
    if found.title is None:
        return found.time is None or (found.organization is None and not has_placeholder(header))
    return False


def _is_study(named: str, header: str) -> bool:
    """Whether a header without an occupation names a degree: studies among positions."""
    if piece(named).occupation >= LIKELY_OCCUPATION:
        return False
    degrees_named = degrees_in(header)
    return any(degree.level != "other" for degree in degrees_named) and not named.startswith(
        header[degrees_named[0].start : degrees_named[0].end]
    )


def _is_degree(named: str, degree: Degree) -> bool:
    """Whether what stands as a position is a degree: "Associate of Arts", not "MBA Intern"."""
    if degree.start or degree.level == "other":
        return False
    if degree.level == "vocational" and named[: degree.end].endswith((" zum", " zur")):
        return True
    if named[degree.end :].strip() and piece(named[degree.end :]).occupation:
        return False
    academic = degree.level in {"associate", "bachelor", "master", "doctorate"}
    return not piece(named).occupation or (academic and " " in named[: degree.end])


def _is_project(found: Found, lines: Sequence[EntryLine]) -> bool:
    """Whether what looks like a position is a project, an award, a course: its header or the line below says so."""
    occupation = piece(found.title or "").occupation
    projects = entry_words.load()["project"]
    if occupation < LIKELY_OCCUPATION and projects.within(words_of(found.title or ""), found.title or ""):
        return True
    if occupation or (found.organization and piece(found.organization).organization > 1):
        return False
    below = " ".join(line.text for line in lines[found.first : found.last + 2])
    return projects.within(words_of(below), below)


def _work_dates(time: DateRange | None) -> tuple[str | None, str | None, bool, int | None]:
    if time is None:
        return None, None, False, None
    if time.kind == "point":
        return time.from_, None, False, None
    return time.from_, time.to, time.in_progress, time.months


def _studied(study: Study, lines: Sequence[EntryLine]) -> Entry | None:
    from_ = to = None
    in_progress = study.expected
    if study.time is not None:
        from_, to = study.time.from_, study.time.to
        if study.time.kind in {"point", "season"}:
            # A single date of studies is their end, unless the line says that they last.
            from_ = from_ if in_progress else None
        in_progress = in_progress or study.time.in_progress
    if in_progress:
        to = None
    level = study.level or "other"
    if study.title is None and study.school:
        # "Technikum", "High School": what the school is tells what its end is.
        level = next((degree.level for degree in degrees_in(study.school)), level)
    if level == "other" and entry_words.load()["secondary_school"].within(
        words_of(study.school or ""), study.school or ""
    ):
        level = "secondary"
    return Entry(
        lines[study.first].start + study.start, lines[study.last].end, type="education", title=study.title,
        organization=study.school, from_=from_, to=to, in_progress=in_progress, level=level,
        subject=study.subject,
    )  # fmt: skip
