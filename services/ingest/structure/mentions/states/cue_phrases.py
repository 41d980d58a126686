"""The form in which the file of cues writes its phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from services.ingest.structure.mentions.tokens import fold, words_in

_CHOICE = re.compile(r"\{([^{}]*)\}")
_OUTSIDE = re.compile(r"\(([^()]*)\)(.*)", re.DOTALL)
_FOLLOWS = "…"
_DOES = "[does]"


class Phrase(NamedTuple):
    """One cue as it may stand in a text, in folded words.

    `opening`: words that stand before `words`, other words between them; mostly none. `open`: said of all that stands
    in its clause beside it, and not only of what is named there. `outside`: how many of the first words are no part of
    what they tell of. `does`: only where a verb follows, as `does` of the clause words has them.
    """

    opening: tuple[str, ...]
    words: tuple[str, ...]
    open: bool
    outside: int
    does: bool = False


def phrases_of(column: str) -> Iterator[Phrase]:
    """The phrases of a line, with all their choices. ValueError where one is not of the form."""
    for written in filter(None, map(str.strip, column.split("|"))):
        for plain in _chosen(written):
            yield _phrase(plain)


def _chosen(written: str) -> Iterator[str]:
    parts = _CHOICE.split(written)
    for choice in product(*(part.split("/") if at % 2 else [part] for at, part in enumerate(parts))):
        yield " ".join("".join(choice).split())


def _phrase(plain: str) -> Phrase:
    outside = 0
    does = _DOES in plain
    plain = plain.replace(_DOES, "")
    if bracketed := _OUTSIDE.fullmatch(plain):
        outside = len(words_in(bracketed[1]))
        plain = f"{bracketed[1]} {bracketed[2]}"
    is_open = plain.startswith(_FOLLOWS) or plain.endswith(_FOLLOWS)
    opening, within, rest = plain.strip(_FOLLOWS).partition(_FOLLOWS)
    words = _folded(rest if within else opening)
    if not words or _FOLLOWS in rest:
        raise ValueError(f"{plain!r} is no phrase")
    return Phrase(_folded(opening) if within else (), words, is_open, outside, does)


def _folded(phrase: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in words_in(phrase))
