"""Traits that somebody tells of themself in a sentence: "I am a single mother", "bin ledig", "soy boliviana"."""

from __future__ import annotations

import re
from functools import cache

from services.ingest.structure.identity.cues import Phrases, cue_lists
from services.ingest.structure.identity.protected.protected_cues import PROTECTED_CUES, units_of
from services.ingest.structure.identity.words import Words

_MOST_WORDS = 9
_MOST_CUES = 3_000
_GAP = re.compile(r"[ \u00a0]{1,2}|-|, (?=\w)|['’]")
_ENDS = re.compile(r"\s*(?:$|[\n.,;:!?|)(/–—。，、]|\s-\s)")
# What may follow a trait in the same sentence; any other word belongs to it: "I am English teacher".
_AFTER = frozenset(
    "and und et y e ed en i oraz и та och og ve και و ו who from with living born aus de z uit från fra из "
    "wohne lebe moro vivo abito habite woon mieszkam".split()
)
_TOLD = frozenset(("trait", "demonym"))
_BORN = re.compile(
    r"(?:\b(?:ich )?(?:bin|wurde) (?:am )?)?(?:\d{1,2}\.\s?(?:\d{1,2}\.|[^\W\d_]{3,10}) ?)?(?:19[3-9]|20[01])\d"
    r"(?: in [^\W\d_][\w'’-]+)? geboren(?:e|er)?\b"
    r"|\b(?:19[3-9]|20[01])\d(?:['’]?[dt]e)?(?: yılında)? (?:doğumluyum|doğdum)\b"
    r"|\b(?:19[3-9]|20[01])\d-?(?:ben|ban) születtem\b",
    re.IGNORECASE,
)
_BORN_WORDS = frozenset("geboren geborene geborener dogumluyum dogdum szulettem".split())


@cache
def load() -> Phrases:
    """The phrases, read once. is: in front of what somebody is; has: in front of children; aged: of years, too."""
    lists = cue_lists(PROTECTED_CUES)
    return Phrases({"is": lists["self_is"], "has": lists["self_has"], "aged": lists["self_aged"]})


def find_told_of_oneself(words: Words) -> list[tuple[int, int]]:
    """Where a sentence tells a trait of its writer, with the words that say so, in no order. Linear."""
    found: list[tuple[int, int]] = []
    phrases = load()
    for index in words.where(phrases.firsts)[:_MOST_CUES]:
        phrase = phrases.at(words, index)
        if phrase is None:
            continue
        last = _last_word(words, index + phrase[0], phrase[1])
        if last is not None:
            found.append((words.starts[index], words.ends[last]))
    if words.vocabulary & _BORN_WORDS:
        found += [match.span() for match in _BORN.finditer(words.text)]
    return found


def _last_word(words: Words, first: int, kind: str) -> int | None:
    """The last word of the trait that begins at a word, None where none does or where it belongs to other words."""
    text = words.text
    end = first
    while end < min(len(words), first + _MOST_WORDS):
        if end > first and not _GAP.fullmatch(text[words.ends[end - 1] : words.starts[end]]):
            break
        end += 1
    if first < end and first and "\n" in text[words.ends[first - 1] : words.starts[first]]:
        return None
    for stop in range(end, first, -1):
        said = units_of(" ".join(words.folded[first:stop]))
        if said is None or said[-1] == "join" or not _tells(set(said), kind):
            continue
        follows = words.folded[stop] in _AFTER if stop < len(words) else True
        if follows or _ENDS.match(text, words.ends[stop - 1]):
            return stop - 1
    return None


def _tells(said: set[str], kind: str) -> bool:
    counted = bool(said & {"number", "digits", "age"})
    if ("children" in said or "parent" in said) and counted:
        return True
    if kind == "has":
        return False
    if kind == "aged" and {"age", "age_word"} <= said:
        return True
    return kind == "is" and bool(said & _TOLD)
