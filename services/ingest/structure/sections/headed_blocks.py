"""Headings of a text each of whose blocks begins with one, whatever their words are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.structure.sections.alike import MAX_UNKNOWN_WORDS, NO_HEADING
from services.ingest.structure.sections.below import is_prose, names_degree
from services.ingest.structure.sections.dated import holds_date
from services.ingest.structure.sections.heading_lines import Candidate
from services.ingest.structure.sections.heading_words import holds_small_word, tells_of_self
from services.ingest.structure.stored_text import Line
from services.ingest.structure.title.occupation_words import names_occupation

# So many blocks make a form of it, of which so large a part must begin with what may be a heading.
MIN_BLOCKS = 4
MIN_HEADED = 0.8
# Lines of a block that tell of one entry rather than of a section.
FIRST_LINES = 2

# Two years have eight digits, a telephone number more.
_REACHED = re.compile(r"@|\d(?:[\s()/.-]?\d){8}")


def headed_blocks(lines: Sequence[Line], found: Sequence[Candidate]) -> frozenset[int]:
    """The numbers of the lines that head a block each; none where blocks are not headed throughout.

    A block is what stands between blank lines. Where most tell of a date at once, they are entries below employers."""
    starts = [number for number, line in enumerate(lines) if line.after_blank]
    if len(starts) < MIN_BLOCKS or any(line.style is not None for line in lines):
        return frozenset()
    ends = [*starts[1:], len(lines)]
    by_number = {candidate.number: candidate for candidate in found if not candidate.content}
    blocks = [
        (by_number.get(start), lines[start + 1 : end])
        for start, end in zip(starts, ends, strict=True)
        if not _is_contact(lines[start:end]) or by_number.get(start) is None
    ]
    headed = [(first, below) for first, below in blocks if first is not None and below and _may_head(first)]
    if len(headed) < MIN_BLOCKS or len(headed) < MIN_HEADED * len(blocks):
        return frozenset()
    dated = sum(_is_dated(below) for _, below in headed)
    telling = sum(_is_telling(first) for first, _ in headed)
    if 2 * dated > len(headed) or 2 * telling < len(headed):
        return frozenset()
    return frozenset(first.number for place, (first, below) in enumerate(headed) if _is_heading(first, below, place))


def _is_heading(first: Candidate, below: Sequence[Line], place: int) -> bool:
    """Whether it may be one by itself: the first of all may be a name."""
    return place > 0 or first.reading is not None or is_prose([below[0].text]) or tells_of_self(first.title)


def _is_dated(below: Sequence[Line]) -> bool:
    return any(holds_date(line.text) for line in below[:FIRST_LINES])


def _is_contact(block: Sequence[Line]) -> bool:
    return any(_REACHED.search(line.text) for line in block[: FIRST_LINES + 1])


def _may_head(candidate: Candidate) -> bool:
    title = candidate.title
    most = MAX_UNKNOWN_WORDS + holds_small_word(title)
    short = len(title.split()) <= most or tells_of_self(title)
    return short and not (NO_HEADING.search(title) or names_degree(title) or names_occupation(title, True))


def _is_telling(candidate: Candidate) -> bool:
    """Whether it is more than a name in small letters: a word of a heading, one that joins, capitals, a sign."""
    look = candidate.look
    return (
        candidate.reading is not None
        or look.case == "upper"
        or look.colon
        or look.is_marked
        or holds_small_word(candidate.title)
    )
