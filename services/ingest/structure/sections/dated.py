"""Whether lines tell of a time: what stands below an employer or a school, and below no heading."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|['’]\d\d\b|(?<!\d)(?:0?[1-9]|1[0-2])\s?[/.]\s?\d\d(?!\d)")


def holds_date(text: str) -> bool:
    """Whether a year or a month of one stands in the line."""
    return _DATE.search(text[:300]) is not None


def holds_period(lines: Iterable[str]) -> bool:
    """Whether a date stands in one of the lines."""
    return any(holds_date(line) for line in lines)
