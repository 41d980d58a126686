"""Whether something in a text stands in a list, and beside what."""

from __future__ import annotations

import re

# All that may stand between two things of one list; a line's end with a bullet as well.
_BETWEEN = re.compile(
    r"[\s,;/|•·●▪■◦‣*、，；+&\-–—]*"
    r"(?:\b(?:and|or|and/or|nor|plus|as well as|und|oder|sowie|et|ou|y|e|o|u|i|oraz|lub|en|of|и|или|او|و)\b"
    r"|[和与及或ו])?"
    r"[\s,/]*",
    re.IGNORECASE,
)
_MAX_BETWEEN = 16
_BULLETS = " \t•·●▪■◦‣*-–—>○❖✓➢"
_MAX_BULLET = 8
_MAX_BEHIND = 3


def is_list_gap(gap: str) -> bool:
    """Whether `gap`, the text between two things, says that both belong to one list."""
    return len(gap) <= _MAX_BETWEEN and _BETWEEN.fullmatch(gap) is not None


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the stretch is all that its line holds, but for a bullet before it and a sign behind it."""
    before = text[max(0, start - _MAX_BULLET) : start].rpartition("\n")
    if not before[1] and start > _MAX_BULLET:
        return False
    behind = text[end : end + _MAX_BEHIND].partition("\n")
    if not behind[1] and end + _MAX_BEHIND < len(text):
        return False
    return not before[2].strip(_BULLETS) and not behind[0].strip(" ,;.:")
