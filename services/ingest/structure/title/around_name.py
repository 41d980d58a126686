"""The title that stands beside or below a person's name, known by its words or by its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from libs.contracts.structure import IdentitySpan, Section
from services.ingest.structure.entries.pieces import is_place, piece
from services.ingest.structure.entries.studies.degrees import degrees_in
from services.ingest.structure.identity.cues import folded_phrase
from services.ingest.structure.identity.protected.protected_cues import says_a_trait
from services.ingest.structure.sections.heading_words import read_title
from services.ingest.structure.stored_text import Line, StoredText
from services.ingest.structure.title.line_titles import (
    CONTACT,
    CUT,
    MAX_LINE_CHARS,
    SEPARATOR,
    is_title,
    title_in,
)
from services.ingest.structure.title.occupation_words import (
    ends_as_occupation,
    label_of,
    names_occupation,
    says_wish,
    tells_no_title,
)
from services.ingest.structure.title.trimming import EDGES

# The head of a resume is so long at most.
MAX_HEAD_LINES = 15
# Nothing but a name is so much bigger than the text, and so near its beginning.
NAME_SIZE = 1.4
NAME_LINES = 60
# Known by its place alone, a title is no longer.
MAX_PLACED_WORDS = 6
MAX_PLACED_CHARS = 60

_REACHED = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,80}|(?:https?://|www\.)\S{1,200}"
    r"|\b[\w-]{2,40}(?:\.[\w-]{2,40}){0,3}\.(?:com|org|net|io|me|dev|de|fr|es|it|nl|pl|uk|co|ru|il|example)\b(?:/\S{0,100})?"
    r"|\(?\+?\d[\d\s()./*-]{6,24}[\d*]",
    re.IGNORECASE,
)
# What follows belongs to the title, be it a name elsewhere: "Abogada, Derecho de Familia".
_BEFORE_NAME_OF = re.compile(r"\b(?:of|for|de|del|di|du|da|do|des|der|für|voor|van|d['’])\s?$", re.IGNORECASE)
# Two to four words that begin with capitals.
_NAME = re.compile(r"[^\W\d_a-z][\w'’.-]{0,25}(?: [^\W\d_a-z][\w'’.-]{0,25}){1,3}")
# A colon ends a label, which names nothing by itself.
_EDGES_OF_PIECES = EDGES.replace(":", "")
_NO_WORDS = re.compile(r"[\d:：!?;\"“”…@#%€$£+=<>]|\.\s|\.$")
_TOWN = re.compile(r"[^\W\d_a-z][^\W\d_]{2,20}(?:[ -][^\W\d_a-z][^\W\d_]{1,20})?(?: \([^\W\d_]{2,20}\))?")
_AND = re.compile(r"\s*(?:[,/&+]|\s(?:und|and|et|y|e|i|en|och|og|ve|и|та|і)\s)\s*", re.IGNORECASE)


def without_identity(line: Line, identity: Sequence[IdentitySpan]) -> str:
    """The line's text, cut where something tells who the person is or how to reach them."""
    parts, place = [], line.start
    end = min(line.end, line.start + MAX_LINE_CHARS)
    for span in identity:
        if span.end <= line.start or span.start >= end:
            continue
        if _BEFORE_NAME_OF.search(line.text[max(0, span.start - line.start - 8) : max(0, span.start - line.start)]):
            continue
        if label_of(line.text[max(0, span.start - line.start) : span.end - line.start]) == "label":
            continue
        parts.append(line.text[place - line.start : max(0, span.start - line.start)])
        place = max(place, span.end)
    parts.append(line.text[place - line.start : end - line.start] if place < end else "")
    return _REACHED.sub(CUT, CUT.join(parts))


def below_name(stored: StoredText, headings: set[int], identity: Sequence[IdentitySpan]) -> str | None:
    """What stands beside or just below the name, wherever in the text's first part that is."""
    for at in _name_lines(stored, identity):
        if (found := _first_of(stored.lines[at : at + 3], headings, identity)) is not None:
            return found
    return None


def _name_lines(stored: StoredText, identity: Sequence[IdentitySpan]) -> list[int]:
    """The lines, by number, that the name stands in: when it comes again only where it begins one, as no employer's
    does."""
    found: list[int] = []
    for span in [span for span in identity if span.type == "name"][:2]:
        at = next((place for place, line in enumerate(stored.lines) if line.start <= span.start < line.end), None)
        is_first = not found and at is not None and at < MAX_HEAD_LINES
        if at is not None and (is_first or stored.lines[at].start == span.start):
            found.append(at)
    return found


def below_biggest(stored: StoredText, headings: set[int], identity: Sequence[IdentitySpan]) -> str | None:
    """What stands in or below the line of the biggest letters, which is the name's where a sidebar comes first."""
    first = stored.lines[:NAME_LINES]
    sizes = [line.style.size if line.style is not None else 1.0 for line in first]
    if not sizes or max(sizes) < NAME_SIZE:
        return None
    at = sizes.index(max(sizes))
    return None if first[at].start in headings else _first_of(first[at : at + 3], headings, identity)


def below_two_words(stored: StoredText, sections: Sequence[Section], headings: set[int]) -> str | None:
    """A title below a name that stands behind a sidebar's text: two lines between blank ones, before any position."""
    held = next((s.start for s in sections if s.kind in ("experience", "education", "projects")), len(stored.text))
    lines = [line for line in stored.lines[:NAME_LINES] if line.start < held]
    for place, (name, title) in enumerate(pairwise(lines)):
        ends = place + 2 == len(lines) or lines[place + 2].after_blank
        if not name.after_blank or title.after_blank or not ends or {name.start, title.start} & headings:
            continue
        if _NAME.fullmatch(name.text) and not names_occupation(name.text) and is_title(title.text, True):
            return title.text
    return None


def _first_of(lines: Sequence[Line], headings: set[int], identity: Sequence[IdentitySpan]) -> str | None:
    """The first title in lines of which none is a heading's."""
    for line in lines:
        if line.start in headings:
            return None
        if (found := title_in(without_identity(line, identity), True)) is not None:
            return found
    return None


def placed_below_name(stored: StoredText, headings: set[int], identity: Sequence[IdentitySpan]) -> str | None:
    """Words that nobody knows, in the name's line or the first below that says more than how to reach the person,
    where they look as a title does and as nothing else that stands there."""
    for at in _name_lines(stored, identity)[:1]:
        head = stored.lines[at : at + MAX_HEAD_LINES]
        place_known = any(span.type == "address" and head[0].start <= span.start < head[-1].end for span in identity)
        for number, line in enumerate(stored.lines[at : at + 3]):
            # Behind a blank line an unknown heading would stand.
            if line.start in headings or (number and line.after_blank):
                return None
            pieces = [part.strip(_EDGES_OF_PIECES) for part in SEPARATOR.split(without_identity(line, identity))]
            said = [part for part in pieces if part]
            if said:
                below = stored.lines[at + number + 1] if at + number + 1 < len(stored.lines) else None
                place_follows = _may_be_place(below, headings)
                if may_be_title(said[0]) and looks_like_title(said[0], place_known, place_follows):
                    return said[0]
                if number:
                    return None
    return None


def may_be_title(text: str) -> bool:
    """Whether nothing speaks against a title: no sentence, trait, degree, employer, place, way to reach somebody."""
    words = text.split()
    if not 1 <= len(words) <= MAX_PLACED_WORDS or len(text) > MAX_PLACED_CHARS or len(text) < 4:
        return False
    if _NO_WORDS.search(text) or CONTACT.search(text) or says_wish(text) or tells_no_title(text):
        return False
    if read_title(text, False) is not None:
        return False
    if any(says_a_trait(folded_phrase(part)) for part in (text, *text.split(","))) or degrees_in(text):
        return False
    return piece(text).organization < 1 and not is_place(text)


def looks_like_title(text: str, place_known: bool, place_follows: bool) -> bool:
    """Whether its words end as an occupation's: alone, where small letters or a place elsewhere show that this is
    none ("Leicester"); at the beginning, where a small word follows."""
    words = text.split()
    if len(words) > 1 and words[1].islower():
        return ends_as_occupation(words[0]) or ends_as_occupation(words[-1])
    first = _AND.split(text)[0]
    if place_known or text[0].islower():
        return ends_as_occupation(first)
    return place_follows and ends_as_occupation(first, clearly=True)


def _may_be_place(line: Line | None, headings: set[int]) -> bool:
    """Whether a line may be nothing but a town: a word or two with capitals."""
    return (
        line is not None
        and not line.after_blank
        and line.start not in headings
        and _TOWN.fullmatch(line.text[:MAX_LINE_CHARS]) is not None
    )
