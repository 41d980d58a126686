"""Pronouns that tell a person's sex, as others: what is said is the same of everybody."""

from __future__ import annotations

import re

_NEUTRAL = {
    "he": "they",
    "she": "they",
    "him": "them",
    "his": "their",
    "her": "their",
    "hers": "theirs",
    "himself": "themselves",
    "herself": "themselves",
}
_GENDERED = re.compile(rf"\b(?:{'|'.join(sorted(_NEUTRAL, key=len, reverse=True))})\b", re.IGNORECASE)


def neutral(text: str) -> str:
    """`text` with pronouns that tell no sex, in the letter case of those that stood there. The same object where there
    were none."""
    return _GENDERED.sub(_other, text) if _GENDERED.search(text) else text


def _other(match: re.Match[str]) -> str:
    written = match.group()
    other = _NEUTRAL[written.lower()]
    if written.isupper():
        return other.upper()
    return other.capitalize() if written[0].isupper() else other
