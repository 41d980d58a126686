"""What a resume's head says that the person is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from libs.contracts.structure import Entry, IdentitySpan, Section
from services.ingest.structure.stored_text import Line, StoredText
from services.ingest.structure.title.around_name import (
    MAX_HEAD_LINES,
    below_biggest,
    below_name,
    below_two_words,
    may_be_title,
    placed_below_name,
    without_identity,
)
from services.ingest.structure.title.line_titles import (
    CONTACT,
    MAX_LINE_CHARS,
    MAX_WORDS,
    SEPARATOR,
    first_occupation,
    title_in,
    wanted_in,
)
from services.ingest.structure.title.occupation_words import (
    after_cue,
    begins_with_head,
    is_qualifier,
    joined,
    names_field,
    names_occupation,
    says_wish,
)
from services.ingest.structure.title.referees import is_within, of_referees
from services.ingest.structure.title.trimming import EDGES

# A first line as long as this goes on in the next.
FULL_LINE_CHARS = 75

_DATED = re.compile(r"\W{0,3}(?:[^\W\d_]{1,9}\.?\s)?(?:\d{1,2}[./])?(?:19|20)\d\d(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def headline_of(
    stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan], entries: Sequence[Entry]
) -> str | None:
    """The line of the head that says what the person is; None where none does."""
    others = of_referees(sections)
    identity = [span for span in identity if not is_within(span.start, others)]
    names_known = any(span.type == "name" for span in identity)
    # What stands below a name ends where sections or positions begin.
    headings = {section.start for section in sections}
    headings |= {line.start for line in stored.lines if _tells_of_position(line, entries)}
    head = [line for line in head_lines(stored, sections) if not _tells_of_position(line, entries)]
    held = _Held(entries)
    letters = None
    for place, line in enumerate(head):
        following = head[place + 1] if place + 1 < len(head) else None
        whole = f"{line.text} {following.text}" if following is not None else ""
        if whole and held.is_called(whole):
            return whole
        rest = without_identity(line, identity)
        found = title_in(rest, names_known) or (None if _is_in(line, entries) else held.in_line(rest))
        if found is not None and _is_letters(found):
            letters = letters or found
        elif found is not None:
            return _continued(found, line, following)
        if following is not None and is_qualifier(line.text[:MAX_LINE_CHARS]) and begins_with_head(following.text):
            return whole
    return (
        letters
        or below_name(stored, headings, identity)
        or below_biggest(stored, headings, identity)
        or placed_below_name(stored, headings, identity)
        or _self_said(head, names_known)
        or _bare(stored, head, identity)
        or below_two_words(stored, sections, headings)
    )


def wanted(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The position that a line of the head, or one that begins a summary, says is applied for."""
    begun = {section.start for section in sections if section.kind == "summary"}
    lines = [*head_lines(stored, sections), *(line for line in stored.lines if line.start in begun)]
    return next((found for line in lines if (found := wanted_in(line.text))), None)


def _tells_of_position(line: Line, entries: Sequence[Entry]) -> bool:
    """Whether a line belongs to a position that has ended or lasts: "2017 – 2019 waitress" is no headline."""
    text = line.text[:MAX_LINE_CHARS]
    return _DATED.match(text) is not None or (_YEAR.search(text) is not None and _is_in(line, entries))


def _is_in(line: Line, entries: Sequence[Entry]) -> bool:
    return any(entry.start <= line.start < entry.end for entry in entries if entry.type == "work")


class _Held:
    """The titles of positions, by which words of the head are known for one whatever the language."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        work = [entry for entry in entries if entry.type == "work"]
        self._titles = {joined(entry.title) for entry in work if entry.title} - {""}
        self._employers = {joined(entry.organization) for entry in work if entry.organization}

    def is_called(self, text: str) -> bool:
        """Whether a position has just this title."""
        return len(text) <= MAX_LINE_CHARS and joined(text) in self._titles

    def in_line(self, text: str) -> str | None:
        """The piece of a line that is a position's title, or begins with one, or begins one."""
        if not self._titles:
            return None
        for piece in SEPARATOR.split(text):
            words = piece.strip(EDGES)
            said = joined(words)
            if not said or said in self._employers or not may_be_title(words):
                continue
            if any(f"{title} ".startswith(f"{said} ") or f"{said} ".startswith(f"{title} ") for title in self._titles):
                return words
        return None


def _is_letters(text: str) -> bool:
    """Whether it is what stands behind a name: "RN, BSN"; a line below may then say it in words."""
    return "," in text and all(re.fullmatch(r"[A-Z][A-Za-z.-]{1,5}", part.strip()) for part in text.split(","))


def head_lines(stored: StoredText, sections: Sequence[Section]) -> Iterator[Line]:
    """The lines above the first section, or of a first one that tells how to reach the person."""
    starts = [section.start for section in sections]
    first = starts[0] if starts else len(stored.text)
    above = [line for line in stored.lines[:MAX_HEAD_LINES] if line.start < first]
    yield from above
    if sections and sections[0].kind == "other" and len(above) <= 2 and not of_referees(sections[:1]):
        end = min(sections[0].end, starts[1] if len(starts) > 1 else len(stored.text))
        below = [line for line in stored.lines[: 3 * MAX_HEAD_LINES] if first < line.start < end]
        yield from below[:MAX_HEAD_LINES]


def _continued(title: str, line: Line, following: Line | None) -> str:
    """`title` with the next line, where the first was too short for it."""
    if following is None or following.after_blank or not title.isupper() or not line.text.endswith(title):
        return title
    goes_on = following.text.isupper() and not CONTACT.search(following.text) and not names_occupation(following.text)
    if goes_on and (len(line.text) >= FULL_LINE_CHARS or line.text.endswith((",", "/", "&", "-"))):
        return f"{title} {following.text}"
    return title


def _self_said(head: Sequence[Line], names_known: bool) -> str | None:
    """The occupation in a sentence: "I am Lindiwe Dlomo, a qualified boilermaker from Witbank"."""
    for line in head:
        rest = None if says_wish(line.text[:MAX_LINE_CHARS]) else after_cue(line.text[:MAX_LINE_CHARS], of_self=True)
        if rest is not None and (found := first_occupation(rest, names_known)):
            return found
    return None


def _bare(stored: StoredText, head: Sequence[Line], identity: Sequence[IdentitySpan]) -> str | None:
    """A line alone above the first section, which names a field of work or comes again below as a position."""
    lines = [line for line in head if len(line.text) > 2]
    if not 1 <= len(lines) <= 2 or any(CONTACT.search(line.text) for line in lines):
        return None
    line = lines[0]
    if without_identity(line, identity) != line.text or len(line.text.split()) > MAX_WORDS or says_wish(line.text):
        return None
    if names_field(line.text):
        return line.text
    again = line.text.casefold()
    below = (other.text.casefold() for other in stored.lines[2:] if other.start > line.end)
    comes_again = any(other == again or other.startswith(again + " ") for other in below)
    return line.text if line.text.isupper() and comes_again else None
