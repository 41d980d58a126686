"""The terms of a text and of each of its units, from one look at the text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from services.matching.scoring.terms import SEPARATOR, is_folded_as_it_is, term_list, term_lists, terms_of

# Signs that may belong to a token, beside letters and digits: nothing is cut beside them.
_IN_TOKENS = "._+#'’"


def terms_and_unit_terms(text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[str], list[list[str]]]:
    """All terms of `text`, in order and with repetitions, and the distinct ones of each of its spans.

    They are what `term_list` gives of the text and `terms_of` of each span's stretch. `spans` are (start, end).
    """
    # In lower case, a sigma is written by what stands around it.
    if "Σ" in text or SEPARATOR in text:
        return term_list(text), [terms_of(text[start:end]) for start, end in spans]
    pieces, units = _pieces(text, spans)
    terms = term_lists(pieces)
    found = {unit: list(dict.fromkeys(each)) for unit, each in zip(units, terms, strict=True) if unit is not None}
    of_units = [found[unit] if unit in found else terms_of(text[start:end]) for unit, (start, end) in enumerate(spans)]
    return list(chain.from_iterable(terms)), of_units


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[str], list[int | None]]:
    """All of the text, cut between tokens, in order; of each piece the unit that it is, None for what lies between
    units. A unit that begins or ends within a token, or lies in another one, is no piece."""
    pieces: list[str] = []
    units: list[int | None] = []
    done = 0
    for unit, (start, end) in enumerate(spans):
        if not done <= start < end:
            continue
        # White space is what nearly all units stand between, and is told fastest.
        begins_there = text[start - 1 : start].isspace() or is_between_tokens(text, start)
        if begins_there and (text[end : end + 1].isspace() or is_between_tokens(text, end)):
            between = text[done:start]
            if between and not between.isspace():
                pieces.append(between)
                units.append(None)
            pieces.append(text[start:end])
            units.append(unit)
            done = end
    pieces.append(text[done:])
    units.append(None)
    return pieces, units


def is_between_tokens(text: str, at: int) -> bool:
    """Whether tokens before and after a place are the same where the text is cut there."""
    return at <= 0 or at >= len(text) or _separates(text[at - 1]) or _separates(text[at])


def _separates(sign: str) -> bool:
    if sign.isspace():
        return True
    return not sign.isalnum() and sign not in _IN_TOKENS and is_folded_as_it_is(sign)
