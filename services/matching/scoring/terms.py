"""Words of a text as comparable terms, and how telling each is."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import Stemmer

from services.matching.scoring.by_document import products

STATISTICS = Path(__file__).with_name("statistics_v1.tsv")

SATURATION = 2.0
LENGTH_SHARE = 0.75

Weights = npt.NDArray[np.float32]

# Chinese, Japanese and Korean, which have no spaces between words, and mix with other letters as in Java开发.
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Alternatives in the order of their precedence: plain words, which are most and are told at once; runs of those signs;
# names with a sign in them; all other words. What kind a token is shows in its characters. Nothing is given back
# (++, *+), since what is left could not match either.
_TOKEN = re.compile(
    r"[a-z]++(?![\w.+#'’])"
    rf"|[{_CJK}]++"
    r"|\.net\b|[a-z]\+\+|[a-z]#|[a-z][a-z0-9]*+\.(?:js|net|io)\b"
    rf"|[^\W_{_CJK}]++(?:['’][^\W\d_{_CJK}]++)?",
)
# What no stored text holds: how a text is folded depends on nothing beyond it.
SEPARATOR = "\x00"
_CJK_SIGN = re.compile(f"[{_CJK}]")
_NAME_WITH_SIGN = re.compile(r"[.+#]")
# Nobody sees these inside a word: soft hyphens, joiners, zero-width spaces, marks of direction, variation selectors.
_UNSEEN = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
# Full-width letters and digits, half-width katakana, and the ligatures of Latin fonts.
_OTHER_FORMS = "\uff01-\uff9f\ufb00-\ufb06"
# Turkish: of "\u0130", lower-casing makes an i with a dot that stands by itself.
_TURKISH_I = ("i\u0307", "\u0131")
# One set of characters, so that a text is searched fast.
_FOLDED = re.compile(f"[{_UNSEEN}{_OTHER_FORMS}]+")
_INVISIBLE = re.compile(f"[{_UNSEEN}]+")
_IS_FOLDED = re.compile(f"[\u0130\u0131\u0307{_UNSEEN}{_OTHER_FORMS}]")
# Words and tokens whose terms are remembered, and the longest of them: longer ones are not words of a language.
_MOST_REMEMBERED = 65_536
_LONGEST_REMEMBERED = 64
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
    return list(chain.from_iterable(map(_terms_of_word, folded(text).split())))


def term_lists(texts: Iterable[str]) -> list[list[str]]:
    """What `term_list` gives of each of several texts, of which none holds SEPARATOR."""
    return [
        list(chain.from_iterable(map(_terms_of_word, text.split())))
        for text in folded(SEPARATOR.join(texts)).split(SEPARATOR)
    ]


def word_list(text: str) -> list[str]:
    """Every word of `text` in order, function words too: terms, or lower-cased where `term_list` leaves them out.

    By these, phrases are compared. A word has no space in it.
    """
    tokens = _TOKEN.findall(folded(text))
    return [word for token in tokens for word in _terms_of_token(token) or (token,)]


def folded(text: str) -> str:
    """`text` in lower case, as words are compared: full-width letters and ligatures as the usual ones, invisible
    characters out, and one i for all of Turkish."""
    lower = text.lower()
    if lower.isascii():
        return lower
    for written in _TURKISH_I:
        lower = lower.replace(written, "i")
    return _FOLDED.sub(_usual, lower)


def is_folded_as_it_is(sign: str) -> bool:
    """Whether `folded` changes nothing but the case of a character, whatever stands beside it."""
    return sign.isascii() or _IS_FOLDED.match(sign) is None


def is_unspaced(sign: str) -> bool:
    """Whether a character is of a script whose runs give bigrams: Chinese, Japanese or Korean."""
    return _CJK_SIGN.match(sign) is not None


def _usual(match: re.Match[str]) -> str:
    stretches = _INVISIBLE.split(match.group())
    return "".join(unicodedata.normalize("NFKC", stretch).lower() for stretch in stretches)


def terms_of(text: str) -> list[str]:
    """The distinct terms of `text`, in the order of their first standing."""
    return list(dict.fromkeys(term_list(text)))


def idf(term: str) -> float:
    """How telling a term is: ln(1 + (N - df + 0.5) / (df + 0.5)) by the project's own statistics file.

    A term that the file does not list counts as rare as the rarest listed.
    """
    statistics = _statistics()
    return statistics.weights.get(term, statistics.unknown)


def listed_weights() -> Mapping[str, float]:
    """`idf` of every term that the statistics list."""
    return _statistics().weights


def unknown_idf() -> float:
    """`idf` of all other terms."""
    return _statistics().unknown


def mean_length() -> float:
    """How many terms a text has on average, by the same statistics."""
    return _statistics().mean_length


def word_cover(weights: Weights, counts: Weights, length: int) -> float:
    """How much of a weight of terms a text holds, 0-1: BM25 over its own greatest value.

    `weights` and `counts` are (t): the terms' weights and how often each stands in a text of `length` terms.
    """
    return float(word_covers(weights, counts[None], np.array([length]))[0])


def word_covers(weights: Weights, counts: Weights, lengths: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """float64 (n): as `word_cover`, of n texts: `counts` (n, t), `lengths` (n)."""
    total = float(weights.sum())
    if total == 0.0:
        return np.zeros(len(lengths))
    saturation = SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * lengths / _statistics().mean_length)
    return products(counts / (counts + saturation[:, None]), weights) / total


def _terms(token: str) -> tuple[str, ...]:
    """None of a function word, several of a run of signs, else one."""
    if _CJK_SIGN.match(token):
        return (token,) if len(token) == 1 else tuple(token[i : i + 2] for i in range(len(token) - 1))
    if _NAME_WITH_SIGN.search(token):
        return (token,)
    return () if token in _STOP else (str(_stemmer().stemWord(token.replace("’", "'"))),)


class _Remembered(dict[str, tuple[str, ...]]):
    """The terms of words or tokens. A plain dictionary: it is asked once for every word of every text."""

    def __init__(self, terms: Callable[[str], tuple[str, ...]]) -> None:
        self._terms = terms

    def __missing__(self, word: str) -> tuple[str, ...]:
        terms = self._terms(word)
        if len(word) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[word] = terms
        return terms


def _terms_in(word: str) -> tuple[str, ...]:
    """The terms of what stands between spaces, folded: no token reaches, or depends on anything, beyond a space."""
    return tuple(chain.from_iterable(map(_terms_of_token, _TOKEN.findall(word))))


_terms_of_token = _Remembered(_terms).__getitem__
_terms_of_word = _Remembered(_terms_in).__getitem__


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
