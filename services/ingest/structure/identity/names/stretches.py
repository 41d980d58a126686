"""Words of a name that stand side by side, as one stretch with the initials and small words between them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from services.ingest.structure.identity.names.lexicon import lexicon
from services.ingest.structure.identity.words import Words, fold

_JOINS = re.compile(r"(?:[ \u00a0]{1,2}|[-‑'’ʻ]|[ -](?:\w{1,3}\.? ){1,2}|-\n| [asd]/[lpo] )$")
_INITIALS = re.compile(r"(?<![\w.])(?:[A-ZÀ-ÞА-ЯŁŚŻČŠŽĐ]\. ?){1,3}\Z")
_LONGEST_INITIALS = 9


def joined(words: Words, hits: Sequence[int], particles: Set[str], initials: Set[str]) -> list[tuple[int, int]]:
    """Spans of the words at `hits`; those that follow each other as parts of one name become one span."""
    lists = lexicon()
    text = words.text
    found: list[tuple[int, int]] = []
    last = -2
    for index in hits:
        start, end = words.starts[index], words.ends[index]
        between = range(last + 1, index)
        gap = text[found[-1][1] : start] if found else ""
        bridged = (
            found
            and len(gap) <= 8
            and "\n" not in gap.replace("-\n", "")
            and all(len(words.folded[at]) == 1 or words.folded[at] in lists.particle for at in between)
        )
        goes_on = bool(found) and _bridges_a_name(words, last, index)
        if goes_on or (bridged and (_JOINS.fullmatch(gap) or gap == ", " or _is_bridge(text, found[-1][1], gap))):
            found[-1] = (found[-1][0], end)
        else:
            before = index - 1
            while (
                before > last
                and words.folded[before] in particles
                and text[words.ends[before] : start] in (" ", "-", "'", "’")
            ):
                start = words.starts[before]
                before -= 1
            in_front = _INITIALS.search(text, max(0, start - _LONGEST_INITIALS), start)
            if in_front is not None:
                start = in_front.start()
            found.append((start, end))
        last = index
    for at, (start, end) in enumerate(found):
        after = re.compile(r" ([^\W\d_])\.").match(text, end)
        if after is not None and fold(after[1]) in initials:
            found[at] = (start, after.end())
    return found


def _bridges_a_name(words: Words, last: int, index: int) -> bool:
    """ "Ana Larraz Ruiz", where "Ana" and "Ruiz" are known: the one word between them belongs to the name."""
    if index - last != 2:
        return False
    text, between = words.text, last + 1
    lists = lexicon()
    return (
        text[words.ends[last] : words.starts[between]] == " "
        and text[words.ends[between] : words.starts[index]] in (" ", "-")
        and text[words.starts[last]].isupper()
        and text[words.starts[between]].isupper()
        and text[words.starts[index]].isupper()
        and words.folded[last] != words.folded[index]
        and (lists.is_name(words.folded[between]) or not lists.means_something(words.folded[between]))
        and not lists.is_title(words.folded[between])
    )


def _is_bridge(text: str, end: int, gap: str) -> bool:
    """A gap that holds initials or small words of a name: " A. ", " de la "; a sentence's end is none."""
    if gap.startswith(". "):
        return not text[max(0, end - 2) : end - 1].isalpha()
    return re.fullmatch(r"[ '’/-]*(?:\w{1,3}[ .'’/-]+){0,3}", gap) is not None
