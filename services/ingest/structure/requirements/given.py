"""A job's requirements field, as given, in its stored text: the text ends with it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from libs.contracts.structure import Necessity
from libs.contracts.text_preparation import one_line, prepare
from services.ingest.structure.requirements.blocks import block_of
from services.ingest.structure.requirements.inline_headings import inline_headings
from services.ingest.structure.requirements.judging import Stretch, is_negated, judge
from services.ingest.structure.requirements.part_of_job import Part, announced
from services.ingest.structure.requirements.phrases import Words, words_of_all
from services.ingest.structure.stored_text import Line


def given_lines(lines: Sequence[Line], requirements: str | list[str] | None) -> int:
    """How many of the text's last lines are its requirements field; 0 where it has none, or other lines than given.

    An entry of a list is one line, whatever line breaks it came with.
    """
    if not requirements:
        return 0
    entries = prepare(requirements).split("\n") if isinstance(requirements, str) else requirements
    wanted = [plain for plain in (one_line(prepare(entry)) for entry in entries) if plain.strip()]
    count = len(wanted)
    if not 0 < count <= len(lines):
        return 0
    return count if _plain(lines[-count].text) == _plain(wanted[0]) else 0


def _plain(text: str) -> str:
    return " ".join(text.split())


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
