"""Days and moments as people and systems write them: the part of ISO 8601 that RFC 3339 has, with or without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_FORM = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"([Tt ](?P<time>\d\d:\d\d(:\d\d(\.\d{1,9})?)?)(?P<zone>[Zz]|[+-]\d\d(:?\d\d)?)?)?",
    re.ASCII,
)
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LONGEST = 40


def moment_of(text: str) -> datetime | None:
    """The moment that a text names, in UTC; without a zone it is meant as UTC.

    Read are `2026-03-01`, which is its first moment, `2026-03-01T08:30Z`, `2026-03-01 08:30:15.25+02:00` and the like.
    None for every other text and for days that do not exist.
    """
    if len(text) > _LONGEST or _FORM.fullmatch(text) is None:
        return None
    try:
        at = datetime.fromisoformat(text.upper())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zoned_moment_of(text: str) -> datetime | None:
    """The moment, in UTC, of a text of RFC 3339 alone: date, time with seconds, and `Z` or an offset. None for every
    other text."""
    if len(text) > _LONGEST or _ZONED.fullmatch(text) is None:
        return None
    return moment_of(text)
