"""The lines of a part of a resume as the finders of entries take them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.date_words import fold
from services.ingest.structure.entries.dates import DateRange, line_ranges
from services.ingest.structure.stored_text import Line

MAX_HEADER_CHARS = 240
MAX_HEADER_WORDS = 18
MAX_DATED_CHARS = 600

_BULLET = re.compile(
    r"[•◦▪■●○‣∙·*►➢➤✓✔❖◆◇□→»>+\uf0a7\uf0b7\uf076\uf0d8]|[-–—−]\s|\d{1,2}[.)、]\s|\?\s|o\s(?=[A-Z])|-(?=[A-Z])"
)
# UTF-8 read as Windows-1252 stays in many resumes; each is replaced by as many characters.
_BROKEN = (
    ("ï¼\u200b", " – "),
    ("ï¼ ", " – "),
    ("â€“", " – "),
    ("â€”", " – "),
    ("â€‹", "   "),
    ("â€™", "  ’"),
    ("Â\u200b", "  "),
    ("Â ", "  "),
    ("Â", " "),
    ("\u200b", " "),
    ("\u00a0", " "),
    ("\ufeff", " "),
    ("\u3000", " "),
    ("\uff5c", "|"),
    ("─", "–"),
    ("－", "–"),
)
TELLING = re.compile(
    r"^(?:[A-Z][a-z]+ed|Responsible|Responsibilities|Led|Built|Made|Ran|Wrote|Taught|Oversaw|Held|Kept|Sold|Gave|Won)\b"
)
_LETTERS = re.compile(r"[^\W\d_]")
_SMALL_WORDS = frozenset(
    (
        "of the and for in at to a an de la le les des du et en y e i di da do "
        "dos das del della und der die das von für im am zur zum bei van het een w z na в и по"
    ).split()
)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line: `text` has the stored text's offsets from `start` on, broken signs replaced. `times` are its dates."""

    start: int
    end: int
    text: str
    after_blank: bool
    bullet: bool
    times: Sequence[DateRange]
    large: bool

    @property
    def words(self) -> list[str]:
        return entry_words.words_of(self.text)


def entry_lines(text: str, lines: Sequence[Line], as_of: date, day_first: bool) -> list[EntryLine]:
    """The lines with their dates."""
    return [_entry_line(text, line, as_of, day_first) for line in lines]


def _entry_line(text: str, line: Line, as_of: date, day_first: bool) -> EntryLine:
    own = whole(text[line.start : line.end])
    times = line_ranges(own[:MAX_DATED_CHARS], as_of, day_first)
    bullet = _BULLET.match(own) is not None and not (times and times[0].start == 0)
    large = line.style is not None and (line.style.bold or line.style.size > 1.05 or line.style.coloured)
    return EntryLine(line.start, line.end, own, line.after_blank, bullet, times, large)


def whole(text: str) -> str:
    """`text` with wrongly decoded signs replaced, as long as before."""
    if text.isascii():
        return text
    for broken, meant in _BROKEN:
        text = text.replace(broken, meant)
    return text


def has_placeholder(text: str) -> bool:
    """Whether an anonymized resume's stand-in for an employer is in the text."""
    return "Company Name" in text or "CompanyName" in text


def without_bullet(text: str) -> str:
    """`text` without the sign that it begins with."""
    found = _BULLET.match(text)
    return text[found.end() :].strip() if found else text


def is_body(line: EntryLine) -> bool:
    """Whether a line tells about an entry rather than names one."""
    text = line.text
    if line.bullet or len(text) > MAX_HEADER_CHARS or not _LETTERS.search(text):
        return True
    if has_placeholder(text):
        return False
    words = text.split()
    if len(words) > MAX_HEADER_WORDS:
        return True
    if (
        text.endswith((".", "!", "?", ":", "。", "；", ";", "…"))
        and len(words) >= 4
        and not _ends_in_short_form(words[-1])
    ):
        return True
    if text[0].islower() and text.endswith("."):
        return True
    if TELLING.match(text) and any(word.islower() and fold(word) not in _SMALL_WORDS for word in words):
        return True
    if text.endswith((",", "-")) and len(words) >= 4:
        return True
    label = text.partition(":")[0] if ":" in text else ""
    if label and len(label) < 30 and entry_words.load()["label_body"].within(entry_words.words_of(label), label):
        return True
    telling = [word for word in words if _LETTERS.match(word) and fold(word) not in _SMALL_WORDS]
    small = sum(1 for word in telling if word[0].islower())
    return (len(words) >= 6 and small > len(telling) * 0.5) or (
        small == len(telling) and len(words) >= 4 and text[0].islower()
    )


def _ends_in_short_form(word: str) -> bool:
    return word.count(".") > 1 or len(word) <= 4 or word.lower() in {"asoc.", "assoc.", "corp.", "univ.", "bros."}
