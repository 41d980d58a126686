"""Whether words name an occupation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from services.ingest.structure.sections.heading_vocabulary import folded

WORDS = Path(__file__).with_name("occupations_v1.tsv")

# A suffix alone names nothing: so much stands before it.
MIN_STEM = 3
MAX_PHRASE_WORDS = 4
MAX_CUE_WORDS = 6
MAX_LABEL_WORDS = 6
_PLAIN_ROLES = ("field", "rank", "wish", "cue", "self", "label", "label~", "wanted", "seeks", "never")
_WITHOUT_SPACES = ("zh", "ja", "ko")

# Chinese, Japanese and Korean, whose words stand without spaces; folded, Korean is in letters of its own.
_UNSPACED = "\u1100-\u11ff\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W\d_]+")
_PART_END = re.compile(r"[,;/|&()–—:+]|\s-\s|\s(?:of|in|for|to|at|and|with|from|on|und|et|y|e|en|i)\s", re.IGNORECASE)
_CJK = re.compile(f"[{_UNSPACED}]")


@dataclass(frozen=True, slots=True)
class _Words:
    heads: frozenset[str]
    last: frozenset[str]
    family_names: frozenset[str]
    suffixes: tuple[str, ...]
    cjk: tuple[str, ...]
    endings: tuple[str, ...]
    fields: frozenset[str]
    ranks: frozenset[str]
    wishes: frozenset[str]
    cues: frozenset[str]
    selves: frozenset[str]
    labels: frozenset[str]
    bare_labels: frozenset[str]
    wanted: frozenset[str]
    seeks: frozenset[str]
    never: frozenset[str]


@cache
def _words() -> _Words:
    found: dict[str, list[str]] = {}
    cjk: list[str] = []
    for line in WORDS.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        role, language, words = line.split("\t")
        phrases = [joined(word) for word in words.split(";") if word.strip()]
        if language in _WITHOUT_SPACES and role in ("head", "suffix"):
            cjk.extend(phrases)
        else:
            found.setdefault(role, []).extend(phrases)
    return _Words(
        frozenset(found["head"]),
        frozenset(found["head$"]),
        frozenset(found["head~"]),
        tuple(found["suffix"]),
        tuple(cjk),
        tuple(found["ending"]),
        *(frozenset(found[role]) for role in _PLAIN_ROLES),
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


def is_rank(text: str) -> bool:
    """Whether every word only says of what rank an occupation is: "Senior", "Dipl"."""
    words, tokens = _words(), tokens_of(text)
    return bool(tokens) and all(token in words.ranks for token in tokens)


def says_wish(text: str) -> bool:
    """Whether the words begin as what somebody seeks or sends does ("Seeking", "Curriculum vitae")."""
    words, tokens = _words(), tokens_of(text)
    return any(" ".join(tokens[:size]) in words.wishes for size in range(1, MAX_PHRASE_WORDS))


def before_wish(text: str) -> str:
    """What stands before a wish that follows an occupation: "Florist" of "Florist seeking a new start"."""
    words = _words()
    spans = [(match.group(), match.start()) for match in _TOKEN.finditer(_folded_in_place(text))]
    for place, (token, start) in enumerate(spans):
        if place and token in words.seeks and names_occupation(text[:start], True):
            return text[:start]
    return text


def ends_as_occupation(text: str, clearly: bool = False) -> bool:
    """Whether the last word ends as words for occupations do: so do other words, and places (fewer: `clearly`)."""
    tokens, endings = tokens_of(text)[-1:], _words().endings
    least = MIN_STEM if clearly else 1
    return any(
        len(ending) >= least and token.endswith(ending) and len(token) - len(ending) >= MIN_STEM
        for token in tokens
        for ending in endings
    )


def tells_no_title(text: str) -> bool:
    """Whether any word tells of something else that stands in a resume's head: a licence, a family, a street."""
    never, tokens = _words().never, tokens_of(text)
    return any(token in never for token in tokens) or any(phrase in never for phrase in _phrases(tokens))


def label_of(text: str) -> str | None:
    """`label` before a title ("Position"), `wanted` before one that is sought, None for any other words."""
    words, phrase = _words(), joined(text)
    return "label" if phrase in words.labels else "wanted" if phrase in words.wanted else None


def behind_label(text: str, kind: Literal["label", "wanted"] = "label") -> str | None:
    """What follows a label before a title: behind a colon, or without one behind "Tipo di impiego" and the like."""
    label, colon, rest = text.partition(":")
    if colon and label_of(label) == kind:
        return rest.strip() or None
    words = text.split()
    for size in range(min(MAX_LABEL_WORDS, len(words) - 1), 0, -1):
        phrase = " ".join(words[:size])
        if label_of(phrase) == kind if size > 1 else kind == "label" and joined(phrase) in _words().bare_labels:
            return " ".join(words[size:])
    return None


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
