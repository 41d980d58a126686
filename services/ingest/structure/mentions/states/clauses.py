"""Where sentences, items and brackets end between the words of a text."""

from __future__ import annotations

import re

from services.ingest.structure.mentions.tokens import Tokens

_HARD = re.compile(r"[;!?•·●▪■|。！？；]|\.(?=\s|$)")
# After these words a line's end never ends what they begin.
_GOES_ON = frozenset(
    "a an and any as at by for from in nor of on or the to with without und oder mit in für et ou de avec con "
    "y o de e com em met en of z w i lub".split()
)
_ITEM_END = re.compile(r"[ \u00a0]*(?:[.,;)|\]/、，；。）]|\n|$)")
_SHORT = 2


def ends_clause(tokens: Tokens, at: int) -> bool:
    """Whether a sentence or an item of a list ends between the word `at` and the next."""
    text, end = tokens.text, tokens.ends[at]
    start = tokens.starts[at + 1]
    if start - end == 1 and text[end] in " ,-/":
        return False
    gap = text[end:start]
    if hard := _HARD.search(gap):
        # "B. Sc.", "e. g." are no ends of sentences.
        short = hard.group() == "." and end - tokens.starts[at] <= _SHORT and "\n" not in gap
        if not short:
            return True
    if "\n" not in gap:
        return False
    if "\n\n" in gap or gap.rstrip(" ")[-1:] != "\n":  # a blank line, or a bullet before the next word
        return True
    if gap.lstrip().startswith(",") or tokens.words[at] in _GOES_ON:
        return False
    return not (text[start].islower() and tokens.wrapped(end))


def brackets(gap: str) -> tuple[int, bool]:
    """How many brackets more are open behind `gap` than before it, and whether it closes one it did not open."""
    depth, closes = 0, False
    for char in gap:
        if char in "(（[":
            depth += 1
        elif char in ")）]":
            depth -= 1
            closes = closes or depth < 0
    return depth, closes


def ends_item(text: str, offset: int) -> bool:
    """Whether an item, a bracket, a line or the text ends at `offset`."""
    return _ITEM_END.match(text, offset) is not None
