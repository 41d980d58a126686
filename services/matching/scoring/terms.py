"""Words of a text as comparable terms, and how telling each is."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import Stemmer

STATISTICS = Path(__file__).with_name("statistics_v1.tsv")

SATURATION = 2.0
LENGTH_SHARE = 0.75

Weights = npt.NDArray[np.float32]

# Chinese, Japanese and Korean, which have no spaces between words, and mix with other letters as in Java开发.
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_TOKEN = re.compile(
    rf"(?P<cjk>[{_CJK}]+)"
    r"|(?P<tech>\.net\b|[a-z]\+\+|[a-z]#|[a-z][a-z0-9]*\.(?:js|net|io)\b)"
    rf"|(?P<word>[^\W_{_CJK}]+(?:['’][^\W\d_{_CJK}]+)?)",
)
# Nobody sees these inside a word: soft hyphens, joiners, zero-width spaces, marks of direction, variation selectors.
_UNSEEN = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
# Full-width letters and digits, half-width katakana, and the ligatures of Latin fonts.
_OTHER_FORMS = "\uff01-\uff9f\ufb00-\ufb06"
# Turkish: of "\u0130", lower-casing makes an i with a dot that stands by itself.
_TURKISH_I = "\u0131\u0307"
_FOLDED = re.compile(f"[{_UNSEEN}]|i\u0307|\u0131|[{_OTHER_FORMS}]+")
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_IS_FOLDED = re.compile(f"[\u0130{_TURKISH_I}{_UNSEEN}{_OTHER_FORMS}]")
_STOP_WORDS = """
    a about above after again all also am an and any are as at be because been before being below between both
    but by can could did do does doing down during each etc few for from further had has have having he her here
    hers him his how i if in into is it its just me more most my no nor not now of off on once only or other our
    ours out over own per same she should so some such than that the their theirs them then there these they
    this those through to too under until up us very via was we were what when where which while who whom why
    will with within without would you your yours
"""
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class _Statistics:
    weights: dict[str, float]
    unknown: float
    mean_length: float


def term_list(text: str) -> list[str]:
    """Every term of `text` in order, repeated as often as it stands there.

    Latin and other alphabetic words are lower-cased, stemmed (English) and kept unless they are function
    words; names such as c++, c#, .net and node.js stay whole; Chinese, Japanese and Korean runs give
    their bigrams (one character alone stays). Accents count; see `folded` for what does not.
    """
    return [term for _, term in _words(text) if term is not None]


def word_list(text: str) -> list[str]:
    """Every word of `text` in order, function words too: terms, or lower-cased where `term_list` leaves them out.

    By these, phrases are compared. A word has no space in it.
    """
    return [word if term is None else term for word, term in _words(text)]


def _words(text: str) -> Iterator[tuple[str, str | None]]:
    """Words as written, in lower case, each with its term; None: a function word."""
    for match in _TOKEN.finditer(folded(text)):
        token = match.group()
        if match.lastgroup == "cjk":
            yield from ((bigram, bigram) for bigram in _bigrams(token))
        elif match.lastgroup == "tech":
            yield token, token
        else:
            yield token, None if token in _STOP else _stem(token)


def folded(text: str) -> str:
    """`text` in lower case, as words are compared: full-width letters and ligatures as the usual ones, invisible
    characters out, and one i for all of Turkish."""
    lower = text.lower()
    if text.isascii() or not _IS_FOLDED.search(text):
        return lower
    return _FOLDED.sub(_usual, lower)


def _usual(match: re.Match[str]) -> str:
    found = match.group()
    if found[0] in "i\u0131":
        return "i"
    return "" if _INVISIBLE.match(found) else unicodedata.normalize("NFKC", found).lower()


def terms_of(text: str) -> list[str]:
    """The distinct terms of `text`, in the order of their first standing."""
    return list(dict.fromkeys(term_list(text)))


def idf(term: str) -> float:
    """How telling a term is: ln(1 + (N - df + 0.5) / (df + 0.5)) by the project's own statistics file.

    A term that the file does not list counts as rare as the rarest listed.
    """
    statistics = _statistics()
    return statistics.weights.get(term, statistics.unknown)


def word_cover(weights: Weights, counts: Weights, length: int) -> float:
    """How much of a weight of terms a text holds, 0-1: BM25 over its own greatest value.

    `weights` and `counts` are (t): the terms' weights and how often each stands in a text of `length` terms.
    """
    total = float(weights.sum())
    if total == 0.0:
        return 0.0
    saturation = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * length / _statistics().mean_length)
    return float(weights @ (counts * (SATURATION + 1.0) / (counts + saturation))) / (total * (SATURATION + 1.0))


def _bigrams(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word.replace("’", "'")))


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english", 0)


@cache
def _statistics() -> _Statistics:
    counts: dict[str, int] = {}
    for line in STATISTICS.read_text(encoding="utf-8").splitlines():
        term, figure = line.split("\t")
        counts[term] = int(figure)
    documents = counts.pop("#documents")
    mean_length = counts.pop("#mean_length")
    weights = {term: _idf(df, documents) for term, df in counts.items()}
    return _Statistics(weights, max(weights.values()), float(mean_length))


def _idf(df: int, documents: int) -> float:
    return math.log(1.0 + (documents - df + 0.5) / (df + 0.5))
