"""Units of a resume that are worth less than what they say: bare lists, and repetitions."""

from __future__ import annotations

import re

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
# What is told of a position or of studies can be asked after.
_SHOWN = ("work", "education")
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


def claiming_units(resume: ScoredDocument) -> Units:
    """bool (u): those that name things without the work that used them: lists, and what stands outside positions and
    studies, where the resume has positions; such a line anybody can write."""
    spans = resume.units.spans.tolist()
    worked = [(each.start, each.end) for each in resume.entries if each.type in _SHOWN]
    if not any(each.type == "work" for each in resume.entries):
        worked = [(0, len(resume.text))]
    lists = [_is_list(resume.visible_text[start:end]) for start, end in spans]
    outside = [not any(first <= start < last for first, last in worked) for start, _ in spans]
    return np.array(lists, dtype=np.bool_) | np.array(outside, dtype=np.bool_)


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
