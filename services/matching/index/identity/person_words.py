"""Words of names, e-mail addresses and telephone numbers in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "’": "'", "ʼ": "'"}
)
# How these are written where a keyboard lacks them; without their dots they are found too.
_WRITTEN_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}
_JAPANESE_MARKS = "\u3099\u309a"
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
# Written without spaces between the names of a person.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")

# Of fewer digits no telephone number is told.
MIN_DIGITS = 4
# Country codes of one and of two digits (ITU-T E.164); all others have three.
_ONE_DIGIT = frozenset("17")
_TWO_DIGITS = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90"
    " 91 92 93 94 95 98".split()
)


def plain_letters(text: str) -> str:
    """`text` in lower case and usual forms of letters, without accents and invisible characters."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        char for char in apart if char in _JAPANESE_MARKS or unicodedata.category(char) not in ("Mn", "Cf", "Cc", "Cs")
    )
    return unicodedata.normalize("NFC", kept.casefold()).translate(_LETTERS)


def written_out(text: str) -> str:
    """`text` in lower case, with ae for ä and the like."""
    lower = unicodedata.normalize("NFC", text.casefold())
    return "".join(_WRITTEN_OUT.get(char, char) for char in lower)


def plain_words(text: str) -> list[str]:
    """The words of a text in plain letters; an apostrophe is left out: obrien."""
    return _WORD.findall(_APOSTROPHE.sub("", plain_letters(text)))


def name_words(text: str) -> Iterator[str]:
    """What the names in a text are found by: their words, also behind an apostrophe and within names without spaces."""
    yield from plain_words(text)
    yield from _WORD.findall(plain_letters(text))
    yield from plain_words(written_out(text))
    for word in plain_words(text):
        yield from (word[at:] for at in range(1, len(word)) if _CJK.match(word[at]))


def digits_of(text: str) -> str:
    """The digits of a text as 0 to 9, whatever their script."""
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def national_digits(text: str) -> str:
    """A telephone number's digits without what may be left out: + or 00 and the country, or 0, 1, 8 for the trunk.

    All digits, where fewer than MIN_DIGITS would be left.
    """
    digits = digits_of(text)
    given = text.lstrip(" (")
    if given.startswith(("+", "00", "＋")):
        international = digits.lstrip("0")
        rest = international[1 if international[:1] in _ONE_DIGIT else 2 if international[:2] in _TWO_DIGITS else 3 :]
    else:
        rest = digits[1:] if len(digits) == 11 and digits[0] in "18" else digits
    rest = rest.lstrip("0")
    return rest if len(rest) >= MIN_DIGITS else digits
