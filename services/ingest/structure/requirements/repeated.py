"""What a job's description asks and its list of requirements asks again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from libs.contracts.structure import MAX_REQUIREMENTS, Necessity
from services.ingest.structure.requirements.phrases import words_of

Asked = tuple[int, int, Necessity]

_SAME = 0.8


def without_repeated(text: str, described: Sequence[Asked], listed: Sequence[Asked]) -> list[Asked]:
    """What is described and not listed, each once."""
    known = [_words(text, asked) for asked in listed[:MAX_REQUIREMENTS]]
    keys = {_key(words) for words in (_words(text, asked) for asked in listed)}
    kept: list[Asked] = []
    for asked in described:
        words = _words(text, asked)
        key = _key(words)
        # Beyond what is kept only the same words count: comparing all with all would not end.
        if key in keys or (len(kept) < MAX_REQUIREMENTS and any(_alike(words, other) for other in known)):
            continue
        keys.add(key)
        kept.append(asked)
    return kept


def _words(text: str, asked: Asked) -> Counter[str]:
    return Counter(words_of(text, asked[0], asked[1]).words)


def _key(words: Counter[str]) -> frozenset[tuple[str, int]]:
    return frozenset(words.items())


def _alike(words: Counter[str], other: Counter[str]) -> bool:
    longer = max(words.total(), other.total())
    if not longer or (words & other).total() < _SAME * longer:
        return False
    return _numbers(words) == _numbers(other)


def _numbers(words: Counter[str]) -> set[str]:
    return {word for word in words if word[0].isdigit()}
