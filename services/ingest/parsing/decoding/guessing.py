"""The encoding of a text that says nothing of it, told by which letters its bytes would be.

charset-normalizer tells the encodings of East Asia, which have many bytes a letter. Of a few words it takes Hebrew for
Russian and Spanish for Polish, so code pages are told by the letters that languages use, and how often.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import charset_normalizer

LETTERS: Final = Path(__file__).with_name("letters_v1.tsv")
# How a code page is called, and how much rarer it is than the first, as a logarithm.
_CODE_PAGES: Final[dict[str, tuple[str, float]]] = {
    "cp1252": ("Windows-1252", 0.0),
    "cp1250": ("Windows-1250", -1.0),
    "cp1251": ("Windows-1251", -1.0),
    "cp1253": ("Windows-1253", -1.0),
    "cp1254": ("Windows-1254", -1.5),
    "cp1255": ("Windows-1255", -1.0),
    "cp1256": ("Windows-1256", -1.0),
    "cp1257": ("Windows-1257", -2.0),
    "cp1258": ("Windows-1258", -2.0),
    "cp874": ("Windows-874", -2.0),
    "iso8859-2": ("ISO-8859-2", -2.0),
    "iso8859-5": ("ISO-8859-5", -4.0),
    "iso8859-6": ("ISO-8859-6", -3.0),
    "iso8859-7": ("ISO-8859-7", -2.0),
    "iso8859-9": ("ISO-8859-9", -2.0),
    "iso8859-13": ("ISO-8859-13", -4.0),
    "iso8859-15": ("ISO-8859-15", -1.5),
    "koi8_r": ("KOI8-R", -1.5),
    "koi8_u": ("KOI8-U", -2.0),
    "mac_roman": ("Mac Roman", -2.0),
    "cp850": ("code page 850", -3.0),
    "cp852": ("code page 852", -3.0),
    "cp866": ("code page 866", -2.0),
}
# What the library answers, the larger encoding that holds it, and how that is called.
_EAST_ASIAN: Final[dict[str, tuple[str, str]]] = {
    "gb18030": ("gb18030", "GB18030"),
    "big5": ("big5hkscs", "Big5"),
    "shift_jis": ("cp932", "Shift JIS"),
    "euc_jp": ("euc_jp", "EUC-JP"),
    "euc_kr": ("cp949", "EUC-KR"),
}
# Asked of the library beside the others, or it would find East Asian letters in everything.
_LIBRARY_CODE_PAGES: Final = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 koi8_r koi8_u iso8859_2 iso8859_5 iso8859_6 "
    "iso8859_7 iso8859_9 mac_roman"
).split()
_EAST_ASIAN_LETTER: Final = "[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_ANY_LETTER: Final = re.compile(_EAST_ASIAN_LETTER)
_AT_LATIN_LETTER: Final = re.compile(rf"(?<=[A-Za-z]){_EAST_ASIAN_LETTER}|{_EAST_ASIAN_LETTER}(?=[A-Za-z])")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")
_SAMPLE_BYTES: Final = 32_768
# Control characters, which speak against any encoding.
_NO_LETTERS: Final = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x1b")
# Shares of the characters beyond ASCII: all marks together, a capital for each small letter, one of no use at all.
_MARKS_SHARE, _CAPITAL_SHARE, _STRANGE_SHARE = 0.05, 0.05, 1e-5
_MARKS: Final = "–—’‘“”„«»•…€£©®™°§·\u00a0×½´‚¿¡ºª²³№"
# What no writer does within a word, as a logarithm of how seldom.
_WITHIN_WORD: Final = -4.0
_LAST_LATIN: Final = "\u024f"
_JOINING: Final = "’·–—"


@dataclass(frozen=True, slots=True)
class _Language:
    """Logarithms of the share that each character has among those beyond ASCII."""

    code_pages: tuple[str, ...]
    shares: dict[str, float]


def encoding_of(data: bytes) -> tuple[str, str]:
    """The encoding of a text that is not UTF-8, as Python names it and as people do. Blocks for some milliseconds."""
    sample = data[:_SAMPLE_BYTES].translate(None, _NO_LETTERS)
    if (east_asian := _east_asian(sample)) is not None:
        return east_asian
    best = max(_CODE_PAGES, key=lambda code_page: _likeliness(sample, code_page))
    return best, _CODE_PAGES[best][0]


def is_single_byte(encoding: str) -> bool:
    """Whether any bytes, or nearly so, are a text in `encoding`."""
    return encoding.startswith(("cp125", "windows-125", "iso", "latin", "koi8", "mac")) and "2022" not in encoding


def load() -> None:
    """Reads what guessing needs, so that no document waits for it."""
    _languages()
    charset_normalizer.from_bytes("编码".encode("gb18030"), cp_isolation=list(_EAST_ASIAN))


def _east_asian(sample: bytes) -> tuple[str, str] | None:
    # A letter that the sample's end cuts would speak against its encoding.
    whole = sample[: sample.rfind(b"\n") + 1] or sample if len(sample) > _SAMPLE_BYTES // 2 else sample
    answer = charset_normalizer.from_bytes(whole, cp_isolation=[*_EAST_ASIAN, *_LIBRARY_CODE_PAGES]).best()
    if answer is None or answer.encoding not in _EAST_ASIAN:
        return None
    encoding, name = _EAST_ASIAN[answer.encoding]
    return (encoding, name) if _runs_on(whole.decode(encoding, "replace")) else None


def _runs_on(text: str) -> bool:
    """Whether East Asian letters stand in rows, not one by one within Latin words, and in their usual width."""
    letters = len(_ANY_LETTER.findall(text))
    return len(_AT_LATIN_LETTER.findall(text)) * 2 < letters and len(_HALF_WIDTH.findall(text)) < letters


def _likeliness(sample: bytes, code_page: str) -> float:
    """How likely the bytes are in a code page: the logarithm for the language that fits best."""
    text = sample.decode(code_page, "replace")
    counts = Counter(char for char in text if char > "\x7f")
    strange = math.log(_STRANGE_SHARE)
    fits = (
        sum(count * language.shares.get(char, strange) for char, count in counts.items())
        for language in _languages()
        if code_page in language.code_pages
    )
    return max(fits) + _CODE_PAGES[code_page][1] + _WITHIN_WORD * _odd_within_words(text)


def _odd_within_words(text: str) -> int:
    """Capitals after small letters, Latin beside other letters, marks between letters: in no language's words."""
    odd = 0
    for before, char, after in zip(text, text[1:], text[2:] + " ", strict=False):
        if char <= "\x7f" and before <= "\x7f":
            continue
        if before.isalpha() and char.isalpha():
            odd += (before.islower() and char.isupper()) or (before <= _LAST_LATIN) != (char <= _LAST_LATIN)
        elif char not in _JOINING and not unicodedata.category(char).startswith("M"):
            odd += before.isalpha() and after.isalpha() and char > "\x7f"
    return odd


@cache
def _languages() -> tuple[_Language, ...]:
    rows = (line.split("\t") for line in LETTERS.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return tuple(_Language(tuple(pages.split()), _shares(letters.split())) for _, pages, letters in rows)


def _shares(letters: Iterable[str]) -> dict[str, float]:
    weights = dict.fromkeys(_MARKS, 0.0)
    for each in letters:
        letter, _, weight = each.partition(":")
        weights[letter] = float(weight)
        if len(capital := letter.upper()) == 1 and capital != letter:
            weights[capital] = weights.get(capital, 0.0) + _CAPITAL_SHARE * float(weight)
    total = sum(weights.values())
    mark = _MARKS_SHARE / len(_MARKS)
    return {char: math.log(weight / total * (1 - _MARKS_SHARE) if weight else mark) for char, weight in weights.items()}
