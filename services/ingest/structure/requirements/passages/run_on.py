"""Where a line that lost its line breaks began anew: 'skillsEnergetic', 'Boston, MADuration', 'a • b'."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).with_name("line_beginnings_v1.tsv")

_MARK = re.compile(r"[•●▪■◦○➢➤►✓✔\uf0b7\uf0a7·*]")
_BOLD = re.compile(r"[ \t]*\*{2,}[ \t]*")
# Job boards end what they list so.
_GRADED = re.compile(r"\((?:Required|Preferred)\)(?=\w)")
_DASH = re.compile(r"(?<=[.;:)\w]) [-–*] (?=[A-Z0-9])")
# Each of these begins with what few characters are, which makes looking for it fast.
_NUMBERED = re.compile(r"(\d\d?)(?:[.)] |[、．])(?=\S)")
# A capital within a word, or behind what ends one.
_GLUED = re.compile(r"[A-ZÀ-ÖØ-Þ](?<=[^\W_].|[)\]%+!?.;™®…\"”].)(?=[\w'’-]{0,30}[a-zß-ÿ]|[A-Z0-9]{3}|[ \t])")
_GLUED_YEARS = re.compile(r"(?<=[a-zß-ÿ.)])(?=\d{1,2}[ ]?\+?[ ]?(?:[-–][ ]?\d{1,2}\+?[ ]?)?(?:years|yrs)\b)")
# Up to where another one is glued to it.
_GLUED_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-ÿ]+(?=[A-ZÀ-ÖØ-Þ])|[^\W\d_]+")
_LAST_CAPITALIZED = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-ÿ]{7,}\Z")
_TAIL = re.compile(r"[^\W\d_]+\Z")
_RUN_ON = re.compile(r" (?<=[a-zß-ÿ)%A-Z+] )(?=([A-Z][\w’'-]+|\d{1,2}\+?(?:[ ]?[-–][ ]?\d{1,2}\+?)? years?\b))")
# Shorter lines do not run on.
_RUN_ON_CHARS = 150
_MOST_DASHES_APART = 2
_LONGEST_WORD = 60
# Names with a capital within seldom begin with so long a word.
_LONG_NAME = 8


class Cut(NamedTuple):
    """The text before `at` ends there, what follows begins at `resume` with this bullet."""

    at: int
    resume: int
    bullet: str = ""


@dataclass(frozen=True, slots=True)
class _Lists:
    beginnings: frozenset[str]
    run_on: frozenset[str]
    one_word: frozenset[str]
    open_ended: frozenset[str]


@cache
def _lists() -> _Lists:
    words: dict[str, set[str]] = {"glued": set(), "run-on": set(), "one-word": set(), "open-ended": set()}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, listed = line.split("\t")
            words[kind].update(listed.split())
    return _Lists(
        frozenset(words["glued"] | words["run-on"]),
        frozenset(words["run-on"]),
        frozenset(words["one-word"]),
        frozenset(words["open-ended"]),
    )


def load() -> None:
    """Reads the lists, so that no document waits for them."""
    _lists()


def cuts_within(text: str, start: int, end: int) -> list[Cut]:
    """Where the stretch begins anew, in order; none at its beginning."""
    cuts = _bullets(text, start, end)
    cuts.extend(Cut(at, at) for at in _glued(text, start, end))
    line = text[start:end]
    if "years" in line or "yrs" in line:
        cuts.extend(Cut(found.start(), found.start()) for found in _GLUED_YEARS.finditer(text, start, end))
    if end - start >= _RUN_ON_CHARS:
        cuts.extend(Cut(at, at) for at in _run_on(text, start, end))
    cuts.sort(key=lambda cut: cut.at)
    kept: list[Cut] = []
    for cut in cuts:
        if cut.at > start and (not kept or cut.at >= kept[-1].resume):
            kept.append(cut)
    return kept


def _bullets(text: str, start: int, end: int) -> list[Cut]:
    # Few lines hold any of these marks, and looking for a mark is much faster than for what may stand around it.
    line = text[start:end]
    cuts = [cut for found in _MARK.finditer(text, start, end) if (cut := _bullet(text, start, found.start(), end))]
    if "**" in line:
        cuts.extend(Cut(found.start(), found.end()) for found in _BOLD.finditer(text, start, end))
    if "ed)" in line:
        cuts.extend(Cut(found.end(), found.end()) for found in _GRADED.finditer(text, start, end))
    if line.count(" - ") + line.count(" – ") + line.count(" * ") > _MOST_DASHES_APART:
        dashes = list(_DASH.finditer(text, start, end))
        if len(dashes) > _MOST_DASHES_APART:
            cuts.extend(Cut(found.start(), found.end(), "-") for found in dashes)
    return cuts + (_numbered(text, start, end) if "2" in line else [])


def _bullet(text: str, start: int, at: int, end: int) -> Cut | None:
    """The mark at `at` as a bullet, with the spaces around it; a dot or a star is one only where it looks so."""
    before, behind = at, at + 1
    while behind < end and text[behind] in " \t":
        behind += 1
    mark = text[at]
    if mark == "*":
        glued = at > start and (text[at - 1].isalnum() or text[at - 1] in "_.)!:")
        return Cut(at, behind, "•") if glued and "A" <= text[behind : behind + 1] <= "Z" else None
    while before > start and text[before - 1] in " \t":
        before -= 1
    if mark == "·" and (before == start or behind == at + 1):
        return None
    return Cut(before, behind, "•")


def _numbered(text: str, start: int, end: int) -> list[Cut]:
    """Where '1. … 2. …' count."""
    wanted = 1
    numbered: list[Cut] = []
    for found in _NUMBERED.finditer(text, start, end):
        begins = found.start() - (text[found.start() - 1 : found.start()] == "(")
        if begins <= start or not (text[begins - 1].isspace() or text[begins - 1] in ".;:。；：)"):
            continue
        number = int(found.group(1))
        if number == wanted or (not numbered and number == wanted + 1):
            numbered.append(Cut(begins, found.end(), text[begins : found.end()]))
            wanted = number + 1
    return numbered if len(numbered) > 1 else []


def _glued(text: str, start: int, end: int) -> list[int]:
    return [
        at for found in _GLUED.finditer(text, start, end) if (at := found.start()) > start and _begins(text, start, at)
    ]


def _begins(text: str, start: int, at: int) -> bool:
    """Whether what is glued together at `at` are two words, not one such as 'JavaScript'."""
    lists = _lists()
    word = _GLUED_WORD.match(text, at, at + _LONGEST_WORD)
    right = word.group() if word else ""
    left_text = text[max(start, at - _LONGEST_WORD) : at]
    mark = left_text[-1]
    beginning = right.lower() in lists.beginnings
    if not mark.isalnum():
        before = left_text[-2:-1]
        if mark == ".":
            whole = left_text.rsplit(None, 1)[-1]
            return (
                (before.islower() or before in ')%]"”')
                and "." not in whole[:-1]
                and "@" not in whole
                and len(right) > 1
            )
        if mark == "+":
            return right.lower() not in ("years", "year", "yrs") and len(right) > 1
        return len(right) > 1 or right in ("A", "I")
    if mark.isdigit():
        return beginning
    tail = _TAIL.search(left_text)
    left = tail.group() if tail else ""
    if left.isupper() and right.isupper():
        return False
    # "staffRequirementsTwo years": the word before is the last of what is glued together.
    if (last := _LAST_CAPITALIZED.search(left)) is not None and last.start() > 0:
        left = last.group()
    if (left + right).lower() in lists.one_word or "@" in left_text.rsplit(None, 1)[-1] or "://" in left_text:
        return False
    if right in ("A", "I"):
        return len(left) > 3 and left[1:].islower() and text[at + 1 : at + 2] == " "
    if left.islower():
        if "/" in left_text.rsplit(None, 1)[-1][-len(left) - 1 :]:
            return False
        return (len(left) > 2 or (beginning and len(left) > 1)) and (
            len(right) > 3 if right.isupper() else len(right) > 1
        )
    if left.isupper():
        return beginning and len(left) > 1 and len(right) > (1 if len(left) > 4 else 3)
    if len(left) >= _LONG_NAME and left[1:].islower():
        return len(right) > 2 or right.isupper() or beginning
    return beginning and len(right) > 3 and len(left) > 1


def _run_on(text: str, start: int, end: int) -> list[int]:
    lists = _lists()
    cuts: list[int] = []
    for found in _RUN_ON.finditer(text, start, end):
        at = found.end()
        begins = found.group(1)
        if not begins[0].isdigit() and begins.lower() not in lists.run_on:
            continue
        before = text[max(start, at - _LONGEST_WORD) : at - 1].rsplit(None, 1)
        last = before[-1].lower() if before else ""
        if last and last not in lists.open_ended:
            cuts.append(at)
    return cuts
