"""The words of which headings are made, as their data file has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

WORDS = Path(__file__).with_name("headings_v1.tsv")

# Told apart when read: what stands below decides between experience and other (military, volunteering);
# `asked` is of postings alone.
WordKind = Literal[
    "summary",
    "experience",
    "education",
    "skills",
    "certifications",
    "languages",
    "projects",
    "other",
    "military",
    "volunteering",
    "asked",
]
# What a heading tells of the lines below it besides the kind; `document` names the whole text.
Heads = Literal["contact", "references", "document"]
_HEADS: dict[str, Heads] = {"contact": "contact", "references": "references", "document": "document"}
_KINDS: dict[str, WordKind] = {
    "summary": "summary",
    "experience": "experience",
    "education": "education",
    "skills": "skills",
    "certifications": "certifications",
    "languages": "languages",
    "projects": "projects",
    "other": "other",
    "military": "military",
    "volunteering": "volunteering",
    "asked": "asked",
}
# In these a modifier stands before what it modifies; in all others it may stand behind.
_HEAD_LAST = frozenset({"en", "de", "nl", "zh", "ja", "sv", "no", "da", "fi", "hu", "tr", "ko", "hi"})
# Written without spaces.
_UNSPACED = frozenset({"zh", "ja"})
# So much stands before the end of a compound.
MIN_STEM = 3
_WORD = re.compile(
    r"(?P<cjk>[\u3005\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|(?P<word>[^\W\d_]+)|(?P<number>\d+)"
    r"|(?P<break>[^\w\s'’`\"״׳.-]|\s[-.]\s)"
)
# Letters that no accent makes, as people write them who lack them.
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
BREAK = "&"
_AND = frozenset({BREAK, "and", "und", "et", "y", "и"})
# No heading ends so ("Résumé of").
GOES_ON = frozenset({"of", "and", "for", "the", "und", "et", "de", "y", "e", "i", "in", "to", "with"})


@dataclass(slots=True)
class Meaning:
    kind: WordKind | None = None
    heads: Heads | None = None
    asked: bool = False
    head_last: bool = True
    weak: bool = False
    label: bool = False
    whole: bool = False
    modifier: bool = False
    follows: bool = False
    trailer: bool = False
    closing: bool = False
    joiner: bool = False
    of: bool = False
    listed: bool = False
    thing: bool = False
    self_said: bool = False
    filler: bool = False
    wanted: bool = False
    post: bool = False
    deed: WordKind | None = None

    @property
    def tells(self) -> bool:
        return self.kind is not None or self.asked

    @property
    def is_small(self) -> bool:
        """Whether it joins, qualifies or points, as no name of a person or an employer does."""
        return self.joiner or self.of or self.modifier or self.thing or self.self_said or self.filler

    def add(self, role: str, language: str) -> None:
        """What one line of the data file says of it."""
        name = role.rstrip("?~!>")
        if name in _HEADS:
            self.heads = self.heads or _HEADS[name]
            if name == "document":
                return
            name = "other"
        if role.endswith(">"):
            self.deed = _KINDS[name]
        elif name == "asked":
            self.asked = True
        elif name in _KINDS:
            if self.kind is None or (self.whole and "!" not in role):
                self.kind, self.whole = _KINDS[name], "!" in role
                self.head_last = language in _HEAD_LAST
            self.weak |= "?" in role
            self.label |= "~" in role
        elif name == "modifier":
            self.modifier = True
            self.follows |= language not in _HEAD_LAST
            self.listed |= "~" in role
        elif name == "trailer":
            self.trailer = True
        elif name == "closing":
            self.closing = True
        elif name == "joiner":
            self.joiner = True
        elif name == "of":
            self.of = self.follows = True
        elif name == "thing":
            self.thing = True
        elif name == "self":
            self.self_said = True
        elif name == "filler":
            self.filler = True
        elif name == "wanted":
            self.wanted = True
        elif name == "post":
            self.post = True
        else:
            raise ValueError(f"{WORDS.name} has no role {role}")


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`telling`: words of which one stands in every phrase that names a kind; `starts`: how many words the phrases have
    that begin with a word, longest first; `endings`: what ends a compound that names a kind."""

    phrases: dict[Phrase, Meaning]
    wholes: dict[Phrase, Meaning]
    words: frozenset[str]
    telling: frozenset[str]
    starts: dict[str, tuple[int, ...]]
    endings: dict[str, WordKind]
    any_ending: tuple[str, ...]

    def compound(self, token: str) -> Meaning | None:
        """What a word says by its end ("Montageerfahrung"): weakly where its beginning is unknown."""
        if len(token) < MIN_STEM + 4 or not token.endswith(self.any_ending):
            return None
        # The longest ending: "Projekterfahrung" is one of "Erfahrung", "Nebenprojekte" one of "Projekte".
        ending = next(ending for ending in self.any_ending if token.endswith(ending))
        stem = token[: -len(ending)]
        if len(stem) < MIN_STEM:
            return None
        known = any(part in self.words for part in (stem, stem.removesuffix("s"), stem.removesuffix("en")))
        return Meaning(kind=self.endings[ending], weak=not known)


@cache
def vocabulary() -> Vocabulary:
    """The data file, read once."""
    rows = [line.split("\t") for line in WORDS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    cjk = frozenset(
        folded(phrase.strip())
        for _, language, phrases in rows
        if language in _UNSPACED
        for phrase in phrases.split(";")
    )
    meanings: dict[Phrase, Meaning] = {}
    endings: dict[str, WordKind] = {}
    for role, language, phrases in rows:
        for phrase in phrases.split(";"):
            if role.startswith("-"):
                endings[folded(phrase.strip())] = _KINDS[role[1:]]
                continue
            tokens = tuple(tokens_of(phrase.strip(), cjk)) or (BREAK,)
            meanings.setdefault(tokens, Meaning()).add(role, language)
    words = frozenset(token for phrase in meanings for token in phrase) | cjk
    telling = _telling(phrase for phrase, meaning in meanings.items() if _tells(meaning))
    sizes: dict[str, set[int]] = {}
    for known in meanings:
        sizes.setdefault(known[0], set()).add(len(known))
    starts = {token: tuple(sorted(found, reverse=True)) for token, found in sizes.items()}
    wholes = {
        without_joiners(phrase): meaning for phrase, meaning in meanings.items() if meaning.tells or meaning.heads
    }
    longest_first = tuple(sorted(endings, key=len, reverse=True))
    return Vocabulary(meanings, wholes, words, telling, starts, endings, longest_first)


def _tells(meaning: Meaning) -> bool:
    return meaning.tells or meaning.heads is not None or meaning.deed is not None or meaning.wanted


def _telling(phrases: Iterable[Phrase]) -> frozenset[str]:
    """One word of each phrase, as few in all as is easy: a line without any of them holds no phrase."""
    found: set[str] = set()
    for phrase in sorted(phrases, key=len):
        if found.isdisjoint(phrase):
            found.add(max(phrase, key=len))
    return frozenset(found)


def without_joiners(tokens: Sequence[str]) -> Phrase:
    """A phrase as it is looked up whole."""
    return tuple(token for token in tokens if token not in _AND)


def folded(text: str) -> str:
    """`text` as its words are compared: without case, accents, vowel signs, ligatures."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join([char for char in decomposed if not unicodedata.combining(char) and char != "ـ"])


def tokens_of(text: str, words: frozenset[str]) -> Iterator[str]:
    """The words of `text`, BREAK for a sign between two; `words`: those that a run without spaces is cut into."""
    for match in _WORD.finditer(folded(text)):
        token = match.group()
        if match.lastgroup == "cjk":
            yield from _cut(token, words)
        elif match.lastgroup == "break":
            yield BREAK
        elif match.lastgroup == "word" and "\u0590" <= token[0] <= "\u06ff":
            yield from _semitic(token, words)
        else:
            yield token


def _cut(run: str, words: frozenset[str]) -> Iterator[str]:
    """A run of Chinese or Japanese as its longest known words, one character each where it is unknown."""
    place = 0
    while place < len(run):
        size = next((size for size in range(min(12, len(run) - place), 1, -1) if run[place : place + size] in words), 1)
        yield run[place : place + size]
        place += size


def _semitic(token: str, words: frozenset[str]) -> Iterator[str]:
    """An Arabic word without its article and with one spelling for letters that people interchange; "and" apart."""
    token = token.replace("ى", "ي").replace("ة", "ه")
    if token.startswith("وال") and len(token) > 5:
        yield "و"
        token = token[1:]
    if token.startswith("ال") and len(token) > 4:
        token = token[2:]
    if token not in words and token[0] in "וو" and (token[1:] in words or token[2:] in words):
        yield token[0]
        token = token[1:]
    if token not in words and token[0] in "הבל" and token[1:] in words:
        token = token[1:]
    yield token if token in words else _without_my(token, words)


def _without_my(token: str, words: frozenset[str]) -> str:
    """An Arabic word without "my" at its end: "my experiences" is one word there."""
    if not token.endswith("ي") or len(token) < 4:
        return token
    own = token[:-2] + "ه" if token[-2] == "ت" else ""
    return own if own in words else token[:-1] if token[:-1] in words else token
