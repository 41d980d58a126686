"""What a heading's words say: which kind of section, and how surely."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
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
_HEAD_LAST = frozenset({"en", "de", "nl", "zh"})
# Vague: another kind beside them says more ("Skills summary", "Education details").
_VAGUE = frozenset({"summary", "other"})
_UNCERTAIN = frozenset({"other", "military", "volunteering"})

_WORD = re.compile(
    r"(?P<cjk>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)|(?P<word>[^\W\d_]+)|(?P<number>\d+)"
    r"|(?P<break>[^\w\s'’`\"״׳.-]|\s[-.]\s)"
)
_BREAK = "&"
_AND = frozenset({_BREAK, "and", "und", "et", "y", "и"})
# No heading ends so ("Résumé of").
_GOES_ON = frozenset({"of", "and", "for", "the", "und", "et", "de", "y", "e", "i", "in", "to", "with"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a title's words say. `sure`: they are a heading's and nothing else; `weak`: so common that another sign is
    needed; neither: a word of a heading beside others. `label`: also a label within an entry; `listed`: also an item
    of a list ("Communication skills")."""

    kind: WordKind
    sure: bool = False
    weak: bool = False
    label: bool = False
    listed: bool = False


@dataclass(slots=True)
class _Meaning:
    kind: WordKind | None = None
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

    @property
    def tells(self) -> bool:
        return self.kind is not None or self.asked

    def add(self, role: str, language: str) -> None:
        """What one line of the data file says of it."""
        name = role.rstrip("?~!")
        if name == "asked":
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
        else:
            raise ValueError(f"{WORDS.name} has no role {role}")


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    phrases: dict[Phrase, _Meaning]
    wholes: dict[Phrase, _Meaning]
    words: frozenset[str]
    telling: frozenset[str]
    longest: int


@cache
def _vocabulary() -> _Vocabulary:
    rows = [line.split("\t") for line in WORDS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    cjk = frozenset(
        phrase.strip() for _, language, phrases in rows if language == "zh" for phrase in phrases.split(";")
    )
    meanings: dict[Phrase, _Meaning] = {}
    for role, language, phrases in rows:
        for phrase in phrases.split(";"):
            tokens = tuple(_tokens(phrase.strip(), cjk)) or (_BREAK,)
            meanings.setdefault(tokens, _Meaning()).add(role, language)
    words = frozenset(token for phrase in meanings for token in phrase) | cjk
    telling = frozenset(token for phrase, meaning in meanings.items() if meaning.tells for token in phrase)
    wholes = {_without_joiners(phrase): meaning for phrase, meaning in meanings.items() if meaning.tells}
    return _Vocabulary(meanings, wholes, words, telling - _GOES_ON, max(map(len, meanings)))


def _without_joiners(tokens: Sequence[str]) -> Phrase:
    return tuple(token for token in tokens if token not in _AND)


def load() -> None:
    """Reads the data file, about 0.1 s, so that no document waits for it."""
    _vocabulary()


def folded(text: str) -> str:
    """`text` as its words are compared: without case, accents, vowel signs, ligatures."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join([char for char in decomposed if not unicodedata.combining(char) and char != "ـ"])


def _tokens(text: str, words: frozenset[str]) -> Iterator[str]:
    for match in _WORD.finditer(folded(text)):
        token = match.group()
        if match.lastgroup == "cjk":
            yield from _cut(token, words)
        elif match.lastgroup == "break":
            yield _BREAK
        elif match.lastgroup == "word" and "\u0590" <= token[0] <= "\u06ff":
            yield from _semitic(token, words)
        else:
            yield token


def _cut(run: str, words: frozenset[str]) -> Iterator[str]:
    """A run of Chinese as its longest known words, one character each where it is unknown."""
    place = 0
    while place < len(run):
        size = next((size for size in range(min(8, len(run) - place), 1, -1) if run[place : place + size] in words), 1)
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
    yield token


def read_title(title: str, asked: bool) -> Reading | None:
    """What the words of a short title say, None where no word is a heading's. `asked`: it stands in a posting."""
    vocabulary = _vocabulary()
    tokens = list(_tokens(title, vocabulary.words))
    if vocabulary.telling.isdisjoint(tokens):
        return None
    while tokens and tokens[-1] == _BREAK:
        tokens.pop()
    whole = vocabulary.wholes.get(_without_joiners(tokens))
    if whole is not None and asked and whole.asked:
        return Reading("asked", sure=True)
    if whole is not None and whole.kind is not None:
        weak = whole.weak or (whole.whole and len(tokens) == 1)
        return Reading(whole.kind, sure=not weak, weak=weak, label=whole.label)
    if not tokens or tokens[-1] in _GOES_ON:
        return None
    return _composed(list(_meanings(tokens, vocabulary)), asked)


def holds_small_word(title: str) -> bool:
    """Whether a word stands in it that joins or qualifies others, which a bare name of a person has none of."""
    vocabulary = _vocabulary()
    known = (vocabulary.phrases.get((token,)) for token in _tokens(title, vocabulary.words) if token != _BREAK)
    return any(meaning is not None and (meaning.joiner or meaning.of or meaning.modifier) for meaning in known)


def _meanings(tokens: list[str], vocabulary: _Vocabulary) -> Iterator[_Meaning | None]:
    """The longest known phrases one after another; None for an unknown word."""
    place = 0
    while place < len(tokens):
        for size in range(min(vocabulary.longest, len(tokens) - place), 0, -1):
            meaning = vocabulary.phrases.get(tuple(tokens[place : place + size]))
            if meaning is not None and not (meaning.whole and not meaning.modifier):
                yield meaning
                place += size
                break
        else:
            yield _Meaning(joiner=True) if tokens[place] == _BREAK else None
            place += 1


def _composed(meanings: list[_Meaning | None], asked: bool) -> Reading | None:
    parts = _parts(meanings)
    kinds = [kind for part in parts if (kind := _kind_of(part, asked)) is not None]
    if not kinds:
        return None
    certain = [kind for kind in kinds if kind not in _UNCERTAIN]
    said: WordKind = "asked" if "asked" in kinds else (certain or kinds)[0]
    known = all(meaning is not None and (asked or _is_said(meaning)) for meaning in meanings)
    sure = known and all(_is_ordered(part, part is parts[-1], asked) for part in parts)
    cores = [meaning for part in parts for meaning in part if meaning is not None and (meaning.kind or meaning.asked)]
    strong = any(_is_strong(part, asked) for part in parts)
    return Reading(
        said,
        sure=sure and strong,
        weak=sure and not strong,
        label=all(core.label for core in cores),
        listed=any(meaning is not None and meaning.listed for meaning in meanings),
    )


def _is_strong(part: list[_Meaning | None], asked: bool) -> bool:
    """Whether what names the kind in it seldom stands for anything else."""
    cores = [meaning for meaning in part if meaning is not None and (meaning.kind or (asked and meaning.asked))]
    # "School of languages" is what its first word says.
    ends = cores[:1] if any(meaning is not None and meaning.of for meaning in part) else [*cores[:1], *cores[-1:]]
    return any((asked and core.asked) or not core.weak for core in ends)


def _is_said(meaning: _Meaning) -> bool:
    return bool(meaning.kind or meaning.modifier or meaning.trailer or meaning.closing or meaning.joiner or meaning.of)


def _parts(meanings: list[_Meaning | None]) -> list[list[_Meaning | None]]:
    """What stands between joiners."""
    parts: list[list[_Meaning | None]] = [[]]
    for meaning in meanings:
        if meaning is not None and meaning.joiner and not meaning.kind:
            parts.append([])
        else:
            parts[-1].append(meaning)
    return [part for part in parts if part]


def _kind_of(part: list[_Meaning | None], asked: bool) -> WordKind | None:
    found: WordKind | None = None
    for meaning in part:
        if meaning is None:
            continue
        kind: WordKind | None = "asked" if asked and meaning.asked and not meaning.kind else meaning.kind
        # The last word says what it is in English, the first in French; a vague one never against another.
        if kind and (found is None or found in _VAGUE or (meaning.head_last and kind not in _VAGUE)):
            found = kind
    return found


def _is_ordered(part: list[_Meaning | None], last: bool, asked: bool) -> bool:
    """Whether modifiers stand where their language puts them, so that "Project management" is no heading."""
    core = None
    for place, meaning in enumerate(part):
        if meaning is not None and (meaning.kind or (asked and meaning.asked)):
            core = place
    if core is None:
        return not last or all(meaning is not None and (meaning.follows or meaning.closing) for meaning in part)
    behind = part[core + 1 :]
    return all(meaning is not None and (meaning.follows or meaning.trailer or meaning.closing) for meaning in behind)
