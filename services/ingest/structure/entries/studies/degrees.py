"""Degrees and other ends of studies as they stand in a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from libs.contracts.structure import EducationLevel
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.entry_words import CHINESE
from services.ingest.structure.mentions.names import read_columns

# The one list of degrees, which mentions read as well; its head says which names count where.
VOCABULARY = "degrees.tsv"
MAX_DEGREE_WORDS = 7
MAX_LINE_CHARS = 500

_TOKEN = re.compile(r"[^\W_\u3400-\u9fff]+(?:['’.&/-][^\W_\u3400-\u9fff]+)*")
# Capitals tell these short forms from words: "MA" and "ma", "BE" and "be".
_SHORT = 4
_LATIN_END = "\u0250"
# No name goes across these.
_PARTING = frozenset("\x00\x01|;:")
_MAX_SHORT_CHARS = 10
_RANK: dict[EducationLevel, int] = {
    "doctorate": 6, "master": 5, "bachelor": 4, "associate": 3, "vocational": 2, "secondary": 1, "other": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Degree:
    """A degree named in a line: offsets into the line and its level."""

    start: int
    end: int
    level: EducationLevel


@dataclass(frozen=True, slots=True)
class ListedName:
    """A name as the vocabulary has it. `needs_context`: elsewhere it counts beside certain words only."""

    written: str
    level: EducationLevel
    needs_context: bool


@dataclass(frozen=True, slots=True)
class _Names:
    by_words: dict[tuple[str, ...], EducationLevel]
    first_words: frozenset[str]
    chinese: re.Pattern[str]
    chinese_levels: dict[str, EducationLevel]


@cache
def load() -> _Names:
    """The names of degrees, read once: those that count by themselves first, then those that others are known by."""
    by_words: dict[tuple[str, ...], EducationLevel] = {}
    chinese: dict[str, EducationLevel] = {}
    for named in sorted(listed_names(), key=lambda each: each.needs_context):
        if CHINESE.search(named.written):
            chinese.setdefault(named.written, named.level)
        elif (words := _words(named.written)) and all(words):
            by_words.setdefault(words, named.level)
    return _Names(
        by_words,
        frozenset(words[0] for words in by_words),
        re.compile("|".join(sorted(map(re.escape, chinese), key=len, reverse=True))),
        chinese,
    )


def listed_names() -> Iterator[ListedName]:
    """The names in the list of degrees that count in lines of studies."""
    for _, (canonical, others, flags, level, _source) in read_columns(VOCABULARY, 5):
        for each in (f"{canonical}{{{flags}}}", *others.split("|")):
            written, _, own = each.strip().partition("{")
            own_flags = own.rstrip("}").split(";")
            if written and "mention" not in own_flags:
                needs_context = any(flag.startswith("context:") for flag in own_flags)
                yield ListedName(written.strip(), cast(EducationLevel, level), needs_context)


# Spellings of one word.
_ALIKE = {
    "bachelors": "bachelor", "bachelor's": "bachelor", "bachelor’s": "bachelor", "batchelor": "bachelor",
    "bachelores": "bachelor", "bachlor": "bachelor", "masters": "master", "master's": "master", "master’s": "master",
    "associates": "associate", "associate's": "associate", "associate’s": "associate",
}  # fmt: skip
# Words that fold into the name of a degree: the month, "these" without its accent.
_OTHER_WORDS = frozenset({"march", "these"})


def _words(name: str) -> tuple[str, ...]:
    return tuple(_word(match.group()) for match in _TOKEN.finditer(name))


@lru_cache(maxsize=20_000)
def _word(written: str) -> str:
    """A word as it is looked for: without case, accents and the stops of a short form: "B.Sc" is "BSc"."""
    if written.lower() in _OTHER_WORDS and written != "MArch":
        return ""
    folded = fold(written)
    if "." in folded and len(folded) <= _MAX_SHORT_CHARS and "-" not in folded:
        folded = folded.replace(".", "")
    return _ALIKE.get(folded, folded)


def degrees_in(text: str) -> list[Degree]:
    """The degrees named in a line, the longest name at each place, in order."""
    names = load()
    text = text[:MAX_LINE_CHARS]
    if text.isascii() and names.first_words.isdisjoint(map(_word, _TOKEN.findall(text))):
        return []
    tokens = [(match.start(), match.end(), _word(match.group())) for match in _TOKEN.finditer(text)]
    found: list[Degree] = []
    at = 0
    while at < len(tokens):
        length = _longest(names, tokens, at, text) if _may_begin(names, tokens[at][2]) else 0
        if length:
            start, end = tokens[at][0], tokens[at + length - 1][1]
            level = names.by_words[_key(tokens, at, length)]
            found.append(Degree(start, _closed(text, start, end), level))
            at += length
        else:
            at += 1
    for match in () if text.isascii() else names.chinese.finditer(text):
        found.append(Degree(match.start(), match.end(), names.chinese_levels[match.group()]))
    return sorted(found, key=lambda degree: degree.start)


def _closed(text: str, start: int, end: int) -> int:
    """Where a name ends with the stop or the bracket that belongs to it: "M.Sc.", "BA (Hons)"."""
    if text[end : end + 1] == "." and "." in text[start:end]:
        end += 1
    return end + 1 if text[end : end + 1] == ")" and "(" in text[start:end] else end


def _may_begin(names: _Names, word: str) -> bool:
    return word in names.first_words or (word[:1] in "בלו" and word[1:] in names.first_words)


def _key(tokens: list[tuple[int, int, str]], at: int, length: int) -> tuple[str, ...]:
    return tuple(token[2] for token in tokens[at : at + length])


def _longest(names: _Names, tokens: list[tuple[int, int, str]], at: int, text: str) -> int:
    for length in range(min(MAX_DEGREE_WORDS, len(tokens) - at), 0, -1):
        if _key(tokens, at, length) in names.by_words:
            written = text[tokens[at][0] : tokens[at + length - 1][1]]
            if not _PARTING.isdisjoint(written):
                continue
            bare = written.replace(".", "")
            short = length == 1 and len(bare) <= _SHORT and all(sign < _LATIN_END for sign in bare)
            if short and not _like_short_form(written):
                return 0
            return length
    return 0


def _like_short_form(written: str) -> bool:
    """Whether a short word is written as a degree is: "MA", "BSc", "M.Ed", "Bac"."""
    return (
        (written[0].isupper() or written[0].isdigit())
        and (len(written) > 1)
        and (
            not written[1:].islower()
            or written[1] == "."
            or written[0].isdigit()
            or written
            in {"Bac", "Abi", "Cap", "Lic", "Mgr", "Inż", "Dipl", "Havo", "Vwo", "Mavo", "Prof", "Mbo", "Hbo"}
        )
    ) or written.lower() in {"mgr", "inż", "lic", "havo", "vwo", "mbo", "hbo", "mavo", "bac", "inz"}


def highest(degrees: list[Degree]) -> Degree:
    """The highest of several names of one degree, the first among equals."""
    return max(degrees, key=lambda degree: _RANK[degree.level])
