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
    """What a heading announces; `alone`: its words tell that it is one, whatever stands around it."""

    part: Part
    alone: bool


@cache
def load() -> Phrases:
    """The known headings. Blocks at the first call."""
    return Phrases.of_file(HEADINGS)


def announced(words: Sequence[str], first: int, end: int) -> Announced | None:
    """What the words of a heading announce; None where they are none that is known."""
    if not 0 < end - first <= MOST_WORDS:
        return None
    known = load()
    kinds: set[str] = set()
    alone = True
    at = first
    while at < end:
        hit = known.at(words, at, first, end)
        if hit is None:
            return None
        if hit.kind != "with":
            kinds.add(hit.kind)
            alone = alone and not hit.open_end
        at = hit.end
    parts = {Part(kind.lstrip("?")) for kind in kinds}
    if not parts:
        return None
    part = next(part for part in _ORDER if part in parts)
    return Announced(part, alone and part is not Part.FACT and any(not kind.startswith("?") for kind in kinds))
