"""Windows: units in a row, cut where what stands near says so, whatever stands before.

A place is cut where nothing within 70 % of a window is a stronger beginning; among equals a hash of the words that
begin there decides. So an edit moves the boundaries near it, and all other windows come from the cache.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from services.embedding.segmentation.sentences import Strength, Stretch
from services.embedding.segmentation.token_counting import TokenCounter

# Of a window's limit: how far a beginning must be the strongest to be cut at.
_REACH = 0.7
# Of a window's limit: the least that is cut off of what is too long, where it can be cut elsewhere as well.
_LEAST = 0.4
# Of a window's limit: what is reckoned with, as units are not divided.
_FILLED = 0.94
# Tokens that a window repeats of the one before, where a sentence is cut between them.
_OVERLAP = 16

_Priority = tuple[int, int]


def windows_of(units: Sequence[Stretch], counter: TokenCounter, max_tokens: int) -> list[Stretch]:
    """Windows of at most `max_tokens` over units of at most as many, in order. None splits a unit."""
    if not units:
        return []
    priorities = [_priority(unit, counter.text) for unit in units]
    places = [counter.count(0, unit.start) for unit in units]
    cuts = [0, *_strongest(units, priorities, places, counter, int(_REACH * max_tokens)), len(units)]
    if counter.fits(units[0].start, units[-1].end, max_tokens):
        cuts = [0, len(units)]
    windows: list[Stretch] = []
    waiting = deque(pairwise(cuts))
    while waiting:
        first, end = waiting.popleft()
        # Where a sentence is cut there must be room for what is repeated.
        room = max_tokens - (_OVERLAP if first and units[first].strength == Strength.PART else 0)
        if end - first == 1 or counter.fits(units[first].start, units[end - 1].end, room):
            windows.append(_window(units, first, end, counter, max_tokens))
        else:
            place = _place(priorities, places, counter.count(0, units[end - 1].end), first, end, max_tokens)
            waiting.extendleft([(place, end), (first, place)])
    return windows


def _priority(unit: Stretch, text: str) -> _Priority:
    return unit.strength, zlib.crc32(text[unit.start : unit.end].encode("utf-8", "surrogatepass"))


def _strongest(
    units: Sequence[Stretch], priorities: Sequence[_Priority], places: Sequence[int], counter: TokenCounter, reach: int
) -> list[int]:
    """Units that begin stronger than all within `reach` tokens; the text's own ends are the strongest of all."""
    end = counter.count(0, units[-1].end)
    found: list[int] = []
    ahead: deque[int] = deque()
    following = 0
    for index, place in enumerate(places):
        while following < len(units) and places[following] <= place + reach:
            while ahead and priorities[ahead[-1]] < priorities[following]:
                ahead.pop()
            ahead.append(following)
            following += 1
        while places[ahead[0]] < place - reach:
            ahead.popleft()
        best = ahead[0]
        inside = reach <= place <= end - reach
        if (
            best == index
            and inside
            and priorities[index][0] > Strength.PART
            and not _equal_near(index, ahead, priorities)
        ):
            found.append(index)
    return found


def _equal_near(index: int, ahead: deque[int], priorities: Sequence[_Priority]) -> bool:
    """Whether the same words begin there once more: then neither is the strongest."""
    return len(ahead) > 1 and priorities[ahead[1]] == priorities[index]


def _place(
    priorities: Sequence[_Priority], places: Sequence[int], high: int, first: int, end: int, max_tokens: int
) -> int:
    """The unit to begin the second part with: the strongest that leaves the fewest windows, never inside a sentence
    in vain.
    """
    low = places[first]
    filled, least = _FILLED * max_tokens, _LEAST * max_tokens
    fewest = ceil((high - low) / filled)

    def rank(index: int) -> tuple[int, bool, _Priority, float]:
        left, right = places[index] - low, high - places[index]
        spares = min(left, right) >= least and ceil(left / filled) + ceil(right / filled) <= max(fewest, 2)
        strength, _ = priorities[index]
        return min(strength, Strength.SENTENCE), spares, priorities[index], -abs(left - right)

    return max(range(first + 1, end), key=rank)


def _window(units: Sequence[Stretch], first: int, end: int, counter: TokenCounter, max_tokens: int) -> Stretch:
    start = units[first].start
    if first and units[first].strength == Strength.PART:
        repeated = counter.before(start, _OVERLAP, units[first - 1].start)
        if counter.fits(repeated, units[end - 1].end, max_tokens):
            start = repeated
    return Stretch(start, units[end - 1].end, units[first].strength)
