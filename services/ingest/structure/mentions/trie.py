"""Names as sequences of words, looked up from any word of a text on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Generic, TypeVar

from services.ingest.structure.mentions.tokens import Tokens

Value = TypeVar("Value")


class _Node(Generic[Value]):
    __slots__ = ("following", "values")

    def __init__(self) -> None:
        self.following: dict[str, _Node[Value]] = {}
        # Most nodes have none or one.
        self.values: tuple[Value, ...] = ()


class Trie(Generic[Value]):
    """Maps sequences of folded words to values; one sequence may have several."""

    def __init__(self) -> None:
        self._root: _Node[Value] = _Node()

    def add(self, words: Sequence[str], value: Value) -> None:
        """Lets `words`, at least one, stand for `value` as well."""
        node = self._root
        for word in words:
            following = node.following.get(word)
            if following is None:
                following = node.following[word] = _Node()
            node = following
        if value not in node.values:
            node.values = (*node.values, value)

    def beginnings(self, words: Sequence[str]) -> list[int]:
        """Where in `words` a sequence may begin, in order."""
        following = self._root.following
        return [
            at
            for at, (word, after) in enumerate(zip_longest(words, words[1:]))
            if (node := following.get(word)) is not None and (node.values or after in node.following)
        ]

    def matches(self, tokens: Tokens, first: int) -> list[tuple[int, Sequence[Value]]]:
        """All sequences that stand in the text from the word `first` on, the longest first.

        Each with the number of the word behind it. Takes time with the longest sequence, not with the text.
        """
        words = tokens.words
        node = self._root.following.get(words[first])
        found: list[tuple[int, Sequence[Value]]] = []
        at = first + 1
        while node is not None:
            if node.values:
                found.append((at, node.values))
            if at == len(words) or not node.following:
                break
            node = node.following.get(words[at])
            if node is None or not tokens.joined(at - 1):
                break
            at += 1
        found.reverse()
        return found

    def words(self) -> set[str]:
        """Every word of every sequence."""
        found: set[str] = set()
        waiting = [self._root]
        while waiting:
            following = waiting.pop().following
            found.update(following)
            waiting.extend(following.values())
        return found
