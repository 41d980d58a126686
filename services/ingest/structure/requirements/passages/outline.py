"""A job's text as passages, each with the part of the job that it stands in, headings left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.ingest.structure.requirements import judging
from services.ingest.structure.requirements.part_of_job import ASKING, MOST_WORDS, Part, announced
from services.ingest.structure.requirements.passages.blocks import Block
from services.ingest.structure.requirements.passages.inline_headings import Inline, inline_headings
from services.ingest.structure.requirements.passages.line_layout import COLONS, ITEM_WORDS, STOPS, LineLayout
from services.ingest.structure.requirements.passages.sentences import sentences_of
from services.ingest.structure.requirements.words import Words

# A heading that is not known is shorter than a sentence.
_UNKNOWN_WORDS = 7
_LONGEST_HEADING = 80
# "Education", "Soft skills": lines that ask for nothing themselves.
_LABEL_WORDS = 2
# A shorter line in capitals is an abbreviation.
_SHORTEST_HEADING = 8
_FEWEST_ITEMS = 2
_LEAD_IN_WORDS = 16
# "We are looking for a nurse who", and below it what she has.
_OPEN_ENDED = frozenset(
    "who with that whose have has be bring brings hold holds know is can mit der die qui avec de que con chi"
    " met".split()
)


class Passage(NamedTuple):
    """A sentence or item: words `first` to before `end` of the text. `paragraph` counts the blocks."""

    start: int
    stop: int
    first: int
    end: int
    part: Part
    item: bool
    paragraph: int


@dataclass(slots=True)
class _Section:
    """The part that lines stand in. `soft`: it ends at a blank line. `within`: the bullet whose sub-list this is.
    `sentences`: one of its lines ended with a full stop."""

    part: Part
    soft: bool = False
    bulleted: bool = False
    blocks: int = 0
    sentences: bool = False
    within: str = ""
    outer: Part = Part.OPEN


class Outline:
    """Reads blocks in order; what stands under no heading is of the part `base`."""

    def __init__(self, text: str, words: Words, blocks: Sequence[Block], base: Part, title: str | None) -> None:
        self._text = text
        self._words = words
        self._layout = LineLayout(text, words)
        self._blocks = blocks
        self._base = base
        self._title = " ".join((title or "").casefold().split())
        self._section = _Section(base)
        self._paragraph_headings = 0

    def passages(self) -> Iterator[Passage]:
        """The passages in the text's order."""
        for index, block in enumerate(self._blocks):
            if block.part is not None:
                yield Passage(
                    block.start, block.end, *self._layout.word_range(block.start, block.end), block.part, True, index
                )
                continue
            self._leave(block)
            self._leave_list(block)
            following = self._blocks[index + 1] if index + 1 < len(self._blocks) else None
            before = self._blocks[index - 1] if index else None
            if index < 3 and (self._is_title(block) or (not index and self._begins_with_a_title(block, following))):
                continue
            if self._enter(block, following) or self._stands_alone(block, before, following):
                continue
            lead = self._lead_in_at_end(block, following)
            yield from self._read(block._replace(end=lead[0]) if lead else block, index)
            if lead:
                self._section = _Section(self._lead_in(*lead[1:], keep=True))
                continue
            self._section.blocks += 1
            self._section.sentences |= self._text[block.end - 1] in STOPS
            self._section.bulleted = self._section.bulleted or bool(block.bullet and not block.inline)

    def _leave(self, block: Block) -> None:
        """Ends the section that a block does not belong to any more: a list ends where its bullets do."""
        section = self._section
        if section.within and block.bullet == section.within:
            section.part, section.within = section.outer, ""
        listed_before = section.bulleted and not block.bullet and not block.inline
        if section.part is self._base or not (block.after_blank or listed_before):
            return
        if listed_before and not block.after_blank and self._layout.is_like_an_item(block):
            return
        done = section.part not in ASKING and section.blocks > 0 and not block.bullet
        if section.soft or listed_before or done:
            self._section = _Section(self._base)

    def _leave_list(self, block: Block) -> None:
        """Ends a list of items without full stops at a line of several sentences."""
        section = self._section
        if block.bullet or section.part not in ASKING or section.blocks < (1 if block.inline else _FEWEST_ITEMS):
            return
        if not block.inline and (section.sentences or self._text[block.end - 1] not in STOPS):
            return
        if sum(1 for _ in sentences_of(self._text, block.start, block.end)) > (2 if block.inline else 1):
            self._section = _Section(self._base)

    def _enter(self, block: Block, following: Block | None) -> bool:
        """Whether a block is a heading; what it announces goes on with the next."""
        first, end = self._layout.word_range(block.start, block.end)
        if not 0 < end - first <= MOST_WORDS + 3 or block.end - block.start > _LONGEST_HEADING:
            return False
        last = self._text[block.end - 1]
        colon = last in COLONS
        if block.bullet and not (block.marked and not (following and following.bullet == block.bullet)):
            return colon and self._enter_sub_list(block, following, first, end)
        known = announced(self._words.words, first, end)
        asked = last in "?？"
        if known is not None:
            sign = (
                colon
                or asked
                or block.marked
                or (following is not None and bool(following.bullet) and not block.inline)
                or self._layout.opens_paragraph(block, following)
            )
            sign = sign or ((known.open_end or self._base is Part.OPEN) and self._layout.in_capitals(first, end))
            label = known.part is Part.MUST and end - first <= _LABEL_WORDS and self._text[block.start].isupper()
            if known.alone or ((sign or (label and not block.inline)) and not block.bullet):
                self._paragraph_headings += self._layout.opens_paragraph(block, following)
                part = Part.DUTIES if self._layout.is_what_one_does(known.part, end, following) else known.part
                if (
                    part is Part.MUST
                    and not known.alone
                    and self._section.part is Part.NICE
                    and not self._section.blocks
                ):
                    # "Preferred qualifications", and right below it "Skills".
                    part = Part.NICE
                self._section = _Section(part, soft=part is Part.FACT)
                return True
            return False
        if last in STOPS or following is None or block.bullet:
            return False
        list_follows = bool(following.bullet) and not following.inline and not block.inline
        if colon and (list_follows or not following.after_blank):
            self._section = _Section(self._lead_in(first, end, list_follows))
            return True
        if list_follows and not colon and self._ends_open(end):
            self._section = _Section(self._lead_in(first, end, keep=True))
            return True
        if colon and (part := self._lead_in(first, end, keep=False)) in ASKING:
            self._section = _Section(part)
            return True
        laid_out = self._paragraph_headings >= _FEWEST_ITEMS and self._layout.opens_paragraph(block, following)
        if end - first > _UNKNOWN_WORDS or not (list_follows or laid_out or (block.marked and not block.inline)):
            return False
        self._section = _Section(self._lead_in(first, end, keep=False))
        return True

    def _stands_alone(self, block: Block, before: Block | None, following: Block | None) -> bool:
        """Whether a line is a heading that nobody knows: blank lines around it, where lines that belong together have
        none between them, and set in capitals."""
        if block.bullet or block.inline or before is None or following is None or before.after_blank:
            return False
        if not (block.after_blank and following.after_blank) or self._text[block.end - 1] in ".,;!":
            return False
        first, end = self._layout.word_range(block.start, block.end)
        capitals = self._text[block.start : block.end].isupper()
        if end - first < (1 if capitals else 2) or end - first > MOST_WORDS + 3:
            return False
        if not (capitals and block.end - block.start >= _SHORTEST_HEADING) and not self._layout.in_capitals(first, end):
            return False
        self._section = _Section(self._lead_in(first, end, keep=False))
        return True

    def _enter_sub_list(self, block: Block, following: Block | None, first: int, end: int) -> bool:
        if following is None or not following.bullet or following.bullet == block.bullet or following.inline:
            return False
        known = announced(self._words.words, first, end)
        section = self._section
        if not section.within:
            section.outer = section.part
        section.within = block.bullet
        section.part = known.part if known else self._lead_in(first, end, keep=True)
        return True

    def _lead_in_at_end(self, block: Block, following: Block | None) -> tuple[int, int, int] | None:
        """Start and words of a block's last sentence where it introduces the lines behind it: with a colon, or a list
        by its last word."""
        if block.bullet or following is None or following.inline:
            return None
        colon = self._text[block.end - 1] in COLONS
        if not colon and not (following.bullet and self._ends_open(self._layout.word_range(block.start, block.end)[1])):
            return None
        if following.after_blank and not following.bullet:
            return None
        start = max(begin for begin, _ in sentences_of(self._text, block.start, block.end))
        first, end = self._layout.word_range(start, block.end)
        return (start, first, end) if 0 < end - first <= _LEAD_IN_WORDS else None

    def _lead_in(self, first: int, end: int, keep: bool) -> Part:
        """The part that an unknown heading announces by its words: 'Experience with the following is a plus:'."""
        kinds = {hit.kind for hit in judging.load().find(self._words.words, first, end)}
        for kind, part in (
            ("negated", Part.NONE),
            ("nice", Part.NICE),
            ("wish", Part.NICE),
            ("offer", Part.OFFER),
            ("law", Part.LAW),
        ):
            if kind in kinds:
                return part
        sought = "hiring" in kinds and self._ends_open(end)
        if sought or kinds & {"must", "you"} or ("weak" in kinds and "duty" not in kinds):
            return Part.NICE if keep and self._section.part is Part.NICE else Part.MUST
        for kind, part in (("duty", Part.DUTIES), ("apply", Part.APPLY), ("company", Part.COMPANY)):
            if kind in kinds:
                return part
        return self._section.part if keep and self._section.part in ASKING else self._base

    def _ends_open(self, end: int) -> bool:
        """Whether the words before `end` want others behind them."""
        return self._words.words[end - 1] in _OPEN_ENDED

    def _read(self, block: Block, index: int) -> Iterator[Passage]:
        """The passages of a block that is no heading as a whole."""
        part = self._section.part
        start = block.start
        for inline in inline_headings(self._text, self._words, block):
            yield from self._sentences(block, start, inline.start, part, index)
            start = inline.resume
            part = self._within_line(block, inline, part)
        if start < block.end:
            yield from self._sentences(block, start, block.end, part, index)

    def _within_line(self, block: Block, inline: Inline, part: Part) -> Part:
        """The part behind a heading within a line; it holds for further lines where the line is no item of a list."""
        if inline.part is Part.FACT:
            if block.after_blank and self._section.part is not self._base:
                self._section = _Section(self._base)
            return Part.FACT
        if not block.bullet or block.inline:
            long_line = block.inline or inline.start > block.start
            self._section = _Section(inline.part, soft=not long_line)
        return inline.part

    def _sentences(self, block: Block, start: int, stop: int, part: Part, index: int) -> Iterator[Passage]:
        whole = True
        for begin, finish in sentences_of(self._text, start, stop):
            first, end = self._layout.word_range(begin, finish)
            if begin == start and finish < stop and (found := self._spoken_heading(begin, finish, first, end)):
                part = found
                self._section = _Section(part, soft=True)
                continue
            whole = whole and finish >= stop
            short = end - first <= ITEM_WORDS and self._text[finish - 1] not in STOPS
            item = bool(block.bullet) or (whole and (short or block.inline))
            yield Passage(begin, finish, first, end, part, item, index)
            if part is Part.FACT and finish < stop:
                part = self._section.part

    def _spoken_heading(self, begin: int, finish: int, first: int, end: int) -> Part | None:
        """What a short sentence announces for the rest of its paragraph: 'About you.', 'Who are you?'."""
        if self._text[finish - 1] not in ".?!:？" or end - first > MOST_WORDS:
            return None
        known = announced(self._words.words, first, end)
        if known is None or known.part is Part.FACT or not (known.alone or self._text[finish - 1] in "?？"):
            return None
        return known.part

    def _begins_with_a_title(self, block: Block, following: Block | None) -> bool:
        return not self._title and self._base is Part.OPEN and self._layout.names_the_job(block, following)

    def _is_title(self, block: Block) -> bool:
        return bool(self._title) and " ".join(self._text[block.start : block.end].casefold().split()) == self._title
