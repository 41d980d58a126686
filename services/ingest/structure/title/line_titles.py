"""The title that a line holds, among names, places and ways to reach somebody."""

from __future__ import annotations

import re

from services.ingest.structure.entries import entry_words
from services.ingest.structure.title.occupation_words import (
    behind_label,
    is_shaped,
    label_of,
    names_field,
    names_occupation,
    says_wish,
)
from services.ingest.structure.title.trimming import COMPANY, EDGES, bare, names_institution

MAX_LINE_CHARS = 400
MAX_WORDS = 14
MAX_SHOUTED_WORDS = 24
MAX_SENTENCE_WORDS = 6
MAX_LOWER_WORDS = 5
MAX_NAME_WORDS = 3
# Beyond, what follows a comma tells of something else.
MAX_WHOLE_WORDS = 7

CONTACT = re.compile(
    r"@|https?:|www\.|\d{4,}|\d{3}[-. ]\d|\b\d{1,2}[./]\d{1,2}[./]\d|\w\.(?:com|org|net|io)\b", re.IGNORECASE
)
# Stands where something was cut out of a line.
CUT = "\x00"
SEPARATOR = re.compile(r"\x00|[|•·●∙■◆►‣¦]|\s//\s|\s\*\s|\t")
_DASH = re.compile(r"\s[–—-]\s|\s?—\s?")
_LABELLED = re.compile(r"^(?P<label>[^:：]{2,40}?)\s*[:：]\s*(?P<rest>\S.*)$")
# Between pairs of a label and what it is of, in one line: "姓名：李娜 职位：产品经理".
_PAIRS = re.compile(r"(?<!['’]s)[\s|,;，；\x00]+(?=[^\s:：|]{2,20}\s?[:：])")
_SENTENCE = re.compile(
    r"\b(?:please|find|my|we|will|ich|je|wir)\b|\bi(?:['’]m|['’]ve|\s(?:am|have|was|do|work|can|love|help|want|would|like|build))\b",
    re.IGNORECASE,
)
_ENDS_PHRASE = re.compile(
    r"[,.;:(，。；]|\s(?:from|with|who|whose|based|in|at|and|having|since|specializ\w+|specialis\w+|looking|seeking|for"
    r"|to|out|mit|aus|bei|und|seit|avec|de chez|depuis|chez|et|con|desde|y|com|e|da|met|uit|z|w|med|som|que|por|qui|che"
    r"|który|która|который|которая|с|die(?=\s(?:graag|houdt|zich|altijd|werkt|kan|weet|al|van)\s))\s",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"^(?:an?|the|our|your|one|two|three|eine?n?|une?|una?|um|uma|een|en|ett|gli|il|lo|la|le|el)\s+", re.IGNORECASE
)


def title_in(text: str, names_known: bool) -> str | None:
    """The title that a line of the head holds."""
    if says_wish(text):
        return None
    if _LABELLED.match(text):
        text = _behind_title_label(text)
    chosen: list[str] = []
    for piece in SEPARATOR.split(text):
        found = _in_piece(piece.strip(EDGES), names_known)
        if found is not None:
            chosen.append(found)
        elif chosen:
            break
    return " | ".join(chosen) or None


def _behind_title_label(text: str) -> str:
    """What stands behind the first label of a title among pairs of labels and values; nothing where none has one."""
    labelled = _LABELLED.match(text)
    while labelled is not None:
        value, *following = _PAIRS.split(labelled["rest"], maxsplit=1)
        if label_of(labelled["label"]) == "label":
            return value
        labelled = _LABELLED.match(following[0]) if following else None
    return ""


def wanted_in(text: str) -> str | None:
    """What stands behind "Post applied for:", "Bewerbung als" and the like; None in any other line."""
    labelled = _LABELLED.match(text)
    if labelled is not None and label_of(labelled["label"]) == "wanted":
        return _short(labelled["rest"])
    rest = behind_label(text[:MAX_LINE_CHARS], "wanted")
    found = None if rest is None else _short(rest)
    return found if found is not None and names_occupation(found, True) else None


def _short(text: str) -> str | None:
    words = SEPARATOR.split(text, maxsplit=1)[0].strip(EDGES)
    fits = len(words.split()) <= MAX_WHOLE_WORDS and not CONTACT.search(words) and not _SENTENCE.search(words)
    return words if fits and not words.endswith(".") and not says_wish(words) else None


def _in_piece(piece: str, names_known: bool) -> str | None:
    """The title in what stands between separators: without a name before it, a place or a wish behind it."""
    piece = bare(piece)
    if not is_title(piece, names_known):
        parts = [part.strip(EDGES) for part in _DASH.split(piece)]
        return next((part for part in parts if is_title(part, names_known)), None) if len(parts) > 1 else None
    parts = [part.strip(EDGES) for part in _DASH.split(piece)]
    if len(parts) > 1:
        return _between_dashes(piece, parts, names_known)
    before, comma, behind = piece.partition(", ")
    if comma and names_occupation(before, names_known) and names_employer(behind):
        return before
    if len(piece.split()) > MAX_WHOLE_WORDS and not piece.isupper() and names_occupation(before, names_known):
        return before
    if comma and not names_occupation(before, names_known) and not names_field(before) and names_occupation(behind):
        return behind if 2 <= len(before.split()) <= MAX_NAME_WORDS else piece
    return piece


def names_employer(text: str) -> bool:
    """Whether a school, an institute or a company with its form is named, and no occupation."""
    words, lists = entry_words.words_of(text), entry_words.load()
    formed = len(words) > 1 and any(lists["legal"].has_word(word) for word in (words[0], words[-1]))
    company = formed or COMPANY.search(text) is not None or names_institution(text)
    return (company or lists["school"].within(words, text)) and not names_occupation(text, True)


def _between_dashes(piece: str, parts: list[str], names_known: bool) -> str:
    """The part that names the position; what follows it belongs to it where it begins the line, up to a place."""
    first = next(place for place, part in enumerate(parts) if names_occupation(part, names_known) or names_field(part))
    if first:
        return parts[first]
    ends = (place for place, part in enumerate(parts) if place and (_is_place(part) or _is_institution(part)))
    end = next(ends, len(parts))
    if end == len(parts):
        return piece
    return piece[: piece.index(parts[end - 1], piece.index(parts[0])) + len(parts[end - 1])]


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
    if CONTACT.search(text) or "!" in text or text.endswith("?"):
        return False
    if text.endswith(".") and (size > MAX_SENTENCE_WORDS or text[0].islower()):
        return False
    if size == 1 and (text.endswith(".") or (len(text) <= 2 and text.isascii())):
        return False  # "Mgr." stands before a name
    if text[0].islower() and size > MAX_LOWER_WORDS:
        return False
    if says_wish(text) or _SENTENCE.search(text):
        return False
    return names_occupation(text, names_known)


def _is_place(text: str) -> bool:
    return re.fullmatch(r"[^\W\d_][^,]{1,30},\s*[^\W\d_]{2,20}", text) is not None


def _is_institution(text: str) -> bool:
    return names_institution(text) and not names_occupation(text, True)


def first_occupation(text: str, names_known: bool, parts: int = 4, plural: bool = False) -> str | None:
    """The first of so many `parts` between commas and the like that names an occupation, without its article."""
    for part in _ENDS_PHRASE.split(text[:200])[:parts]:
        found = _ARTICLE.sub("", part.strip(EDGES))
        if not found or len(found.split()) > MAX_WHOLE_WORDS:
            continue
        if names_occupation(found, names_known, plural) and is_shaped(found, plural):
            return found
    return None
