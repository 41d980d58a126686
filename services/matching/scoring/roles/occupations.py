"""The list of occupations: which words name which group, and which groups are near to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain, product
from pathlib import Path

from services.matching.scoring.roles.title_words import OF_SOMEBODY, male_forms, singular, tokens_of

LIST = Path(__file__).with_name("occupations_v1.tsv")

Groups = frozenset[str]
NONE: Groups = frozenset()

_COLUMNS = 4
_MOST_REMEMBERED = 65_536
# Short for heads only: a "tech lead" leads technology.
_SHORT_HEADS = {"rep": "representative", "tech": "technician"}


@dataclass(slots=True)
class Occupations:
    """The list, as titles are read by it. All words are folded and in the singular.

    `alone`: head words that name a group by themselves. `weak`: those that do so where nothing else does. `phrases`: by
    head and the modifier nearest to it, the other modifiers and the group. `side_by_side`: by their first word, words
    that must stand as they are. `ends`: ends of compound words. `work`: by the last word of what is done, all words of
    it. `near`: by its name, the names of groups near to one.
    """

    alone: dict[str, Groups] = field(default_factory=dict)
    weak: dict[str, Groups] = field(default_factory=dict)
    phrases: dict[tuple[str, str], list[tuple[frozenset[str], str]]] = field(default_factory=dict)
    phrase_heads: set[str] = field(default_factory=set)
    side_by_side: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)
    work: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    near: dict[str, Groups] = field(default_factory=dict)
    _heads: dict[str, str] = field(default_factory=dict)

    def head(self, word: str) -> str:
        """The word as the list has it as a head: for women as for men, and a compound by its end; else as it is."""
        known = self._heads.get(word)
        if known is None:
            if len(self._heads) >= _MOST_REMEMBERED:
                self._heads.clear()
            known = self._heads[word] = self._find_head(word)
        return known

    def _find_head(self, word: str) -> str:
        word = _SHORT_HEADS.get(word, word)
        if self._is_head(word):
            return word
        for form in male_forms(word):
            if self._is_head(form):
                return form
        for form in (word, *male_forms(word)):
            for end, _ in self.ends:
                if form.endswith(end) and len(form) > len(end):
                    return end
        return word

    def _is_head(self, word: str) -> bool:
        return word in self.alone or word in self.weak or word in self.phrase_heads


@cache
def occupations() -> Occupations:
    """The list, read once. Blocks for a moment the first time. Raises ValueError where a line is not as it must be."""
    found = Occupations()
    near: dict[str, set[str]] = {}
    lines = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    for number, line in enumerate(lines, start=1):
        columns = line.split("\t")
        if len(columns) != _COLUMNS:
            raise ValueError(f"{LIST.name}, group {number}: {len(columns)} columns, not {_COLUMNS}: {line[:60]!r}")
        name, near_names, work, titles = columns
        near.setdefault(name, set()).update(_items(near_names))
        for each in _items(work):
            words = _words(each.replace("_", " "))
            found.work.setdefault(words[-1], []).append((words, name))
        for title in _items(titles):
            _add(found, name, title)
    _check_names(near)
    for name, names in near.items():
        for other in names:
            near[other].add(name)
    found.near = {name: frozenset(names) for name, names in near.items()}
    for listed in (*found.work.values(), *found.side_by_side.values()):
        listed.sort(key=lambda entry: -len(entry[0]))
    found.ends.sort(key=lambda entry: -len(entry[0]))
    return found


@lru_cache(maxsize=_MOST_REMEMBERED)
@lru_cache(maxsize=65_536)
def nearness(some: Groups, others: Groups) -> int:
    """0 where a group is in both, 1 where groups are near to each other, 2 where both are near to a third, else 3."""
    if some & others:
        return 0
    near = occupations().near
    around = frozenset[str]().union(*(near[name] for name in some))
    if around & others:
        return 1
    return 2 if around & frozenset[str]().union(*(near[name] for name in others)) else 3


def _add(found: Occupations, group: str, title: str) -> None:
    if title.startswith("="):
        words = _words(title[1:])
        found.side_by_side.setdefault(words[0], []).append((words, group))
    elif title.startswith("-"):
        end = "".join(tokens_of(title[1:]))
        found.ends.append((end, group))
        found.alone[end] = found.alone.get(end, NONE) | {group}
    else:
        target = found.weak if title.startswith("~") else found.alone
        for words in _spelled_out(title.removeprefix("~")):
            if len(words) == 1:
                target[words[0]] = target.get(words[0], NONE) | {group}
            elif len(set(words)) == len(words):
                entry = (frozenset(words[:-2]), group)
                found.phrases.setdefault((words[-1], words[-2]), []).append(entry)
                found.phrase_heads.add(words[-1])


def _spelled_out(title: str) -> Iterator[tuple[str, ...]]:
    places = [[_words(choice.replace("_", " ")) for choice in word.split("|")] for word in title.split(" ")]
    for chosen in product(*places):
        yield tuple(chain.from_iterable(chosen))


def _words(text: str) -> tuple[str, ...]:
    return tuple(singular(token) for token in tokens_of(text) if token != OF_SOMEBODY)


def _items(column: str) -> Sequence[str]:
    return [item.strip() for item in column.split(";") if item.strip()]


def _check_names(near: Mapping[str, set[str]]) -> None:
    for name, names in near.items():
        if unknown := names - near.keys():
            raise ValueError(f"{LIST.name}: {name!r} is said to be near to {sorted(unknown)}, which are no groups")
