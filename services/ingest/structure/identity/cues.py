"""Phrases in front of which, or in which, personal data stands, found among a text's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from services.ingest.structure.identity.words import WORD, Words, fold

# Between the words of a phrase: a space, a dot, a slash, a hyphen, but no new line.
_LONGEST_GAP = 3
ADDRESS_CUES = Path(__file__).with_name("address_cues_v1.tsv")


class Phrases:
    """A set of phrases, each of a kind, that is matched against the words of a text."""

    def __init__(self, kinds: dict[str, Iterable[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for kind, phrases in kinds.items():
            for phrase in phrases:
                words = tuple(fold(word) for word in WORD.findall(phrase))
                if words:
                    self._by_first.setdefault(words[0], []).append((words, kind))
        # The folded words that phrases begin with.
        self.firsts = frozenset(self._by_first)
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def at(self, words: Words, index: int) -> tuple[int, str] | None:
        """How many words the longest phrase that begins at a word has, and its kind; None where none begins."""
        following = words.folded[index + 1] if index + 1 < len(words.folded) else ""
        for phrase, kind in self._by_first.get(words.folded[index], ()):
            if len(phrase) == 1 or (phrase[1] == following and self._stands_at(phrase, words, index)):
                return len(phrase), kind
        return None

    @staticmethod
    def _stands_at(phrase: Sequence[str], words: Words, index: int) -> bool:
        last = index + len(phrase) - 1
        if last >= len(words) or words.folded[index : last + 1] != list(phrase):
            return False
        return all(
            words.starts[at + 1] - words.ends[at] <= _LONGEST_GAP
            and "\n" not in words.text[words.ends[at] : words.starts[at + 1]]
            for at in range(index, last)
        )


@cache
def cue_lists(file: Path) -> dict[str, frozenset[str]]:
    """The phrases of each kind in a file of lines "kind, tab, phrases with | between them"; read once."""
    found: dict[str, set[str]] = {}
    for row in file.read_text(encoding="utf-8").splitlines()[1:]:
        kind, _, phrases = row.partition("\t")
        found.setdefault(kind, set()).update(phrases.split("|"))
    return {kind: frozenset(phrases) for kind, phrases in found.items()}


def any_of(file: Path, *kinds: str) -> str:
    """The phrases of some kinds as alternatives of a regular expression, the longest first."""
    phrases = {phrase for kind in kinds for phrase in cue_lists(file)[kind]}
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))


def folded_phrase(text: str) -> str:
    """A stretch of text as its words only, folded: the form in which whole stretches are compared with lists."""
    return " ".join(fold(word) for word in WORD.findall(text))


@cache
def folded_list(file: Path, kind: str) -> frozenset[str]:
    """The phrases of one kind as `folded_phrase` gives them."""
    return frozenset(folded_phrase(phrase) for phrase in cue_lists(file).get(kind, ()))


# What parts the data in a line of a head: a stretch between two such signs is one datum.
SEPARATOR = re.compile(
    r"\s*(?:[|•·●▪■◦‣∙✦★✉☎☏✆📞📱📧📍🏠🌐🔗;；，、,()（）\[\]【】]|//|\t|\s[/–—-]\s|\s{3,}|\u3000)\s*"
)


def pieces(line: str, start: int) -> list[tuple[int, int]]:
    """The stretches of a line between separators, as offsets where `line` begins at `start`."""
    found: list[tuple[int, int]] = []
    at = 0
    for match in SEPARATOR.finditer(line):
        if match.start() > at:
            found.append((start + at, start + match.start()))
        at = match.end()
    if at < len(line):
        found.append((start + at, start + len(line)))
    return found
