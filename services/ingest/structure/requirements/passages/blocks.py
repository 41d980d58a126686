"""A job's text in blocks: a line, or lines that were one before a mail program broke them, without bullets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.ingest.structure.requirements.part_of_job import Part
from services.ingest.structure.requirements.passages.run_on import cuts_within
from services.ingest.structure.requirements.passages.tables import graded_rows
from services.ingest.structure.stored_text import Line

_BULLET = re.compile(
    r"(?:[•·◦▪▫■□●○‣⁃∙➢➤►▶→⇒✓✔☑✗★☆♦❖§»\uf000-\uf0ff]+[ \t]*"
    r"|[-–—+>*][ \t]+|[-–—](?=[^\W\d])|\*(?=[^*\s])|o[ \t]+(?=\S)"
    r"|\(?\d{1,2}[.)][ \t]+|\(?(?:i{1,3}|iv|vi{0,3}|ix|xi{0,2})[.)][ \t]+|\(?\d{1,2}[、）]|\(?\d{1,2}[．)](?!\d)"
    r"|[（(]?[一二三四五六七八九十]{1,2}[、）)]|[a-z][)][ \t]+|\[\d{1,2}\][ \t]*)"
)
_PICTURE = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d]+[ \t]*")
_BOLD = re.compile(r"(?:#{1,6}[ \t]+|\*{2,3}|__)(?=\S)")
_BOLD_END = re.compile(r"[ \t]*(?:\*{2,3}|__|#+)(?=[:：]?\Z)|(?<=[:：])[ \t]*(?:\*{2,3}|__)\Z")
# "Application fee: …" begins anew.
_LABEL = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’/ ]{0,30}[:：]")
_ENDED = ".!?:;。！？：；"
_JOINING = frozenset(
    "and or of with in for to the a an by at as from und oder mit in für der die das et ou de des avec à la le y o con"
    " en del los las ed di del della e ou com em van met voor het een i oraz w z na do".split()
)
# Mail programs break lines at about this width.
_NARROWEST, _WIDEST = 50, 90
# A line that goes on in lower case is this long at least, unless it ends with a word that wants another.
_LONG_LINE = 40
# Lines that begin in lower case one and all are no rests of each other where they are shorter than this.
_LONG_OF_LOWER = 60
# "two years as a recruiter," and below it "basic Italian,": so many lines told off are a list.
_FEWEST_TOLD_OFF = 3
_TELLING_OFF = ",;"


class Block(NamedTuple):
    """A stretch of the stored text that stands by itself: `start` behind its bullet.

    `bullet` is its mark, "" where there is none; `inline`: it begins within a line; `marked`: set as a heading, bold or
    with a picture before it. `part`: what it asks, where a table tells that.
    """

    start: int
    end: int
    bullet: str = ""
    after_blank: bool = False
    inline: bool = False
    marked: bool = False
    part: Part | None = None


def blocks_of(text: str, lines: Sequence[Line]) -> list[Block]:
    """The blocks of some lines, in order; none is empty."""
    rows = graded_rows(text, lines)
    blocks: list[Block] = []
    ordinary: list[Line] = []
    for line in lines:
        if line.start not in rows:
            ordinary.append(line)
            continue
        blocks += _ordinary(text, ordinary)
        ordinary = []
        blocks += [
            Block(asked.start, asked.end, after_blank=line.after_blank, part=asked.part)
            for asked in sorted(rows[line.start])
        ]
    return blocks + _ordinary(text, ordinary)


def _ordinary(text: str, lines: Sequence[Line]) -> list[Block]:
    return [part for block in _joined(text, lines) for part in _divided(text, block)]


def _joined(text: str, lines: Sequence[Line]) -> Iterator[Block]:
    width = _wrap_width(lines)
    told_off = _told_off(lines)
    last: Block | None = None
    previous: Line | None = None
    for line in lines:
        block = block_of(text, line)
        if (
            last is not None
            and previous is not None
            and line.start not in told_off
            and _goes_on(previous, line, block, width, lower=text[last.start : last.start + 1].islower())
        ):
            last = last._replace(end=line.end)
        else:
            if last is not None and last.start < last.end:
                yield last
            last = block
        previous = line
    if last is not None and last.start < last.end:
        yield last


def block_of(text: str, line: Line) -> Block:
    """A line as a block, without its bullet; empty where it is nothing else."""
    start, end, bullet, marked = line.start, line.end, "", False
    if bold := _BOLD.match(text, start, end):
        start, marked = bold.end(), True
    if found := _BULLET.match(text, start, end):
        bullet, start = found.group().strip(), found.end()
        if inner := _BOLD.match(text, start, end):
            start, marked = inner.end(), True
    elif picture := _PICTURE.match(text, start, end):
        bullet, start, marked = picture.group().strip(), picture.end(), True
    if closing := _BOLD_END.search(text, max(start, end - 8), end):
        marked = True
        if closing.end() == end:
            end = closing.start()
    style = line.style
    marked = marked or (style is not None and (style.bold or style.size >= 1.15))
    return Block(start, max(start, end), bullet, line.after_blank, False, marked)


def _told_off(lines: Sequence[Line]) -> set[int]:
    """Where lines start that are told off one by one: each before the last ends with a comma."""
    found: set[int] = set()
    told: list[Line] = []
    for line in lines:
        if line.after_blank or not told or told[-1].text[-1] not in _TELLING_OFF:
            told = []
        told.append(line)
        if len(line.text) > _LONG_OF_LOWER:
            told = []
        elif len(told) == _FEWEST_TOLD_OFF:
            found.update(each.start for each in told)
        elif len(told) > _FEWEST_TOLD_OFF:
            found.add(line.start)
    return found


def _goes_on(previous: Line, line: Line, block: Block, width: int, lower: bool) -> bool:
    """Whether a line is the rest of the one before it; `lower`: that one began in lower case, too."""
    if line.after_blank or block.bullet or block.marked or previous.text[-1] in _ENDED:
        return False
    room = width - len(previous.text)
    if _LABEL.match(line.text):
        return False
    if width and len(line.text.split(" ", 1)[0]) + 1 > room >= 0:
        return True
    if not line.text[0].islower():
        return False
    word = previous.text.rsplit(" ", 1)[-1].lower()
    long = _LONG_OF_LOWER if lower else _LONG_LINE
    return len(previous.text) >= long or previous.text[-1] in ",&/" or word in _JOINING


def _wrap_width(lines: Sequence[Line]) -> int:
    """The width at which the lines were broken; 0 where they were not."""
    lengths = [len(line.text) for line in lines]
    widest = max(lengths, default=0)
    if not _NARROWEST <= widest <= _WIDEST:
        return 0
    return widest if sum(length >= widest - 12 for length in lengths) >= max(3, len(lengths) // 4) else 0


def _divided(text: str, block: Block) -> Iterator[Block]:
    start, bullet, inline = block.start, block.bullet, block.inline
    for cut in cuts_within(text, block.start, block.end):
        if part := _trimmed(text, start, cut.at):
            yield block._replace(
                start=part[0], end=part[1], bullet=bullet, inline=inline, after_blank=_first(inline, block)
            )
        start, bullet, inline = cut.resume, cut.bullet, True
    if part := _trimmed(text, start, block.end):
        yield block._replace(
            start=part[0], end=part[1], bullet=bullet, inline=inline, after_blank=_first(inline, block)
        )


def _first(inline: bool, block: Block) -> bool:
    return block.after_blank and not inline


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
