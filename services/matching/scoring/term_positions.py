"""The terms of a text and of each of its units, from one look at the text."""

from __future__ import annotations

from collections.abc import Sequence

from services.matching.scoring.terms import lowered_term_list, term_list, terms_of

# Signs that may belong to a token, beside letters and digits: nothing is cut beside them.
_IN_TOKENS = "._+#'’"


def terms_and_unit_terms(text: str, spans: Sequence[tuple[int, int]]) -> tuple[list[str], list[list[str]]]:
    """All terms of `text`, in order and with repetitions, and the distinct ones of each of its spans.

    They are what `term_list` gives of the text and `terms_of` of each span's stretch. `spans` are (start, end).
    """
    lowered = text.lower()
    # Some letters become two in lower case, so that offsets are lost; a sigma's form depends on its neighbours.
    if len(lowered) != len(text) or "Σ" in text:
        return term_list(text), [terms_of(text[start:end]) for start, end in spans]
    everything: list[str] = []
    of_units: list[list[str]] = []
    done = 0
    for start, end in spans:
        if done <= start < end and _is_between_tokens(lowered, start) and _is_between_tokens(lowered, end):
            everything += lowered_term_list(lowered[done:start])
            terms = lowered_term_list(lowered[start:end])
            everything += terms
            done = end
        else:
            terms = lowered_term_list(lowered[start:end])
        of_units.append(list(dict.fromkeys(terms)))
    everything += lowered_term_list(lowered[done:])
    return everything, of_units


def _is_between_tokens(text: str, at: int) -> bool:
    """Whether tokens before and after a place are the same where the text is cut there."""
    return at <= 0 or at >= len(text) or _separates(text[at]) or _separates(text[at - 1])


def _separates(sign: str) -> bool:
    return not sign.isalnum() and sign not in _IN_TOKENS
