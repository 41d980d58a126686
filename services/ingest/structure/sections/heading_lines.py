"""Lines that may be headings, and how each looks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ingest.structure.sections.heading_words import Reading, names_document, read_title
from services.ingest.structure.sections.looks import BULLETS, RULE, Look, look_of
from services.ingest.structure.stored_text import Line, StoredText

MAX_HEADING_CHARS = 70
MAX_HEADING_WORDS = 8
# A heading with what it heads behind it begins within these.
INLINE_CHARS = 80

# What stands before a heading's words: icons of a private font, bullets, rules, numbers ("2.", "III)").
_BEFORE = re.compile(r"^(?:(?:[^\w\s(]|_|\s)+|(?:\d{1,2}|[IVX]{1,4}|[A-H])[.)]\s+)+")
# How long somebody has worked, behind a heading of hh.ru and the like: "Опыт работы — 8 лет 3 месяца".
_LASTED = re.compile(
    r"[\s:(–—-]{1,4}\d{1,2}\s?(?:лет|года?|рок(?:ів|и)|рік)(?:\s(?:и\s)?\d{1,2}\s?м[іе]с\w{0,5}\.?)?\)?$|"
    r"[\s:(–—-]{1,4}\d{1,2}\s?м[іе]с\w{0,5}\.?\)?$",
    re.IGNORECASE,
)
_CJK_NUMBER = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[、.．)）]\s*")
_AFTER = re.compile(r"[^\w)+#'’\"״׳]+$|[\s_:：.…–—-]+$")
# "Â" is what a wrongly read space leaves.
_SPACES = " \xa0Â"
_SENTENCE_ENDS = frozenset(".,;!。，；、")
_LETTER = re.compile(r"[^\W\d_]")
_MARKS = (":", "：", "|", "–", "—", " - ")
_INLINE = re.compile(r"^(?P<label>[^:：]{2,45}?)\s*(?:[:：]|\s[-–—|]\s)\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be a heading. `content`: the words that follow it on the same line have begun."""

    number: int
    line: Line
    title: str
    reading: Reading | None
    look: Look
    content: bool = False


def candidates(stored: StoredText, never_from: int) -> Iterator[Candidate]:
    """Lines that are short enough and say something; lines from number `never_from` on are none."""
    asked = stored.kind == "job"
    for number, line in enumerate(stored.lines[:never_from]):
        short = len(line.text) <= MAX_HEADING_CHARS
        if short and (number == 0 or asked) and names_document(clean_title(line.text), asked):
            continue
        if short and (found := _alone(stored.lines, number, asked)) is not None:
            yield found
        if (found := _inline(stored.lines, number, asked)) is not None:
            yield found


def _alone(lines: Sequence[Line], number: int, asked: bool) -> Candidate | None:
    line = lines[number]
    if _is_running(line):
        return None
    title = clean_title(line.text)
    title = title if title.isascii() else _LASTED.sub("", title)
    if not title or ":" in title or title.count(" ") >= MAX_HEADING_WORDS or not _LETTER.search(title):
        return None
    reading = read_title(title if title.isascii() else _CJK_NUMBER.sub("", title), asked)
    return Candidate(number, line, title, reading, look_of(lines, number, line.text, title))


def _is_running(line: Line) -> bool:
    """Whether the line is plainly part of a sentence: most lines are, so it is asked first."""
    text = line.text
    if text.count(" ") > MAX_HEADING_WORDS + 4 or _ends_sentence(text):
        return True
    return text[0].islower() and not line.after_blank and line.style is None and ":" not in text


def _ends_sentence(text: str) -> bool:
    """Whether the line ends a sentence, or goes on in the next one: a hyphen at its end cuts a word in two."""
    text = text.rstrip(_SPACES)
    if text[-3:] in ("...", "___", "---"):
        text = RULE.sub("", text).rstrip(_SPACES)
    last = text[-1:]
    return last in _SENTENCE_ENDS or (last in ("-", "&", "/") and text[-2:-1].isalnum())


def _inline(lines: Sequence[Line], number: int, asked: bool) -> Candidate | None:
    """A heading with what it heads on the same line: "Skills: Python, SQL", "EDUCATION Bachelor of Arts"."""
    line = lines[number]
    start = line.text[:INLINE_CHARS]
    if start[0].islower() or not (any(mark in start for mark in _MARKS) or start[:4].isupper() or start[2:6].isupper()):
        return None
    text = _BEFORE.sub("", start)
    match = _INLINE.match(text)
    label = match["label"] if match else _capitals(text)
    if not label:
        return None
    title = clean_title(label)
    reading = read_title(title, asked) if title and len(title.split()) <= MAX_HEADING_WORDS else None
    if reading is None or not reading.sure:
        return None
    return Candidate(number, line, title, reading, look_of(lines, number, start, title), content=True)


def _capitals(text: str) -> str:
    """The words in capitals with which a line begins that goes on in others."""
    words = text.split(" ")
    size = next((place for place, word in enumerate(words) if not (word.isupper() or word in "&/")), len(words))
    while size and words[size - 1] in "&/":
        size -= 1
    if not size or size == len(words) or not (words[size][:1].isupper() or words[size][:1] in BULLETS):
        return ""
    label = " ".join(words[:size])
    return label if sum(char.isalpha() for char in label) >= 5 else ""


def clean_title(text: str) -> str:
    """A heading's words alone: without icons, bullets, numbering, colon, trailing rule."""
    if not text.isascii():
        text = "".join([char for char in text if unicodedata.category(char) not in ("Co", "Cf")])
    text = text.strip()
    if not text[:1].isalpha() or "." in text[:5] or ")" in text[:5]:
        text = _BEFORE.sub("", text)
    return text if text[-1:].isalnum() else _AFTER.sub("", RULE.sub("", text)).strip()
