"""What is asked by lines that stand under no heading: 'month-end close' beside 'degree or AAT level 4'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.ingest.structure.requirements import judging
from services.ingest.structure.requirements.judging import Judgement
from services.ingest.structure.requirements.part_of_job import Part, announced
from services.ingest.structure.requirements.passages.blocks import Block
from services.ingest.structure.requirements.passages.outline import Passage
from services.ingest.structure.requirements.passages.sentences import clauses_of
from services.ingest.structure.requirements.phrases import is_number
from services.ingest.structure.requirements.words import Words

WORDS = Path(__file__).with_name("task_words_v1.tsv")

# A longer line says more than a thing that is asked.
_MOST_WORDS = 16
# So many that ask make a list one of what is asked: under a heading that nobody knows one in three, in a posting of
# more passages than these, of which most are something else, one in two.
_ONE_IN = 3
_ONE_IN_LONG = 2
_MOST_PASSAGES = 16
# A list that asks nowhere in so many words has so many lines at least.
_FEWEST_LINES = 2
# One letter that is no capital is a mark.
_SHORTEST_THING = 2
_MOST_SPOKEN_WORDS = 6
# "Good money." among what is asked is a fact, a longer sentence a task.
_MOST_WORDS_OF_FACT = 3
_FEWEST_TOLD_OFF = 3
_MOST_WORDS_TOLD_OFF = 40
_COMMA = re.compile("[,;]")
# Where a line is about a time or money: "6.30 to 15.00", "£22 an hour".
_TIME_OR_MONEY = re.compile(r":\s|\d[.:h]\d\d\b|\d ?(?:am|pm|uhr)\b|[€$£] ?\d|\d ?(?:€|euros?\b|zł)", re.IGNORECASE)
_INFINITIVES = ("er", "ir", "re", "ar")
_SHORTEST_INFINITIVE = 4
_LONG_NAME_WORD = 3
_NO_THING = frozenset(("negated", "nice", "wish"))


class _Says(StrEnum):
    """What a line does: asks; says something else; a task or fact by its words; or names a thing and no more."""

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


class LinesWithoutHeading:
    """Looks at the passages of one text that has no heading of what is asked; keeps nothing between texts."""

    def __init__(
        self, text: str, words: Words, blocks: Sequence[Block], passages: Sequence[Passage], judged: Sequence[Judgement]
    ) -> None:
        self._text = text
        self._words = words
        self._blocks = blocks
        self._passages = passages
        self._judged = judged
        self._long = len(passages) > _MOST_PASSAGES

    def asked(self) -> set[int]:
        """Places of passages that ask for the thing that they name, by the lines around them."""
        if any(passage.part is Part.MUST for passage in self._passages):
            return set()
        runs = list(self._runs())
        found = {at for at in range(len(self._passages)) if self._tells_off(at)}
        for run in runs:
            found.update(self._asked_beside(run))
        for paragraph in self._paragraphs():
            found.update(self._spoken_beside(paragraph))
        if found or any(judgement.necessity is not None for judgement in self._judged):
            return found
        return self._only_list(runs)

    def _runs(self) -> Iterator[range]:
        """The lists: lines one below the other, all with a bullet or none, no heading between."""
        start = 0
        for at in range(len(self._passages) + 1):
            if at < len(self._passages) and at > start and self._go_together(at - 1, at):
                continue
            if at > start and self._is_line(start):
                yield range(start, at)
            start = at

    def _is_line(self, at: int) -> bool:
        passage = self._passages[at]
        block = self._blocks[passage.paragraph]
        whole = (passage.start, passage.stop) == (block.start, block.end)
        return passage.item and whole and passage.part is Part.OPEN

    def _go_together(self, one: int, other: int) -> bool:
        first, second = self._passages[one], self._passages[other]
        if not (self._is_line(one) and self._is_line(other)) or second.paragraph - first.paragraph != 1:
            return False
        above, below = self._blocks[first.paragraph], self._blocks[second.paragraph]
        return bool(above.bullet) == bool(below.bullet) and (bool(below.bullet) or not below.after_blank)

    def _asked_beside(self, run: range) -> list[int]:
        """The things of a list of which some ask; of one under an unknown heading those of which many do."""
        says = self._what_says(run)
        asking = says.count(_Says.ASKED)
        others = says.count(_Says.ELSE) + says.count(_Says.TASK)
        if not asking or others > len(run) - others or (self._long and asking * _ONE_IN_LONG < len(run)):
            return []
        if self._has_heading(run) and (others or asking * _ONE_IN < len(run)):
            return []
        return self._things(run, says)

    def _things(self, run: range, says: Sequence[_Says]) -> list[int]:
        skipped = 1 if says[0] is _Says.THING and self._is_name(run) else 0
        return [at for at, said in list(zip(run, says, strict=True))[skipped:] if said is _Says.THING]

    def _only_list(self, runs: Sequence[range]) -> set[int]:
        """Where nothing else asks, the things of the one list right below the title or the first sentences."""
        lists = [run for run in runs if len(run) >= _FEWEST_LINES]
        if len(lists) != 1 or self._has_heading(lists[0]):
            return set()
        says = self._what_says(lists[0])
        things = self._things(lists[0], says)
        many = _FEWEST_LINES <= len(things) > len(lists[0]) - len(things)
        return set(things) if many and _Says.ELSE not in says else set()

    def _has_heading(self, run: range) -> bool:
        """Whether a line that is no passage stands above, which is not the title."""
        above = self._passages[run[0]].paragraph - 1
        return above > 0 and not any(
            passage.paragraph == above for passage in self._passages[max(0, run[0] - 1) : run[0]]
        )

    def _is_name(self, run: range) -> bool:
        """Whether the first line below the title is an employer or a place: 'Tri-County Tire, Knoxville'."""
        passage = self._passages[run[0]]
        if self._blocks[passage.paragraph].bullet or passage.paragraph > 1:
            return False
        written = self._text[passage.start : passage.stop]
        long = [word for word in written.replace(",", " ").split() if len(word) > _LONG_NAME_WORD]
        return len(long) > 1 and written.count(",") < _FEWEST_LINES and all(word[0].isupper() for word in long)

    def _what_says(self, places: range) -> list[_Says]:
        return [self._says(at) for at in places]

    def _says(self, at: int) -> _Says:
        passage = self._passages[at]
        if self._judged[at].necessity is not None or self._tells_off(at):
            return _Says.ASKED
        if passage.end - passage.first > _MOST_WORDS:
            return _Says.ELSE
        kinds = {hit.kind for hit in self._hits(at)}
        no_thing = (
            passage.stop - passage.start < _SHORTEST_THING
            or passage.first == passage.end
            or self._text[passage.stop - 1] in "?:？："
            or announced(self._words.words, passage.first, passage.end) is not None
        )
        if kinds & (judging.AGAINST | _NO_THING) or no_thing:
            return _Says.ELSE
        return _Says.TASK if self._is_task_or_fact(passage) else _Says.THING

    def _tells_off(self, at: int) -> bool:
        """Whether a sentence of a short posting tells things off of which one is what people bring: 'Figma, user
        interviews, four years.'"""
        passage = self._passages[at]
        if self._long or passage.part is not Part.OPEN or self._judged[at].necessity is not None:
            return False
        if passage.end - passage.first > _MOST_WORDS_TOLD_OFF or _COMMA.search(self._text, passage.start, passage.stop) is None:
            return False
        clauses = [self._text[start:stop] for start, stop in clauses_of(self._text, passage.start, passage.stop)]
        if len(clauses) < _FEWEST_TOLD_OFF or any(clause.count(" ") >= _MOST_SPOKEN_WORDS for clause in clauses):
            return False
        kinds = {hit.kind for hit in self._hits(at)}
        return "weak" in kinds and not kinds & (judging.AGAINST | _NO_THING) and not self._is_task_or_fact(passage)

    def _is_task_or_fact(self, passage: Passage) -> bool:
        known = load()
        words = self._words.words[passage.first : passage.end]
        if not known["day"].isdisjoint(words) or words[-1] in known["given"]:
            return True
        # "Region: the north" is a fact, too.
        if _TIME_OR_MONEY.search(self._text, passage.start, passage.stop):
            return True
        if self._text.startswith("-", self._words.ends[passage.first]):
            # "Ride-on mowers".
            return False
        begins, behind = words[0], words[1] if len(words) > 1 else ""
        has_object = behind in known["object"] or (bool(behind) and is_number(behind))
        if behind and (begins in known["task"] or (self._long and begins.endswith("ing"))):
            return True
        infinitive = len(begins) >= _SHORTEST_INFINITIVE and begins.endswith(_INFINITIVES)
        return has_object and (begins in known["task-of"] or (infinitive and begins not in known["object"]))

    def _paragraphs(self) -> Iterator[range]:
        """The sentences of each block that are of no known part, where all of them are."""
        start = 0
        for at in range(1, len(self._passages) + 1):
            same = at < len(self._passages) and self._passages[at].paragraph == self._passages[start].paragraph
            if same:
                continue
            if at - start > 1 and all(self._passages[one].part is Part.OPEN for one in range(start, at)):
                yield range(start, at)
            start = at

    def _spoken_beside(self, paragraph: range) -> list[int]:
        """Short sentences without a verb among others that ask: 'SIA licence. Clean record. Nights.'"""
        says = self._what_says(paragraph)
        if self._passages[paragraph[0]].paragraph == 0 and says[0] is _Says.THING:
            # "Call centre agent in Sofia." is the title.
            paragraph, says = paragraph[1:], says[1:]
        hiring = [
            any(hit.kind == "hiring" for hit in self._hits(at)) and said is _Says.ELSE
            for at, said in zip(paragraph, says, strict=True)
        ]
        if _Says.ASKED not in says or any(
            said is _Says.TASK and self._passages[at].end - self._passages[at].first > _MOST_WORDS_OF_FACT
            for at, said in zip(paragraph, says, strict=True)
        ):
            return []
        if any(said is _Says.ELSE and not sought for said, sought in zip(says, hiring, strict=True)):
            return []
        things = [at for at, said in zip(paragraph, says, strict=True) if said is _Says.THING]
        longest = max((self._passages[at].end - self._passages[at].first for at in things), default=0)
        return things if longest <= _MOST_SPOKEN_WORDS else []

    def _hits(self, at: int) -> list[judging.Hit]:
        passage = self._passages[at]
        return judging.load().find(self._words.words, passage.first, passage.end)
