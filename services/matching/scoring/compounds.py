"""Words that are written as one word, with a hyphen or as two: preschool, pre-school, pre school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

COMPOUNDS = Path(__file__).with_name("compounds_v1.tsv")


@cache
def first_parts() -> Mapping[str, frozenset[str]]:
    """By the first part of compounds, in lower case, what follows it in them, in singular and plural."""
    found: dict[str, set[str]] = {}
    for first, second in _pairs():
        found.setdefault(first, set()).update(_numbers(second))
    return {first: frozenset(seconds) for first, seconds in found.items()}


@cache
def in_one_word() -> Mapping[str, tuple[str, str]]:
    """By a compound in one word, in lower case, in singular and plural, its two parts."""
    return {first + form: (first, form) for first, second in _pairs() for form in _numbers(second)}


def _numbers(word: str) -> tuple[str, str]:
    return word, word + "s"


def _pairs() -> Iterator[tuple[str, str]]:
    for line in COMPOUNDS.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for compound in filter(None, line.split(";")):
                first, second = compound.split()
                yield first, second
