"""Headers of anonymized resumes, in which "Company Name" stands for the employer."""

from __future__ import annotations

import re

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.entry_lines import TELLING, has_placeholder
from services.ingest.structure.entries.pieces import (
    CITY_STATE,
    DATE_MARK,
    PLACEHOLDER,
    is_junk,
    is_place,
    piece,
    trimmed,
)
from services.ingest.structure.entries.positions.found import Found
from services.ingest.structure.entries.positions.surroundings import Surroundings
from services.ingest.structure.entries.positions.work_anchors import Anchor

MAX_TITLE_WORDS = 16

_LEADS_ON = frozenset(
    (
        "from in during of the since between for by until till to a an and or with on am im en "
        "seit vom von de du des depuis del della dal au à w od do z в с на по от"
    ).split()
)
_SENTENCE = re.compile(r"\bI\b(?!/|$)|^(?:As|My|In|After|For|While|This|The|To|Our|We)\b")
# "Provided support for …", but not "Certified Nurse".
_DONE = re.compile(
    r"(?!Certified|Registered|Licensed|Accredited|Advanced|Retired|Limited|Embedded|Integrated|Skilled|Related"
    r"|Dedicated|Associated|Appointed|Elected|Assigned|United|Applied|Distributed)"
    r"[A-Z][a-z]+ed\s+(?:[a-z]|[A-Z][a-z]+ed)"
)


def runs_on(text: str) -> bool:
    """Whether what stands behind a header is the beginning of what it heads: a sentence."""
    words = text.split()
    if len(words) > MAX_TITLE_WORDS or _SENTENCE.search(text) or _DONE.match(text):
        return True
    opening = entry_words.words_of(words[0]) if words else []
    if entry_words.load()["label_body"].within(opening, "") and not piece(words[0]).occupation:
        return True
    telling = [word for word in words if word[0].isalpha() and fold(word) not in _LEADS_ON]
    return len(words) > MAX_TITLE_WORDS // 2 and sum(word[0].islower() for word in telling) * 2 > len(telling)


def around_placeholder(rest: str) -> tuple[str, str]:
    """What stands before the employer's placeholder, and what behind, without the date and the placeholder's place."""
    marked = PLACEHOLDER.sub("\x01", rest, count=1)
    before, _found, after = marked.partition("\x01")
    before = trimmed(CITY_STATE.sub(" ", before.replace(DATE_MARK, " ")))
    after = CITY_STATE.sub(" ", after)
    if DATE_MARK in after:
        # "Company Name DATE Position", "Company Name City , State Position DATE".
        ahead, _, behind = after.partition(DATE_MARK)
        after = trimmed(ahead) or trimmed(behind)
    return before, trimmed(after)


def short_title(title: str) -> str | None:
    title = re.sub(r"\.{3,}.*$", "", title)
    words = title.split()
    for number, word in enumerate(words[1:], 1):
        # What was done runs on behind the position: "Accountant Performed the full spectrum of …".
        if len(words) > MAX_TITLE_WORDS // 2 and TELLING.match(word):
            title = " ".join(words[:number])
            break
    return trimmed(title) or None


def _may_be_title(text: str) -> bool:
    if not text or is_junk(text):
        return False
    return piece(text).occupation > 0 or not (is_place(text) or runs_on(text))


def placeholder_near(around: Surroundings, at: int) -> bool:
    """Whether the placeholder of an anonymized resume stands right below."""
    lines = around.lines
    for near in range(at + 1, min(at + 3, len(lines))):
        if around.is_dated(near) and has_placeholder(lines[near].text):
            return False
        if lines[near].text.startswith(("Company Name", "CompanyName")):
            return True
        if around.is_body(near):
            return False
        if PLACEHOLDER.search(lines[near].text):
            return True
    return False


def with_placeholder(around: Surroundings, anchor: Anchor, used: int) -> Found:
    """A header in which "Company Name" stands for the employer; what else it holds is the position."""
    lines = around.lines
    first = last = anchor.at
    before, after = around_placeholder(anchor.rest)
    title = before
    if not title:
        # Between the placeholder and the date, or behind both; else on the line above or below.
        if after and not runs_on(after):
            title = after
        if not has_placeholder(anchor.rest) and not title:
            below = anchor.at + 1
            if below < len(lines):
                title, behind = around_placeholder(lines[below].text)
                title = title or behind
                last = below
        above = around.above(anchor.at, used)
        if above and not title:
            named = [at for at in above if _may_be_title(trimmed(CITY_STATE.sub(" ", lines[at].text)))]
            if named:
                title = trimmed(CITY_STATE.sub(" ", lines[named[0]].text))
                first = named[0]
    if not has_placeholder(anchor.rest) and last == anchor.at:
        last = min(anchor.at + 1, len(lines) - 1)
    if title:
        title = short_title(title) or ""
        title = "" if is_junk(title) else title
    return Found(first, last, title or None, None, anchor.time)
