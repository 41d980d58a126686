"""Items of a list or table whose value says that somebody has not what they name: "Safety card: expired 2025".

Cues reach names that the vocabulary knows; of what else there is, such an item is all that a text says.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from libs.contracts.structure import DisclaimedState
from services.ingest.structure.mentions.states.stretches import Stretch
from services.ingest.structure.mentions.tokens import Tokens

_SIGN = r"[ \t]*(?::|\||–|—|=|\t|[ ]-)[ \t]*"
_EXAM = (
    r"(?:course|class|test|exam|examination|assessment|training|application|theory|practical|registration|resit|retest)"
)
_WHEN = r"(?:booked|planned|pending|scheduled|due|submitted|outstanding|under way|underway|in progress)"
# What the person has not. "Drove for years – never an accident" says something else.
_DENIED = (
    r"(?:none|nil|no|never|n/?a|zero|0 years)(?=\s*(?:[(.;,\n]|$|yet\b|so far\b))|"
    r"not (?:yet |currently )?(?:held|taken|"
    r"obtained|started|passed|completed|done|got|issued|renewed|valid|current|applicable|at present)\b|not yet\b|"
    r"refused\b|withdrawn\b"
)
_EXPIRED = (
    r"(?:has |have |is )?(?:expired|lapsed|run out|ran out|out of date|revoked|suspended|surrendered|cancelled)\b"
)
_WISHED = (
    rf"{_EXAM} (?:is |are )?(?:to be )?{_WHEN}\b(?! (?:to|until|till|through))|"
    rf"{_EXAM} (?:in|on|next|starts|begins)\b|to be (?:taken|booked|planned|"
    r"obtained|done|sat|renewed|passed)\b|applied for\b|waiting (?:list|for)\b|awaiting\b|on the waiting list\b|"
    r"(?:booked|pending|outstanding|under way|underway|in progress)(?=\s*(?:[.;)]|$|for\b|in\b|on\b|\d))|"
    r"working towards?\b|want(?:ed)?\b|wish\b|would like\b|hope to\b|keen to\b|"
    r"(?:starts?|begins?|starting|beginning) in\b"
)
_ITEM = re.compile(
    rf"(?P<what>(?<![^\n;|•·])[^\n:;|=\t]{{2,70}}?){_SIGN}"
    rf"(?:(?P<denied>{_DENIED})|(?P<expired>{_EXPIRED})|(?P<wished>{_WISHED}))(?P<rest>[^\n;|]{{0,80}})",
    re.IGNORECASE,
)
# "Driving licence: none needed so far", "Points: no problem": what follows takes it back.
_TAKEN_BACK = re.compile(r"\b(?:but|problem|issue|longer|limit|except|only|better|other)\b", re.IGNORECASE)
_AND = re.compile(r"\b(?:and|or)\b|&", re.IGNORECASE)
_WORDS_OF_NAME = 10


def lacking_lines(tokens: Tokens) -> Iterator[tuple[Stretch, bool]]:
    """The items in the text's order, each with whether it was held once. Takes time linear in the text."""
    for match in _ITEM.finditer(tokens.text):
        if len(match["what"].split()) > _WORDS_OF_NAME or _TAKEN_BACK.search(match["rest"]):
            continue
        first = bisect_left(tokens.starts, match.start("what") + _last_item(match["what"]))
        last = bisect_left(tokens.starts, match.end())
        state: DisclaimedState = "wished" if match["wished"] else "denied"
        if last > first:
            yield Stretch(first, last, state), match["expired"] is not None


def _last_item(what: str) -> int:
    """Where the last item of a list begins; of "A, B and C" all is said."""
    comma = what.rfind(",")
    return 0 if comma < 0 or _AND.search(what, comma) else comma + 1
