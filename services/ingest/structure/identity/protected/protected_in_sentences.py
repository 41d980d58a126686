"""Traits that are told anywhere in a text: by pronouns, by citizenship, by what somebody is to the person."""

from __future__ import annotations

import re

from services.ingest.structure.identity.cues import folded_phrase
from services.ingest.structure.identity.protected.protected_cues import load
from services.ingest.structure.identity.words import Words, fold
from services.ingest.structure.identity.zones import Zones

_SLASHED = re.compile(
    r"(?<![\w/])[(\[]?([^\W\d_]{2,6})\s?/\s?([^\W\d_]{2,6})(?:\s?/\s?([^\W\d_]{2,6}))?[)\]]?(?![\w/])"
)
_CITIZEN_WORDS = frozenset(
    "citizen national citizenship passport staatsburger staatsburgerin staatsangehorigkeit".split()
)
_AFTER_A_CITIZEN = frozenset("with and by who born living since of in seeking holding from or".split())
_RELATION = re.compile(r"[(（]([^\W\d_]{1,14})[)）]")
_MOST_SLASHES = 1_000
_ANYBODY = frozenset(
    (
        ("his", "her"),
        ("her", "his"),
        ("he", "she"),
        ("she", "he"),
        ("him", "her"),
        ("her", "him"),
        ("his", "hers"),
        ("er", "sie"),
        ("sie", "er"),
        ("il", "elle"),
        ("elle", "il"),
        ("el", "ella"),
        ("ella", "el"),
        ("on", "ona"),
        ("ele", "ela"),
        ("el", "la"),
        ("la", "el"),
        ("il", "la"),
        ("hij", "zij"),
        ("on", "il"),
        ("any", "her"),
    )
)


def citizens(words: Words) -> list[tuple[int, int]]:
    """ "British citizen", "Nigerian national", "US passport holder"."""
    lists = load()
    found: list[tuple[int, int]] = []
    if not words.vocabulary & _CITIZEN_WORDS:
        return found
    for index in words.where(lists.citizens.firsts):
        phrase = lists.citizens.at(words, index)
        if phrase is None or index + phrase[0] >= len(words):
            continue
        after = index + phrase[0]
        word = words.folded[after]
        if word == "passport" and words.folded[after + 1 : after + 2] == ["holder"]:
            found.append((words.starts[index], words.ends[after + 1]))
        elif word in (
            "citizen",
            "national",
            "citizenship",
            "staatsburger",
            "staatsburgerin",
            "staatsangehorigkeit",
        ) and _is_end(words, after):
            found.append((words.starts[index], words.ends[after]))
    return found


def _is_end(words: Words, index: int) -> bool:
    """ "British national" is a person, "a British national paper" is not: no noun follows at once."""
    following = index + 1
    if following >= len(words) or words.text[words.ends[index] : words.starts[following]] != " ":
        return True
    return words.folded[following] in _AFTER_A_CITIZEN


def relations(text: str, zones: Zones) -> list[tuple[int, int]]:
    """ "Emergency contact: Jane Doe (spouse)": what somebody is to the person, after the name."""
    relations = load().relations
    found: list[tuple[int, int]] = []
    for match in _RELATION.finditer(text):
        if fold(match[1]) in relations and not (match[1].isupper() and match[1].isascii()):
            line = zones.lines[zones.line_at(match.start())] if zones.lines else None
            if line is not None and any(sign in text[line.start : match.start()] for sign in ":：-–"):
                found.append(match.span(1))
    return found


def pronouns(text: str) -> list[tuple[int, int]]:
    """ "she/her", "(they/them/theirs)"; "his/her" and "he/she" mean anybody."""
    pronouns = load().pronouns
    found: list[tuple[int, int]] = []
    for slash in list(re.finditer("/", text))[:_MOST_SLASHES]:
        begin = max(0, slash.start() - 8)
        match = _SLASHED.search(text, begin, slash.end() + 18)
        if match is None or (begin and match.start() == begin):
            continue
        said = [folded_phrase(group) for group in match.groups() if group]
        if all(word in pronouns for word in said) and tuple(said[:2]) not in _ANYBODY and said[0] != said[1]:
            found.append(match.span())
    return found
