"""What a line under no heading says, by its own words: that it asks, that it names a thing, or a task, or a fact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.ingest.structure.requirements import judging
from services.ingest.structure.requirements.judging import Judgement
from services.ingest.structure.requirements.part_of_job import Part, announced
from services.ingest.structure.requirements.passages.outline import Passage
from services.ingest.structure.requirements.passages.sentences import clauses_of
from services.ingest.structure.requirements.phrases import is_number
from services.ingest.structure.requirements.words import Words

WORDS = Path(__file__).with_name("task_words_v1.tsv")

# A longer line says more than a thing that is asked.
_MOST_WORDS = 16
# One letter that is no capital is a mark.
_SHORTEST_THING = 2
_FEWEST_TOLD_OFF = 3
_MOST_WORDS_TOLD_OFF = 40
_MOST_WORDS_OF_ONE = 6
# A fact about the post: "6.30 to 15.00", "£22 an hour", "Region: the north".
_TIME_OR_MONEY = re.compile(r":\s|\d[.:h]\d\d\b|\d ?(?:am|pm|uhr)\b|[€$£] ?\d|\d ?(?:€|euros?\b|zł)", re.IGNORECASE)
_INFINITIVES = ("er", "ir", "re", "ar")
_SHORTEST_INFINITIVE = 4
_WORDS_WITH_ADVERB = 2
_NO_THING = judging.AGAINST | {"negated", "nice", "wish"}
_OPEN_AT_END = "?:？："


class Says(StrEnum):
    """What a line says. `THING`: it names something and no more; `ELSE`: of the sender, the offer, or nothing known."""

    ASKED = "asked"
    ELSE = "else"
    TASK = "task"
    THING = "thing"


@cache
def load() -> dict[str, frozenset[str]]:
    """The words by kind. Blocks at the first call."""
    words: dict[str, frozenset[str]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, listed = line.split("\t")
            words[kind] = words.get(kind, frozenset()) | frozenset(listed.split())
    return words


class WhatLinesSay:
    """Reads the passages of one text, each once. `short`: the whole posting is."""

    def __init__(
        self, text: str, words: Words, passages: Sequence[Passage], judged: Sequence[Judgement], short: bool
    ) -> None:
        self._text = text
        self._words = words
        self._passages = passages
        self._judged = judged
        self._short = short
        self._known: dict[int, Says] = {}

    def of(self, at: int) -> Says:
        """What the passage at a place says."""
        if at not in self._known:
            self._known[at] = self._read(self._passages[at], self._judged[at])
        return self._known[at]

    def seeks(self, at: int) -> bool:
        """Whether the passage says that somebody is sought."""
        return "hiring" in self._kinds(self._passages[at])

    def _read(self, passage: Passage, judgement: Judgement) -> Says:
        if judgement.necessity is not None:
            return Says.ASKED
        if passage.first == passage.end or passage.end - passage.first > _MOST_WORDS_TOLD_OFF:
            return Says.ELSE
        kinds = self._kinds(passage)
        if kinds & _NO_THING or not self._may_name(passage):
            return Says.ELSE
        fact = self._is_task_or_fact(passage)
        if "weak" in kinds and not fact and self._short and passage.part is Part.OPEN and self._tells_off(passage):
            return Says.ASKED
        if passage.end - passage.first > _MOST_WORDS:
            return Says.ELSE
        return Says.TASK if fact else Says.THING

    def _kinds(self, passage: Passage) -> set[str]:
        return {hit.kind for hit in judging.load().find(self._words.words, passage.first, passage.end)}

    def _may_name(self, passage: Passage) -> bool:
        """Whether a passage is more than a mark, no question, and no heading."""
        # "R" and "C" are languages.
        is_letter = self._text[passage.start].isupper()
        is_mark = passage.stop - passage.start < _SHORTEST_THING and not is_letter
        if is_mark or self._text[passage.stop - 1] in _OPEN_AT_END:
            return False
        return announced(self._words.words, passage.first, passage.end) is None

    def _tells_off(self, passage: Passage) -> bool:
        """Whether a sentence tells things off: 'Figma, user interviews, four years.'"""
        clauses = [self._text[start:stop] for start, stop in clauses_of(self._text, passage.start, passage.stop)]
        return len(clauses) >= _FEWEST_TOLD_OFF and all(clause.count(" ") < _MOST_WORDS_OF_ONE for clause in clauses)

    def _is_task_or_fact(self, passage: Passage) -> bool:
        known = load()
        words = self._words.words[passage.first : passage.end]
        if not known["day"].isdisjoint(words) or words[-1] in known["given"]:
            return True
        if _TIME_OR_MONEY.search(self._text, passage.start, passage.stop):
            return True
        if len(words) == 1 or self._text.startswith("-", self._words.ends[passage.first]):
            # "Ride-on mowers" are no ride.
            return False
        if words[0].endswith("ly") and len(words) > _WORDS_WITH_ADVERB:
            # "Regularly collaborate with …".
            words = words[1:]
        begins, behind = words[0], words[1]
        # "Cooking for eighty" is one of few lines that ask; among many of all kinds "Working with …" is a task.
        if begins in known["task"] or (not self._short and begins.endswith("ing")):
            return True
        if behind not in known["object"] and not is_number(behind):
            return False
        infinitive = len(begins) >= _SHORTEST_INFINITIVE and begins.endswith(_INFINITIVES)
        return begins in known["task-of"] or (infinitive and begins not in known["object"])
