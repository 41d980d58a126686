"""Positions told in a sentence: "From 2015 to 2018 I worked as a nurse at Acme Hospital in Leeds"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.pieces import DATE_MARK, LIKELY_OCCUPATION, piece, trimmed

SENTENCE_WORDS = Path(__file__).with_name("sentence_words_v1.tsv")

MAX_PHRASE_WORDS = 4
MAX_NAME_WORDS = 9
# The verb of working stands this near to the beginning, or is the last word.
MAX_WORDS_BEFORE_VERB = 9

_TOKEN = re.compile(r"[^\W_]+(?:[-.&][^\W_]+)*|\x00|[,;.()…!?|:–—/]|\S")
_STOPS = frozenset(f"{DATE_MARK},;()|:–—…!?")
_ENDINGS = (
    ("ą", "a"),
    ("em", ""),
    ("iem", ""),
    ("ом", ""),
    ("ем", "ь"),
    ("ем", "й"),
    ("ой", "а"),
    ("ою", "а"),
    ("ей", "я"),
    ("ею", "я"),
)
# Languages that put the position before its verb, or glue "as" and "at" to their nouns.
_OWN_ORDER = (
    re.compile(r"在(?P<organization>[^，,。\x00]{2,30}?)(?:担任|任职|工作，任|任|从事)(?P<title>[^，,。\x00]{2,20})"),
    re.compile(r"(?P<organization>[^、。\x00]{2,30}?)(?:にて|で|に)、?(?P<title>[^、。\x00]{2,20}?)(?:として|を担当)"),
    re.compile(r"(?P<organization>[^,\x00]{2,60}?)['’](?:n?[dt][ea])\s(?P<title>[^,\x00]{2,60}?)\solarak\b"),
    re.compile(
        r"(?:עבדתי|עובדת?|הועסקתי)\s[^\x00]{0,2}?כ(?P<title>[^,\x00]{2,40}?)\sב(?P<organization>[^,.\x00]{2,50})"
    ),
    re.compile(
        r"(?:عملت|أعمل|اعمل|عمل|تعمل)\s(?:ك|كـ|بوظيفة\s|بمنصب\s)?(?P<title>[^،,\x00]{2,40}?)"
        r"\s(?:في|لدى)\s(?P<organization>[^،,.\x00]{2,50})"
    ),
)


class _Token(NamedTuple):
    text: str
    start: int
    end: int


@cache
def _phrases(role: str) -> frozenset[tuple[str, ...]]:
    found = []
    for line in SENTENCE_WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{role}\t"):
            found += [tuple(fold(word) for word in phrase.split()) for phrase in line.split("\t")[2].split(", ")]
    return frozenset(found)


def load() -> None:
    """Reads the word list, so that no document waits for it."""
    for role in ("verb", "copula", "as", "at", "article", "end", "earlier"):
        _phrases(role)


def told_position(text: str) -> tuple[str, str | None] | None:
    """The position and the employer that a sentence tells of, its date replaced by DATE_MARK; None where none."""
    for pattern in _OWN_ORDER:
        found = pattern.search(text)
        if found and piece(trimmed(found["title"])).occupation:
            return trimmed(found["title"]), trimmed(found["organization"])
    tokens = [_Token(fold(each.group()), each.start(), each.end()) for each in _TOKEN.finditer(text)]
    return _Sentence(text, tokens).position()


def without_opening(text: str) -> str:
    """`text` without the word that says when in a life it was: "Before that, …", "Davor: …"."""
    lead = len(text) - len(text.lstrip(f" ,;{DATE_MARK}"))
    tokens = [_Token(fold(each.group()), each.start(), each.end()) for each in _TOKEN.finditer(text, lead, lead + 40)]
    opened = _phrase_at(tokens, 0, "earlier")
    if not opened or opened >= len(tokens):
        return text
    rest = text[tokens[opened].start :]
    return text[:lead] + rest.lstrip(" ,:")


class _Sentence:
    def __init__(self, text: str, tokens: Sequence[_Token]) -> None:
        self._text, self._tokens = text, tokens

    def position(self) -> tuple[str, str | None] | None:
        verb = self._first("verb")
        title_at = self._position_begins(verb)
        if title_at is None:
            return None
        before = self._organization(verb + 1, title_at[0]) if verb >= 0 else None
        title_end = self._end_of_title(title_at[1], stop_at_employer=before is None)
        title = self._between(title_at[1], title_end)
        if not title or not _is_occupation(title):
            return None
        employer = before or self._organization(title_end, len(self._tokens))
        return title, employer

    def _first(self, role: str) -> int:
        """The place of the first word of a role, -1 where none stands near either end."""
        last = len(self._tokens) - 1
        near: list[int] = [*range(min(MAX_WORDS_BEFORE_VERB, len(self._tokens))), last - 1, last]
        for at in near:
            if at >= 0 and _phrase_at(self._tokens, at, role):
                return at
        return -1

    def _position_begins(self, verb: int) -> tuple[int, int] | None:
        """Where what leads to the position begins and ends: "as" beside a verb of working, or "I was"."""
        if verb >= 0:
            for at in range(len(self._tokens)):
                after = _phrase_at(self._tokens, at, "as")
                if after and at != verb and self._names_occupation(after):
                    return at, self._past_articles(after)
            if self._names_occupation(verb + 1):
                # "работал водителем"
                return verb, verb + 1
        copula = self._first("copula")
        after = _phrase_at(self._tokens, copula, "copula") if copula >= 0 else None
        if after and self._names_occupation(after) and " to " not in self._text[self._tokens[copula].end :][:30]:
            return copula, self._past_articles(after)
        return None

    def _names_occupation(self, at: int) -> bool:
        begins = self._past_articles(at)
        return _is_occupation(self._between(begins, self._end_of_title(begins, stop_at_employer=True)))

    def _past_articles(self, at: int) -> int:
        while after := _phrase_at(self._tokens, at, "article"):
            at = after
        return at

    def _end_of_title(self, begins: int, stop_at_employer: bool) -> int:
        for at in range(begins, min(begins + MAX_NAME_WORDS, len(self._tokens))):
            if self._stops(at) or _phrase_at(self._tokens, at, "verb"):
                return at
            if stop_at_employer and at > begins and _phrase_at(self._tokens, at, "at"):
                return at
        return min(begins + MAX_NAME_WORDS, len(self._tokens))

    def _organization(self, first: int, last: int) -> str | None:
        """The employer behind the first "at" between two places."""
        for at in range(max(first, 0), last):
            after = _phrase_at(self._tokens, at, "at")
            if not after:
                if at > first + MAX_NAME_WORDS:
                    break
                continue
            begins = self._past_articles(after)
            ends = begins
            while ends < last and ends < begins + MAX_NAME_WORDS and not self._stops(ends):
                if ends > begins and (
                    _phrase_at(self._tokens, ends, "end")
                    or _phrase_at(self._tokens, ends, "as")
                    or _phrase_at(self._tokens, ends, "verb")
                ):
                    break
                ends += 1
            named = self._between(begins, ends)
            if named and any(char.isupper() for char in named):
                return named
        return None

    def _stops(self, at: int) -> bool:
        token = self._tokens[at]
        return token.text in _STOPS or (token.text == "." and at + 1 >= len(self._tokens))

    def _between(self, first: int, last: int) -> str:
        if first >= last or first >= len(self._tokens):
            return ""
        return trimmed(self._text[self._tokens[first].start : self._tokens[last - 1].end])


def _phrase_at(tokens: Sequence[_Token], at: int, role: str) -> int | None:
    """The token after the longest phrase of a role at `at`; None where none begins there."""
    phrases = _phrases(role)
    for size in range(MAX_PHRASE_WORDS, 0, -1):
        if at + size <= len(tokens) and tuple(token.text for token in tokens[at : at + size]) in phrases:
            return at + size
    return None


def _is_occupation(title: str) -> bool:
    """Whether a position is named, also where a verb has changed its ending: "byłam kelnerką", "работал водителем"."""
    if not title:
        return False
    if piece(title).occupation >= LIKELY_OCCUPATION:
        return True
    first, _, rest = title.partition(" ")
    for ending, plain in _ENDINGS:
        if first.endswith(ending) and piece(f"{first.removesuffix(ending)}{plain} {rest}".strip()).occupation:
            return True
    return False
