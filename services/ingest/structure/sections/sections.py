"""The parts of a text under one heading each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

from libs.contracts.structure import MAX_SECTIONS, Section, SectionKind
from services.ingest.structure.sections import below as below_it
from services.ingest.structure.sections import dated, heading_words
from services.ingest.structure.sections.choice import choose
from services.ingest.structure.sections.heading_lines import Candidate, candidates
from services.ingest.structure.sections.heading_vocabulary import WordKind
from services.ingest.structure.stored_text import StoredText

# What they head says more than words of one's own: "Where I have shipped", "What I do".
_TOLD_INSTEAD: dict[WordKind, tuple[SectionKind, ...]] = {
    "skills": ("education", "summary"),
    "projects": ("experience", "education"),
}
_PARTLY_TOLD: dict[WordKind, tuple[SectionKind, ...]] = {
    "skills": ("summary",),
    "projects": ("experience", "education"),
    "other": ("experience", "education", "languages", "summary"),
    "summary": ("experience", "education"),
}


def load() -> None:
    """Reads the data file, about 0.2 s, so that no document waits for it."""
    heading_words.load()


def find_sections(stored: StoredText) -> list[Section]:
    """Headings and what they head, in order: from a heading's first character to before the next one, or the end.

    Text before the first heading is in no section. At most MAX_SECTIONS. Pure; blocks for about a millisecond.
    """
    lines = stored.lines
    headings = choose(stored, list(candidates(stored, _listed_from(stored))))[:MAX_SECTIONS]
    sections: list[Section] = []
    for heading, following in zip_longest(headings, headings[1:]):
        start = heading.line.start
        end, last = (following.line.start, following.number) if following else (len(stored.text), len(lines))
        end = start + len(stored.text[start:end].rstrip())
        below = [line.text for line in lines[heading.number + 1 : last]]
        opens = all(section.kind == "other" for section in sections)
        sections.append(Section(start, end, heading.title, _kind(heading, below, opens)))
    return sections


def _listed_from(stored: StoredText) -> int:
    """The number of the line where a job's list of requirements begins: its entries are the last lines."""
    if stored.kind != "job" or not isinstance(stored.requirements, list):
        return len(stored.lines)
    return max(0, len(stored.lines) - sum(map(_is_line, stored.requirements)))


def _is_line(entry: str) -> bool:
    """Whether an entry as given is more than spaces and control characters, and so a line of the stored text."""
    return any(not char.isspace() and unicodedata.category(char) not in ("Cc", "Cs") for char in entry)


def _kind(heading: Candidate, below: Sequence[str], opens: bool) -> SectionKind:
    reading = heading.reading
    if reading is None:
        told = below_it.told_below(below, opens)
        open_ended = told == "other" and heading_words.goes_on(heading.title) and below_it.is_listed(below)
        return "skills" if open_ended else told  # "Good hands for", "Sou boa em"
    kind = reading.kind
    if kind == "military" or kind == "volunteering":
        # Positions there are positions, a mere mention is none.
        return "experience" if dated.holds_period(below) else "other"
    if kind == "summary" and below_it.is_form(below) and not heading_words.names_wanted(heading.title):
        return "other"  # "Personal profile" above a date of birth
    if kind == "skills" and "qualif" in heading.title.casefold() and below_it.told_below(below, opens) == "education":
        return "education"
    if reading.told or not (reading.sure or reading.weak):
        told = below_it.told_below(below, opens)
        instead = _PARTLY_TOLD if not reading.told and not reading.sure else _TOLD_INSTEAD
        if told in instead.get(kind, ()):
            return told
    return "other" if kind == "asked" else kind
