"""Phrases of a versioned list, found in the words of a text in time that grows with the text alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple

_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten zwei drei vier fünf sechs acht zehn deux trois quatre cinq dix"
    " dos tres cuatro cinco seis due tre quattro cinque sei twee drie vijf dois três quatro dwa trzy cztery pięć"
    " 一 两 二 三 四 五 六 八 十".split()
)
# No gap reaches over them: "is not needed" is not "is needed".
_NOT = frozenset(
    "not no isn't aren't don't doesn't won't nicht kein keine keinen pas n'est non niet geen não nie 不 无".split()
)
# Words whose phrases are remembered: those of many documents.
_MOST_KNOWN = 50_000
_GAP, _REST = "~", "**"
# Words that a gap may hold, and words that may follow a heading's known beginning.
_MOST_IN_GAP = 3
_MOST_IN_REST = 5


class Hit(NamedTuple):
    """A phrase found: words `first` to before `end`. `open_end`: it ends with whatever follows."""

    kind: str
    first: int
    end: int
    open_end: bool


@dataclass(frozen=True, slots=True)
class _Element:
    exact: frozenset[str]
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    number: bool

    def matches(self, word: str) -> bool:
        if word in self.exact or (self.number and is_number(word)):
            return True
        return (bool(self.begins) and word.startswith(self.begins)) or (bool(self.ends) and word.endswith(self.ends))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """`place` is that in the list: of two that are as long the first counts."""

    kind: str
    elements: tuple[_Element | str, ...]
    at_start: bool
    at_end: bool
    place: int

    @property
    def open_end(self) -> bool:
        return self.elements[-1] is _REST


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The phrases that begin with a word: the first that is this word alone; others by their second word, or by that
    behind the gap, where only some words can stand there."""

    alone: _Phrase | None
    by_second: dict[str, list[_Phrase]]
    by_gapped: dict[str, list[_Phrase]]
    others: list[_Phrase]

    @classmethod
    def of(cls, phrases: Iterable[_Phrase]) -> _Beginning:
        alone: _Phrase | None = None
        by_second: defaultdict[str, list[_Phrase]] = defaultdict(list)
        by_gapped: defaultdict[str, list[_Phrase]] = defaultdict(list)
        others: list[_Phrase] = []
        for phrase in phrases:
            elements = phrase.elements
            if len(elements) == 1 and not (phrase.at_start or phrase.at_end):
                alone = phrase if alone is None or phrase.place < alone.place else alone
                continue
            gapped = len(elements) > 2 and elements[1] == _GAP
            told = elements[2] if gapped else elements[1] if len(elements) > 1 else None
            if isinstance(told, _Element) and not (told.begins or told.ends or told.number):
                for word in told.exact:
                    (by_gapped if gapped else by_second)[word].append(phrase)
            else:
                others.append(phrase)
        return cls(alone, dict(by_second), dict(by_gapped), others)

    def none(self) -> bool:
        """Whether no phrase begins so."""
        return not (self.alone or self.by_second or self.by_gapped or self.others)


def is_number(word: str) -> bool:
    """Whether a word is a number, in digits or written out."""
    return word[0].isdigit() or word in _NUMBER_WORDS


_NO_PHRASES = _Beginning(None, {}, {}, [])


class Phrases:
    """The phrases of a list, each of a kind. One serves all documents."""

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        """`rows` are (kind, phrase), in the language that the list's first lines tell."""
        self._exact: defaultdict[str, list[_Phrase]] = defaultdict(list)
        self._begins: defaultdict[str, list[_Phrase]] = defaultdict(list)
        self._ends: defaultdict[str, list[_Phrase]] = defaultdict(list)
        for place, (kind, written) in enumerate(rows):
            for phrase in _variants(written):
                self._add(_read(kind, phrase, place))
                if phrase.endswith(_REST):
                    self._add(_read(kind, phrase.removesuffix(_REST), place))
        self._known: dict[str, _Beginning] = {}
        # Words of which one follows within the widest gap where a phrase begins with the word.
        self._needs: dict[str, Set[str]] = {}
        self._begin_lengths = sorted({len(key) for key in self._begins})
        self._end_lengths = sorted({len(key) for key in self._ends})

    @classmethod
    def of_file(cls, path: Path) -> Phrases:
        """The phrases of a list. Raises ValueError where a line is not of three fields. Blocks."""
        return cls(_rows(path))

    def find(self, words: Sequence[str], first: int, end: int) -> list[Hit]:
        """What stands in words `first` to before `end`: from the left, of several the longest, none twice."""
        found: list[Hit] = []
        behind = first
        # Most words begin no phrase, or none that goes on so, which one look tells.
        needs, reach = self._needs, _MOST_IN_GAP + 2
        begins = [
            at
            for at in range(first, end)
            if at == first
            or (following := needs.get(words[at])) is None
            or (following and not following.isdisjoint(words[at + 1 : at + reach]))
        ]
        for at in begins:
            if at >= behind and (hit := self.at(words, at, first, end)) is not None:
                found.append(hit)
                behind = hit.end
        return found

    def at(self, words: Sequence[str], at: int, first: int, end: int, open_ends: bool = True) -> Hit | None:
        """The longest phrase that begins at word `at` of the stretch `first` to `end`."""
        beginning = self._known.get(words[at]) or self._beginning(words[at])
        alone = beginning.alone
        best = None if alone is None else Hit(alone.kind, at, at + 1, False)
        place = 0 if alone is None else alone.place
        for phrase, element, behind in _candidates(beginning, words, at + 1, end):
            if (phrase.at_start and at != first) or (not open_ends and phrase.open_end):
                continue
            stop = _match(phrase.elements, element, words, behind, end)
            if stop is None or (phrase.at_end and stop != end):
                continue
            if best is None or stop > best.end or (stop == best.end and phrase.place < place):
                best, place = Hit(phrase.kind, at, stop, phrase.open_end), phrase.place
        return best

    def _beginning(self, word: str) -> _Beginning:
        known = self._known.get(word)
        if known is None:
            known = _Beginning.of(self._phrases_with(word))
            if known.none():
                known = _NO_PHRASES
            if len(self._known) < _MOST_KNOWN:
                self._known[word] = known
                if known.alone is None and all(phrase.at_start for phrase in known.others):
                    self._needs[word] = known.by_second.keys() | known.by_gapped.keys()
        return known

    def _phrases_with(self, word: str) -> Iterator[_Phrase]:
        """The phrases that begin with a word."""
        yield from self._exact.get(word, ())
        for length in self._begin_lengths:
            if len(word) < length:
                break
            yield from self._begins.get(word[:length], ())
        for length in self._end_lengths:
            if len(word) < length:
                break
            yield from self._ends.get(word[-length:], ())

    def _add(self, phrase: _Phrase) -> None:
        element = phrase.elements[0]
        if isinstance(element, str):
            raise ValueError(f"a phrase of kind {phrase.kind} begins with {element}")
        keys = set(element.exact) | (set(_NUMBER_WORDS) | set("0123456789") if element.number else set())
        for key in keys:
            (self._begins if key.isdigit() else self._exact)[key].append(phrase)
        for key in element.begins:
            self._begins[key].append(phrase)
        for key in element.ends:
            self._ends[key].append(phrase)


def _candidates(beginning: _Beginning, words: Sequence[str], at: int, end: int) -> Iterator[tuple[_Phrase, int, int]]:
    """The phrases that may go on at word `at`: each with the element to go on with, and the word."""
    for phrase in beginning.others:
        yield phrase, 1, at
    if at >= end:
        return
    if beginning.by_second and (second := beginning.by_second.get(words[at])):
        for phrase in second:
            yield phrase, 2, at + 1
    if not beginning.by_gapped:
        return
    for behind in range(at, min(at + _MOST_IN_GAP + 1, end)):
        if gapped := beginning.by_gapped.get(words[behind]):
            for phrase in gapped:
                yield phrase, 3, behind + 1
        if words[behind] in _NOT:
            return


def _match(elements: tuple[_Element | str, ...], place: int, words: Sequence[str], at: int, end: int) -> int | None:
    """Where the phrase ends whose elements from `place` on begin at word `at`."""
    for index in range(place, len(elements)):
        element = elements[index]
        if isinstance(element, str):
            if element is _REST:
                stop = min(end, at + _MOST_IN_REST)
                return stop if stop == end and not any(is_number(word) for word in words[at:stop]) else None
            for skipped in range(min(_MOST_IN_GAP, end - at) + 1):
                found = _match(elements, index + 1, words, at + skipped, end)
                if found is not None:
                    return found
                if at + skipped < end and words[at + skipped] in _NOT:
                    break
            return None
        if at >= end or not element.matches(words[at]):
            return None
        at += 1
    return at


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, phrases = line.split("\t")
            for phrase in phrases.split(";"):
                if phrase.strip():
                    yield kind, phrase.strip()


def _variants(phrase: str) -> Iterator[str]:
    """A phrase for each of its choices that are several words, as 'we_are' in 'we're|we_are'."""
    choices: list[list[str]] = []
    for part in phrase.split():
        words = part.split("|")
        single = "|".join(word for word in words if "_" not in word)
        choices.append([*([single] if single else []), *(word.replace("_", " ") for word in words if "_" in word)])
    for variant in product(*choices):
        yield " ".join(variant)


def _read(kind: str, phrase: str, place: int) -> _Phrase:
    at_start, at_end = phrase.startswith("^"), phrase.endswith("$")
    elements: list[_Element | str] = []
    for part in phrase.lstrip("^").rstrip("$").split():
        if part == _GAP:
            elements.append(_GAP)
        elif part == _REST:
            elements.append(_REST)
        else:
            elements.append(_element(part.replace("^", "")))
    return _Phrase(kind, tuple(elements), at_start, at_end, place)


def _element(part: str) -> _Element:
    choices = part.split("|")
    return _Element(
        exact=frozenset(choice for choice in choices if "*" not in choice and choice != "#"),
        begins=tuple(choice[:-1] for choice in choices if choice.endswith("*")),
        ends=tuple(choice[1:] for choice in choices if choice.startswith("*")),
        number="#" in choices,
    )
