"""The words of a text in order, and with which of them each unit begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.matching.scoring.term_positions import is_between_tokens
from services.matching.scoring.terms import is_folded_as_it_is, is_unspaced, word_list


def word_sequence(text: str, unit_starts: Sequence[int]) -> tuple[list[str], list[int]]:
    """All words of `text` as `word_list` gives them, and (units + 1) the place among them with which each unit begins,
    and how many there are.

    `unit_starts` are ascending offsets. Words between two units belong to the one before, and those before the first
    to the first. A unit that begins within a word begins behind it.
    """
    words: list[str] = []
    begins: list[int] = []
    for piece in _pieces(text, unit_starts):
        begins.append(len(words))
        words += word_list(piece)
    return words, [*begins, len(words)] if unit_starts else [len(words)]


def _pieces(text: str, unit_starts: Sequence[int]) -> Iterator[str]:
    """As many as there are units, and one where there are none."""
    done = 0
    for start in unit_starts[1:]:
        cut = _cut(text, max(start, done))
        # The two characters on both sides of a cut in a run are a word too, of the unit before.
        yield text[done : cut + _is_in_run(text, cut)] if cut > done else ""
        done = cut
    yield text[done:]


def _cut(text: str, at: int) -> int:
    """The first place from `at` on where a text can be cut so that the pieces have the words of the whole."""
    while at < len(text):
        if _is_in_run(text, at):
            # A run's last character alone would be a word of its own.
            if _is_in_run(text, at + 1):
                return at
        elif text[at - 1 : at].isspace() or is_between_tokens(text, at) or _begins_or_ends_run(text, at):
            return at
        at += 1
    return len(text)


def _is_in_run(text: str, at: int) -> bool:
    return 0 < at < len(text) and is_unspaced(text[at - 1]) and is_unspaced(text[at])


def _begins_or_ends_run(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    before, behind = text[at - 1], text[at]
    # A character that nobody sees may stand within a run.
    seen = is_folded_as_it_is(before) and is_folded_as_it_is(behind)
    return seen and is_unspaced(before) != is_unspaced(behind)
