"""Which of the things that a sentence names are alternatives: one of them is enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_OR = re.compile(r"/|\b(?:or|and/or|oder|ou|o|lub|of)\b|或", re.IGNORECASE)
_AND = re.compile(r"&|\+|\b(?:and|as well as|plus|und|et|y|e|i|en)\b|[和及与]", re.IGNORECASE)
# What joins the items of one list, with an article or two.
_LIST = re.compile(r"\s*[,、;]?\s*(?:(?:and|or|and/or|und|oder|et|ou|y|o|e|i)\s+)?(?:a|an|the)?\s*", re.IGNORECASE)
# Examples of a thing that was named before: "a CRM such as Salesforce", "point of sale (Lightspeed, Square)".
_EXAMPLES = re.compile(
    r"(?:\b(?:such as|e\.?g\.?|for example|for instance|like|wie|z\.?\s?B\.?|comme|como)[\s,:(]*|\()\Z", re.I
)
# Something else of the kind would do.
_SIMILAR = re.compile(
    r"\b(?:or|and|oder|ou|o)\s+(?:a |an |any |other |some )?(?:\w+\s+)?(?:similar|comparable|equivalent|alike|the like|"
    r"related|other|vergleichbar\w*|ähnlich\w*|équivalent\w*|similar\w*)\b|\bor another\b|\betc\b\.?",
    re.IGNORECASE,
)
_LONGEST_GAP = 24


def groups_of(text: str, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The places of some things, given in the text's order by their (start, end), in groups of which each holds
    alternatives. "Python, Java or Go" is one group, "Python, SQL and Airflow" are three."""
    groups: list[list[int]] = []
    for run in _runs(text, spans):
        gaps = [text[spans[left][1] : spans[right][0]] for left, right in pairwise(run)]
        start = spans[run[0]][0]
        examples = bool(_EXAMPLES.search(text[max(0, start - _LONGEST_GAP) : start]))
        groups += _grouped(run, gaps, any_of_all=examples)
    return groups


def asks_for_similar(text: str) -> bool:
    """Whether something like what is named would do as well."""
    return _SIMILAR.search(text) is not None


def _runs(text: str, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The things that stand in one list, with nothing but joints between them, or a few words and an "or"."""
    runs: list[list[int]] = []
    for place, (start, _) in enumerate(spans):
        gap = text[spans[place - 1][1] : start] if place else None
        if gap is not None and (
            _LIST.fullmatch(gap) or (len(gap) <= _LONGEST_GAP and _OR.search(gap) and "." not in gap)
        ):
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _grouped(run: list[int], gaps: list[str], *, any_of_all: bool) -> list[list[int]]:
    if any_of_all:
        return [run]
    # A list's last joint tells what its commas mean.
    joined_by_or = False
    groups = [[run[-1]]]
    for place, gap in zip(reversed(run[:-1]), reversed(gaps), strict=True):
        if _OR.search(gap):
            joined_by_or = True
        elif _AND.search(gap):
            joined_by_or = False
        if joined_by_or:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [sorted(group) for group in reversed(groups)]
