"""What is asked by lines that stand under no heading: 'month-end close' beside 'degree or AAT level 4'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.ingest.structure.requirements.judging import Judgement
from services.ingest.structure.requirements.part_of_job import Part
from services.ingest.structure.requirements.passages.blocks import Block
from services.ingest.structure.requirements.passages.outline import Passage
from services.ingest.structure.requirements.what_lines_say import Says, WhatLinesSay
from services.ingest.structure.requirements.words import Words

# So many that ask make a list one of what is asked: under a heading that nobody knows one in three, in a posting of
# more passages than these, of which most are something else, one in two.
_ONE_IN = 3
_ONE_IN_LONG = 2
_MOST_PASSAGES = 16
# A list that asks nowhere in so many words has so many lines at least.
_FEWEST_LINES = 2
_MOST_SPOKEN_WORDS = 6
# "Good money." among what is asked is a fact, a longer sentence a task.
_MOST_WORDS_OF_FACT = 3
_LONG_NAME_WORD = 3


class LinesWithoutHeading:
    """Looks at the passages of one text by what stands around them."""

    def __init__(
        self, text: str, words: Words, blocks: Sequence[Block], passages: Sequence[Passage], judged: Sequence[Judgement]
    ) -> None:
        self._text = text
        self._blocks = blocks
        self._passages = passages
        self._judged = judged
        self._long = len(passages) > _MOST_PASSAGES
        self._says = WhatLinesSay(text, words, passages, judged, short=not self._long)

    def asked(self) -> set[int]:
        """Places of passages that ask, beyond those judged so; none where a heading announces what is asked."""
        if any(passage.part is Part.MUST for passage in self._passages):
            return set()
        runs = list(self._runs())
        found: set[int] = set()
        for run in runs:
            found.update(self._asked_beside(run))
        for paragraph in self._paragraphs():
            found.update(self._spoken_beside(paragraph))
        if not self._long:
            # Those that tell things off ask by themselves.
            found.update(at for at in range(len(self._passages)) if self._says.of(at) is Says.ASKED)
        if found or any(judgement.necessity is not None for judgement in self._judged):
            return found
        return self._only_list(runs)

    def _runs(self) -> Iterator[range]:
        """The lists: lines one below the other, all with a bullet or none, no heading between."""
        start = 0
        for at in range(1, len(self._passages) + 1):
            if at < len(self._passages) and self._go_together(at - 1, at):
                continue
            if self._is_line(start):
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
        says = [self._says.of(at) for at in run]
        asking = says.count(Says.ASKED)
        others = says.count(Says.ELSE) + says.count(Says.TASK)
        if not asking or others > len(run) - others or (self._long and asking * _ONE_IN_LONG < len(run)):
            return []
        if self._has_heading(run) and (others or asking * _ONE_IN < len(run)):
            return []
        return self._things(run)

    def _things(self, run: range) -> list[int]:
        named = run[1:] if self._is_name(run[0]) else run
        return [at for at in named if self._says.of(at) is Says.THING]

    def _only_list(self, runs: Sequence[range]) -> set[int]:
        """Where nothing else asks, the things of the one list right below the title or the first sentences."""
        lists = [run for run in runs if len(run) >= _FEWEST_LINES]
        if len(lists) != 1 or self._has_heading(lists[0]):
            return set()
        things = self._things(lists[0])
        many = _FEWEST_LINES <= len(things) > len(lists[0]) - len(things)
        return set(things) if many and all(self._says.of(at) is not Says.ELSE for at in lists[0]) else set()

    def _has_heading(self, run: range) -> bool:
        """Whether a line that is no passage stands above, which is not the title."""
        above = self._passages[run[0]].paragraph - 1
        return above > 0 and not (run[0] and self._passages[run[0] - 1].paragraph == above)

    def _is_name(self, at: int) -> bool:
        """Whether a line is the first below the title and an employer or a place: 'Tri-County Tire, Knoxville'."""
        passage = self._passages[at]
        if self._says.of(at) is not Says.THING or self._blocks[passage.paragraph].bullet or passage.paragraph > 1:
            return False
        written = self._text[passage.start : passage.stop]
        long = [word for word in written.replace(",", " ").split() if len(word) > _LONG_NAME_WORD]
        # Two commas tell things off.
        return len(long) > 1 and written.count(",") < _FEWEST_LINES and all(word[0].isupper() for word in long)

    def _paragraphs(self) -> Iterator[range]:
        """The sentences of each block that are of no known part, where all of them are."""
        start = 0
        for at in range(1, len(self._passages) + 1):
            if at < len(self._passages) and self._passages[at].paragraph == self._passages[start].paragraph:
                continue
            if at - start > 1 and all(self._passages[one].part is Part.OPEN for one in range(start, at)):
                yield range(start, at)
            start = at

    def _spoken_beside(self, paragraph: range) -> list[int]:
        """Short sentences without a verb among others that ask: 'SIA licence. Clean record. Nights.'"""
        if self._passages[paragraph[0]].paragraph == 0 and self._says.of(paragraph[0]) is Says.THING:
            # "Call centre agent in Sofia." is the title.
            paragraph = paragraph[1:]
        if all(self._says.of(at) is not Says.ASKED for at in paragraph) or not all(map(self._may_stand, paragraph)):
            return []
        return [at for at in paragraph if self._says.of(at) is Says.THING]

    def _may_stand(self, at: int) -> bool:
        """Whether a sentence may stand among those that ask and leave them what they are."""
        says = self._says.of(at)
        words = self._passages[at].end - self._passages[at].first
        if says is Says.THING:
            return words <= _MOST_SPOKEN_WORDS
        if says is Says.TASK:
            return words <= _MOST_WORDS_OF_FACT
        return says is Says.ASKED or self._says.seeks(at)
