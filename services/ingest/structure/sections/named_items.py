"""What kind of things are listed below a heading, by the names that mentions are known by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from libs.contracts.structure import MentionType, SectionKind
from services.ingest.structure.mentions.tokens import tokenize
from services.ingest.structure.mentions.vocabulary import vocabulary

MAX_ITEMS = 24
MAX_ITEM_WORDS = 6
# So many items are a list, and so large a part of them tells what all are.
MIN_ITEMS = 2
_TOLD_OF = 3

_SPLIT = re.compile(r"[,;|•·、，،/()]|\s[–—-]\s|:\s|\s(?:and|und|et|y|e|en|i|och|og|ja|ve|и|та|і)\s")
_KINDS: dict[MentionType, SectionKind] = {"skill": "skills", "licence": "certifications", "language": "languages"}


def told_by_items(lines: Sequence[str]) -> SectionKind | None:
    """The kind of a list most of whose items are known by name, None for any other text."""
    items = [item for item, _ in zip(_items(lines), range(MAX_ITEMS), strict=False)]
    found = Counter(kind for item in items if (kind := _kind_of(item)) is not None)
    if not found:
        return None
    kind, count = found.most_common(1)[0]
    return kind if count >= MIN_ITEMS and _TOLD_OF * count >= len(items) else None


def _items(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        for item in _SPLIT.split(line.rstrip(".")):
            if item.strip():
                yield item.strip()


def _kind_of(item: str) -> SectionKind | None:
    """The kind of the name with which an item begins: "English, fluent" as well as "English fluent"."""
    if item.count(" ") >= MAX_ITEM_WORDS:
        return None
    tokens = tokenize(item)
    if not tokens.words:
        return None
    for _, known in vocabulary().matches(tokens, 0):
        for each in known:
            if each.name.type is not None and each.name.type in _KINDS:
                return _KINDS[each.name.type]
    return None
