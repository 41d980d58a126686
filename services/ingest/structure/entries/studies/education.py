"""Studies, found around the degrees, schools and dates that a part of a resume names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice, pairwise

from libs.contracts.structure import MAX_ENTRIES
from services.ingest.structure.entries.entry_lines import MAX_DATED_CHARS, EntryLine, is_body, without_bullet
from services.ingest.structure.entries.header_pieces import pieces_of
from services.ingest.structure.entries.studies.courses import course_alone
from services.ingest.structure.entries.studies.degrees import degrees_in
from services.ingest.structure.entries.studies.facts import Facts
from services.ingest.structure.entries.studies.not_studies import HONOURS, NEVER_STUDIES, NOT_STUDIES
from services.ingest.structure.entries.studies.school_words import is_secondary
from services.ingest.structure.entries.studies.schools import MAX_SCHOOL_WORDS, school_in, school_name
from services.ingest.structure.entries.studies.study import Study
from services.ingest.structure.entries.studies.study_lines import facts_in
from services.ingest.structure.entries.studies.study_parts import PLACE_END
from services.ingest.structure.entries.studies.told_twice import agree, once, same_subject

__all__ = ["Study", "studies"]

# Lines that name something, three to an entry.
MAX_READ = 3 * MAX_ENTRIES
MAX_STRICT_CHARS = 200

# A page breaks lines that are longer than this; what it breaks off goes on with the same studies.
MIN_BROKEN_CHARS = 110
MIN_WIDTH = 125

# A part of the school that the line above names.
_FACULTY = re.compile(
    r"(?:Wydział|Faculty|Fakultät|Fachbereich|Facultad|Faculdade|Faculté|Facoltà|Faculteit|Department|UFR|Факультет|كلية"
    r"|הפקולטה|Instytut)\b|.{1,40}\b(?:факультет|fakültesi|fakulteten)\b",
    re.IGNORECASE,
)


def studies(lines: Sequence[EntryLine], strict: bool) -> list[Study]:
    """The studies in a part's lines, in order. `strict`: where no heading says that studies follow."""
    read = list(islice(_read(lines, strict), MAX_READ))
    if not read:
        return []
    leading = read[0][1].kinds[0]
    found: list[Study] = []
    for at, facts in read:
        current = found[-1] if found else None
        if _is_of_none(current, facts, lines, at):
            continue
        if current is None or _begins_another(current, facts, leading, lines, at):
            found.append(_begun(at, facts))
        elif facts.kinds != ["ongoing"]:
            _add(current, at, facts)
        elif current.last == at - 1:
            _go_on(current)
    read_lines = {at for at, _ in read}
    for study in found:
        if study.entered and study.time:
            study.time = replace(study.time, kind="since", to=None, in_progress=True)
        _add_school_below(study, lines, read_lines)
        _end_as_expected(study)
        if is_secondary(study.school or "") and (study.title or "baccalaureate").lower() == "baccalaureate":
            study.level = "secondary"
    if leading == "school":
        _share_schools(found)
    return once([study for study in found if study.sure() and not _is_project(study, lines)])


def _is_of_none(current: Study | None, facts: Facts, lines: Sequence[EntryLine], at: int) -> bool:
    """Whether what a line names is of no studies: it dates another thing, or goes on about another school."""
    if facts.apart:
        dated = current is None or current.time is not None or not _breaks_off(lines, at)
        named = current is not None and (current.title is not None or current.placed)
        return current is None or (named and dated) or current.last < at - 1
    if current is None or current.school is None or facts.school is None or not _goes_on(lines, at, facts):
        return False
    heads = facts.kinds[0] == "school" and not lines[at].text[0].islower()
    return not heads and not agree(current.school, facts.school)


def _end_as_expected(study: Study) -> None:
    """A single date in the year that studies are expected to end in is their end, which is to come."""
    time = study.time
    if study.until and time and time.kind == "point" and time.to and time.to[:4] >= study.until:
        _go_on(study)


def _go_on(study: Study) -> None:
    """Says that studies are in progress; their single date is the end that they will have."""
    study.expected = True
    if study.time and study.time.kind == "point":
        study.time = replace(study.time, kind="expected", from_=None, to=None, in_progress=True)


def _share_schools(found: Sequence[Study]) -> None:
    """Gives the school that heads several degrees to each of them."""
    for above, study in pairwise(found):
        if study.school is None and study.title and study.level != "secondary" and study.first == above.last + 1:
            study.school, study.heads = (above.school, True) if above.heads else (None, False)


def _add_school_below(study: Study, lines: Sequence[EntryLine], read: Set[int]) -> None:
    """Takes the employer who trained, or a school without a school's word, from the line below."""
    below = study.last + 1
    if study.school is not None or study.title is None or below >= len(lines) or below in read:
        return
    line = lines[below]
    if line.bullet or line.after_blank or is_body(line) or len(line.text.split()) > MAX_SCHOOL_WORDS:
        return
    name = next((part.text for part in pieces_of(line.text) if part.organization > 0), None)
    if name is None and PLACE_END.search(line.text):
        # "Acme Falls - City , State"
        name = school_name(line.text)
    if name and not NOT_STUDIES.match(line.text):
        study.school, study.last = name, below


def _is_project(study: Study, lines: Sequence[EntryLine]) -> bool:
    """Whether the line below a school and a date says that it was a project there."""
    below = study.last + 1
    return study.title is None and below < len(lines) and NEVER_STUDIES.match(lines[below].text) is not None


def _begun(at: int, facts: Facts) -> Study:
    study = Study(first=at, last=at, start=facts.start, heads=facts.kinds == ["school"])
    _add(study, at, facts)
    return study


def _add(study: Study, at: int, facts: Facts) -> None:
    study.last = at
    if facts.title and (study.title is None or study.generic):
        study.subject = study.subject or facts.subject
        study.title, study.level, study.generic = facts.title, facts.level, facts.generic
    elif facts.subject and study.subject is None:
        study.subject = facts.subject
    study.school = study.school or facts.school
    study.placed = study.placed or facts.placed
    if facts.time and study.time and study.entered and facts.left:
        study.time, study.entered = replace(facts.time, kind="range", from_=study.time.from_), False
    elif facts.time and (study.time is None or study.time.kind == "expected"):
        study.time, study.entered = facts.time, facts.entered and not facts.left
    study.expected = study.expected or facts.expected
    study.until = study.until or facts.until


def _begins_another(current: Study, facts: Facts, leading: str, lines: Sequence[EntryLine], at: int) -> bool:
    begins = facts.kinds[0] == leading
    if facts.kinds == ["ongoing"] or (not begins and _goes_on(lines, at, facts)):
        return False
    if current.entered and facts.left and facts.school == current.school:
        return False
    if facts.title and current.title:
        if current.generic and facts.kinds == ["title"]:
            return False
        return not _told_again(current, facts, at)
    if facts.kinds == ["time"] and current.time and lines[at].after_blank and _heads_next(lines, at):
        return True
    if facts.alone and current.title and current.school and current.time:
        # The date above the next school.
        return "expected" not in (facts.time.kind if facts.time else "", current.time.kind)
    lacks_title = current.title is None and current.school is not None and not lines[at].after_blank
    if facts.title and not facts.school and lacks_title and not begins:
        return False
    if leading == "school" == facts.kinds[0] and current.title and current.time:
        return True
    if facts.kinds[0] == "subject" and current.title is not None and current.school is not None:
        below = current.last == at - 1 and not lines[at].after_blank and leading != "subject"
        return not (below and current.subject is None and current.time is None)
    if facts.time and current.time and "expected" not in (facts.time.kind, current.time.kind):
        return facts.school is not None or facts.title is not None or begins
    bare = current.title is None and current.time is None and current.last == at - 1 and not lines[at].after_blank
    if bare and facts.kinds == ["school"] and _FACULTY.match(facts.school or ""):
        return False
    below = current.title is None and current.last == at - 1 and not lines[at].after_blank and facts.time is None
    if below and facts.kinds[0] == "school" and _FACULTY.match(facts.school or ""):
        return False
    if facts.school and current.school:
        return facts.title is not None or facts.time is not None or facts.placed or begins
    if begins and leading == "time" and current.title is not None:
        return True
    if lines[at].after_blank and current.sure():
        return (begins and current.school is not None and current.title is not None) or (
            facts.title is not None and current.school is not None and current.time is not None
        )
    return False


def _dated(lines: Sequence[EntryLine]) -> list[bool]:
    """Of which short lines they or one beside them has a date: studies without a heading are told by it."""
    has_times = [False, *(bool(line.times) for line in lines), False]
    return [len(line.text) <= MAX_STRICT_CHARS and any(has_times[at : at + 3]) for at, line in enumerate(lines)]


def _near(line: EntryLine) -> bool:
    """Whether a degree stands in a line's first words."""
    return bool(degrees_in(line.text[:60]))


def _in_bullets(lines: Sequence[EntryLine]) -> bool:
    """Whether the studies themselves stand behind bullets, not what was done in them."""
    if all(line.bullet for line in lines):
        return True
    near = [line.bullet for line in lines if _near(line)] if any(line.bullet for line in lines) else []
    return bool(near) and all(near)


def _read(lines: Sequence[EntryLine], strict: bool) -> Iterator[tuple[int, Facts]]:
    bulleted = not strict and _in_bullets(lines)
    dated = _dated(lines) if strict else []
    for at, line in enumerate(lines):
        if (line.bullet and not bulleted) or (strict and not dated[at]):
            continue
        text = (without_bullet(line.text) if line.bullet else line.text)[:MAX_DATED_CHARS]
        if NEVER_STUDIES.match(text) or HONOURS.match(text) or (NOT_STUDIES.match(text) and not line.times):
            continue
        course = None if strict or bulleted else _course_beside_school(lines, at, text)
        for facts in [course] if course else facts_in(line, text, strict):
            if facts.kinds:
                yield at, facts


def _course_beside_school(lines: Sequence[EntryLine], at: int, text: str) -> Facts | None:
    """A line that is the name of a course, above or below the line of its school."""
    title = course_alone(lines[at], text)
    if title is None:
        return None
    below = at + 1 < len(lines) and not lines[at + 1].after_blank and _is_school_alone(lines[at + 1])
    above = at > 0 and not lines[at].after_blank and _is_school_alone(lines[at - 1]) and bool(lines[at - 1].times)
    if not below and not above:
        return None
    time = next((time for time in lines[at].times if time.kind != "length"), None)
    return Facts(title=title, level="vocational", time=time, kinds=["title", "time"] if time else ["title"])


def _is_school_alone(line: EntryLine) -> bool:
    """Whether a line names a school and no degree."""
    return not line.bullet and not is_body(line) and bool(school_in(line.text)) and not degrees_in(line.text)


def _goes_on(lines: Sequence[EntryLine], at: int, facts: Facts) -> bool:
    """Whether the page broke the line above off, and what follows neither begins with studies nor names them whole."""
    return not (facts.title or facts.placed or facts.kinds[0] == "time") and _breaks_off(lines, at)


def _breaks_off(lines: Sequence[EntryLine], at: int) -> bool:
    """Whether the line above is as long as the page is wide."""
    if at == 0 or lines[at].after_blank:
        return False
    above = len(lines[at - 1].text)
    first = len(lines[at].text.partition(" ")[0])
    return above >= MIN_BROKEN_CHARS and above + 1 + first >= MIN_WIDTH


def _heads_next(lines: Sequence[EntryLine], at: int) -> bool:
    """Whether the line below begins with a degree that belongs to this one."""
    return at + 1 < len(lines) and not lines[at + 1].after_blank and _near(lines[at + 1])


def _told_again(current: Study, facts: Facts, at: int) -> bool:
    """Whether a line says the degree of the line above again, one of the two with what the other leaves out."""
    if current.last != at - 1 or facts.level != current.level or current.level in {"other", "secondary"}:
        return False
    if current.school is None and current.time is None:
        more = facts.school is not None or facts.time is not None
        return more and facts.subject in {None, current.subject}
    said = facts.school is None and (facts.time is None or current.time is None)
    return said and facts.subject is not None and same_subject(current.subject, facts.subject)
