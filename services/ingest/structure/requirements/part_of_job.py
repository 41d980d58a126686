"""What a heading of a job announces."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.ingest.structure.requirements.phrases import Phrases

HEADINGS = Path(__file__).with_name("headings_v1.tsv")

MOST_WORDS = 9


class Part(StrEnum):
    """What a stretch of a job is about."""

    OPEN = "open"
    MUST = "must"
    NICE = "nice"
    NONE = "none"
    DUTIES = "duties"
    OFFER = "offer"
    COMPANY = "company"
    APPLY = "apply"
    LAW = "law"
    FACT = "fact"


ASKING = frozenset({Part.MUST, Part.NICE})
# "Preferred qualifications" is nice, "benefits and required skills" is not.
_ORDER = (
    Part.NONE,
    Part.NICE,
    Part.LAW,
    Part.APPLY,
    Part.OFFER,
    Part.MUST,
    Part.DUTIES,
    Part.FACT,
    Part.OPEN,
    Part.COMPANY,
)


class Announced(NamedTuple):
    """What a heading announces; `alone`: its words tell that it is one, whatever stands around it.
    `open_end`: only its beginning is known."""

    part: Part
    alone: bool
    open_end: bool


@cache
def load() -> Phrases:
    """The known headings. Blocks at the first call."""
    return Phrases.of_file(HEADINGS)


def announced(words: Sequence[str], first: int, end: int) -> Announced | None:
    """What the words of a heading announce; None where they are none that is known."""
    if not 0 < end - first <= MOST_WORDS:
        return None
    return _announced(words, first, end, open_ends=False) or _announced(words, first, end, open_ends=True)


def _announced(words: Sequence[str], first: int, end: int, open_ends: bool) -> Announced | None:
    known = load()
    kinds: set[str] = set()
    open_end = False
    at = first
    while at < end:
        hit = known.at(words, at, first, end, open_ends)
        if hit is None:
            return None
        if hit.kind != "with":
            kinds.add(hit.kind)
            open_end = open_end or hit.open_end
        at = hit.end
    parts = {Part(kind.lstrip("?")) for kind in kinds}
    if not parts:
        return None
    part = next(part for part in _ORDER if part in parts)
    sure = any(not kind.startswith("?") for kind in kinds)
    return Announced(part, sure and not open_end and part is not Part.FACT, open_end)
