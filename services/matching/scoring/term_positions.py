"""The terms of a text and of each of its units, from one look at the text."""

from __future__ import annotations

from collections.abc import Sequence

from services.matching.scoring.terms import folded_term_list, is_folded_in_place, term_list, terms_of

# Signs that may belong to a token, beside letters and digits: nothing is cut beside them.
_IN_TOKENS = "._+#'’"


def terms_and_unit_terms(text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[str], list[list[str]]]:
    """All terms of `text`, in order and with repetitions, and the distinct ones of each of its spans.

    They are what `term_list` gives of the text and `terms_of` of each span's stretch. `spans` are (start, end).
    """
    if not is_folded_in_place(text):
        return term_list(text), [terms_of(text[start:end]) for start, end in spans]
    folded = text.lower()
    everything: list[str] = []
    of_units: list[list[str]] = []
    done = 0
    for start, end in spans:
        if done <= start < end and _is_between_tokens(folded, start) and _is_between_tokens(folded, end):
            between = folded[done:start]
            if between and not between.isspace():
                everything += folded_term_list(between)
            terms = folded_term_list(folded[start:end])
            everything += terms
            done = end
        else:
            terms = folded_term_list(folded[start:end])
        of_units.append(list(dict.fromkeys(terms)))
    everything += folded_term_list(folded[done:])
    return everything, of_units


def _is_between_tokens(text: str, at: int) -> bool:
    """Whether tokens before and after a place are the same where the text is cut there."""
    return at <= 0 or at >= len(text) or _separates(text[at]) or _separates(text[at - 1])


def _separates(sign: str) -> bool:
    return not sign.isalnum() and sign not in _IN_TOKENS
