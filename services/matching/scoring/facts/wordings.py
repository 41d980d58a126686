"""What jobs ask for by a name and people tell in everyday words: closing the books each month, month-end close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.matching.scoring.terms import idf, is_function_word, word_list

WORDINGS = Path(__file__).with_name("wordings_v1.tsv")
_COLUMNS = 3
# Words of one phrase stand at most so far from its rarest one.
_WINDOW = 14
# A requirement of which the phrase is less than this, by weight, asks for more than what the phrase names.
_LEAST_SHARE = 0.4


class _Phrase(NamedTuple):
    """Each of `others` holds words of which one must stand near a word of `first`."""

    name: str
    first: frozenset[str]
    others: tuple[frozenset[str], ...]


# By a word of their first.
_Phrases = Mapping[str, Sequence[_Phrase]]


def asked_wordings(text: str) -> list[str]:
    """The names in the table of what a requirement asks for, in order; none where it asks for much more than that."""
    words = word_list(text)
    found = _found(words, _table()[0])
    told = frozenset[str]().union(*found.values())
    content = {word for word in words if not is_function_word(word)}
    share = sum(map(idf, told & content)) / max(sum(map(idf, content)), 1e-9)
    # "Primary school teacher" names primary teaching, and not teaching beside it.
    names = [name for name, own in found.items() if not any(own < other for other in found.values())]
    return names if share >= _LEAST_SHARE else []


def said_wordings(units: Iterable[str], most: int) -> dict[str, list[int]]:
    """By name in the table the first `most` of these units of a resume that say it. Blocks for a time linear in their
    length."""
    said: dict[str, list[int]] = {}
    phrases = _table()[1]
    for unit, text in enumerate(units):
        for name in _found(word_list(text), phrases):
            places = said.setdefault(name, [])
            if len(places) < most:
                places.append(unit)
    return said


def _found(words: Sequence[str], phrases: _Phrases) -> dict[str, frozenset[str]]:
    """By name the words that say it."""
    found: dict[str, frozenset[str]] = {}
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    for word in places.keys() & phrases.keys():
        for phrase in phrases[word]:
            if phrase.name not in found and (told := _told(phrase, word, places)):
                found[phrase.name] = told
    return found


def _told(phrase: _Phrase, word: str, places: Mapping[str, Sequence[int]]) -> frozenset[str]:
    """The words of a phrase that stand near a place of `word`; none where one is not there."""
    for place in places[word]:
        told = [word]
        for choice in phrase.others:
            near = next(
                (
                    one
                    for one in choice & places.keys()
                    if any(at != place and abs(at - place) <= _WINDOW for at in places[one])
                ),
                None,
            )
            if near is None:
                break
            told.append(near)
        else:
            return frozenset(told)
    return frozenset()


@cache
def _table() -> tuple[_Phrases, _Phrases]:
    """What is asked, and what is said: this holds what is asked too. Raises ValueError where a line is not as it must
    be."""
    asked: dict[str, list[_Phrase]] = {}
    said: dict[str, list[_Phrase]] = {}
    for line in WORDINGS.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise ValueError(f"{WORDINGS.name}: {len(columns)} columns, not {_COLUMNS}: {line[:60]!r}")
        name, *both = columns
        for tables, column in zip(((asked, said), (said,)), both, strict=True):
            for written in filter(None, map(str.strip, column.split(";"))):
                phrase = _phrase(name, written)
                for table in tables:
                    for word in phrase.first:
                        table.setdefault(word, []).append(phrase)
    return asked, said


def _phrase(name: str, written: str) -> _Phrase:
    choices = [frozenset(word_list(choice.replace("|", " "))) for choice in written.split()]
    first = max(choices, key=lambda choice: min(0.0 if is_function_word(word) else idf(word) for word in choice))
    others = list(choices)
    others.remove(first)
    return _Phrase(name, first, tuple(others))
