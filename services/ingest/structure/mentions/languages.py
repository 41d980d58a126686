"""Which names of languages are meant as languages that somebody speaks, and how well."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from services.ingest.structure.mentions.candidates import Found, Sections
from services.ingest.structure.mentions.lists import is_list_gap, stands_alone
from services.ingest.structure.mentions.names import read_columns
from services.ingest.structure.mentions.tokens import Tokens, fold, words_in
from services.ingest.structure.mentions.trie import Trie

# Words of `language_levels.tsv` that tell no level: of speaking, and of what a nationality may stand before.
SPOKEN = "spoken"
NATIONALITY = "nationality"
_CODE = re.compile(r"[ABCabc][12]")
_EVIDENCE_WORDS = 5
_LEVEL_WORDS = 4
_LEVEL_CHARS = 50
_AND = frozenset("and und et y e i en oraz и".split())
_ITEM_END = re.compile(r"[\s]*(?:[\n,;.:|()/•·、，；。–—-]|$)")


@dataclass(slots=True)
class _Word:
    """A word of a level or of speaking: words `first` to before `last`. `used`: it has told some language's level."""

    meaning: str
    first: int
    last: int
    is_code: bool
    used: bool = False


@cache
def level_words() -> Trie[str]:
    """The words that tell how well a language is spoken, read once."""
    trie: Trie[str] = Trie()
    for _, (meaning, phrases, _language, _source) in read_columns("language_levels.tsv", 4):
        for phrase in filter(str.strip, phrases.split("|")):
            trie.add([fold(word) for word in words_in(phrase)], meaning)
    return trie


def spoken_languages(tokens: Tokens, languages: Sequence[Found], sections: Sections) -> list[tuple[Found, str | None]]:
    """Those of the names (in order) that are meant as languages, each with its level where the text tells it."""
    if not languages:
        return []
    words = _words_near(tokens, languages)
    adjacent = [_Neighbours(tokens, words, found) for found in languages]
    meant = [
        not found.name.conditions.spoken or _is_meant(tokens, found, near, sections)
        for found, near in zip(languages, adjacent, strict=True)
    ]
    studied = [sections.kind_at(found.start) == "education" for found in languages]
    _spread_over_lists(tokens, languages, adjacent, meant, studied)
    kept = [(found, near) for found, near, is_meant in zip(languages, adjacent, meant, strict=True) if is_meant]
    return _with_levels(tokens, kept)


def _words_near(tokens: Tokens, languages: Sequence[Found]) -> list[_Word]:
    """The words of level and of speaking around the names, in order; linear in the text whatever the names."""
    known = level_words()
    words: list[_Word] = []
    at = 0
    for found in languages:
        at = max(at, found.first - 2 * _LEVEL_WORDS)
        until = min(len(tokens.words), found.last + 2 * _LEVEL_WORDS)
        while at < until:
            if matches := known.matches(tokens, at):
                last, meanings = matches[0]
                is_code = last == at + 1 and _CODE.fullmatch(tokens.words[at]) is not None
                words.append(_Word(meanings[0], at, last, is_code))
                at = last
            else:
                at += 1
    return words


class _Neighbours:
    """The words of level and of speaking on both sides of a language's name, the nearest first."""

    def __init__(self, tokens: Tokens, words: Sequence[_Word], found: Found) -> None:
        reach = 2 * _LEVEL_WORDS
        near = _slice(words, found.first - reach, found.last + reach)
        self.before = [word for word in reversed(near) if word.last <= found.first]
        self.behind = [word for word in near if word.first >= found.last]


def _slice(words: Sequence[_Word], first: int, last: int) -> list[_Word]:
    begin = bisect_left(words, first, key=lambda word: word.first)
    end = bisect_left(words, last, key=lambda word: word.first)
    return list(words[begin:end])


def _is_meant(tokens: Tokens, found: Found, near: _Neighbours, sections: Sections) -> bool:
    text = tokens.text
    if near.behind and near.behind[0].meaning == NATIONALITY and near.behind[0].first == found.last:
        return False
    kind = sections.kind_at(found.start)
    if kind == "languages" or (kind != "education" and stands_alone(text, found.start, found.end)):
        return True
    for word in near.before:
        gap = text[tokens.ends[word.last - 1] : found.start]
        if word.meaning != NATIONALITY and found.first - word.last < _EVIDENCE_WORDS and not _ends_sentence(gap):
            return True
    for word in near.behind:
        gap = text[found.end : tokens.starts[word.first]]
        if word.meaning != NATIONALITY and word.first - found.last < _LEVEL_WORDS and not _ends_sentence(gap):
            return True
    return False


def _ends_sentence(gap: str) -> bool:
    return "\n" in gap or ";" in gap or ". " in gap or "。" in gap


def _spread_over_lists(
    tokens: Tokens,
    languages: Sequence[Found],
    near: Sequence[_Neighbours],
    meant: list[bool],
    studied: Sequence[bool],
) -> None:
    """Languages in one list are all meant where one is, or where the list's end names nothing that they describe.

    Among studies (`studied`) a list alone says nothing: there it may be of subjects.
    """
    text = tokens.text
    first = 0
    for at in range(1, len(languages) + 1):
        if at < len(languages) and is_list_gap(text[languages[at - 1].end : languages[at].start]):
            continue
        ends = not studied[first] and _ITEM_END.match(text, languages[at - 1].end)
        if at - first > 1 and (any(meant[first:at]) or ends):
            last = near[at - 1].behind
            if not (last and last[0].meaning == NATIONALITY and last[0].first == languages[at - 1].last):
                meant[first:at] = [True] * (at - first)
        first = at


def _with_levels(tokens: Tokens, kept: Sequence[tuple[Found, _Neighbours]]) -> list[tuple[Found, str | None]]:
    text = tokens.text
    leveled: list[tuple[Found, str | None]] = []
    inherited: str | None = None
    for at, (found, near) in enumerate(kept):
        following = kept[at + 1][0] if at + 1 < len(kept) else None
        listed = at > 0 and is_list_gap(text[kept[at - 1][0].end : found.start])
        level = _level_before(tokens, found, near, directly=True)
        before = level is not None
        if before:
            level = _code_behind(found, near) or level
        elif not (listed and inherited is not None and _leads(near, following)):
            level = _level_behind(tokens, found, near, following)
        if level is None:
            level = _level_before(tokens, found, near, directly=False)
            before = level is not None
        if level is None and listed:
            level = inherited
            before = level is not None
        # "fluent in German and English": the level before a list is that of all in it.
        inherited = level if before else None
        leveled.append((found, level))
    return leveled


def _code_behind(found: Found, near: _Neighbours) -> str | None:
    """The level of the frame right behind a language, which tells more than a word: "basic German (A1)"."""
    word = near.behind[0] if near.behind else None
    if word is None or not word.is_code or word.first != found.last:
        return None
    word.used = True
    return word.meaning


def _leads(near: _Neighbours, following: Found | None) -> bool:
    """Whether the next word of level stands right before the language `following`."""
    levels = [word for word in near.behind if word.meaning not in (SPOKEN, NATIONALITY)]
    return following is not None and bool(levels) and levels[0].last == following.first


def _level_before(tokens: Tokens, found: Found, near: _Neighbours, *, directly: bool) -> str | None:
    for word in near.before:
        if word.meaning in (SPOKEN, NATIONALITY):
            continue
        gap = tokens.text[tokens.ends[word.last - 1] : found.start]
        apart = found.first - word.last
        calm = not any(sign in gap for sign in ",;|)。，；") and ". " not in gap and apart <= _LEVEL_WORDS
        if "\n" in gap:
            calm = gap.strip(":：") == "\n" and stands_alone(
                tokens.text, tokens.starts[word.first], tokens.ends[word.last - 1]
            )
        if word.used or not calm or (directly and gap not in ("", " ", "-")):
            return None
        word.used = True
        return word.meaning
    return None


def _level_behind(tokens: Tokens, found: Found, near: _Neighbours, following: Found | None) -> str | None:
    text = tokens.text
    told: _Word | None = None
    for word in near.behind:
        start, end = tokens.starts[word.first], tokens.ends[word.last - 1]
        if following is not None and start >= following.start:
            break
        gap = text[found.end : start]
        if word.meaning in (SPOKEN, NATIONALITY):
            continue
        if not _is_calm(tokens, found, word, gap):
            break
        if "," in gap and not _ITEM_END.match(text, end):
            break
        # A level of the frame tells more than a word: "verhandlungssicher (C1)".
        if told is None or (word.is_code and not told.is_code):
            told = word
    if told is None:
        return None
    for word in near.behind:
        word.used = word.used or word.first <= told.first
    return told.meaning


def _is_calm(tokens: Tokens, found: Found, word: _Word, gap: str) -> bool:
    """Whether nothing between a language and a word of level says that the level is another's."""
    if len(gap) > _LEVEL_CHARS or word.first - found.last > 2 * _LEVEL_WORDS or any(sign in gap for sign in ";|。；"):
        return False
    if ". " in gap or gap.count(",") > 1 or _AND.intersection(tokens.words[found.last : word.first]):
        return False
    return "\n" not in gap or (gap.strip(" ") == "\n" and stands_alone(tokens.text, found.start, found.end))
