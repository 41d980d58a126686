"""Where in a text personal data is to be expected: the head, the contact data, the references."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from libs.contracts.structure import Section
from services.ingest.structure.identity.words import fold
from services.ingest.structure.sections.heading_lines import clean_title
from services.ingest.structure.sections.heading_vocabulary import Heads
from services.ingest.structure.sections.heading_words import heads
from services.ingest.structure.stored_text import Line, StoredText

Zone = Literal["head", "contact", "references", "body"]

# Counted lines; a head with a line for each datum has about twelve.
LONGEST_HEAD = 16
LONGEST_CONTACT = 20
LONGEST_REFERENCES = 40
# Lines of a block of contact data that stands below everything else, and how far from the end it may begin.
_LONGEST_BLOCK = 8
_LAST_LINES = 12
_LONGEST_HEADING = 45
_MOST_SPACES_OF_A_HEADING = 8
_SENTENCE_ENDS = (".", ",", ";")
_PROSE_LENGTH = 110
_MOST_WORDS_OF_A_DATUM = 12

# "2015 - 2017", "03/2019 – present", but not "1984-03-13".
YEARS = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s?(?:[-–—〜~]|to\b|bis\b|a\b|à\b|до\b|至)\s?"
    r"(?:(?:[^\W\d_]{3,12}\.? |\d{1,2}[./])?(?:19|20)\d\d(?!\d)|[^\W\d_]{2,12}|$)"
    r"|(?<!\d)(?:19|20)\d\d\s?(?:onwards?\b|ongoing\b|to date\b|→|⟶|=>)"
    r"|\b(?:since|seit|depuis|desde|dal|sinds|sedan|siden|od|с|from)\s"
    r"(?:[^\W\d_]{3,12}\.? (?:de )?)?(?:19|20)\d\d(?!\d)",
    re.IGNORECASE,
)
_INLINE_REFERENCES = re.compile(r"([^\W\d_][^:：\n]{2,30})[:：]\s?\S")
# "Chase, Wilmington, 2019": work, but not "Born 1984" or "12.03.1984".
_YEAR_ALONE = re.compile(r"(?<![\d./-])(?:19|20)\d\d\.?$")
_BORN = re.compile(
    r"\b(?:born|geb|n[ée]e?|nat[oa]|nacid|nascid|ur|fødd?t|född|jahrgang|birth|dob|род|г\.р)\b", re.IGNORECASE
)
_BULLET = re.compile(r"[•●▪■◦‣∙➢*–-]\s")
_FRAME = " \t:：-–—=*#.,，!|_•★✦[]()【】<>"


# "I, the undersigned, Jane Doe, …": a sentence in which a person tells all of the data at once.
DECLARES = re.compile(
    r"[^\w\n]{0,4}(?:i,? (?:the )?undersigned,? |the undersigned,? "
    r"|i, (?=[A-Z][^\n,]{3,40}, (?:born|residing|resident|of|living))"
    r"|je,? soussign[ée](?:e|\(e\))?,? |(?:le|la) soussign[ée]e?,? "
    r"|ich,? (?:der|die) unterzeichnete,? |(?:der|die|der/die) unterzeichnete(?:r|nde)?,? "
    r"|yo, |(?:el|la|el/la)(?: que suscribe| abajo firmante| infrascrit[oa]),? "
    r"|(?:il|la|il/la|io) sottoscritt(?:o/a|[oa]),? |io, |eu, |(?:o|a)? ?abaixo[ -]assinad[oa],? "
    r"|(?:ik, )?(?:de )?ondergetekende,? |ja,? niżej podpisan(?:y/a|[ya]),? |niżej podpisan[ya],? "
    r"|я, нижеподписавш(?:ийся|аяся|ийся\(аяся\)),? |я, (?=[А-ЯЁ][^\n,]{3,50}, (?:прож|род|зарег))"
    r"|أنا الموقع(?:ة)? أدناه[،,:]? ?|אני,? החתומ?ה? מטה,? )",
    re.IGNORECASE,
)
_MOST_LINES_AFTER_CLOSING = 10


@dataclass(frozen=True, slots=True)
class Zones:
    """The zone of each line. `head_from` is the line where the head begins, after headings such as "Resume"."""

    lines: Sequence[Line]
    zone: list[Zone]
    starts: list[int]
    contact_lines: frozenset[int]
    head_from: int

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a place of the text; 0 before the first."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def contact_stretches(self) -> list[tuple[int, int]]:
        """The lines that hold contact data, as stretches of the text."""
        return [
            (line.start, line.end)
            for index, line in enumerate(self.lines)
            if index in self.contact_lines or (self.zone[index] != "body" and len(line.text) <= _PROSE_LENGTH)
        ]

    def is_personal(self, offset: int) -> bool:
        """Whether a place stands in the head or among the person's details."""
        return bool(self.lines) and self.zone[self.line_at(offset)] in ("head", "contact")

    def is_contact(self, offset: int) -> bool:
        """Whether a place stands among contact data: by its zone, or since its line holds an e-mail address."""
        index = self.line_at(offset)
        if index in self.contact_lines:
            return True
        return bool(self.lines) and self.zone[index] != "body" and len(self.lines[index].text) <= _PROSE_LENGTH


@cache
def _closings() -> frozenset[str]:
    """What stands above a letter's signature, folded."""
    rows = Path(__file__).with_name("letter_closings_v1.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(fold(phrase) for row in rows for phrase in row.split("|"))


def load() -> None:
    """Reads the data file, so that no document waits for it. Raises OSError where it is missing."""
    _closings()


@lru_cache(maxsize=2_000)
def heading_kind(line: str) -> Heads | Literal["body", "closing"] | None:
    """What a line that is a known heading stands above, None for any other line. Asked of each line repeatedly."""
    if len(line) > _LONGEST_HEADING or line.count(" ") > _MOST_SPACES_OF_A_HEADING:
        return None
    if fold(line).strip(_FRAME) in _closings():
        return "closing"
    return heads(clean_title(line)) if line[-1:] not in _SENTENCE_ENDS else None


def zones_of(stored: StoredText, sections: Sequence[Section], emails: Sequence[tuple[int, int]]) -> Zones:
    """The zones of a text. A job has no head: its first lines are about the firm."""
    lines = stored.lines
    starts = [line.start for line in lines]
    section_starts = {section.start for section in sections}
    contact_lines = frozenset(max(0, bisect_right(starts, start) - 1) for start, _ in emails)
    head_from = _head_from(lines)
    zone: list[Zone] = []
    current: Zone = "body" if stored.kind == "job" else "head"
    left = LONGEST_HEAD
    for index, line in enumerate(lines):
        kind = heading_kind(line.text) if index >= head_from else None
        begins_section = line.start in section_starts and index > head_from + 1
        if kind == "contact":
            current, left = "contact", LONGEST_CONTACT
        elif kind == "closing" and stored.kind == "resume" and index >= len(lines) - _LAST_LINES:
            current, left = "contact", _MOST_LINES_AFTER_CLOSING
        elif kind == "references":
            current, left = "references", LONGEST_REFERENCES
        elif kind == "body" or (kind is None and begins_section):
            current = "body"
        elif current != "body":
            left -= 1
            if left < 0 or (
                current != "references" and _is_of_the_body(line, index - head_from, index in contact_lines)
            ):
                current = "body"
        if current == "body" and zone and zone[-1] == "head" and kind is None and not begins_section:
            _give_back(lines, zone, contact_lines, head_from)
        if current == "head" and index > head_from + 1 and index not in contact_lines and _YEAR_ALONE.search(line.text):
            zone.append("body" if _BORN.search(line.text) is None else "head")
            continue
        if stored.kind == "resume" and DECLARES.match(line.text):
            zone.append("body")
            continue
        zone.append("references" if current == "body" and _begins_with_referee(line.text) else current)
    if stored.kind == "resume":
        _mark_last_block(lines, zone, contact_lines)
    return Zones(lines, zone, starts, contact_lines, head_from)


def _give_back(lines: Sequence[Line], zone: list[Zone], contact_lines: frozenset[int], head_from: int) -> None:
    """Where work begins below a heading that no list knows, that heading and what follows it are no head."""
    first = len(zone)
    for index in range(len(zone) - 1, max(head_from, len(zone) - 4), -1):
        if index in contact_lines:
            return
        if lines[index].after_blank:
            first = index
            break
    if first < len(zone) and _may_be_a_heading(lines[first].text):
        zone[first:] = ["body"] * (len(zone) - first)


def _may_be_a_heading(line: str) -> bool:
    return line.count(" ") < 4 and not any(sign.isdigit() or sign in ",:|@/" for sign in line)


def _mark_last_block(lines: Sequence[Line], zone: list[Zone], contact_lines: frozenset[int]) -> None:
    """Contact data below all else: a block of short lines, parted by a blank line, that holds an e-mail address."""
    for at in sorted(contact_lines):
        if at < len(lines) - _LAST_LINES or zone[at] != "body":
            continue
        first = at
        while first > 0 and at - first < _LONGEST_BLOCK and not lines[first].after_blank:
            first -= 1
        last = at
        while last + 1 < len(lines) and last - at < _LONGEST_BLOCK and not lines[last + 1].after_blank:
            last += 1
        block = lines[first : last + 1]
        if lines[first].after_blank and not any(
            YEARS.search(line.text) or len(line.text) > _PROSE_LENGTH or heading_kind(line.text) == "body"
            for line in block
        ):
            zone[first : last + 1] = ["contact"] * len(block)


def _begins_with_referee(line: str) -> bool:
    """ "Referee: Jane Doe, …" in one line."""
    match = _INLINE_REFERENCES.match(line)
    return match is not None and heads(clean_title(match[1])) == "references"


def _head_from(lines: Sequence[Line]) -> int:
    for index, line in enumerate(lines[:4]):
        if heading_kind(line.text) != "document":
            return index
    return min(len(lines), 4)


def _is_of_the_body(line: Line, place: int, holds_email: bool) -> bool:
    """Whether a line tells of work rather than of the person's data: prose, an entry with its years, a list."""
    if holds_email or place == 0:
        return False
    text = line.text
    if YEARS.search(text) and not _BORN.search(text):
        return True
    if len(text) > _PROSE_LENGTH or text.count(" ") > 2 * _MOST_WORDS_OF_A_DATUM:
        return True
    return bool(_BULLET.match(text)) and text.count(" ") > _MOST_WORDS_OF_A_DATUM
