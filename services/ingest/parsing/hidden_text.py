"""The note on text that was left out because nobody who looks at the document sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from libs.contracts.documents import Note

CODE: Final = "hidden_text"
_SHOWN_CHARS = 200
# Less is a page number or the remainder of a decoration.
_LETTERS = 2


def hidden_text_notes(hidden: Sequence[str]) -> list[Note]:
    """One note of hidden stretches: how many characters, and the first 200; none where they say nothing."""
    text = " ".join(" ".join(hidden).split())
    if sum(map(str.isalpha, text)) < _LETTERS:
        return []
    count = sum(not char.isspace() for char in text)
    shown = text[:_SHOWN_CHARS] + (" …" if len(text) > _SHOWN_CHARS else "")
    return [Note(CODE, f"text that cannot be seen was left out, {count} characters: {shown}")]
