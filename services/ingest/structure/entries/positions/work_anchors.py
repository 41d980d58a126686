"""Lines that a position hangs on: those with its dates, or with the stand-in for an employer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from libs.contracts.structure import MAX_ENTRIES
from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.dates import DateRange
from services.ingest.structure.entries.dates.words import fold
from services.ingest.structure.entries.entry_lines import (
    MAX_HEADER_CHARS,
    TELLING,
    EntryLine,
    has_placeholder,
    without_bullet,
)
from services.ingest.structure.entries.entry_words import CHINESE
from services.ingest.structure.entries.form_labels import labelled
from services.ingest.structure.entries.header_pieces import pieces_of
from services.ingest.structure.entries.pieces import (
    DATE_MARK,
    LIKELY_OCCUPATION,
    PLACEHOLDER,
    SURE_EMPLOYER,
    piece,
    trimmed,
)
from services.ingest.structure.entries.positions.sentences import told_position, without_opening

MAX_SURE_WORDS = 22
MAX_DATE_WORDS = 12
MAX_ANCHOR_CHARS = 400
MAX_NAMING_WORDS = 6
YEAR_CHARS = 4
MAX_HEADED_PIECES = 4

_LEADS_ON = frozenset(
    (
        "from in during of the since between for by until till to a an and or with on am im en "
        "seit vom von de du des depuis del della dal au à w od do z в с на по от"
    ).split()
)
_FIGURE = re.compile(r"\d\s?%|[$€£]\s?\d|\bI (?:have|was|worked|am|had)\b")
_COLUMN_SIGN = re.compile(r"\s[|·]\s.{2,80}\s[|·]\s")
_COLUMNS = re.compile(r"\s[|·–—-]\s")
_SIDE_SIGNS = re.compile(r"[\s|,;:·•()（）\[\]–—\-/.\x00]*")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line by its place in the part. `time` is None where only the employer's stand-in tells of a position."""

    at: int
    time: DateRange | None
    # The line without its date, which DATE_MARK stands for.
    rest: str
    placeholder: bool
    # The position and its employer, where a sentence tells of them.
    told: tuple[str, str | None] | None = None


def anchors_in(lines: Sequence[EntryLine], strict: bool) -> list[Anchor]:
    found = [anchor for at, line in enumerate(lines) if not line.bullet and (anchor := _anchor(at, lines, strict))]
    if found:
        rows = [anchor for at, line in enumerate(lines) if line.bullet and (anchor := _row(at, lines, strict))]
        found = sorted(found + rows, key=lambda anchor: anchor.at) if rows else found
    else:
        found = [anchor for at, line in enumerate(lines) if line.bullet and (anchor := _anchor(at, lines, True))]
    return found[: 2 * MAX_ENTRIES]


def is_row(text: str) -> bool:
    """Whether a line is set in columns that signs part."""
    return _COLUMN_SIGN.search(text) is not None


def _row(at: int, lines: Sequence[EntryLine], strict: bool) -> Anchor | None:
    """A bullet that is a header all the same, set in columns: "* Acme Ltd | Editor | 2018 – 2020"."""
    if not is_row(lines[at].text):
        return None
    anchor = _anchor(at, lines, True)
    return anchor if anchor and anchor.time and anchor.time.kind in {"range", "since"} else None


def _anchor(at: int, lines: Sequence[EntryLine], strict: bool) -> Anchor | None:
    line = lines[at]
    text = without_bullet(line.text) if line.bullet else line.text
    shift = len(line.text) - len(text) if line.bullet else 0
    placeholder = has_placeholder(text) or text.startswith("City , State ")
    if len(text) > MAX_HEADER_CHARS and not placeholder:
        return None
    text = text[:MAX_ANCHOR_CHARS]
    if not placeholder and len(text.split()) > MAX_SURE_WORDS + MAX_DATE_WORDS + 1:
        return None
    time = _main_time(line.times)
    if time is None:
        named = placeholder and PLACEHOLDER.search(text) is not None and len(text.split()) <= MAX_SURE_WORDS
        return Anchor(at, None, text, True) if named and not strict else None
    rest = _without_times(line, text, shift, time)
    words = [word for word in rest.replace(DATE_MARK, " ").split() if any(char.isalnum() for char in word)]
    if placeholder:
        return Anchor(at, time, rest, True)
    if line.told:
        return Anchor(at, _of_two_cells(line.times, time), rest, False, line.told)
    if time.kind in {"range", "since", "length"} and (3 < len(words) <= MAX_SURE_WORDS or CHINESE.search(rest)):
        told = told_position(rest)
        if told and (told[1] or not strict):
            return Anchor(at, time, rest, False, told)
    label = labelled(rest)
    if label and label.role == "dates":
        rest = label.value
        words = [word for word in rest.replace(DATE_MARK, " ").split() if any(char.isalnum() for char in word)]
    rest = without_opening(rest)
    if _in_a_sentence(rest, words):
        return None
    lower = bool(words) and words[0][0].islower() and not line.text[:1].isdigit()
    if time.kind in {"range", "since"} and not lower and not (strict and words):
        return Anchor(at, time, rest, False)
    if strict and words and not _may_name_position(rest):
        return None
    leaning = pieces_of(rest)
    likely = any(piece.lean != 0 or piece.given for piece in leaning)
    occupied = any(piece.occupation >= LIKELY_OCCUPATION or piece.given == "title" for piece in leaning)
    if lower and not occupied:
        return None
    if time.kind in {"range", "since"}:
        if strict and words and (not occupied or fold(words[0].strip(",")) == "member"):
            return None
        return Anchor(at, time, rest, False)
    if time.kind == "season":
        return Anchor(at, time, rest, False) if not strict or occupied or (not words and _heads(lines, at)) else None
    if not words and time.kind == "point" and at + 1 < len(lines) and has_placeholder(lines[at + 1].text):
        return Anchor(at, time, rest, False)
    if not strict and time.kind in {"point", "length"} and _stands_alone(at, lines, words):
        return Anchor(at, time, rest, False)
    if not words or not likely:
        return None
    if time.kind == "length":
        closed = _SIDE_SIGNS.fullmatch(rest.partition(DATE_MARK)[2]) is not None
        return (
            Anchor(at, time, rest, False)
            if closed and len(words) <= 10 and not line.bullet and _set_off(rest)
            else None
        )
    if time.kind == "point":
        about = entry_words.words_of(rest)
        if not occupied or strict or len(words) > 8 or entry_words.load()["project"].within(about, rest):
            return None
        before, _, after = rest.partition(DATE_MARK)
        edge = _SIDE_SIGNS.fullmatch(before) or _SIDE_SIGNS.fullmatch(after)
        return Anchor(at, time, rest, False) if edge else None
    return None


def _of_two_cells(times: Sequence[DateRange], time: DateRange) -> DateRange:
    """The time of a table's row; its ends may stand in two cells, each a date of its own."""
    points = [each for each in times if each.kind == "point"]
    if time.kind != "point" or len(points) <= 1 or (points[0].from_ or "") > (points[1].from_ or ""):
        return time
    return DateRange(points[0].start, points[1].end, "range", points[0].from_, points[1].to)


def _stands_alone(at: int, lines: Sequence[EntryLine], words: Sequence[str]) -> bool:
    """Whether a date without a range has a line of its own, or its line's end, in a header.

    "4 maanden" below "Stage bij Provincie Vechtland"; "2015 (4 months)" above "Kitchen hand"; "Bundesheer 6 Monate"
    above "Grundwehrdiener".
    """
    length = _main_time(lines[at].times)
    if length is None or lines[at].bullet:
        return False
    if not words:
        return _heads(lines, at) or (length.kind == "length" and _is_headed(lines, at))
    text = lines[at].text
    if length.kind == "point" and len(length.from_ or "") > YEAR_CHARS and len(words) <= MAX_NAMING_WORDS:
        # "2016 / 09 - University of Aldham" above "Engineer"
        edge = not length.start or length.end >= len(text)
        return (
            edge
            and _heads(lines, at)
            and piece(trimmed(f"{text[: length.start]}{text[length.end :]}")).lean <= -SURE_EMPLOYER
        )
    if TELLING.match(text) or text.endswith(".") or ":" in lines[min(at + 1, len(lines) - 1)].text:
        return False
    ends = length.kind == "length" and length.end >= len(text.rstrip(" )"))
    return ends and len(words) <= MAX_NAMING_WORDS and words[0][0].isupper() and _heads(lines, at)


def _is_headed(lines: Sequence[EntryLine], at: int) -> bool:
    """Whether a position with its employer, and no date, stands on the line above."""
    above = lines[at - 1] if at else None
    if above is None or above.bullet or above.times:
        return False
    named = pieces_of(above.text[:MAX_HEADER_CHARS])
    return 1 < len(named) <= MAX_HEADED_PIECES and any(piece.occupation >= LIKELY_OCCUPATION for piece in named)


def _may_name_position(rest: str) -> bool:
    """Whether any word of a position, or a label, is in a line: a look that spares most lines a closer one."""
    occupations = entry_words.load()["occupation"]
    if ":" in rest or "：" in rest or CHINESE.search(rest):
        return True
    return any(occupations.has_word(word) for word in entry_words.words_of(rest))


def _heads(lines: Sequence[EntryLine], at: int) -> bool:
    """Whether a position stands on the line below."""
    below = lines[at + 1] if at + 1 < len(lines) else None
    if below is None or below.bullet or below.times:
        return False
    return any(piece.occupation >= LIKELY_OCCUPATION for piece in pieces_of(below.text[:MAX_HEADER_CHARS]))


def _set_off(rest: str) -> bool:
    """Whether a length of time stands apart: in brackets, behind a comma, a stop or a dash, or behind "for"."""
    before = rest.partition(DATE_MARK)[0].rstrip()
    if not before:
        return False
    last = entry_words.words_of(before)[-1:]
    return before[-1] in "(（,.;:–—-|[،·" or entry_words.load()["for_length"].within(last, "".join(last))


def _main_time(times: Sequence[DateRange]) -> DateRange | None:
    for kinds in (("range", "since"), ("season",), ("point",), ("length",)):
        for time in times:
            if time.kind in kinds:
                return time
    return None


def _without_times(line: EntryLine, text: str, shift: int, time: DateRange) -> str:
    rest = text
    for each in sorted(line.times, key=lambda one: one.start, reverse=True):
        if each is time or (each.kind in {"length", "expected"} and time.kind != "length"):
            start, end = each.start - shift, each.end - shift
            if start >= 0 and end <= len(text):
                rest = f"{rest[:start]}{DATE_MARK if each is time else ' '}{rest[end:]}"
    return rest


def _in_a_sentence(rest: str, words: Sequence[str]) -> bool:
    """Whether the date is said in passing: "from 2015 to 2017 we sold more than …"."""
    if len(words) > MAX_SURE_WORDS or _FIGURE.search(rest) or (TELLING.match(rest) and len(words) > 6):
        return True
    if len(_COLUMNS.findall(rest)) > 1:
        return False
    before, _, after = rest.partition(DATE_MARK)
    leading = entry_words.words_of(before)
    label = before.rstrip().endswith(":")
    if leading and leading[-1] in _LEADS_ON and not label:
        return True
    edge = _SIDE_SIGNS.fullmatch(before) or _SIDE_SIGNS.fullmatch(after)
    telling = [word for word in words if word[0].isalpha() and fold(word) not in _LEADS_ON]
    small = sum(1 for word in telling if word[0].islower())
    if (
        not edge
        and before.rstrip()[-1:] not in set(",|–—-(:;.]·•،，")
        and after.lstrip()[:1] not in set(",|–—-):;·•،，")
    ):
        return len(words) > 5 and small * 2 > len(telling)
    return len(words) > 8 and small * 2 > len(telling)
