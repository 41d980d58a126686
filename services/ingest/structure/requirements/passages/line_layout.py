"""How a line of a job is set: as a heading stands above its lines, as an item of a list, in capitals."""

from __future__ import annotations

from bisect import bisect_left

from services.ingest.structure.requirements import judging
from services.ingest.structure.requirements.part_of_job import Part, announced
from services.ingest.structure.requirements.passages.blocks import Block
from services.ingest.structure.requirements.words import Words
from services.ingest.structure.title.occupation_words import names_occupation

# A line of more words that ends with a full stop is a sentence.
ITEM_WORDS = 12
STOPS = ".。!！"
COLONS = ":："
# A first line of more words is no title.
_TITLE_WORDS = 8
# Words in -ing that say what somebody is.
_WHAT_ONE_IS = frozenset("willing caring outgoing understanding hardworking loving welcoming easygoing".split())


class LineLayout:
    """The lines of one text, looked at one by one; keeps nothing between calls."""

    def __init__(self, text: str, words: Words) -> None:
        self._text = text
        self._words = words

    def word_range(self, start: int, stop: int) -> tuple[int, int]:
        """The words between two places of the text: the first, and the one behind the last."""
        return bisect_left(self._words.starts, start), bisect_left(self._words.starts, stop)

    def opens_paragraph(self, block: Block, following: Block | None) -> bool:
        """Whether a line is set as headings are that stand right above their lines, behind a blank one."""
        if following is None or following.after_blank or following.inline or following.part is not None:
            return False
        begins = self._text[block.start]
        set_apart = block.after_blank and not block.bullet and not block.inline
        return set_apart and (begins.isupper() or not begins.isalpha()) and self._text[block.end - 1] not in ".,;!"

    def in_capitals(self, first: int, end: int) -> bool:
        """Whether all longer words begin with a capital."""
        starts = self._words.starts[first:end]
        long = [at for at, word in zip(starts, self._words.words[first:end], strict=True) if len(word) > 3]
        return len(long) > 1 and all(self._text[at].isupper() for at in long)

    def is_like_an_item(self, block: Block) -> bool:
        """Whether a line behind a list is one of its items that lost its bullet."""
        first, end = self.word_range(block.start, block.end)
        if end - first > ITEM_WORDS or self._text[block.end - 1] in STOPS:
            return False
        kinds = {hit.kind for hit in judging.load().find(self._words.words, first, end)}
        return "weak" in kinds and kinds.isdisjoint(judging.AGAINST)

    def is_what_one_does(self, part: Part, end: int, following: Block | None) -> bool:
        """Whether "You'll be:" goes on with what somebody does ('Running the bar'), not with what they are."""
        if part is not Part.MUST or following is None or self._words.words[end - 1] != "be":
            return False
        first = self.word_range(following.start, following.end)[0]
        word = self._words.words[first] if first < len(self._words.words) else ""
        return word.endswith("ing") and word not in _WHAT_ONE_IS

    def names_the_job(self, block: Block, following: Block | None) -> bool:
        """Whether the first line is a title, as 'Forklift driver with licence': no sentence, and apart from the rest or
        of words that name an occupation or ask for nothing."""
        if following is None:
            return False
        first, end = self.word_range(block.start, block.end)
        if end - first > _TITLE_WORDS or block.bullet or self._text[block.end - 1] in STOPS + COLONS:
            return False
        kinds = {hit.kind for hit in judging.load().find(self._words.words, first, end)}
        known = announced(self._words.words, first, end)
        if not kinds.isdisjoint(("must", "you", "nice", "wish")) or (known is not None and known.alone):
            return False
        return following.after_blank or "weak" not in kinds or names_occupation(self._text[block.start : block.end])
