"""What a posting without a title is called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from libs.contracts.structure import Section
from services.ingest.structure.sections.heading_words import read_title
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.headline import first_occupation, is_title
from services.ingest.structure.title.occupation_words import after_cue, label_of

# A posting says within so many lines for what it is.
MAX_LINES = 20
MAX_TITLE_WORDS = 10

_LABELLED = re.compile(r"^(?P<label>[^:：]{2,40}?)\s*[:：]\s*(?P<rest>\S.*)$")
_MAIL = re.compile(r"^(?:from|to|cc|bcc|date|sent|subject|von|an|betreff|de|para|asunto|objet)\s*:", re.IGNORECASE)


def posting_title(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The first line that names the position, else the first that says something; None where none does."""
    headings = {section.start for section in sections}
    lines = [line for line in stored.lines[:MAX_LINES] if line.start not in headings]
    for line in lines:
        found = _named(line.text)
        if found is not None:
            return found
    plain = [line.text for line in lines if any(char.isalnum() for char in line.text) and not _MAIL.match(line.text)]
    if plain:
        return plain[0]
    return next((line.text for line in stored.lines if any(char.isalnum() for char in line.text)), None)


def _named(text: str) -> str | None:
    """The position in a line: after a label, alone, or after "we are looking for"."""
    labelled = _LABELLED.match(text[:200])
    if labelled is not None and label_of(labelled["label"]) == "label":
        return labelled["rest"]
    if _MAIL.match(text):
        return None
    alone = text.strip(" *#•-–")
    reading = read_title(alone, True) if len(alone) <= 60 else None
    if not (reading and reading.sure) and len(alone.split()) <= MAX_TITLE_WORDS and is_title(alone, True):
        rest = after_cue(alone)
        return alone if rest is None else first_occupation(rest, True) or alone
    rest = after_cue(text[:400])
    return None if rest is None else first_occupation(rest, True)
