"""The lines of a part of a resume as the finders of entries take them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.dates import DateRange, line_ranges
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.form_labels import is_long_label, label_alone, labelled
from services.ingest.structure.stored_text import Line

MAX_HEADER_CHARS = 240
MAX_HEADER_WORDS = 18
MAX_DATED_CHARS = 600
# So long may a line be that holds an end of a range alone, and one that holds "to" or a dash alone.
MAX_BROKEN_CHARS = 24
MAX_CONNECTOR_CHARS = 4

_DASHES = ("-", "–", "—", "−", "→")
_DIGIT = re.compile(r"\d")

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
_MEANT = dict(_BROKEN)
_BROKEN_SIGNS = re.compile("|".join(re.escape(broken) for broken, _ in _BROKEN))
TELLING = re.compile(
    r"^(?:[A-Z][a-z]+ed|Responsible|Responsibilities|Led|Built|Made|Ran|Wrote|Taught|Oversaw|Held|Kept|Sold|Gave|Won)\b"
)
_QUOTES = "«„“”\"'‘’‹("
_LETTERS = re.compile(r"[^\W\d_]")
_SMALL_WORDS = frozenset(
    (
        "of the and for in at to a an de la le les des du et en y e i di da do "
        "dos das del della und der die das von für im am zur zum bei van het een w z na в и по "
        "alle alla allo al ai agli presso chez bij au aux sein con met avec firmie компании dla"
    ).split()
)


_ROW_NUMBER = re.compile(r"(\d{1,2}[.)]?)\s+(\S.*)")
_MONTH_OR_YEAR = re.compile(r"[^\W\d_]{3,12}\.?[ '’/-]{0,2}\d{2,4}\b|\d{1,2}[/.-]\d{4}\b|(?:19|20)\d\d\b")
MIN_ROWS = 2


class EntryLine:
    """A line: `text` has the stored text's offsets from `start` on, broken signs replaced.

    `bullet`: it begins with a sign or a number of a list. `told`: position and employer, where a table's columns say
    which is which. `lasts`: the length of the time that it names stood on the line below.
    """

    __slots__ = ("_as_of", "_day_first", "_times", "after_blank", "bullet", "end", "lasts", "start", "text", "told")

    def __init__(self, start: int, end: int, text: str, after_blank: bool, as_of: date, day_first: bool) -> None:
        self.start, self.end, self.text, self.after_blank = start, end, text, after_blank
        self._as_of, self._day_first = as_of, day_first
        self._times: Sequence[DateRange] | None = None
        self.told: tuple[str, str | None] | None = None
        self.lasts = False
        # "12. 2015 – today" is a date.
        self.bullet = _BULLET.match(text) is not None and not (
            _DIGIT.search(text[:8]) and self.times and self.times[0].start == 0
        )

    def without_start(self, chars: int) -> EntryLine:
        """The line from a later character on."""
        return EntryLine(
            self.start + chars, self.end, self.text[chars:], self.after_blank, self._as_of, self._day_first
        )

    def before(self, chars: int) -> EntryLine:
        """The line up to a character."""
        text = self.text[:chars].rstrip()
        return EntryLine(self.start, self.start + len(text), text, self.after_blank, self._as_of, self._day_first)

    def below(self, chars: int) -> EntryLine:
        """The line from a character on, as an item below what stands before."""
        item = self.without_start(chars)
        item.after_blank, item.bullet = False, True
        return item

    @property
    def times(self) -> Sequence[DateRange]:
        """Its dates, read when they are first asked for: most lines are never asked."""
        if self._times is None:
            self._times = line_ranges(self.text[:MAX_DATED_CHARS], self._as_of, self._day_first)
        return self._times

    @property
    def words(self) -> list[str]:
        """Its folded words."""
        return entry_words.words_of(self.text)


def entry_lines(text: str, lines: Sequence[Line], as_of: date, day_first: bool) -> list[EntryLine]:
    """The lines with their dates. A range that is broken over lines, "January 2014 / to / Current", makes one line."""
    found: list[EntryLine] = []
    at = 0
    while at < len(lines):
        broken = _broken_range(text, lines, at, as_of, day_first)
        if not broken and _labels_next(lines, at):
            found.append(_labelled_line(text, lines[at], lines[at + 1], as_of, day_first))
            at += 2
            continue
        found.append(_entry_line(text, lines[at], lines[at + broken].end, as_of, day_first))
        at += broken + 1
    return _without_row_numbers(found)


def _without_row_numbers(lines: list[EntryLine]) -> list[EntryLine]:
    """The lines; those of a table, numbered from 1 on and dated, without their numbers: "2 Mar 2015 – Sep 2019 …"."""
    numbered = [line for line in lines if (found := _ROW_NUMBER.match(line.text)) and _MONTH_OR_YEAR.match(found[2])]
    numbers = [int(line.text.split()[0].rstrip(".)")) for line in numbered]
    if len(numbers) < MIN_ROWS or numbers != list(range(1, len(numbers) + 1)):
        return lines
    rows = {line.start for line in numbered}
    return [_unnumbered(line) if line.start in rows else line for line in lines]


def _unnumbered(line: EntryLine) -> EntryLine:
    found = _ROW_NUMBER.match(line.text)
    return line.without_start(found.start(2)) if found else line


def _broken_range(text: str, lines: Sequence[Line], at: int, as_of: date, day_first: bool) -> int:
    """Over how many further lines the range of dates goes that this line begins."""
    first = lines[at].text
    if len(first) > MAX_BROKEN_CHARS or at + 1 >= len(lines) or not _DIGIT.search(first):
        return 0
    opened, following = first.endswith(_DASHES), lines[at + 1].text
    closed = following.startswith(_DASHES) or len(following) <= MAX_CONNECTOR_CHARS
    if not (opened or closed):
        return 0
    for further in (2, 1):
        if at + further >= len(lines) or (not opened and len(lines[at + further].text) > MAX_BROKEN_CHARS):
            continue
        whole_text = text[lines[at].start : lines[at + further].end][:MAX_DATED_CHARS].replace("\n", " ")
        needed = lines[at + further].start - lines[at].start
        times = line_ranges(whole(whole_text), as_of, day_first)
        if times and times[0].kind == "range" and times[0].start == 0 and times[0].end > needed:
            return further
    return 0


def _labels_next(lines: Sequence[Line], at: int) -> bool:
    """Whether a line is a form's label, with what it names on the line below, as old forms have it."""
    if at + 1 >= len(lines) or label_alone(without_bullet(lines[at].text)) is None:
        return False
    if not any(is_long_label(without_bullet(lines[each].text)) for each in (at, at + 2) if each < len(lines)):
        # "Company" may be the last word of the sentence above.
        return False
    # Labels one below the other are a table's head.
    alone = at == 0 or label_alone(without_bullet(lines[at - 1].text)) is None
    return alone and label_alone(lines[at + 1].text) is None and len(lines[at + 1].text) <= MAX_HEADER_CHARS


def _labelled_line(text: str, label: Line, value: Line, as_of: date, day_first: bool) -> EntryLine:
    """A label and its value as one line, a colon between them."""
    said = whole(text[label.start : value.end])
    shift = len(said) - len(without_bullet(said))
    between = label.end - label.start
    own = f"{said[:between].rstrip(' :').ljust(between)}:{said[between + 1 :]}".replace("\n", " ")[shift:]
    return EntryLine(label.start + shift, value.end, own, label.after_blank, as_of, day_first)


def _entry_line(text: str, line: Line, end: int, as_of: date, day_first: bool) -> EntryLine:
    own = whole(text[line.start : end])
    if end > line.end:
        own = own.replace("\n", " ")
    return EntryLine(line.start, end, own, line.after_blank, as_of, day_first)


def whole(text: str) -> str:
    """`text` with wrongly decoded signs replaced, as long as before."""
    if text.isascii():
        return text
    return _BROKEN_SIGNS.sub(lambda found: _MEANT[found.group()], text)


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
    label = labelled(text)
    if label and label.role == "body":
        return True
    bare = [word.lstrip(_QUOTES) for word in words]
    telling = [word for word in bare if _LETTERS.match(word) and fold(word) not in _SMALL_WORDS]
    small = sum(1 for word in telling if word[0].islower())
    return (len(words) >= 6 and small > len(telling) * 0.5) or (
        small == len(telling) and len(words) >= 4 and text[0].islower()
    )


def _ends_in_short_form(word: str) -> bool:
    return word.count(".") > 1 or len(word) <= 4 or word.lower() in {"asoc.", "assoc.", "corp.", "univ.", "bros."}
