"""What a posting without a title is called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from libs.contracts.structure import Section
from services.ingest.structure.sections.heading_words import read_title
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.line_titles import first_occupation, is_title
from services.ingest.structure.title.occupation_words import after_cue, is_shaped, label_of
from services.ingest.structure.title.trimming import bare

# A posting says within so many lines for what it is.
MAX_LINES = 20
# A title stands alone within the first of them.
MAX_FIRST_LINES = 5
MAX_TITLE_WORDS = 10
MAX_SENTENCE_CHARS = 300

_LABELLED = re.compile(r"^(?P<label>[^:：]{2,40}?)\s*[:：]\s*(?P<rest>\S.*)$")
_SENTENCE_END = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=\)))\.\s{1,3}(?=\w)")
# Where the next field's name was run into the title ("Data engineerLOCATION: Boston").
_NEXT_LABEL = re.compile(r"[A-Z][A-Za-z ]{2,20}\s?:")
# A mail's head and greeting.
_AROUND = re.compile(
    r"(?:from|to|cc|bcc|date|sent|subject|von|an|betreff|de|para|asunto|objet|fw|fwd|re)\s*:"
    r"|(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|day)|hallo|liebe|lieber|sehr geehrte|guten tag|bonjour"
    r"|chère?s?|hola|estimad[oa]s?|buen[oa]s|olá|prezad[oa]s?|bom dia|ciao|buongiorno|gentil[ei]|beste|geachte|dag"
    r"|witam|dzień dobry|szanown[yia]|здравствуйте|добрый день|уважаем|привет|您好|大家好|各位|مرحبا"
    r"|السلام|שלום)\b[^.]{0,60}$",
    re.IGNORECASE,
)


def posting_title(stored: StoredText, sections: Sequence[Section]) -> str | None:
    """The first line that names the position, else the first that says something; None where none does."""
    headings = {section.start for section in sections}
    lines = [line for line in stored.lines[:MAX_LINES] if line.start not in headings]
    for number, line in enumerate(lines):
        found = _named(line.text, number < MAX_FIRST_LINES)
        if found is not None:
            return found
    plain = [line.text for line in lines if any(char.isalnum() for char in line.text) and not _AROUND.match(line.text)]
    if plain:
        return plain[0]
    return next((line.text for line in stored.lines if any(char.isalnum() for char in line.text)), None)


def _named(text: str, may_be_alone: bool) -> str | None:
    """The position in a line: after a label, alone, or after "we are looking for"."""
    labelled = _LABELLED.match(text[:200])
    if labelled is not None and label_of(labelled["label"]) == "label":
        return _NEXT_LABEL.split(labelled["rest"], maxsplit=1)[0].strip(" -–—|,;") or labelled["rest"]
    if _AROUND.match(text):
        return None
    rest = after_cue(text[:MAX_SENTENCE_CHARS], of_self=False)
    sought = None if rest is None else first_occupation(rest, True, plural=True)
    if sought is not None or not may_be_alone:
        return sought
    reading = read_title(text, True) if len(text) <= MAX_SENTENCE_CHARS else None
    if (opening := _opening(text)) is not None:
        return opening
    is_alone = len(text.split()) <= MAX_TITLE_WORDS and text[0].isalpha() and not (reading and reading.sure)
    return text if is_alone and is_title(text, True) and is_shaped(text) else None


def _opening(text: str) -> str | None:
    """The position in a first sentence that says no more, of a posting that goes on in the same line."""
    found = _SENTENCE_END.search(text[:MAX_SENTENCE_CHARS])
    if found is None:
        return None
    opening = bare(text[: found.start()])
    is_short = 0 < len(opening.split()) <= MAX_TITLE_WORDS
    return opening if is_short and is_title(opening, True) and is_shaped(opening) else None
