"""Units of a resume that are worth less than what they say: bare lists, and repetitions."""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from services.matching.scoring.model import ScoredDocument
from services.matching.scoring.reading.readings import Integers
from services.matching.scoring.terms import word_list

Units = npt.NDArray[np.bool_]

_ITEMS = re.compile(r"[,;|•·●▪/\n\t]|\s-\s|\s{3,}")
# A list has so many items at least, of so many words at most on average; or it is one item by itself.
_FEWEST_ITEMS, _WORDS_OF_AN_ITEM = 4, 3.5
_ONE_ITEM = 3
# A unit of so many words, of which each stands so often in it, says nothing but the same.
_FEWEST_WORDS, _TIMES = 12, 4.0
# So often the same unit may stand in a text: forms repeat their lines.
_MOST_ALIKE = 4
# Of real resumes' words, hardly any have a quarter (of made ones half) in lists outside positions and studies.
MOST_LISTED = 0.55


def share_of_words(resume: ScoredDocument, units: Units) -> float:
    """0-1: how many of the words in all units stand in these (u)."""
    words = np.array([len(resume.visible_text[start:end].split()) for start, end in resume.units.spans.tolist()])
    return float(words[units].sum() / max(int(words.sum()), 1)) if units.any() else 0.0


def listing_units(resume: ScoredDocument) -> Units:
    """bool (u): those outside positions and studies that name things one after the other, or one thing alone."""
    found = np.zeros(len(resume.units), dtype=np.bool_)
    within = [(each.start, each.end) for each in resume.entries]
    for unit, (start, end) in enumerate(resume.units.spans.tolist()):
        if not any(first <= start < last for first, last in within):
            found[unit] = _is_list(resume.visible_text[start:end])
    return found


class Claim(IntEnum):
    """What a unit is that tells of no work: NONE where it does."""

    NONE = 0
    BESIDE_WORK = 1
    LIST = 2


def claims_of(resume: ScoredDocument, listing: Units) -> npt.NDArray[np.uint8]:
    """uint8 (u): the Claim of each unit. Lists (`listing`) name things without the work that used them; of a resume
    with positions, what stands outside of these and of studies anybody can write."""
    within = [(each.start, each.end) for each in resume.entries]
    has_work = any(each.type == "work" for each in resume.entries)
    claims = np.where(listing, Claim.LIST, Claim.NONE).astype(np.uint8)
    for unit, (start, end) in enumerate(resume.units.spans.tolist()):
        beside = has_work and not any(first <= start < last for first, last in within)
        if not listing[unit] and (beside or _is_list(resume.visible_text[start:end])):
            claims[unit] = Claim.BESIDE_WORK
    return claims


def _is_list(text: str) -> bool:
    items = [item for item in _ITEMS.split(text) if item.strip()]
    words = sum(len(item.split()) for item in items)
    if len(items) < _FEWEST_ITEMS:
        return words <= _ONE_ITEM
    return words <= _WORDS_OF_AN_ITEM * len(items)


def repeated_units(resume: ScoredDocument, same_as: Integers) -> Units:
    """bool (u): those that say a few words again and again, or what so many units have said before."""
    found = np.zeros(len(resume.units), dtype=np.bool_)
    times: dict[int, int] = {}
    for unit, (start, end) in enumerate(resume.units.spans.tolist()):
        first = int(same_as[unit])
        times[first] = times.get(first, 0) + 1
        found[unit] = times[first] > _MOST_ALIKE or _repeats_itself(resume.visible_text[start:end])
    return found


def _repeats_itself(text: str) -> bool:
    if text.count(" ") + 1 < _FEWEST_WORDS:
        return False
    words = word_list(text)
    return len(words) >= _FEWEST_WORDS and len(words) >= _TIMES * len(set(words))
