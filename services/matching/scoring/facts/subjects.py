"""In what somebody has studied: subjects that have several names, and degrees that say their subject."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from pathlib import Path

from services.matching.scoring.facts.content import content_words
from services.matching.scoring.terms import terms_of

SUBJECTS = Path(__file__).with_name("subjects_v1.tsv")
# What is said of any studies, and names no subject.
_OF_ALL = frozenset(
    terms_of(
        "accredited program programme university college institution school degree degrees bachelor master diploma "
        "studies study subject subjects discipline area areas first second class honours honors distinction completed "
        "obtained finished passed achieved awarded higher higher-level undergraduate graduate postgraduate level "
        "recognised recognized abroad foreign country comparable any another"
    )
)
# "LL.B.", "B.Sc."
_WITH_POINTS = re.compile(r"\b(?:[A-Za-z]{1,4}\.){1,4}[A-Za-z]{0,4}")
_MOST_REMEMBERED = 4_096

Terms = tuple[str, ...]


def subject_words(text: str) -> list[str]:
    """The terms of a text that name a subject. Words that say nothing by themselves belong to it in "social work"."""
    terms = terms_of(text)
    named = {term for name, _ in _named_in(tuple(terms)) for term in name}
    plain = {term for term in content_words(text) if term not in _OF_ALL and not term.isdigit()}
    return [term for term in terms if term in plain or term in named]


def study_words(text: str) -> list[str]:
    """The distinct terms of what a text tells of studies; degrees with points also without them."""
    degrees = " ".join(match.group().replace(".", "") for match in _WITH_POINTS.finditer(text))
    return list(dict.fromkeys((*terms_of(text), *terms_of(degrees))))


def fits(asked: Sequence[str], studied: Collection[str]) -> bool:
    """Whether studies, by their terms, are in one of the subjects that the terms `asked` name."""
    words = frozenset(studied)
    return any(each <= words for each in _alternatives(tuple(asked)))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _alternatives(asked: Terms) -> list[frozenset[str]]:
    """The terms of each name of the subjects that are asked."""
    named = _named_in(asked)
    taken = {term for name, _ in named for term in name}
    found = [frozenset(name) for _, lines in named for line in lines for name in line]
    return [*found, *(frozenset((term,)) for term in asked if term not in taken)]


def _named_in(terms: Terms) -> list[tuple[Terms, list[list[Terms]]]]:
    """The names of subjects that the terms hold, each with its lines. A longer name is another subject: "software
    engineering" is no "engineering"."""
    found: list[tuple[Terms, list[list[Terms]]]] = []
    free = set(range(len(terms)))
    for length in range(min(len(terms), _longest()), 0, -1):
        for at in range(len(terms) - length + 1):
            name, places = terms[at : at + length], range(at, at + length)
            if (lines := _lines().get(name)) and free.issuperset(places):
                found.append((name, lines))
                free.difference_update(places)
    return found


@cache
def _lines() -> dict[Terms, list[list[Terms]]]:
    """By the terms of a subject's name all its names, of each line that has it."""
    found: dict[Terms, list[list[Terms]]] = {}
    for line in SUBJECTS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            names = [tuple(terms_of(name)) for name in line.split(";")]
            telling = [name for name in names if name and min(map(len, name)) > 1]
            for name in telling:
                found.setdefault(name, []).append(telling)
    return found


@cache
def _longest() -> int:
    return max(map(len, _lines()))
