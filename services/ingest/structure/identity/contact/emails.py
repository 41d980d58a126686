"""E-mail addresses, also those written with spaces, with "(at)" or across a line's end."""

from __future__ import annotations

import re

# A text of nothing but signs that could stand in an address must not take seconds.
MOST_MARKS = 1_000
_LONGEST_LOCAL = 80
_LONGEST_DOMAIN = 120

_PLAIN_MARK = re.compile(r"[@＠﹫]")
_ANY_MARK = re.compile(
    r"[@＠﹫]|[(\[{<]\s?(?:at|a|ät|arroba|chez|собака)\s?[)\]}>]|(?<=[\w.])\s(?:at|AT)\s(?=[\w.-]{1,40}\s?[(\[{]?\s?(?:dot|DOT)\b)"
)
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|punkt|point|punto|\.)\s?[)\]}]\s?|\s(?:dot|DOT)\s|\s\.\s)"
# Across a line's end a piece goes on only after a sign that cannot end a sentence in front of an address.
_LOCAL = re.compile(rf"[\w+%'’-]+(?:(?:{_DOT}|[._-]\n)[\w+%'’-]+)*\s?\n?$")
_DOMAIN = re.compile(rf"\s?\n?(?:[^\W_][\w-]{{0,62}}(?:-\n[\w-]{{1,40}})?)(?:(?:{_DOT}|\.\n|\n\.)[^\W_][\w-]{{0,62}})*")
# A host's name cut in two without any sign: "@exam", "ple.com".
_CUT_DOMAIN = re.compile(r"[\w-]{1,40}\n([\w-]{1,30}(?:\.[\w-]{1,20}){0,2}\.[a-z]{2,10})(?![\w@])")
_HAS_ENDING = re.compile(rf"{_DOT}\s*[^\W\d_]{{2,24}}$|\.\n[^\W\d_]{{2,24}}$")
# "út 3." above an address: the number of a house, not the beginning of an address that goes on below.
_HOUSE_NUMBER = re.compile(r"\d{1,4}\.\s?\n")
_LABEL = re.compile(r"^(?:e[ -]?mail|mail|correo|courriel)[\s:]*$", re.IGNORECASE)


def find_emails(text: str) -> list[tuple[int, int]]:
    """Where e-mail addresses stand, in order, none over another. Linear: each mark looks at a bounded stretch."""
    spelled_out = any(
        sign in text
        for sign in (
            "(at",
            "[at",
            "{at",
            " dot ",
            " DOT ",
            "<at",
            "(ät",
            "(a)",
            "[a]",
            "( at",
            "arroba",
            "собака",
            "(AT",
            "[AT",
        )
    )
    marks = _ANY_MARK if spelled_out else _PLAIN_MARK
    found: list[tuple[int, int]] = []
    end_of_last = 0
    for count, mark in enumerate(marks.finditer(text)):
        if count >= MOST_MARKS:
            break
        if mark.start() < end_of_last:
            continue
        span = _around(text, mark, end_of_last)
        if span is not None:
            found.append(span)
            end_of_last = span[1]
    return found


def _around(text: str, mark: re.Match[str], after: int) -> tuple[int, int] | None:
    left = text[max(after, mark.start() - _LONGEST_LOCAL) : mark.start()]
    local = _LOCAL.search(left)
    if local is None or _LABEL.match(local.group()):
        return None
    right = text[mark.end() : mark.end() + _LONGEST_DOMAIN]
    domain = _domain(right)
    if domain is None:
        return None
    start = mark.start() - len(left) + local.start()
    above = _HOUSE_NUMBER.match(local.group())
    if above is not None:
        start += above.end()
    while start < mark.start() and text[start] in "-'’%+":
        start += 1
    return start, mark.end() + domain


def _domain(right: str) -> int | None:
    """How many characters of `right` are the host's name, or None where it begins with none."""
    cut = _CUT_DOMAIN.match(right)
    if cut is not None:
        return cut.end()
    whole = _DOMAIN.match(right)
    if whole is None:
        return None
    domain = whole.group()
    # "me@mail.example . Next sentence": what follows a free-standing dot is no part of it, once it has an ending.
    plain = re.match(r"[^\W_][\w-]*(?:\.[^\W_][\w-]*)+", domain)
    if plain is not None and re.search(r"\.[^\W\d_]{2,24}$", plain.group()):
        return plain.end()
    return whole.end() if _HAS_ENDING.search(domain) else None
