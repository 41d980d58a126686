"""What is told of text that was left out because nobody who looks at the document sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from libs.contracts.documents import Note
from services.ingest.parsing.parsers.looks import TextLine

CODE: Final = "hidden_text"
_SHOWN = 200
# Less is a page number or the remainder of a decoration.
_LETTERS = 2


def hidden_text(hidden: Sequence[str], lines: Sequence[TextLine]) -> Iterator[Note]:
    """A note on the hidden stretches of text, or none. What is also in sight as a line of its own hides nothing."""
    if not hidden:
        return
    seen = {_words(line.text) for line in lines}
    text = "\n".join(each for each in hidden if _words(each) not in seen)
    if sum(map(str.isalpha, text)) < _LETTERS:
        return
    shown = " ".join(text.split())
    count = sum(not char.isspace() for char in text)
    more = " …" if len(shown) > _SHOWN else ""
    yield Note(CODE, f"text that cannot be seen was left out, {count} characters: {shown[:_SHOWN]}{more}")


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
