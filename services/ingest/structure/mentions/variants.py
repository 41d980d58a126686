"""The ways in which a name is written that its file need not list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.ingest.structure.mentions.tokens import fold, words_in

# A name's words as written; matched folded, unless the name counts in one letter case only.
Words = tuple[str, ...]

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
# "InDesign" is not to be found in "in design", nor "OneNote" in "one note".
_NO_FIRST_PART = frozenset("a at do go i in it my new no on one open out so the to up we you".split())
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_CERTIFICATES = ("certificate", "certification")
_MIN_GLUED = 6
_MAX_GLUED_WORDS = 3
_NEVER_GLUED = frozenset("a and at by de des du for in of on or the to und".split())


def variants(name: str, *, with_plural: bool, certificate: bool = False) -> set[Words]:
    """All ways to write `name`: itself, with umlauts spelled out, in one word or more, in plural and singular. Of a
    `certificate`: as certification too."""
    found = {words_in(name)}
    if certificate and len(words := words_in(name)) > 1 and words[-1] in _CERTIFICATES:
        found.update((*words[:-1], last) for last in _CERTIFICATES)
    if not name.isascii():
        found.add(words_in(name.translate(_UMLAUTS)))
    found.update(hump for words in list(found) if (hump := _split_at_capitals(words)) is not None)
    if with_plural:
        found.update(other for words in list(found) for other in _in_other_number(words))
    found.update((glued,) for words in list(found) if (glued := _glued(words)) is not None)
    found.discard(())
    return found


def _split_at_capitals(words: Words) -> Words | None:
    if _HUMP.search(" ".join(words)) is None:
        return None  # as most
    parts = tuple(part for word in words for part in _HUMP.split(word))
    if fold(parts[0]) in _NO_FIRST_PART or min(map(len, parts)) < 2:
        return None
    return parts


def _glued(words: Words) -> str | None:
    if not 2 <= len(words) <= _MAX_GLUED_WORDS:
        return None
    glued = "".join(words)
    if len(glued) < _MIN_GLUED or not glued.isalnum():
        return None
    return None if _NEVER_GLUED.intersection(map(fold, words)) else glued


def _in_other_number(words: Words) -> Iterator[Words]:
    """Plurals and singulars in the English way. A single word with a capital is a name: it has none."""
    last = words[-1] if words else ""
    if not (last.isascii() and last.isalpha()) or len(last) < 3 or (len(words) == 1 and not last.islower()):
        return
    if last.endswith("ies") and len(last) > 4:
        other = last[:-3] + "y"
    elif last.endswith("y") and last[-2] not in "aeiou":
        other = last[:-1] + "ies"
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        other = last[:-1]
    elif last.endswith(("s", "x", "ch", "sh")):
        other = last + "es"
    else:
        other = last + "s"
    # The singular of a single word in plural may be something else: "sales", "news".
    if len(words) > 1 or len(other) > len(last):
        yield (*words[:-1], other)
