"""What a job asks for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from libs.contracts.documents import Note
from libs.contracts.structure import MAX_REQUIREMENTS, REQUIREMENTS_LEFT_OUT, Necessity, Requirement, Section
from libs.contracts.text_preparation import one_line
from services.ingest.structure.requirements import judging, numbers, part_of_job, parts, what_lines_say
from services.ingest.structure.requirements.given import entries_of, given_lines
from services.ingest.structure.requirements.judging import Judgement, Stretch, judge, says_all_at_once
from services.ingest.structure.requirements.part_of_job import Part
from services.ingest.structure.requirements.passages import run_on
from services.ingest.structure.requirements.passages.blocks import Block, blocks_of
from services.ingest.structure.requirements.passages.outline import Outline, Passage
from services.ingest.structure.requirements.passages.sentences import clauses_of
from services.ingest.structure.requirements.repeated import without_repeated
from services.ingest.structure.requirements.without_heading import LinesWithoutHeading
from services.ingest.structure.requirements.words import Words, words_of_all
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title import occupation_words

_EDGE_START = " \t\n•·*-–—,;:：。、"
_EDGE_END = " \t\n.,;:：。；，、*•·_-–—"
# "… but we will not turn anybody away for lacking them" is the sender's, not what is asked.
_OUR_CLAUSE = re.compile(
    r",? but we(?:'ll|’ll| will| won't| won’t| do| don't| don’t| can| are)\b"
    r"|,? (?:but|although|though) (?:full |some |\w+ )?(?:support|training|help|coaching|tuition)\b"
    r"[^.;]{0,60}? (?:is|are|will be|can be) (?:available|given|provided|offered|arranged)\b",
    re.IGNORECASE,
)
# "Plumber needed in Cork, must have own van, gas certificate an advantage, good rates, text Mick".
_FEWEST_WORDS_AT_ONCE = 20
_FEWEST_COMMAS = 4
_LONGEST_ANSWER = 4
# "So is a driving licence" matters as much as what stands before it.
_LIKEWISE = frozenset((first, second) for first in ("so", "as") for second in ("is", "are", "would", "does", "do"))
# A short sentence between two that ask is one that asks too.
_MOST_DOUBTFUL_WORDS = 12


def load() -> None:
    """Reads all lists, so that no document waits for them."""
    judging.load()
    part_of_job.load()
    numbers.load()
    parts.load()
    run_on.load()
    what_lines_say.load()
    occupation_words.load()


def find_requirements(stored: StoredText, sections: Sequence[Section]) -> tuple[list[Requirement], list[Note]]:
    """A job's requirements in the text's order, at most MAX_REQUIREMENTS; a note says how many more there are.

    `sections` are not needed: a job's headings are judged by what they announce.
    """
    text = stored.text
    lines = stored.lines
    count = given_lines(lines, stored.requirements)
    split = len(lines) - count
    blocks, listed_blocks = blocks_of(text, lines[:split]), blocks_of(text, lines[split:])
    words = words_of_all(text, ((block.start, block.end) for block in (*blocks, *listed_blocks)))
    described = _asked_in(text, words, blocks, Part.OPEN, stored.given_title, alone=not count)
    if isinstance(stored.requirements, list):
        given: Iterable[tuple[int, int, Necessity]] = entries_of(text, lines[split:])
    else:
        given = _asked_in(text, words, listed_blocks, Part.MUST, None, alone=False)
    listed = [_edged(text, *asked) for asked in given]
    kept = without_repeated(text, words, [_edged(text, *asked) for asked in described], listed)
    chosen = sorted([*listed, *kept][:MAX_REQUIREMENTS])
    left_out = len(listed) + len(kept) - len(chosen)
    return [_requirement(text, words, *asked) for asked in chosen], _notes(left_out)


def _asked_in(
    text: str, words: Words, blocks: Sequence[Block], base: Part, title: str | None, alone: bool
) -> Iterator[tuple[int, int, Necessity]]:
    """What the blocks ask: (start, end, necessity). `alone`: nothing else tells what the job asks."""
    passages: list[Passage] = []
    judged: list[Judgement] = []
    for passage in _without_breaks_missing(text, words, Outline(text, words, blocks, base, title).passages()):
        near = bool(passages) and passages[-1].paragraph == passage.paragraph
        after_asked = near and judged[-1].necessity is not None
        stretch = Stretch(words, passage.first, passage.end, passage.item)
        passages.append(passage)
        judgement = judge(text, stretch, passage.part, after_asked)
        if (
            after_asked
            and (judgement.necessity or judgement.doubtful)
            and (words.words[passage.first], _second(words, passage)) in _LIKEWISE
        ):
            judgement = judged[-1]
        judged.append(judgement)
    _answer_questions(text, passages, judged)
    beside = LinesWithoutHeading(text, words, blocks, passages, judged).asked() if alone else set()
    for index, (passage, judgement) in enumerate(zip(passages, judged, strict=True)):
        necessity = judgement.necessity
        if necessity is None and (index in beside or (judgement.doubtful and _between_asked(passages, judged, index))):
            necessity = "must"
        if necessity is not None and passage.start < passage.stop:
            yield passage.start, passage.stop, necessity


def _answer_questions(text: str, passages: Sequence[Passage], judged: list[Judgement]) -> None:
    """Makes a wish of what is asked in a question that is answered with one: 'You bake? Even better.'"""
    for index in range(1, len(passages)):
        short = passages[index].end - passages[index].first <= _LONGEST_ANSWER
        near = passages[index].paragraph == passages[index - 1].paragraph
        asks = text[passages[index - 1].stop - 1] in "?？"
        if short and near and asks and judged[index].necessity == "nice":
            judged[index - 1], judged[index] = judged[index], Judgement(None)


def _without_breaks_missing(text: str, words: Words, passages: Iterable[Passage]) -> Iterator[Passage]:
    """The passages; one that is a whole advertisement, told off between commas, clause by clause."""
    for passage in passages:
        commas = text.count(",", passage.start, passage.stop) if passage.part is Part.OPEN else 0
        long = passage.end - passage.first >= _FEWEST_WORDS_AT_ONCE
        if commas < _FEWEST_COMMAS or not (long and says_all_at_once(words, passage.first, passage.end)):
            yield passage
            continue
        clauses = clauses_of(text, passage.start, passage.stop)
        for start, stop in clauses:
            first, end = bisect_left(words.starts, start), bisect_left(words.starts, stop)
            yield passage._replace(start=start, stop=stop, first=first, end=end, item=True)


def _second(words: Words, passage: Passage) -> str:
    return words.words[passage.first + 1] if passage.end - passage.first > 1 else ""


def _between_asked(passages: Sequence[Passage], judged: Sequence[Judgement], index: int) -> bool:
    if not 0 < index < len(passages) - 1 or passages[index].end - passages[index].first > _MOST_DOUBTFUL_WORDS:
        return False
    around = (index - 1, index + 1)
    return all(
        judged[near].necessity is not None and passages[near].paragraph == passages[index].paragraph for near in around
    )


def _edged(text: str, start: int, end: int, necessity: Necessity) -> tuple[int, int, Necessity]:
    """A stretch without bullet and trailing full stop, and without a clause of the sender's own."""
    if clause := _OUR_CLAUSE.search(text, start, end):
        end = clause.start()
    begin, stop = start, end
    while begin < stop and text[begin] in _EDGE_START:
        begin += 1
    while stop > begin and text[stop - 1] in _EDGE_END:
        stop -= 1
    # What consists of such signs alone stays as it is.
    return (begin, stop, necessity) if begin < stop else (start, end, necessity)


def _requirement(text: str, words: Words, start: int, end: int, necessity: Necessity) -> Requirement:
    whole = Requirement(
        start=start,
        end=end,
        text=one_line(text[start:end]),
        necessity=necessity,
        numbers=numbers.numbers_of(text, start, end),
    )
    found = parts.parts_of(text, words, whole)
    return msgspec.structs.replace(whole, parts=found) if found else whole


def _notes(left_out: int) -> list[Note]:
    if left_out <= 0:
        return []
    message = f"The job asks for {left_out} more than the {MAX_REQUIREMENTS} requirements that are kept."
    return [Note(REQUIREMENTS_LEFT_OUT, message)]
