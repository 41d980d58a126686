"""A document's title: what it was given, or its first line."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import Entry, IdentitySpan, Section
from libs.contracts.text_preparation import holds_text, one_line
from services.ingest.structure.stored_text import StoredText

MAX_GIVEN_CHARS = 500
MAX_LINE_CHARS = 120


def title_of(
    stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan], entries: Sequence[Entry]
) -> str | None:
    """One line: the given title, else the text's first line that says something, cut at a word.

    Both are in the stored form. None only where the text has no such line.
    """
    given, text = stored.given_title, stored.text
    if given is not None and holds_text(given):
        return shortened(one_line(given), MAX_GIVEN_CHARS)
    line = next((line for line in text.splitlines() if any(char.isalnum() for char in line)), None)
    return None if line is None else shortened(line.strip(), MAX_LINE_CHARS)


def shortened(line: str, limit: int) -> str:
    """`line` with at most `limit` characters, cut between words where it has any."""
    if len(line) <= limit:
        return line
    cut = line.rfind(" ", limit // 2, limit + 1)
    return line[: cut if cut > 0 else limit].rstrip()
