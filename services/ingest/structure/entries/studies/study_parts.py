"""How a line of studies is parted: what stands between its names, and what is none of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Stands where a degree was.
DEGREE_MARK = "\x01"

# The look ahead lets most signs go by at one glance. A stop that ends a short form of a school's name parts nothing.
PARTS = re.compile(
    r"(?=[\s\x00\x01|•·;，،、⋅‧,:：–—.C-])(?:"
    r"\s{0,3}(?:\bCity\s{0,3},\s{0,3}State\b|[|•·;，،、⋅‧]\s{0,3}|,\s{1,3}|:\s{1,3})|\x00+|\x01+"
    r"|\s{1,3}[-–—−]+\s{1,3}|\s{1,3}[–—]|[–—]\s{1,3}|,(?!\d)|：|\.{3,80}\s{0,3}|-{2,80}"
    r"|(?<=[^\W\d_]{3})(?<!Comm)(?<!Univ)(?<!Inst)(?<!Coll)(?<!Tech)(?<!Acad)(?<!Elem)\.\s{1,3}(?=[A-ZÀ-Ý])"
    r"|\s\((?=[a-z]))"
)
PLACE_END = re.compile(
    r"\s{0,3}[|–,-]\s{0,3}City\b.*$|\s{1,3}City\s{0,3},\s{0,3}(?:State)?.*$|\s{0,3}City\s{0,3}$"
    r"|\s{0,3}[|–-]\s{0,3}State\b.*$"
)
REMARK = re.compile(
    r"\b(?:GPA|G\.P\.A|Grade|Note|Abschlussnote|Notendurchschnitt|mention|mit der Note|Dean['’]?s List|Magna Cum"
    r"|Summa Cum|Cum Laude|Graduated with|Top \d{1,2} ?%|with honou?rs|voto|ocena|promedio|média)\b.*$",
    re.IGNORECASE,
)
IN = re.compile(
    r"\s{0,3}(?:degree\s{1,3})?(?:(?:in|of|en|de|em|di|im fach|der|des|zum|zur|im|w|в|по|في"
    r"|(?-i:i)|with a major in|major in|major|specialization in)\s{1,3}|d['’]|ב)",
    re.IGNORECASE,
)
# What a form puts where nothing was filled in.
_UNFILLED = re.compile(
    r"Select (?:One|Degree|Your Degree)\b|Select\.{2,3}|\[[A-Z][\w /’'-]{1,30}\]"
    r"|\b(?:University|School|College|Institution|Degree|Course|Major) Name\b"
    r"|\bName of (?:School|University|Institution)\b"
)
_BRACKETS = re.compile(r"\(([^()]{2,80})\)")


@lru_cache(maxsize=1024)
def separated(text: str) -> tuple[tuple[int, int], ...]:
    """Where the parts of a line begin and end."""
    found = []
    start = 0
    for match in PARTS.finditer(text):
        if match.start() > start:
            found.append((start, match.start()))
        start = match.end()
    if start < len(text):
        found.append((start, len(text)))
    return tuple(found)


def without_unfilled(text: str) -> str:
    """`text`, as long as before, with separators where a form's own words stand: "Select One", "School Name"."""
    return _UNFILLED.sub(lambda found: "|" + " " * (len(found.group()) - 1), text)


def brackets_in(text: str) -> Iterator[re.Match[str]]:
    """The brackets of a line."""
    return _BRACKETS.finditer(text) if "(" in text else iter(())
