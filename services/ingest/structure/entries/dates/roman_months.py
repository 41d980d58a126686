"""Months in Roman numerals, as Polish, Czech and Hungarian write them: "III 2019 – IX.2021"."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.structure.entries.dates.tokens import Token

_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
ROMAN_MONTHS = {numeral: month for month, numeral in enumerate(_NUMERALS, 1)}
_BEFORE_DATES = frozenset("od do from to since until z ze dal al da a fino von bis de à с по з до".split())


def roman_month(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The month that a token means, and where its year is to stand.

    A lone letter is one only where a date may begin: the X of "OS X 2012" is none.
    """
    month = ROMAN_MONTHS.get(tokens[at].text)
    if not month:
        return None
    before = tokens[at - 1].text if at else ""
    if len(tokens[at].text) == 1 and before[-1:].isalnum() and before not in _BEFORE_DATES:
        return None
    signed = at + 1 < len(tokens) and tokens[at + 1].text in {".", "/"}
    return month, at + 1 + signed
