"""Whether words name an occupation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.ingest.structure.sections.heading_vocabulary import folded

WORDS = Path(__file__).with_name("occupations_v1.tsv")

# A suffix alone names nothing: so much stands before it.
MIN_STEM = 3
MAX_PHRASE_WORDS = 4
MAX_CUE_WORDS = 6

_TOKEN = re.compile(r"[\u3400-\u9fff]+|[^\W\d_]+")
_PART_END = re.compile(r"[,;/|&()–—:+]|\s-\s|\s(?:of|in|for|to|at|and|with|from|on|und|et|y|e|en|i)\s", re.IGNORECASE)
_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Words:
    heads: frozenset[str]
    last: frozenset[str]
    family_names: frozenset[str]
    suffixes: tuple[str, ...]
    cjk: tuple[str, ...]
    fields: frozenset[str]
    ranks: frozenset[str]
    wishes: frozenset[str]
    cues: frozenset[str]
    selves: frozenset[str]
    labels: frozenset[str]
    wanted: frozenset[str]


@cache
def _words() -> _Words:
    found: dict[str, list[str]] = {}
    cjk: list[str] = []
    for line in WORDS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        role, language, words = line.split("\t")
        phrases = [joined(word) for word in words.split(";") if word.strip()]
        if language == "zh" and role in ("head", "suffix"):
            cjk.extend(phrases)
        else:
            found.setdefault(role, []).extend(phrases)
    return _Words(
        frozenset(found["head"]),
        frozenset(found["head$"]),
        frozenset(found["head~"]),
        tuple(found["suffix"]),
        tuple(cjk),
        *(frozenset(found[role]) for role in ("field", "rank", "wish", "cue", "self", "label", "wanted")),
    )


def load() -> None:
    """Reads the data file, so that no document waits for it."""
    _words()


def tokens_of(text: str) -> list[str]:
    """The words of `text` without case and accents."""
    return _TOKEN.findall(folded(text))


def joined(text: str) -> str:
    """The words of `text`, as the data file has them, between single spaces."""
    return " ".join(tokens_of(text))


def names_occupation(text: str, names_known: bool = False, plural: bool = False) -> bool:
    """Whether a position is named, or several where `plural`.

    A family name such as Baker counts where `names_known`, or beside another such word, or alone.
    """
    words, tokens = _words(), tokens_of(text)
    if plural:
        tokens = [_singular(token) for token in tokens]
    certain = [token for token in tokens if _is_head(token, words)] + _last_words(text, words)
    if any(token not in words.family_names for token in certain):
        return True
    if certain:
        return names_known or len(tokens) == 1 or len(certain) + len(_known(tokens, words)) > 1
    return any(phrase in words.heads for phrase in _phrases(tokens))


def _last_words(text: str, words: _Words) -> list[str]:
    """Words that name an occupation where nothing follows that they belong to: "team lead", not "lead generation"."""
    ends = (tokens_of(part)[-1:] for part in _PART_END.split(text))
    return [token for part in ends for token in part if token in words.last]


def _singular(token: str) -> str:
    # A lone "s", as after an apostrophe, stays one.
    return token.removesuffix("s") or token


def _is_head(token: str, words: _Words) -> bool:
    if _CJK.match(token):
        return token.endswith(words.cjk)
    if token in words.heads:
        return True
    if "\u0590" <= token[0] <= "\u06ff":
        return (token[0] in "وה" and token[1:] in words.heads) or (token[:2] == "ال" and token[2:] in words.heads)
    return token.endswith(words.suffixes) and any(
        token.endswith(suffix) and len(token) - len(suffix) >= MIN_STEM for suffix in words.suffixes
    )


def _known(tokens: list[str], words: _Words) -> list[str]:
    return [token for token in tokens if (token in words.ranks or token in words.fields) and token not in words.heads]


def _phrases(tokens: list[str]) -> list[str]:
    return [
        " ".join(tokens[start : start + size])
        for size in range(2, MAX_PHRASE_WORDS + 1)
        for start in range(len(tokens) - size + 1)
    ]


def begins_with_head(text: str) -> bool:
    """Whether the first word names an occupation."""
    tokens = tokens_of(text)
    return bool(tokens) and (_is_head(tokens[0], _words()) or tokens[0] in _words().last)


def is_shaped(text: str, plural: bool = False) -> bool:
    """Whether the occupation stands where one does in a title: at either end, or before "of" and the like. Elsewhere
    it is a word of a sentence ("Initiate monthly therapist contacts")."""
    words = _words()
    for part in _PART_END.split(text):
        tokens = [_singular(token) if plural else token for token in tokens_of(part)]
        ends = [*tokens[:2], *tokens[-1:]]
        if any(_is_head(token, words) for token in ends) or (tokens and tokens[-1] in words.last):
            return True
        if any(phrase in words.heads for phrase in _phrases(tokens[:MAX_PHRASE_WORDS])):
            return True
    return False


def names_field(text: str) -> bool:
    """Whether a field of work is named, as "Sales" and "Logistics" are."""
    words, tokens = _words(), tokens_of(text)
    return any(token in words.fields for token in tokens) or any(phrase in words.fields for phrase in _phrases(tokens))


def is_qualifier(text: str) -> bool:
    """Whether every word only says of what kind or rank an occupation is: "Research software" before "engineer"."""
    words, tokens = _words(), tokens_of(text)
    return bool(tokens) and all(token in words.fields or token in words.ranks for token in tokens)


def says_wish(text: str) -> bool:
    """Whether the words begin as what somebody seeks or sends does ("Seeking", "Curriculum vitae")."""
    words, tokens = _words(), tokens_of(text)
    return any(" ".join(tokens[:size]) in words.wishes for size in range(1, MAX_PHRASE_WORDS))


def label_of(text: str) -> str | None:
    """`label` before a title ("Position"), `wanted` before one that is sought, None for any other words."""
    words, phrase = _words(), joined(text)
    return "label" if phrase in words.labels else "wanted" if phrase in words.wanted else None


def after_cue(text: str, of_self: bool) -> str | None:
    """What follows "I am" (`of_self`) or "We are looking for" in a sentence; None where nothing like that stands."""
    cues = _words().selves if of_self else _words().cues
    spans = [(match.group(), match.end()) for match in _TOKEN.finditer(_folded_in_place(text))]
    for start in range(len(spans)):
        for size in range(MAX_CUE_WORDS, 0, -1):
            part = spans[start : start + size]
            if len(part) == size and " ".join(token for token, _ in part) in cues:
                return text[part[-1][1] :]
    return None


def _folded_in_place(text: str) -> str:
    """`text` folded character by character, so that places in it stay."""
    return "".join([(folded(char) or char)[0] for char in text])
