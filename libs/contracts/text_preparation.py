"""The stored text: made once, by ingest; every offset in the system counts its code points.

Here because the gateway measures what is sent by the same rules, and refuses at once what ingest would.
"""

from __future__ import annotations

import re
import unicodedata

# Line breaks of other systems, form feeds and the separators of Unicode become the one line break.
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# What is not a single space already: most texts have few of these.
_SPACES = re.compile("\t[ \t]*| [ \t]+")
_BLANK_LINES = re.compile("\n{3,}")
_EDGES = " \n"

# Hangul fillers: letters to Unicode, and nothing to the eye.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"

# What a job's fields, as given, may take beyond its stored text: white space, mostly. It bounds the
# record, since they travel along.
GIVEN_FACTOR = 2


def prepare(text: str) -> str:
    """`text` in the stored form; preparing it again changes nothing.

    NFC; no control characters but the line break, no lone surrogates; runs of spaces and tabs within
    a line are one space, none at a line's ends; at most one blank line in a row, none at the text's
    ends. Line breaks stay.
    """
    text = _LINE_BREAKS.sub("\n", text)
    # Before NFC: a character taken out may have kept a letter and its accent apart.
    text = unicodedata.normalize("NFC", _FORBIDDEN.sub("", text))
    text = _SPACES.sub(" ", text).replace(" \n", "\n").replace("\n ", "\n")
    return _BLANK_LINES.sub("\n\n", text).strip(_EDGES)


def is_blank(line: str) -> bool:
    """Whether nothing but white space is left of a line, which has no line break in it, once it is prepared."""
    return not line.strip() or not _FORBIDDEN.sub("", line).strip()


def one_line(stored: str) -> str:
    """A text of the stored form in one line: its line breaks are spaces."""
    return _SPACES.sub(" ", stored.replace("\n", " ")).strip(" ")


def without_forbidden(text: str) -> str:
    """`text` as given, less what neither JSON nor PostgreSQL can hold: lone surrogates and U+0000."""
    return re.sub("[\x00\ud800-\udfff]", "", text)


def holds_text(text: str) -> bool:
    """Whether anything but white space and invisible characters is in `text`."""
    return any(unicodedata.category(char)[0] not in "ZC" for char in text)


def holds_word(text: str) -> bool:
    """Whether a letter, a digit or a sign of a script without letters is in `text`: something to look for."""
    return any(unicodedata.category(char)[0] in "LN" and char not in _BLANK_LETTERS for char in text)


def job_text(title: str | None, description: str | None, requirements: str | list[str] | None) -> str:
    """A job's text before it is prepared: its fields joined by blank lines, a list's entries one a line.

    Prepares nothing itself, so that whoever needs the stored form prepares each character once.
    """
    listed = requirements if isinstance(requirements, str | None) else "\n".join(map(_without_breaks, requirements))
    return "\n\n".join(part for part in (title, description, listed) if part and part.strip())


def _without_breaks(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text).replace("\n", " ")


def given_chars(title: str | None, description: str | None, requirements: str | list[str] | None) -> int:
    """Characters of a job's fields as given."""
    listed = requirements if isinstance(requirements, str | None) else "\n".join(requirements)
    return sum(len(part or "") for part in (title, description, listed))
