"""A search text cut into words, quotations, operators and parentheses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["word", "quotation", "and", "or", "not", "open", "close"]

_OPERATORS: dict[str, TokenKind] = {"AND": "and", "OR": "or", "NOT": "not"}
# What opens a quotation, and what may close it: word processors make curly quotes of straight ones.
_CLOSED_BY = {'"': '"', "“": '”"', "”": "”", "„": '“”"', "«": "»", "»": "«"}
_QUOTES = frozenset('"“”„«»')


class Malformed(ValueError):
    """The text is no query: it is read as plain words."""


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the word, or what stands within the quotes."""

    kind: TokenKind
    text: str = ""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text of one line. Raises Malformed, also on the way."""
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char in "()":
            yield Token("open" if char == "(" else "close")
            at += 1
        elif char in _CLOSED_BY:
            at, token = _quotation(text, at)
            yield token
        elif char == "-" and _excludes(text, at + 1):
            yield Token("not")
            at += 1
        else:
            end = _word_end(text, at)
            word = text[at:end]
            yield Token(_OPERATORS.get(word, "word"), word)
            at = end


def _quotation(text: str, start: int) -> tuple[int, Token]:
    end = next((at for at in range(start + 1, len(text)) if text[at] in _CLOSED_BY[text[start]]), None)
    if end is None:
        raise Malformed("a quotation is not closed")
    if end + 1 < len(text) and (text[end + 1].isalnum() or text[end + 1] in _QUOTES):
        raise Malformed("a quotation ends inside a word")
    return end + 1, Token("quotation", text[start + 1 : end])


def _excludes(text: str, at: int) -> bool:
    """Whether a hyphen before `at` excludes what comes: a word with a letter, a quotation or a group.

    -2019 may be the end of a range of years, "- " is a bullet, "--" a dash.
    """
    if at == len(text) or text[at].isspace() or text[at] == "-":
        return False
    return text[at] == "(" or text[at] in _CLOSED_BY or any(map(str.isalpha, text[at : _word_end(text, at)]))


def _word_end(text: str, start: int) -> int:
    """Where a word ends: at a space, or at a parenthesis that was opened before it; those of "nurse(s)" are its own."""
    opened = 0
    for at in range(start, len(text)):
        char = text[at]
        if char.isspace():
            return at
        if char == "(":
            opened += 1
        elif char == ")":
            if opened == 0:
                return at
            opened -= 1
        elif char in _QUOTES and not (char in '"”' and at > start and text[at - 1].isdecimal()):
            # Behind a digit it says inches.
            raise Malformed("a quotation begins or ends inside a word")
    return len(text)
