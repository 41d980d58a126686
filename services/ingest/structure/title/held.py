"""The newest position that a resume tells of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from libs.contracts.structure import Entry, Section
from libs.contracts.text_preparation import one_line
from services.ingest.structure.entries.dates.dates import line_ranges
from services.ingest.structure.entries.pieces import is_place, piece
from services.ingest.structure.entries.studies.degrees import degrees_in
from services.ingest.structure.sections.heading_words import read_title
from services.ingest.structure.stored_text import Line, StoredText
from services.ingest.structure.title.line_titles import first_occupation
from services.ingest.structure.title.occupation_words import (
    after_cue,
    behind_label,
    ends_as_occupation,
    is_rank,
    names_occupation,
    says_wish,
)
from services.ingest.structure.title.position_lines import (
    EDGES,
    MAX_CHARS,
    cleaned,
    lasts,
    title_in_position,
)
from services.ingest.structure.title.referees import is_within, of_referees

# A summary says in so many characters what the person is.
MAX_SAID_CHARS = 400
# Where no entries are known, the first position stands within so many lines of its section.
MAX_LINES = 8
# An entry's header is so long at most, and begins so many lines above what was found of it.
MAX_HEADER_LINES = 3
MAX_LINES_ABOVE = 2
MAX_TITLE_WORDS = 8
# Only so many lines are looked at for positions that no entry has.
MAX_LINES_READ = 300
MAX_FIELD_WORDS = 4

_OWN_PROJECTS = re.compile(r"\b(?:individual|personal|own|side|open[- ]source) projects?\b", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"[@:\d]|\b(?:inc|ltd|llc|llp|gmbh|ag|kg|plc|corp|sarl|sas|srl|spa|bv|nv|oy|ab|university|college|school)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d|['’]\d\d")
_BULLET = re.compile(r"^[•·●○◦▪■*>+~–—-]\s")
# What these are of follows a comma: "Director, Major Projects".
_NAMES_LITTLE = frozenset({"director", "manager", "head", "president", "vice president", "vp", "senior manager"})
_ENDS_FIELD = re.compile(r"\s[–—-]\s|[|•·\t(,;]|\s{2,}|\n")


def newest_held(stored: StoredText, sections: Sequence[Section], entries: Sequence[Entry]) -> str | None:
    """The title of the position that is held, or was held last; None where no position has one."""
    others = of_referees(sections)
    work = [entry for entry in entries if entry.type == "work" and not is_within(entry.start, others)]
    held = list(enumerate(work))
    # Who maintains a project, or helps without pay, is seldom that by occupation.
    aside = [section for section in sections if section.kind == "projects" or _is_unpaid(section)]
    own = [each for each in held if not _is_aside(each[1], aside)]
    newest = max(own, key=_age, default=None)
    found = None
    if newest is not None:
        found = _sure(stored, newest[1]) or _in_header(stored, newest[1], entries) or _likely(stored, newest[1])
        if found is not None and not newest[1].in_progress:
            found = _newer_above(stored, entries, newest[1]) or found
    if found is None:
        # An employer or a place may stand where a title is sought: another line is then surer.
        found = _first_held(stored, sections) or _first_dated(stored, sections)
    if found is None:
        titled = [each for each in held if each[1].title and not _NO_TITLE.search(each[1].title)]
        last = max(titled, key=_age, default=None)
        found = None if last is None or _stands_as_place(stored, last[1]) else _title_of(last[1])
    return found


def _title_of(entry: Entry) -> str:
    return cleaned(one_line(entry.title or ""))


def _is_unpaid(section: Section) -> bool:
    reading = read_title(section.title, False)
    return reading is not None and reading.kind == "volunteering"


def _is_aside(entry: Entry, sections: Sequence[Section]) -> bool:
    if _OWN_PROJECTS.search(entry.title or ""):
        return True
    return any(section.start <= entry.start < section.end for section in sections)


def _sure(stored: StoredText, entry: Entry) -> str | None:
    """An entry's title where its words name an occupation; what stands as its employer, where only those do."""
    title = _title_of(entry)
    if names_occupation(title, True) and ":" not in title:
        return _completed(stored, entry, title)
    employer = cleaned(one_line(entry.organization or ""))
    swapped = names_occupation(employer) and not _NO_TITLE.search(employer) and piece(employer).lean > 0
    return employer if swapped and len(employer.split()) <= MAX_TITLE_WORDS else None


def _completed(stored: StoredText, entry: Entry, title: str) -> str:
    """`title` with what it is of, where it says little by itself."""
    if title.casefold() not in _NAMES_LITTLE:
        return title
    header = stored.text[entry.start : entry.end][:MAX_CHARS]
    _, found, behind = header.partition(f"{title}, ")
    field = _ENDS_FIELD.split(behind, maxsplit=1)[0].strip(EDGES) if found else ""
    apart = not field or _NO_TITLE.search(field) or is_place(field) or piece(field).organization >= 1
    if apart or not field[0].isupper() or len(field.split()) > MAX_FIELD_WORDS or entry.organization is None:
        return title
    return title if field in entry.organization or entry.organization in field else f"{title}, {field}"


def _in_header(stored: StoredText, entry: Entry, entries: Sequence[Entry]) -> str | None:
    """The title in an entry's first lines, or in those right above that no other entry has."""
    ended = max((other.end for other in entries if other.end <= entry.start), default=0)
    above = [line for line in stored.lines if ended <= line.start < entry.start][-MAX_LINES_ABOVE:]
    inside = [line for line in stored.lines if entry.start <= line.start < entry.end][:MAX_HEADER_LINES]
    header = [*_before_bullet(inside), *(reversed(above) if entry.title is None else ())]
    return next((found for line in header if (found := title_in_position(line.text, stored.as_of))), None)


def _before_bullet(lines: Sequence[Line]) -> Iterator[Line]:
    for number, line in enumerate(lines):
        if number and (_BULLET.match(line.text) or line.after_blank):
            return
        yield line


def _likely(stored: StoredText, entry: Entry) -> str | None:
    """An entry's title in words that nobody knows, where nothing speaks against it and something for it."""
    title = _title_of(entry)
    if not title or len(title.split()) > MAX_TITLE_WORDS or _NO_TITLE.search(title) or is_place(title):
        return None
    employer = entry.organization or ""
    leans = piece(title).lean
    swapped = ends_as_occupation(employer) and not ends_as_occupation(title) and leans <= 0
    if leans < 0 or names_occupation(employer) or swapped:
        return None
    told_apart = leans > 0 or piece(employer).organization > 0 or ends_as_occupation(title)
    return title if told_apart and not is_rank(title) and not _stands_as_place(stored, entry) else None


def _stands_as_place(stored: StoredText, entry: Entry) -> bool:
    """Whether the title stands behind its employer and a comma, where a town or a land does."""
    header = stored.text[entry.start : entry.end][:MAX_CHARS]
    title, employer = entry.title or "", entry.organization or ""
    place = header.find(f", {title}")
    return not ends_as_occupation(title, clearly=True) and bool(employer) and 0 <= header.find(employer) < place


def _newer_above(stored: StoredText, entries: Sequence[Entry], newest: Entry) -> str | None:
    """A position above the newest that was found, which no entry has and which lasted longer, or lasts still."""
    ended = newest.to or newest.from_ or ""
    taken = [(entry.start, entry.end) for entry in entries if entry is not newest]
    for line in stored.lines[:MAX_LINES_READ]:
        text = line.text[:MAX_CHARS]
        if line.start >= newest.start:
            return None
        if not _YEAR.search(text) or says_wish(text) or any(start <= line.start < end for start, end in taken):
            continue
        times = line_ranges(text, stored.as_of, False)
        longer = any(time.in_progress or (time.kind == "range" and (time.to or "") > ended) for time in times)
        if (longer or lasts(text)) and (found := title_in_position(text.lstrip(EDGES), stored.as_of)):
            return found
    return None


def _age(held: tuple[int, Entry]) -> tuple[bool, str, str, int]:
    """Newer is greater; of positions of one time the one that stands first."""
    place, entry = held
    return entry.in_progress, entry.to or entry.from_ or "", entry.from_ or "", -place


def _first_held(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The first title in the sections of experience: the newest, as most resumes are ordered."""
    for section in sections:
        if section.kind != "experience" or _is_unpaid(section):
            continue
        inside = [line for line in stored.lines if section.start < line.start < section.end][:MAX_LINES]
        for line in inside:
            bullet = _BULLET.match(line.text)
            found = behind_label(line.text[bullet.end() :]) if bullet else title_in_position(line.text, stored.as_of)
            if found is not None:
                return found
    return None


def _first_dated(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The first title in a line with a span of years that no section claims for something else."""
    others = [(each.start, each.end) for each in sections if each.kind != "experience"]
    for line in stored.lines[:MAX_LINES_READ]:
        text = line.text[:MAX_CHARS]
        if not _YEAR.search(text) or any(start <= line.start < end for start, end in others) or degrees_in(text):
            continue
        spans = any(time.kind in ("range", "since") for time in line_ranges(text, stored.as_of, False))
        if (spans or lasts(text)) and not says_wish(text) and (found := title_in_position(text, stored.as_of)):
            return found
    return None


def said_in_summary(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The occupation with which a summary begins: "Registered nurse with ten years of practice"."""
    for section in sections:
        if section.kind == "summary":
            return _said_first(_below_heading(stored, section))
    return None


def _below_heading(stored: StoredText, section: Section) -> str:
    """The first line that a heading heads, be it the rest of its own."""
    own = next((line.text for line in stored.lines if line.start == section.start), "")
    rest = own.partition(section.title)[2].strip(EDGES)
    below = (line.text for line in stored.lines if section.start < line.start < section.end)
    return rest or next(below, "")


def _said_first(text: str) -> str | None:
    """The occupation that a summary's first sentence names, with "I am" before it or without."""
    text = text[:MAX_SAID_CHARS]
    if not says_wish(text):
        rest = after_cue(text.partition(". ")[0], of_self=True)
        if rest is not None and (found := first_occupation(rest, True, parts=2)) is not None:
            return found
    return first_occupation(text, True, parts=2)
