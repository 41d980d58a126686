"""The terms of titles, which the same few thousand are of again and again."""

from __future__ import annotations

from functools import lru_cache

from services.matching.scoring.terms import terms_of


@lru_cache(maxsize=65_536)
def title_terms(title: str) -> frozenset[str]:
    """The distinct terms of a title."""
    return frozenset(terms_of(title))
