"""Words cut at a line's end joined; a hyphen that is the word's own stays.

Whether it is its own is told by how the word stands elsewhere in the text, by what it is made of (`hyphens_v1.tsv`),
and last by what the other line ends of the same text are: who writes with automatic hyphenation cuts words all over,
who does not ends a line with a hyphen of a word's own only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from services.ingest.parsing.cleaning.lines import StyledLine

_SOFT = "\u00ad"
_HYPHENS = "-\u2010" + _SOFT
# The last word of a line before its hyphen, and the first of the next; longer ones are no words.
_LEFT = re.compile(rf"(?:^|(?<=\s))(\S{{1,80}})[{_HYPHENS}][ \t]*$")
_RIGHT = re.compile(r"[ \t]*(\S{1,80})(?:[ \t]+|$)")
_LAST_PART = re.compile(r"[^\W_]+$")
_FIRST_PART = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Between the parts of "day-to-day", "state-of-the-art".
_LITTLE = frozenset("to of the in on and by a for at or as up off".split())
# What no word is made of, but the end of one that was cut: -tion, -ability, -agement.
_END_OF_WORD = re.compile(
    r"[a-z]{0,4}(?:tions?|sions?|ments?|ness|ability|bilit(?:y|ies)|ivity|ality|ities|i[sz](?:e[ds]?|ing|ations?)|"
    r"ated?|ates|ating|ations?|ators?|ational|ional|ical|ically|ences?|ances?|[aiu]bl[ey]|uous|ious|eous|"
    r"ungen|ung|keit|schaft|lich|ción|ciones|ção|ções|zione|zioni)"
    r"|[bcdfghklmnprstvz]?(?:ings?|ers?|ors?|ed|es|ly|als?|ity|ives?|ous|ics?|ees?|nel|ture|tures|ual|ural|ions?|ify|ified)"
)
# A word is cut in no more parts; a text that is made to seem so takes no longer for it.
_MOST_PARTS = 6
# Less is cut off no word's end or beginning.
_SYLLABLE = 3
# A line that ends with the first part of a name or compound in capitals is one that was full.
_FULL = 40


class Own(Enum):
    """Whether a hyphen at a line's end is the word's own."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_JOINED = "not joined"


@dataclass(frozen=True, slots=True)
class _Cut:
    """A line end with a hyphen: the lines' numbers, the word's parts on both; the lower one's reaches up to `end`."""

    line: int
    following: int
    left: str
    right: str
    soft: bool
    long: bool
    end: int


def load() -> None:
    """Reads the word lists."""
    _parts()


def with_words_joined(lines: Sequence[StyledLine]) -> list[StyledLine]:
    """The lines with such words joined, on the upper line; a line of which nothing is left is gone."""
    joined = list(lines)
    ends = [n for n, line in enumerate(lines) if line.text.rstrip(" \t")[-1:] in _HYPHENS and line.text.strip()]
    if not ends:
        return joined
    cuts = [cut for n in ends if (cut := _cut(joined, n))]
    if not cuts:
        return joined
    words = Counter(word.casefold() for line in lines for word in _WORD.findall(line.text))
    told = Counter(_own(cut, words) for cut in cuts)
    usual = Own.YES if told[Own.YES] > 1 and not told[Own.NO] else Own.NO
    gone: set[int] = set()
    for n in ends:
        # A line may get a word that is cut again, as "state-of-the-art" over three lines.
        for _ in range(_MOST_PARTS):
            cut = _cut(joined, n, gone)
            if cut is None or not _join(joined, cut, words, usual, gone):
                break
    return [line for n, line in enumerate(joined) if n not in gone]


def _cut(lines: Sequence[StyledLine], n: int, gone: frozenset[int] | set[int] = frozenset()) -> _Cut | None:
    left = _LEFT.search(lines[n].text[-90:])
    if left is None or not left[1][-1].isalnum() or n in gone:
        return None
    following = n + 1
    while following in gone:
        following += 1
    blank = following < len(lines) and not lines[following].text.strip()
    following += blank
    if following >= len(lines) or not lines[n].looks_like(lines[following]):
        return None
    right = _RIGHT.match(lines[following].text)
    if right is None or not right[1][0].isalnum() or (blank and not right[1][0].islower()):
        return None
    soft = lines[n].text.rstrip(" \t").endswith(_SOFT)
    return _Cut(n, following, left[1], right[1], soft, len(lines[n].text) >= _FULL, right.end())


def _join(lines: list[StyledLine], cut: _Cut, words: Counter[str], usual: Own, gone: set[int]) -> bool:
    own = _own(cut, words)
    if own is Own.NOT_JOINED:
        return False
    hyphen = "-" if (usual if own is Own.UNKNOWN else own) is Own.YES else ""
    upper, lower = lines[cut.line], lines[cut.following]
    upper_text = upper.text.rstrip(" \t")[:-1] + hyphen + cut.right
    rest = lower.text[cut.end :]
    lines[cut.line] = StyledLine(upper_text, upper.style)
    lines[cut.following] = StyledLine(rest, lower.style)
    if not rest.strip():
        gone.add(cut.following)
    return upper_text[-1] in _HYPHENS


def _own(cut: _Cut, words: Counter[str]) -> Own:
    last, first = _LAST_PART.search(cut.left), _FIRST_PART.match(cut.right)
    if last is None or first is None:
        return Own.NOT_JOINED
    left, right = last[0], first[0]
    if cut.soft:
        return Own.NO
    if left[-1].isdigit() or right[0].isdigit():
        return _by_digits(cut, left, right)
    if right[0].isupper() and not (left.isupper() and len(left) > 1 and right.isupper()):
        return _by_capitals(cut, left, right, words)
    if _is_part_of_address(cut):
        return Own.YES
    return _by_words(cut, left.casefold(), right.casefold(), words) or _by_parts(cut, left, right)


def _by_digits(cut: _Cut, left: str, right: str) -> Own:
    """Phone numbers, periods, "24-hour", "COVID-19"."""
    if left[-1].isdigit() and right[0].isdigit():
        # "2019-" before an entry that is numbered.
        return Own.YES if len(right) > 1 or len(left) < 4 else Own.NOT_JOINED
    if left[-1].isdigit():
        return Own.YES if right.islower() and len(left) < 4 else Own.NOT_JOINED
    return Own.YES if len(cut.right) < 12 else Own.NOT_JOINED


def _by_capitals(cut: _Cut, left: str, right: str, words: Counter[str]) -> Own:
    """ "Wal-Mart", "IT-Manager", unless the hyphen stands for a dash before a name or a heading."""
    if words[f"{left}-{right}".casefold()]:
        return Own.YES
    if right.isupper() and len(right) > 1 and not left.isupper():
        return Own.NOT_JOINED
    return Own.YES if cut.long or left.casefold() in _parts()["first"] or len(left) == 1 else Own.NOT_JOINED


def _is_part_of_address(cut: _Cut) -> bool:
    return any(mark in text for text in (cut.left, cut.right) for mark in ("@", "://", "www.")) or "/" in cut.left


def _by_words(cut: _Cut, left: str, right: str, words: Counter[str]) -> Own | None:
    whole = _WORD.match(cut.right)
    hyphened = max(words[f"{left}-{right}"], words[f"{left}-{whole[0].casefold()}"] if whole else 0)
    joined = words[left + right]
    if hyphened or joined:
        return Own.YES if hyphened >= joined else Own.NO
    return None


def _by_parts(cut: _Cut, left: str, right: str) -> Own:
    parts, before, after = _parts(), left.casefold(), right.casefold()
    if after in parts["apart"]:
        return Own.NOT_JOINED  # "pre- and post-sales"
    if len(left) == 1 or (left.isupper() and right.islower()):
        return Own.YES  # "e-commerce", "SQL-based"
    if ("-" in cut.left and (before in _LITTLE or after in _LITTLE)) or (
        cut.right.startswith(f"{right}-") and after in _LITTLE
    ):
        return Own.YES  # "end-to-end"
    if len(after) < _SYLLABLE or (after in parts["solid"] and after not in parts["second"]):
        return Own.YES if after in parts["second"] else Own.NO
    if after in parts["second"] or (before in parts["first"] and not _END_OF_WORD.fullmatch(after)):
        return Own.YES
    if _END_OF_WORD.fullmatch(after) or not left.isascii():
        return Own.NO
    return Own.UNKNOWN


@cache
def _parts() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {kind: set() for kind in ("first", "second", "solid", "apart")}
    for line in files(__package__).joinpath("hyphens_v1.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            kind, _, words = line.split("\t")
            found[kind].update(words.split())
    return {kind: frozenset(words) for kind, words in found.items()}
