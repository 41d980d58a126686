"""The parts of a resume that entries are looked for in, and how much is asked of them there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.contracts.structure import Section
from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_lines import has_placeholder
from services.ingest.structure.entries.entry_words import words_of
from services.ingest.structure.stored_text import Line, StoredText

# Kinds of sections that tell of nothing but what they are named after.
_WITHOUT_ENTRIES = frozenset({"summary", "skills", "certifications", "languages", "projects"})
# Kinds that a heading in words of one's own may be taken for.
_MISREAD = frozenset({"skills", "projects", "other"})
_YEARS = re.compile(r"(?:19|20)\d\d\b")
MAX_ROW_CHARS = 160
_HEAD = "head"


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one section, or of none. `work`, `education`: what is looked for; `strict`: no heading says so.

    `studies_first`: positions are taken only where nothing else can be meant. `rows`: only where several stand there,
    each with an employer, under a heading that says something else.
    """

    lines: Sequence[Line]
    end: int
    work: bool
    education: bool
    strict: bool
    studies_first: bool = False
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section's body, or the lines before the first section."""

    kind: str
    heading: str
    lines: Sequence[Line]
    end: int


def stretches(stored: StoredText, sections: Sequence[Section]) -> list[Stretch]:
    """The text by its sections, in order."""
    ordered = sorted(sections, key=lambda section: section.start)
    first = ordered[0].start if ordered else len(stored.text)
    lines = stored.lines
    head = [line for line in lines if line.start < first]
    found = [Stretch(_HEAD, "", head, first)]
    at = len(head)
    for section in ordered:
        held: list[Line] = []
        while at < len(lines) and lines[at].start < section.start:
            at += 1
        while at < len(lines) and lines[at].start < section.end:
            held.append(lines[at])
            at += 1
        found.append(Stretch(section.kind, held[0].text if held else "", held[1:], section.end))
    return found


def parts_by_heading(found: Sequence[Stretch]) -> Iterator[Part]:
    """What stands under headings of experience, of education and of service."""
    lists = entry_words.load()
    for each in found:
        words = words_of(each.heading)
        if each.kind == "experience":
            yield Part(each.lines, each.end, True, True, False)
        elif each.kind == "education":
            mixed = lists["mixed_heading"].within(words, each.heading)
            yield Part(each.lines, each.end, True, True, False, studies_first=not mixed)
        elif _is_open(each) and lists["volunteer_heading"].within(words, each.heading):
            yield Part(each.lines, each.end, True, False, True)
        elif each.kind != _HEAD and any(has_placeholder(line.text) for line in each.lines):
            # A heading inside a position, such as "Trainings", has taken the positions below it.
            yield Part(each.lines, each.end, True, False, True)
        elif each.kind in _MISREAD and sum(map(_may_be_row, each.lines)) > 1:
            # "Credits by employer" is read as a heading of skills.
            yield Part(each.lines, each.end, True, False, True, rows=True)


def _may_be_row(line: Line) -> bool:
    return len(line.text) <= MAX_ROW_CHARS and "|" in line.text and _YEARS.search(line.text) is not None


def parts_elsewhere(found: Sequence[Stretch], work: bool, education: bool, anywhere: bool) -> Iterator[Part]:
    """What other headings, or none, stand over: for kinds of entries of which none is found where they belong.

    `anywhere`: under headings too that are of something else, such as skills.
    """
    lists = entry_words.load()
    for each in found:
        if each.kind in {"experience", "education"}:
            continue
        service = _is_open(each) and lists["volunteer_heading"].within(words_of(each.heading), each.heading)
        if (not _is_open(each)) == anywhere and not (service and not education):
            yield Part(each.lines, each.end, work and not service, education, True)


def _is_open(stretch: Stretch) -> bool:
    return stretch.kind not in _WITHOUT_ENTRIES and stretch.kind not in {"experience", "education"}
