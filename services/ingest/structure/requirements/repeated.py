"""What a job's description asks and its list of requirements asks again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from libs.contracts.structure import MAX_REQUIREMENTS, Necessity
from services.ingest.structure.requirements.words import Words

Asked = tuple[int, int, Necessity]

_SAME = 0.8


def without_repeated(text: str, words: Words, described: Sequence[Asked], listed: Sequence[Asked]) -> list[Asked]:
    """What is described and not listed, each once."""
    known = [_counted(words, asked) for asked in listed[:MAX_REQUIREMENTS]]
    seen = {text[start:end].casefold() for start, end, _ in listed}
    kept: list[Asked] = []
    for asked in described:
        same = text[asked[0] : asked[1]].casefold()
        # Beyond what is kept only the same words count: comparing all with all would not end.
        if same in seen or (known and len(kept) < MAX_REQUIREMENTS and _repeats(_counted(words, asked), known)):
            continue
        seen.add(same)
        kept.append(asked)
    return kept


def _repeats(words: Counter[str], known: Sequence[Counter[str]]) -> bool:
    return any(_alike(words, other) for other in known)


def _counted(words: Words, asked: Asked) -> Counter[str]:
    return Counter(words.between(asked[0], asked[1]).words)


def _alike(words: Counter[str], other: Counter[str]) -> bool:
    longer = max(words.total(), other.total())
    if not longer or (words & other).total() < _SAME * longer:
        return False
    return _numbers(words) == _numbers(other)


def _numbers(words: Counter[str]) -> set[str]:
    return {word for word in words if word[0].isdigit()}
