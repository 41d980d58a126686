"""Sentences of a stretch of text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(r"[.!?…。！？；][.!?…。！？；]*[\"”»’)\]]*")
# 1,000 is a number.
_COMMA = re.compile(r"[,;](?=\s)")
_WIDE = "。！？；"
# What follows the end of a sentence.
_BEGINNING = re.compile(r"\s*[\"“„«¿¡(\[£$€₹]*[A-ZÀ-ÖØ-Þ\u0100-\u017f\d\u3400-\u9fff]")
_ABBREVIATIONS = frozenset(
    "e.g i.e eg ie incl excl approx sr jr dr mr mrs ms prof st no nr nos vs dept ext fig inc ltd pvt llc corp co rs"
    " ca bzw z.b d.h u.a u.ä evtl ggf inkl exkl mind max min tel str abs mio mrd p.ej ej sra srta mme mlle m env éd p"
    " sig dott ecc es bijv o.a d.w.z m.b.v evt t/m np m.in itp itd tzn ul godz s.a b.v n.v ph.d b.e b.tech m.tech b.s"
    " b.a m.s m.a b.sc m.sc u.s u.k a.m p.m est dipl ing o.ä usw z.zt g.d sc yrs exp vol ref ex kat".split()
)
# "Zum 1. April".
_MONTHS = frozenset(
    "januar jänner februar märz april mai juni juli august september oktober november dezember stycznia lutego marca"
    " kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split()
)
_LAST_WORD = re.compile(r"[\w./'’]*\Z")
_LONGEST_ABBREVIATION = 12
# A bracket that nobody closes does not join all that follows.
_LONGEST_BRACKET = 200


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch, spaces at their ends left out."""
    begin = start
    for found in _END.finditer(text, start, end):
        if found.end() >= end or not _ends(text, begin, found, end):
            continue
        yield from _trimmed(text, begin, found.end())
        begin = found.end()
    yield from _trimmed(text, begin, end)


def clauses_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What stands between the commas and semicolons of a stretch, outside brackets."""
    begin = start
    for found in _COMMA.finditer(text, start, end):
        if not _open_bracket(text, max(begin, found.start() - _LONGEST_BRACKET), found.start()):
            yield from _trimmed(text, begin, found.start())
            begin = found.end()
    yield from _trimmed(text, begin, end)


def _ends(text: str, begin: int, found: re.Match[str], end: int) -> bool:
    mark = text[found.start()]
    if mark in _WIDE:
        return True
    if not text[found.end()].isspace() or not _BEGINNING.match(text, found.end(), min(end, found.end() + 8)):
        return False
    if _open_bracket(text, max(begin, found.start() - _LONGEST_BRACKET), found.start()):
        return False
    if mark != ".":
        return True
    before = _LAST_WORD.search(text[max(begin, found.start() - _LONGEST_ABBREVIATION) : found.start()])
    word = before.group().lower() if before else ""
    following = text[found.end() : min(end, found.end() + _LONGEST_ABBREVIATION)].lower().split()
    if word.isdigit() and following and following[0].strip(",.") in _MONTHS:
        return False
    return not (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()))


def _open_bracket(text: str, start: int, end: int) -> bool:
    return text.rfind("(", start, end) > text.rfind(")", start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
