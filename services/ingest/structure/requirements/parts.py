"""The several things that one requirement asks for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from libs.contracts.structure import MAX_PARTS, Necessity, RequirementPart
from libs.contracts.text_preparation import one_line
from services.ingest.structure.requirements.judging import load as cues
from services.ingest.structure.requirements.numbers import numbers_of
from services.ingest.structure.requirements.phrases import words_of

WORDS = Path(__file__).with_name("part_words_v1.tsv")

# Longer requirements are whole paragraphs: their parts are not looked for.
_LONGEST = 600


@cache
def load() -> dict[str, frozenset[str]]:
    """The words by kind: and, or, lead, adjective, starter. Blocks at the first call."""
    words: dict[str, frozenset[str]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, listed = line.split("\t")
            words[kind] = words.get(kind, frozenset()) | frozenset(listed.split())
    return words


@cache
def _joints() -> re.Pattern[str]:
    both, either = ("|".join(map(re.escape, sorted(load()[kind]))) for kind in ("and", "or"))
    return re.compile(
        rf"[(\[（]|[)\]）]|[,;，；、]?\s+(?:(?P<or>{either})|{both})\s+|[,;，；、]\s*|[和及]", re.IGNORECASE
    )


def parts_of(text: str, start: int, end: int, necessity: Necessity) -> list[RequirementPart]:
    """The parts of a requirement, empty where it asks for one thing, or for one of several."""
    if end - start > _LONGEST:
        return []
    pieces = _pieces(text, start, end)
    if not 1 < len(pieces) <= MAX_PARTS:
        return []
    first = _without_lead(text, *pieces[0])
    pieces[0] = first
    pieces[1:] = [_without_determiner(text, *piece) for piece in pieces[1:]]
    if not all(_is_thing(text, *piece) for piece in pieces):
        return []
    if any(_is_adjective(text, *piece) for piece in pieces):
        return []
    return [_part(text, piece, necessity) for piece in pieces]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between commas and words for 'and', outside brackets; one where a word for 'or' joins them."""
    cuts: list[tuple[int, int]] = []
    depth = 0
    for joint in _joints().finditer(text, start, end):
        mark = joint.group()
        at = joint.start()
        if mark[0] in "([（":
            depth += 1
        elif mark[0] in ")]）":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif joint["or"]:
            return []
        # 1,000 and 2,5 are numbers.
        elif not (mark == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()):
            cuts.append((at, joint.end()))
    pieces: list[tuple[int, int]] = []
    begin = start
    for cut, resume in cuts:
        pieces.append((begin, cut))
        begin = resume
    pieces.append((begin, end))
    return [piece for piece in (_trimmed(text, *piece) for piece in pieces) if piece[0] < piece[1]]


def _without_lead(text: str, start: int, end: int) -> tuple[int, int]:
    """The first thing without what introduces all of them: 'Thorough knowledge of', 'You need your'."""
    words = words_of(text, start, end)
    lead = load()["lead"]
    at = 0
    while at < len(words.words) - 1 and words.words[at] in lead:
        at += 1
    return (words.starts[at], end) if at else (start, end)


def _without_determiner(text: str, start: int, end: int) -> tuple[int, int]:
    word, _, rest = text[start:end].partition(" ")
    return (start + len(word) + 1, end) if rest and word.lower() in load()["determiner"] else (start, end)


def _is_thing(text: str, start: int, end: int) -> bool:
    """Whether a piece can stand alone: a name, or several words that are more than an adjective."""
    piece = text[start:end]
    if any(char.isupper() or char.isdigit() or "\u3400" <= char <= "\u9fff" for char in piece):
        return True
    return " " in piece or len(piece) > 4


def _is_adjective(text: str, start: int, end: int) -> bool:
    """Whether a piece ends with a word that waits for its noun: 'written' of 'written and verbal skills'."""
    last = text[start:end].rsplit(" ", 1)[-1].lower()
    return last in load()["adjective"]


def _part(text: str, piece: tuple[int, int], necessity: Necessity) -> RequirementPart:
    start, end = piece
    words = words_of(text, start, end)
    kinds = {hit.kind for hit in cues().find(words.words, 0, len(words.words))}
    own: Necessity = "nice" if kinds & {"nice", "rather"} else necessity
    return RequirementPart(
        start=start, end=end, text=one_line(text[start:end]), necessity=own, numbers=numbers_of(text, start, end)
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ",;"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;.:"):
        end -= 1
    return start, end
