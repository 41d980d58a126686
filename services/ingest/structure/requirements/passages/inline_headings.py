"""Headings within a line: 'Requirements: a degree', '… the team Required Qualifications Bachelor's degree'."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from services.ingest.structure.requirements.judging import load as cues
from services.ingest.structure.requirements.part_of_job import ASKING, MOST_WORDS, Announced, Part, announced
from services.ingest.structure.requirements.passages.blocks import Block
from services.ingest.structure.requirements.words import Words
from services.ingest.structure.title.occupation_words import names_occupation

_COLON = re.compile(r"[:：]")
# Between whom a line seeks and what they bring: "Receptionist needed - phones, Dutch", "Analyst wanted, SQL, Excel".
_BEHIND_SOUGHT = re.compile(r"[,;] | [-–—] ")
_FEWEST_SOUGHT = 2
# What is said among things told off that are not all asked: "good rates, text Mick".
_SAYS_MORE = frozenset(("must", "offer", "apply", "company", "hiring"))
_SOUGHT = frozenset("wanted needed sought gesucht recherché recherchée cercasi gezocht".split())
_STOP = re.compile(r"[.;!?•。；！？:：]")
_LONGEST = 60
# In shorter lines a heading has a colon.
_RUN_ON_CHARS = 250
_MOST_CAPITALS = 6
_MOST_WORDS_SOUGHT = 20
_SMALL = frozenset("and & of to for the or in a an".split())
_KEY_WORDS = frozenset(
    "requirements requirement qualifications qualification responsibilities duties benefits overview description"
    " summary skills experience required preferred nice".split()
)
_ALONE = frozenset(("requirements", "qualifications", "responsibilities", "duties"))


class Inline(NamedTuple):
    """A heading within a line: it begins at `start`, what stands under it at `resume`."""

    start: int
    resume: int
    part: Part


def inline_headings(text: str, words: Words, block: Block) -> list[Inline]:
    """The headings within a block, in order."""
    found = list(_with_colon(text, words, block)) or list(_behind_sought(text, words, block))
    if block.end - block.start >= _RUN_ON_CHARS:
        found.extend(_in_capitals(text, words, block))
        found.sort()
    kept: list[Inline] = []
    for inline in found:
        if not kept or inline.start >= kept[-1].resume:
            kept.append(inline)
    return kept


def _with_colon(text: str, words: Words, block: Block) -> Iterator[Inline]:
    behind = block.start
    for colon in _COLON.finditer(text, block.start, block.end):
        at = colon.start()
        if text[at : at + 3] == "://" or (text[at - 1].isdigit() and text[at + 1 : at + 2].isdigit()):
            continue
        from_ = max(behind, at - _LONGEST)
        stops = [stop.end() for stop in _STOP.finditer(text, from_, at)]
        from_ = stops[-1] if stops else from_
        heading = _longest_tail(text, words, from_, at, at_start=from_ == block.start)
        if heading is None and not block.bullet and from_ == block.start and _seeks(text, words, block, at):
            yield Inline(block.start, _behind(text, colon.end(), block.end), Part.MUST)
        if heading is not None:
            start, known = heading
            if known.alone or known.part is Part.FACT or (known.part not in ASKING and known.part is not Part.OPEN):
                yield Inline(start, _behind(text, colon.end(), block.end), known.part)
            elif known.part in ASKING:
                # "Education: a degree" keeps its label, which says what the degree is.
                yield Inline(start, start, known.part)
        behind = colon.end()


def _behind_sought(text: str, words: Words, block: Block) -> Iterator[Inline]:
    """In a short line that begins with whom it seeks, what follows the first dash or comma, where more follow."""
    first, end = bisect_left(words.starts, block.start), bisect_left(words.starts, block.end)
    if block.bullet or block.inline or end - first > _MOST_WORDS_SOUGHT:
        return
    marks = list(_BEHIND_SOUGHT.finditer(text, block.start, block.end))
    if len(marks) < _FEWEST_SOUGHT:
        return
    middle = bisect_left(words.starts, marks[0].start())
    if middle - first < _FEWEST_SOUGHT or words.words[middle - 1] not in _SOUGHT:
        return
    rest = {hit.kind for hit in cues().find(words.words, middle, end)}
    if rest.isdisjoint(_SAYS_MORE) and _names_whom(text, words, first, middle):
        yield Inline(block.start, marks[0].end(), Part.MUST)


def _seeks(text: str, words: Words, block: Block, colon: int) -> bool:
    """Whether a line says whom it seeks, and behind a colon what they bring: 'Cook wanted: pastry, two years'."""
    first, middle = bisect_left(words.starts, block.start), bisect_left(words.starts, colon)
    end = bisect_left(words.starts, block.end)
    if not 0 < middle - first <= MOST_WORDS or end == middle:
        return False
    seeks = any(hit.kind == "hiring" for hit in cues().find(words.words, first, middle))
    if not seeks or not _names_whom(text, words, first, middle):
        return False
    # "Now hiring: baristas" says whom again.
    return any(char in ",;，；" for char in text[colon : block.end]) or any(
        hit.kind in ("weak", "must") for hit in cues().find(words.words, middle, end)
    )


def _names_whom(text: str, words: Words, first: int, end: int) -> bool:
    """Whether what a line seeks is somebody, not a licence that is needed."""
    if all(hit.kind != "weak" for hit in cues().find(words.words, first, end)):
        return True
    return names_occupation(text[words.starts[first] : words.ends[end - 1]])


def _longest_tail(text: str, words: Words, start: int, stop: int, at_start: bool) -> tuple[int, Announced] | None:
    first, end = bisect_left(words.starts, start), bisect_left(words.starts, stop)
    begins = max(first, end - MOST_WORDS)
    for at in range(begins, end):
        initial = text[words.starts[at]]
        whole = at == first and at_start
        if not (initial.isupper() or "\u3400" <= initial <= "\u9fff" or whole):
            continue
        known = announced(words.words, at, end)
        # Within a line the words of an open-ended heading would be any.
        if known is not None and (known.alone or whole or known.part is Part.FACT or end - at <= 2):
            return words.starts[at], known
    return None


def _in_capitals(text: str, words: Words, block: Block) -> Iterator[Inline]:
    """Headings without a colon, known by their capitals: what follows them begins with one too."""
    first, end = bisect_left(words.starts, block.start), bisect_left(words.starts, block.end)
    for key in range(first, end):
        if words.words[key] not in _KEY_WORDS or not text[words.starts[key]].isupper():
            continue
        begins = key
        while begins > first and key - begins < _MOST_CAPITALS and _in_heading(text, words, begins - 1):
            begins -= 1
        stops = key + 1
        while stops < end and stops - key < _MOST_CAPITALS and _in_heading(text, words, stops):
            stops += 1
        found = _best_run(text, words, begins, key, stops, first, end)
        if found is not None:
            yield found


def _best_run(text: str, words: Words, begins: int, key: int, stops: int, first: int, end: int) -> Inline | None:
    for stop in range(stops, key, -1):
        if stop < end and not _begins_anew(text, words, stop):
            continue
        for start in range(begins, key + 1):
            if not text[words.starts[start]].isupper() or (start > first and _is_open(text, words, start)):
                continue
            if stop - start == 1 and words.words[start] not in _ALONE:
                continue
            known = announced(words.words, start, stop)
            if known is not None and known.alone:
                return Inline(words.starts[start], _behind(text, words.ends[stop - 1], words.ends[end - 1]), known.part)
    return None


def _in_heading(text: str, words: Words, at: int) -> bool:
    between = text[words.ends[at] : words.starts[at + 1]] if at + 1 < len(words.starts) else " "
    if len(between) > 3 or any(char in ".;:!?,()•" for char in between):
        return False
    return text[words.starts[at]].isupper() or words.words[at] in _SMALL


def _begins_anew(text: str, words: Words, at: int) -> bool:
    between = text[words.ends[at - 1] : words.starts[at]]
    initial = text[words.starts[at]]
    return not between.strip(" \t-–—•*·/&|") and "/" not in between and (initial.isupper() or initial.isdigit())


def _is_open(text: str, words: Words, at: int) -> bool:
    """Whether the words before go on into this one: 'the business Requirements', 'Business Requirements'."""
    between = text[words.ends[at - 1] : words.starts[at]]
    if any(char in ".;:!?)•" for char in between):
        return False
    before = words.words[at - 1]
    return before in _SMALL or text[words.starts[at - 1]].isupper() or before in ("our", "your", "these", "with", "by")


def _behind(text: str, start: int, end: int) -> int:
    while start < end and (text[start].isspace() or text[start] in "*-–•:：_"):
        start += 1
    return start
