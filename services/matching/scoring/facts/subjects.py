"""In what somebody has studied: subjects that have several names, and degrees that say their subject."""

from __future__ import annotations

import re
from functools import cache
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
# Degrees in capitals, such as BE, are words else.
_LONGEST_AS_WRITTEN = 5


def subject_words(text: str) -> list[str]:
    """The terms of a text that name a subject, those of its other names with them."""
    return [term for term in content_words(text) if term not in _OF_ALL and not term.isdigit()]


def also_called(text: str) -> list[str]:
    """The terms of all names of the subjects that a text names."""
    found: dict[str, None] = {}
    for match in _pattern().finditer(text):
        for line in _lines().get(match.group(), ()) or _lines().get(match.group().casefold(), ()):
            found.update(dict.fromkeys(line))
    return list(found)


@cache
def _lines() -> dict[str, list[list[str]]]:
    """By a name of a subject the terms of all its names, of each line that has it."""
    found: dict[str, list[list[str]]] = {}
    for line in SUBJECTS.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        names = line.split(";")
        # Of a name of several words one alone is another subject: "computer science" is no "science".
        single = [term for name in names if " " not in name for term in terms_of(name)]
        for name in names:
            found.setdefault(_key(name), []).append([*single, *(terms_of(name) if " " in name else ())])
    return found


def _key(name: str) -> str:
    return name if _counts_as_written(name) else name.casefold()


def _counts_as_written(name: str) -> bool:
    return name.replace(".", "").isupper() and len(name) <= _LONGEST_AS_WRITTEN


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_lines(), key=len, reverse=True)
    written = [re.escape(each) for each in longest_first if _counts_as_written(each)]
    folded = [re.escape(each) for each in longest_first if not _counts_as_written(each)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(written)}|(?i:{'|'.join(folded)}))(?!\w)")
