"""Levels that can be compared: of languages and of degrees."""

from __future__ import annotations

from typing import get_args

from libs.contracts.structure import EducationLevel

_LANGUAGE = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
# From a school leaving certificate up; `other` says nothing.
_DEGREE: tuple[EducationLevel, ...] = ("secondary", "vocational", "associate", "bachelor", "master", "doctorate")
assert set(_DEGREE) < set(get_args(EducationLevel))


def language_rank(level: str | None) -> int | None:
    """0 and more, the higher the better; None where the text tells no level."""
    return _LANGUAGE.index(level) if level in _LANGUAGE else None


def degree_rank(level: str | None) -> int | None:
    """0 and more, the higher the better; None where the text tells no level."""
    for rank, known in enumerate(_DEGREE):
        if known == level:
            return rank
    return None


def degree_name(rank: int) -> str:
    """The level of a rank, for people."""
    return _DEGREE[rank]
