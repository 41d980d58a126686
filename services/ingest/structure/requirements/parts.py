"""The several things that one requirement asks for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from libs.contracts.structure import MAX_PARTS, Necessity, RequirementPart
from libs.contracts.text_preparation import one_line
from services.ingest.structure.requirements.judging import load as cues
from services.ingest.structure.requirements.words import Words

WORDS = Path(__file__).with_name("part_words_v1.tsv")

# Longer requirements are whole paragraphs: their parts are not looked for.
_LONGEST = 600
_COMMA = re.compile("[,;，；、和及]")
_CLAUSE_MARKS = frozenset(";；")
_LONGEST_BOUND = 16
# "We seek a cook with": so many words of the sender's before what is sought is described.
_MOST_SEEKING = 12


class _Joint(NamedTuple):
    """What stands between two things: `comma` where that is more than a word for 'and'."""

    start: int
    end: int
    comma: bool
    joins: bool


@cache
def load() -> dict[str, frozenset[str]]:
    """The words by kind. Blocks at the first call."""
    words: dict[str, frozenset[str]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, listed = line.split("\t")
            words[kind] = words.get(kind, frozenset()) | frozenset(listed.split())
    return words


@cache
def _joints() -> re.Pattern[str]:
    both, either = ("|".join(map(re.escape, sorted(load()[kind]))) for kind in ("and", "or"))
    joining = rf"(?:(?P<or>{either})|(?P<and>{both}))(?=\s)\s+"
    # One set of characters to begin with, which makes looking for it fast.
    return re.compile(
        rf"[\s,;，；、()\[\]（）和及](?:(?<=[\s,;，；、])\s*{joining}|(?<=[,;，；、])\s*|(?<=[()\[\]（）和及]))"
    )


def parts_of(text: str, words: Words, whole: RequirementPart) -> list[RequirementPart]:
    """The parts of a requirement, empty where it asks for one thing, or for one of several. `words`: of its text."""
    start, end = whole.start, whole.end
    if end - start > _LONGEST:
        return []
    if not _may_join(text[start:end]):
        return []
    joints = _joints_of(text, start, end)
    pieces = _behind_reason(text, words, _pieces(text, start, end, joints))
    if not 1 < len(pieces) <= MAX_PARTS:
        return []
    first, lead = _without_lead(words.between(*pieces[0]), pieces[0][0])
    kept = [(first, piece[1]) if index == 0 else piece for index, piece in enumerate(pieces)]
    parts = [part for piece in kept if (part := _part(text, words.between(*piece), piece, whole)) is not None]
    if len(parts) < 2 or not all(_is_thing(part.text) for part in parts):
        return []
    alone = _is_one_word(parts[0].text, begins=first == start) and not _are_names(parts)
    if alone and lead not in load()["noun-lead"] and not any(joint.comma for joint in joints):
        return []
    return parts


def _may_join(stretch: str) -> bool:
    """Whether a stretch holds any comma or word for 'and', which is told much faster than where it is."""
    return _COMMA.search(stretch) is not None or not load()["and"].isdisjoint(stretch.split())


def _joints_of(text: str, start: int, end: int) -> list[_Joint]:
    """The commas and words for 'and' outside brackets; where things are alternatives, only those between clauses."""
    found: list[_Joint] = []
    depth = 0
    alternatives = False
    dutch = not load()["dutch"].isdisjoint(text[start:end].split())
    for match in _joints().finditer(text, start, end):
        mark = match.group()
        at = match.start()
        if mark[0] in "([（":
            depth += 1
        elif mark[0] in ")]）":
            depth = max(0, depth - 1)
        elif depth or (match["and"] == "en" and not dutch):
            continue
        elif match["or"]:
            # "Three years or more" is one thing.
            following = text[match.end() : min(end, match.end() + _LONGEST_BOUND)].lower().split(maxsplit=1)
            alternatives = alternatives or not (following and following[0].strip(",.;)") in load()["bound"])
        # 1,000 and 2,5 are numbers.
        elif not (mark == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()):
            found.append(_Joint(at, match.end(), mark[0] != " " and mark[0] not in "和及", bool(match["and"])))
    if not alternatives:
        return found
    return [joint for joint in found if (joint.comma and joint.joins) or text[joint.start] in _CLAUSE_MARKS]


def _pieces(text: str, start: int, end: int, joints: list[_Joint]) -> list[tuple[int, int]]:
    begin = start
    pieces: list[tuple[int, int]] = []
    for joint in joints:
        pieces.append((begin, joint.start))
        begin = joint.end
    pieces.append((begin, end))
    return [piece for piece in (_trimmed(text, *piece) for piece in pieces) if piece[0] < piece[1]]


def _behind_reason(text: str, words: Words, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pieces from the one on that says what follows: "we work at height, so you must hold a certificate"."""
    for index, piece in enumerate(pieces[1:], 1):
        own = words.between(*piece)
        if len(own.words) > 1 and own.words[0] == "so":
            kinds = {hit.kind for hit in cues().find(own.words, 0, len(own.words))}
            if kinds & {"must", "you"}:
                return [(own.starts[1], piece[1]), *pieces[index + 1 :]]
    return pieces


def _without_lead(words: Words, start: int) -> tuple[int, str]:
    """Where the first thing begins behind what introduces all ('Thorough knowledge of', 'You need your'), and the last
    word of that; adjectives stay with the thing."""
    known = load()
    begins, last = _behind_sought(words), ""
    if begins:
        last = words.words[begins - 1]
    for at, word in enumerate(words.words[begins:-1], begins):
        if word in known["lead"]:
            begins, last = at + 1, word
        elif word not in known["lead-adjective"]:
            break
    return (words.starts[begins], last) if begins else (start, "")


def _behind_sought(words: Words) -> int:
    """Behind 'with' in 'We seek a cook with a certificate'; 0 where nobody is sought."""
    opening = words.words[:_MOST_SEEKING]
    describing = load()["describing"]
    for hit in cues().find(opening, 0, len(opening)):
        # "We want a cook who has" asks by itself.
        begins = {"hiring": hit.end, "must": hit.first + 1}.get(hit.kind)
        ends = len(opening) - 1 if hit.kind == "hiring" else hit.end
        if begins is not None:
            return next((at + 1 for at in range(begins, ends) if opening[at] in describing), 0)
    return 0


def _part(text: str, words: Words, piece: tuple[int, int], whole: RequirementPart) -> RequirementPart | None:
    """A piece as a part, None where it is only a remark ('because our insurer checks')."""
    start, end = piece
    if not words.words or words.words[0] in load()["remark"]:
        return None
    hits = cues().find(words.words, 0, len(words.words))
    if any(hit.kind == "negated" for hit in hits):
        return None
    own: Necessity = "nice" if any(hit.kind in ("nice", "wish", "rather") for hit in hits) else whole.necessity
    predicates = (hit.first for hit in hits if hit.kind in ("nice", "wish", "must") and hit.end == len(words.words))
    first, last = _core(words, next(predicates, len(words.words)))
    start, end = words.starts[first], (end if last == len(words.words) else words.ends[last - 1])
    start, end = _trimmed(text, start, end)
    numbers = [number for number in whole.numbers if start <= number.start and number.end <= end]
    return RequirementPart(start=start, end=end, text=one_line(text[start:end]), necessity=own, numbers=numbers)


def _core(words: Words, behind: int) -> tuple[int, int]:
    """The words of a part without 'as is' before and 'is a plus' behind them."""
    linking = load()["linking"]
    first = 2 if words.words[0] in ("as", "so") and words.words[1:2] and words.words[1] in linking else 0
    last = behind if behind > first else len(words.words)
    while last < len(words.words) and last - 1 > first and words.words[last - 1] in linking:
        last -= 1
    return (first, last) if first < last else (0, len(words.words))


def _is_thing(piece: str) -> bool:
    """Whether a piece can stand alone: more than a number, and not waiting for a noun as 'written' of 'written and
    verbal skills'."""
    last = piece.rsplit(" ", 1)[-1].lower()
    return any(map(str.isalpha, piece)) and last not in load()["adjective"]


def _is_one_word(piece: str, begins: bool) -> bool:
    """Whether a piece is one plain word, such as the 'stand' of 'stand and walk'."""
    plain = piece[1:] if begins else piece
    return piece.isalpha() and piece.isascii() and plain.islower()


def _are_names(parts: list[RequirementPart]) -> bool:
    """Whether all parts begin with a capital: 'Prometheus and Grafana'."""
    return all(part.text[0].isupper() for part in parts)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ",;"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;.:"):
        end -= 1
    return start, end
