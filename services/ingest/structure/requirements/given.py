"""A job's requirements field, as given, in its stored text: the text ends with it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from libs.contracts.structure import Necessity
from libs.contracts.text_preparation import prepare
from services.ingest.structure.requirements.judging import Stretch, is_negated, judge
from services.ingest.structure.requirements.part_of_job import Part, announced
from services.ingest.structure.requirements.passages.blocks import block_of
from services.ingest.structure.requirements.passages.inline_headings import inline_headings
from services.ingest.structure.requirements.words import Words, words_of_all
from services.ingest.structure.stored_text import Line


def given_lines(lines: Sequence[Line], requirements: str | list[str] | None) -> int:
    """How many of the text's last lines are its requirements field; 0 where it has none, or other lines than given.

    Lines that cleaning joined or rid of their bullets are the same: letters and digits are compared.
    """
    if not requirements:
        return 0
    given = requirements if isinstance(requirements, str) else "\n".join(requirements)
    # The stored form has other letters only where letters and accents came apart, or control characters stood.
    return _last_lines_of(lines, _letters(given)) or _last_lines_of(lines, _letters(prepare(given)))


def _last_lines_of(lines: Sequence[Line], wanted: str) -> int:
    """How many of the last lines consist of these letters; 0 where none or more than these do."""
    end = len(wanted)
    for count, line in enumerate(reversed(lines) if wanted else (), 1):
        letters = _letters(line.text)
        if not wanted.endswith(letters, 0, end):
            return 0
        end -= len(letters)
        if end <= 0:
            return count
    return 0


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def entries_of(text: str, lines: Sequence[Line]) -> Iterator[tuple[int, int, Necessity]]:
    """Each entry of a list, whatever it looks like, as (start, end, necessity); 'Nice to have:' is of those behind it.

    An entry that asks in so many words for nothing ('Java is not needed') is welcome, since its sender listed it.
    """
    words = words_of_all(text, ((line.start, line.end) for line in lines))
    part = Part.MUST
    for line in lines:
        block = block_of(text, line)
        if block.start >= block.end:
            continue
        first, end = _word_range(words, block.start, block.end)
        known = announced(words.words, first, end) if text[line.end - 1] in ":：" else None
        if known is not None and known.alone:
            part = Part.MUST if known.part is Part.MUST else Part.NICE
            continue
        own, start = part, block.start
        for inline in inline_headings(text, words, block)[:1]:
            if (
                inline.start == block.start
                and inline.part in (Part.MUST, Part.NICE, Part.NONE)
                and inline.resume < block.end
            ):
                own = Part.MUST if inline.part is Part.MUST else Part.NICE
                start = inline.resume
        first, end = _word_range(words, start, block.end)
        judgement = judge(text, Stretch(words, first, end, item=True), own, after_asked=True)
        asked = judgement.necessity
        if asked is None:
            asked = "nice" if is_negated(words, first, end) or own is Part.NICE else "must"
        yield start, block.end, asked


def _word_range(words: Words, start: int, stop: int) -> tuple[int, int]:
    return bisect_left(words.starts, start), bisect_left(words.starts, stop)
