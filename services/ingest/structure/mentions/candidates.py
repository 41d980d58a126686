"""Names in a text: the longest that counts at each place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from libs.contracts.documents import Span
from libs.contracts.structure import Section
from services.ingest.structure.mentions.lists import is_list_gap, stands_alone
from services.ingest.structure.mentions.names import Name
from services.ingest.structure.mentions.tokens import Tokens
from services.ingest.structure.mentions.trie import Trie
from services.ingest.structure.mentions.vocabulary import Known

CONTEXT_WORDS = 20
# Shorter names in the wrong letter case are other words even in a list: "it", "us", "go".
_MIN_ANY_CASE = 4
_TIGHT = "-‐‑&'’@#"


@dataclass(frozen=True, slots=True)
class Found:
    """A name in the text: words `first` to before `last`, characters `start` to before `end`."""

    name: Name
    first: int
    last: int
    start: int
    end: int


@dataclass(slots=True)
class _Candidate:
    """`doubtful` counts only beside others in a list, or as a language that is spoken; `certain` at once."""

    certain: Found | None
    doubtful: Found | None

    @property
    def extent(self) -> Found:
        found = self.doubtful or self.certain
        assert found is not None
        return found


class Sections:
    """Looks up in what kind of section an offset lies."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._starts = [section.start for section in sections]
        self._sections = sections

    def at(self, offset: int) -> Section | None:
        """The section around `offset`, None where there is none."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or self._sections[index].end <= offset:
            return None
        return self._sections[index]

    def kind_at(self, offset: int) -> str | None:
        """The kind of the section around `offset`, None where there is none."""
        section = self.at(offset)
        return None if section is None else section.kind


def find_names(tokens: Tokens, names: Trie[Known], sections: Sections, left_out: Sequence[Span]) -> list[Found]:
    """The names in the text's order, none overlapping another nor a stretch of `left_out` (in order).

    Names that count where they are spoken are among them, whether that is so or not.
    """
    candidates: list[_Candidate] = []
    hidden = _Stretches(left_out)
    after = 0
    for first in names.beginnings(tokens.words):
        if first < after:
            continue
        candidate, after = _candidate(tokens, names, sections, first)
        if candidate is not None:
            extent = candidate.extent
            if not hidden.overlap(extent.start, extent.end):
                candidates.append(candidate)
    return _settled(tokens.text, candidates)


def _candidate(tokens: Tokens, names: Trie[Known], sections: Sections, first: int) -> tuple[_Candidate | None, int]:
    """What the words from `first` on name, and the number of the word to go on with."""
    doubtful: Found | None = None
    for last, known in names.matches(tokens, first):
        name, certain = _best(tokens, known, sections, first, last)
        if not certain and any(each.name.type is None for each in known):
            return (None if doubtful is None else _Candidate(None, doubtful)), last
        if name is None:
            continue
        found = _found(tokens, name, first, last)
        if certain:
            return _Candidate(found, doubtful), (found if doubtful is None else doubtful).last
        doubtful = doubtful or found
    if doubtful is None:
        return None, first + 1
    return _Candidate(None, doubtful), doubtful.last


def _best(
    tokens: Tokens, known: Sequence[Known], sections: Sections, first: int, last: int
) -> tuple[Name | None, bool]:
    """Of names written alike the one that its surroundings speak for most, and whether that is certain."""
    start, end = tokens.starts[first], tokens.ends[last - 1]
    best: tuple[int, Name | None] = (-1, None)
    doubtful: Name | None = None
    for each in known:
        name, conditions = each.name, each.name.conditions
        if name.type is None:
            continue
        if each.spelled is not None and (written := tokens.written(first, last)) != each.spelled:
            if name.type == "skill" and len(name.written) >= _MIN_ANY_CASE and _same_letters(written, each.spelled):
                doubtful = doubtful or name
            continue
        if end - start == 1 and _is_tight(tokens.text, start, end):
            continue
        weight = 0 if conditions.free or conditions.spoken else -1
        if conditions.context:
            near = conditions.context.intersection(tokens.words[max(0, first - CONTEXT_WORDS) : last + CONTEXT_WORDS])
            weight = max(weight, len(near) or -1)
        if weight < 0 and conditions.sections and sections.kind_at(start) in conditions.sections:
            weight = 0
        if weight < 0 and conditions.listed:
            listed = sections.kind_at(start) == "skills" or stands_alone(tokens.text, start, end)
            if not listed:
                doubtful = doubtful or name
                continue
            weight = 0
        if weight > best[0]:
            best = (weight, name)
    return (best[1], True) if best[1] is not None else (doubtful, False)


def _same_letters(written: Sequence[str], spelled: Sequence[str]) -> bool:
    return [word.casefold() for word in written] == [word.casefold() for word in spelled]


def _is_tight(text: str, start: int, end: int) -> bool:
    """Whether a single letter is a part of something else: "R&D", "C-level", "R.S.V.P."."""
    before, behind = text[max(0, start - 2) : start], text[end : end + 2]
    if (before and before[-1] in _TIGHT) or (behind and behind[0] in _TIGHT):
        return True
    return (before[-1:] == "." and before[:1].isalnum()) or (behind[:1] == "." and behind[1:].isalnum())


def _found(tokens: Tokens, name: Name, first: int, last: int) -> Found:
    text, start, end = tokens.text, tokens.starts[first], tokens.ends[last - 1]
    # The last point of "B.Sc." belongs to it.
    if text[end : end + 1] == "." and "." in text[start:end] and name.type == "degree":
        end += 1
    return Found(name, first, last, start, end)


def _settled(text: str, candidates: list[_Candidate]) -> list[Found]:
    """The certain ones, and of the others those that stand in a list beside one that counts."""
    counted: list[Found | None] = [None if each.doubtful is not None else each.certain for each in candidates]
    forward = range(1, len(candidates))
    for order, step in ((forward, -1), (range(len(candidates) - 2, -1, -1), 1), (forward, -1)):
        for at in order:
            beside, own = counted[at + step], candidates[at].doubtful
            if own is None or beside is None or counted[at] is not None:
                continue
            left, right = (beside, own) if step < 0 else (own, beside)
            gap = text[left.end : right.start]
            if gap != " " and is_list_gap(gap):
                counted[at] = own
    kept = (found or each.certain for each, found in zip(candidates, counted, strict=True))
    return [found for found in kept if found is not None]


class _Stretches:
    """Says whether a stretch overlaps one of those given, asked in the text's order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start)
        self._at = 0

    def overlap(self, start: int, end: int) -> bool:
        while self._at < len(self._spans) and self._spans[self._at].end <= start:
            self._at += 1
        return self._at < len(self._spans) and self._spans[self._at].start < end
