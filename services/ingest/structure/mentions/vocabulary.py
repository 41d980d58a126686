"""All names that mentions are known by, ready to be looked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import chain

from libs.contracts.structure import MentionType
from services.ingest.structure.mentions.names import Conditions, Name, at_places, read_columns, read_names, read_places
from services.ingest.structure.mentions.tokens import fold
from services.ingest.structure.mentions.trie import Trie
from services.ingest.structure.mentions.variants import variants

_FILES: tuple[tuple[str, MentionType], ...] = (
    ("skills.tsv", "skill"),
    ("licences.tsv", "licence"),
    ("languages.tsv", "language"),
    ("degrees.tsv", "degree"),
)
# Types whose names are common nouns, or several words, that may stand in plural.
_WITH_PLURAL = frozenset({"skill", "licence", "degree"})


@dataclass(frozen=True, slots=True)
class Known:
    """A name in one way of writing it; `spelled` are its words where only that letter case counts, else None."""

    name: Name
    spelled: tuple[str, ...] | None


@cache
def vocabulary() -> Trie[Known]:
    """All names in all their variants, read once: a quarter of a second."""
    trie: Trie[Known] = Trie()
    folded = cache(fold)  # a word comes in many names
    files = (read_names(file, type_) for file, type_ in _FILES)
    for name in chain(at_places(chain.from_iterable(files), read_places()), _decoys()):
        case = name.conditions.case
        with_plural = name.type in _WITH_PLURAL and not case
        known = Known(name, None)
        for words in variants(name.written, with_plural=with_plural, certificate=name.type == "licence"):
            trie.add([*map(folded, words)], Known(name, words) if case else known)
    return trie


def _decoys() -> list[Name]:
    return [Name(None, phrase, phrase, "", Conditions()) for _, (phrase, _source) in read_columns("decoys.tsv", 2)]
