"""A line of text as numbers, words and signs, as the reader of dates takes it."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.ingest.structure.entries.dates.words import fold

# Chinese is written without spaces: what its dates are made of stands for itself, as does each other character.
_TOKEN = re.compile(
    r"(?:昭和|平成|令和)(?:\d{1,2}|元)(?=年)|\d+"
    r"|[qQ][1-4](?![^\W_])|至今|迄今|现在|目前|当前|今天|个月|個月|半年|预计|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|[^\w\s]|_"
)


# The year before the first of each Japanese era.
_ERAS = {"昭和": 1925, "平成": 1988, "令和": 2018}


class Token(NamedTuple):
    """`text` is folded; `number` is its value where it is a number, else -1; offsets into the line."""

    text: str
    start: int
    end: int
    number: int


def tokens_of(line: str) -> list[Token]:
    """The tokens of a line; spaces are none."""
    tokens = []
    folded = line.lower() if line.isascii() else None
    for match in _TOKEN.finditer(line):
        start, end = match.span()
        text = folded[start:end] if folded is not None else fold(match.group())
        if text[:2] in _ERAS:
            text = str(_ERAS[text[:2]] + (1 if text[2:] == "元" else int(text[2:])))
        number = int(text) if len(text) <= 4 and text.isdecimal() else -1
        tokens.append(Token(text, start, end, number))
    return tokens
