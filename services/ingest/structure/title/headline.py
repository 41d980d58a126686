"""What a resume's head says that the person is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from libs.contracts.structure import IdentitySpan, Section
from services.ingest.structure.stored_text import Line, StoredText
from services.ingest.structure.title.occupation_words import (
    after_cue,
    begins_with_head,
    is_qualifier,
    is_shaped,
    label_of,
    names_field,
    names_occupation,
    says_wish,
)

# The head of a resume is so long at most.
MAX_HEAD_LINES = 15
MAX_LINE_CHARS = 400
MAX_WORDS = 14
MAX_SHOUTED_WORDS = 24
MAX_SENTENCE_WORDS = 6
MAX_LOWER_WORDS = 5
MAX_NAME_WORDS = 3
# Beyond, what follows a comma tells of something else.
MAX_WHOLE_WORDS = 7
# Nothing but a name is so much bigger than the text, and so near its beginning.
NAME_SIZE = 1.4
NAME_LINES = 60
# A first line as long as this goes on in the next.
FULL_LINE_CHARS = 75

_CUT = "\x00"
_SEPARATOR = re.compile(r"\x00|[|•·●∙■◆►‣¦]|\s//\s|\t")
_DASH = re.compile(r"\s[–—-]\s|\s?—\s?")
_CONTACT = re.compile(
    r"@|https?:|www\.|\d{4,}|\d{3}[-. ]\d|\b\d{1,2}[./]\d{1,2}[./]\d|\w\.(?:com|org|net|io)\b", re.IGNORECASE
)
_LABELLED = re.compile(r"^(?P<label>[^:：]{2,40}?)\s*[:：]\s*(?P<rest>\S.*)$")
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
_EDGES = " ,;:|–—-·•_*\t"
_ENDS_PHRASE = re.compile(
    r"[,.;:(，。；]|\s(?:from|with|who|whose|based|in|at|and|having|since|specializ\w+|specialis\w+|looking|seeking|for"
    r"|to|out|mit|aus|bei|und|seit|avec|de chez|depuis|chez|et|con|desde|y|com|e|da|met|uit|z|w)\s",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:an?|the|our|your|one|two|three|eine?n?|une?|una?|um|uma|een|gli|il|lo|la|le|el)\s+", re.IGNORECASE
)


def headline_of(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> str | None:
    """The line of the head that says what the person is; None where none does."""
    names_known = any(span.type == "name" for span in identity)
    head = list(_head(stored, sections))
    letters = None
    for place, line in enumerate(head):
        following = head[place + 1] if place + 1 < len(head) else None
        found = _in_line(_without(line, identity), names_known)
        if found is not None and _is_letters(found):
            letters = letters or found
        elif found is not None:
            return _continued(found, line, following)
        if following is not None and is_qualifier(line.text[:MAX_LINE_CHARS]) and begins_with_head(following.text):
            return f"{line.text} {following.text}"
    return (
        letters
        or _below_name(stored, sections, identity)
        or _below_biggest(stored, sections, identity)
        or _self_said(head, names_known)
        or _bare(stored, head, identity, names_known)
        or _below_two_words(stored, sections)
    )


def _is_letters(text: str) -> bool:
    """Whether it is what stands behind a name: "RN, BSN"; a line below may then say it in words."""
    return "," in text and all(re.fullmatch(r"[A-Z][A-Za-z.-]{1,5}", part.strip()) for part in text.split(","))


def _head(stored: StoredText, sections: Sequence[Section]) -> Iterator[Line]:
    """The lines above the first section, or of a first one that tells how to reach the person."""
    starts = [section.start for section in sections]
    first = starts[0] if starts else len(stored.text)
    above = [line for line in stored.lines[:MAX_HEAD_LINES] if line.start < first]
    yield from above
    if sections and sections[0].kind == "other" and len(above) <= 2:
        end = min(sections[0].end, starts[1] if len(starts) > 1 else len(stored.text))
        below = [line for line in stored.lines[: 3 * MAX_HEAD_LINES] if first < line.start < end]
        yield from below[:MAX_HEAD_LINES]


def _without(line: Line, identity: Sequence[IdentitySpan]) -> str:
    """The line's text, cut where something tells who the person is or how to reach them."""
    parts, place = [], line.start
    end = min(line.end, line.start + MAX_LINE_CHARS)
    for span in identity:
        if span.end <= line.start or span.start >= end:
            continue
        if _BEFORE_NAME_OF.search(line.text[max(0, span.start - line.start - 8) : max(0, span.start - line.start)]):
            continue
        parts.append(line.text[place - line.start : max(0, span.start - line.start)])
        place = max(place, span.end)
    parts.append(line.text[place - line.start : end - line.start] if place < end else "")
    return _REACHED.sub(_CUT, _CUT.join(parts))


def _in_line(text: str, names_known: bool) -> str | None:
    """The title that a line of the head holds."""
    if says_wish(text):
        return None
    labelled = _LABELLED.match(text)
    if labelled:
        if label_of(labelled["label"]) != "label":
            return None
        text = labelled["rest"]
    chosen: list[str] = []
    for piece in _SEPARATOR.split(text):
        found = _in_piece(piece.strip(_EDGES), names_known)
        if found is not None:
            chosen.append(found)
        elif chosen:
            break
    return " | ".join(chosen) or None


def _in_piece(piece: str, names_known: bool) -> str | None:
    """The title in what stands between separators: without a name before it, a place behind it."""
    if not is_title(piece, names_known):
        parts = [part.strip(_EDGES) for part in _DASH.split(piece)]
        return next((part for part in parts if is_title(part, names_known)), None) if len(parts) > 1 else None
    parts = [part.strip(_EDGES) for part in _DASH.split(piece)]
    first = next(place for place, part in enumerate(parts) if names_occupation(part, names_known) or names_field(part))
    kept = parts[first:]
    if len(parts) == 2 and first == 0 and not _is_place(parts[1]):
        return piece
    if len(kept) < len(parts) or len(parts) > 1:
        return kept[0]
    before, comma, behind = piece.partition(", ")
    if len(piece.split()) > MAX_WHOLE_WORDS and not piece.isupper() and names_occupation(before, names_known):
        return before
    if comma and not names_occupation(before, names_known) and not names_field(before) and names_occupation(behind):
        return behind if 2 <= len(before.split()) <= MAX_NAME_WORDS else piece
    return piece


def is_title(text: str, names_known: bool) -> bool:
    """Whether the words are a title alone: no sentence, nothing by which a person is reached."""
    size = len(text.split())
    if (
        not text
        or len(text) > MAX_LINE_CHARS
        or size > (MAX_SHOUTED_WORDS if text.isupper() else MAX_WORDS)
        or len(text) < 2
    ):
        return False
    if _CONTACT.search(text) or "!" in text or text.endswith("?"):
        return False
    if text.endswith(".") and (size > MAX_SENTENCE_WORDS or text[0].islower()):
        return False
    if (size == 1 and len(text) <= 2 and text.isascii()) or (text[0].islower() and size > MAX_LOWER_WORDS):
        return False
    if says_wish(text) or re.search(r"\b(?:please|find|my|i|we|will|ich|je|wir)\b", text, re.IGNORECASE):
        return False
    return names_occupation(text, names_known)


def _is_place(text: str) -> bool:
    return re.fullmatch(r"[^\W\d_][^,]{1,30},\s*[^\W\d_]{2,20}", text) is not None


def _continued(title: str, line: Line, following: Line | None) -> str:
    """`title` with the next line, where the first was too short for it."""
    if following is None or following.after_blank or not title.isupper() or not line.text.endswith(title):
        return title
    goes_on = following.text.isupper() and not _CONTACT.search(following.text) and not names_occupation(following.text)
    if goes_on and (len(line.text) >= FULL_LINE_CHARS or line.text.endswith((",", "/", "&", "-"))):
        return f"{title} {following.text}"
    return title


def _below_name(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> str | None:
    """What stands beside or just below the name, wherever in the text's first part that is."""
    headings = {section.start for section in sections}
    for span in [span for span in identity if span.type == "name"][:2]:
        at = next((place for place, line in enumerate(stored.lines) if line.start <= span.start < line.end), None)
        if at is None:
            continue
        if (found := _first_of(stored.lines[at : at + 3], headings, identity)) is not None:
            return found
    return None


def _below_biggest(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> str | None:
    """What stands in or below the line of the biggest letters, which is the name's where a sidebar comes first."""
    first = stored.lines[:NAME_LINES]
    sizes = [line.style.size if line.style is not None else 1.0 for line in first]
    if not sizes or max(sizes) < NAME_SIZE:
        return None
    at = sizes.index(max(sizes))
    headings = {section.start for section in sections}
    return None if first[at].start in headings else _first_of(first[at : at + 3], headings, identity)


def _below_two_words(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """A title below a name that stands behind a sidebar's text: two lines between blank ones, before any position."""
    held = next((s.start for s in sections if s.kind in ("experience", "education", "projects")), len(stored.text))
    headings = {section.start for section in sections}
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
        if (found := _in_line(_without(line, identity), True)) is not None:
            return found
    return None


def _self_said(head: Sequence[Line], names_known: bool) -> str | None:
    """The occupation in a sentence: "I am Lindiwe Dlomo, a qualified boilermaker from Witbank"."""
    for line in head:
        rest = None if says_wish(line.text[:MAX_LINE_CHARS]) else after_cue(line.text[:MAX_LINE_CHARS], of_self=True)
        if rest is not None and (found := first_occupation(rest, names_known)):
            return found
    return None


def first_occupation(text: str, names_known: bool, parts: int = 4, plural: bool = False) -> str | None:
    """The first of so many `parts` between commas and the like that names an occupation, without its article."""
    for part in _ENDS_PHRASE.split(text[:200])[:parts]:
        found = _ARTICLE.sub("", part.strip(_EDGES))
        if not found or len(found.split()) > MAX_WHOLE_WORDS:
            continue
        if names_occupation(found, names_known, plural) and is_shaped(found, plural):
            return found
    return None


def _bare(stored: StoredText, head: Sequence[Line], identity: Sequence[IdentitySpan], names_known: bool) -> str | None:
    """A line alone above the first section, which names a field of work or comes again below as a position."""
    lines = [line for line in head if len(line.text) > 2]
    if not 1 <= len(lines) <= 2 or any(_CONTACT.search(line.text) for line in lines):
        return None
    line = lines[0]
    if _without(line, identity) != line.text or len(line.text.split()) > MAX_WORDS or says_wish(line.text):
        return None
    if names_field(line.text):
        return line.text
    again = line.text.casefold()
    below = (other.text.casefold() for other in stored.lines[2:] if other.start > line.end)
    comes_again = any(other == again or other.startswith(again + " ") for other in below)
    return line.text if line.text.isupper() and comes_again else None
