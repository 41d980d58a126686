"""Lines that go on behind a position's header: "Nurse, Acme Clinic, 2019 – 2021. Looked after twelve patients"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.dates.dates import DateRange
from services.ingest.structure.entries.entry_lines import EntryLine, has_placeholder
from services.ingest.structure.entries.header_pieces import pieces_of
from services.ingest.structure.entries.pieces import LIKELY_OCCUPATION, SURE_EMPLOYER, Piece, piece

MAX_HEADER_WORDS = 14
MIN_WORDS_BEHIND = 2
# Behind dates that close a header; a comma only where a description follows, as a place or an employer may.
_BEHIND_DATES = re.compile(r"\s?[)\]]?(?:\s?[.:;]\s{1,3}(?=\S)|,\s{1,3}(?=[^\W\d_A-Z]))")
# Behind what a line with its dates in front names. "St. Anne's" and "Acme Inc. Leeds" go on.
_BEHIND_NAMES = re.compile(r"(?<=[^\W\d_]{4})(?:\.\s{1,3}(?=[^\W\d_])|[:;]\s{1,3}(?=\S))")
_SENTENCE_ENDS = re.compile(r"(?<=[\w)\]])[.;]\s{1,3}(?=\w)")
_SIGN = re.compile(r"[,;:.(]\s|[,;:.]?\Z")
_SIDE_SIGNS = re.compile(r"[\s|,;:·•()\[\]–—\-/.]*")
_EMPLOYED = re.compile(r"\w (?:at|with|for|bei|chez|presso|@) \w", re.IGNORECASE)


def headers_apart(lines: Sequence[EntryLine]) -> list[EntryLine]:
    """The lines; of one that tells what was done behind position, employer and dates, two: the second is told as an
    item below the first."""
    found: list[EntryLine] = []
    for line in (one for each in lines for one in _told_in_turn(each)):
        at = _end_of_header(line)
        if at is None:
            found.append(line)
        else:
            found += [line.before(at), line.below(at)]
    return found


def _told_in_turn(line: EntryLine) -> list[EntryLine]:
    """A line, or several where its sentences tell of one position after the other, each with its dates."""
    times = [] if line.bullet or has_placeholder(line.text) else [each for each in line.times if _lasts(each)]
    for earlier, later in pairwise(times):
        ends = [match.end() for match in _SENTENCE_ENDS.finditer(line.text, earlier.end, later.start + 1)]
        if ends and _names_position(line.text[: ends[-1]]) and _names_position(line.text[ends[-1] :]):
            rest = line.without_start(ends[-1])
            rest.after_blank = False
            return [line.before(ends[-1]), *_told_in_turn(rest)]
    return [line]


def _lasts(time: DateRange) -> bool:
    return time.kind in {"range", "since"}


def _names_position(text: str) -> bool:
    occupations = entry_words.load()["occupation"]
    return any(occupations.has_word(word) for word in entry_words.words_of(text))


def _end_of_header(line: EntryLine) -> int | None:
    """Where what is told of a position begins, None where nothing is told of one."""
    if has_placeholder(line.text):
        return None
    time = next(filter(_lasts, line.times), None)
    if time is None:
        return None
    in_front = _SIDE_SIGNS.fullmatch(line.text[: time.start]) is not None
    at = _behind_names(line.text, time) if in_front else _behind_dates(line.text, time)
    if at is None or len(line.text[at:].split()) < MIN_WORDS_BEHIND or _begins_with_employer(line.text[at:]):
        return None
    return at


def _begins_with_employer(text: str) -> bool:
    """Whether the header goes on: "Sales clerk, part-time, 2015 – 2019. Acme Ltd"."""
    return piece(_SIGN.split(text, maxsplit=1)[0]).organization >= SURE_EMPLOYER


def _behind_dates(text: str, time: DateRange) -> int | None:
    closed = _BEHIND_DATES.match(text, time.end)
    return closed.end() if closed and _is_header(text[: time.start]) else None


def _behind_names(text: str, time: DateRange) -> int | None:
    for closed in _BEHIND_NAMES.finditer(text, time.end):
        if _is_header(text[time.end : closed.start()]):
            return closed.end()
    return None


def _is_header(text: str) -> bool:
    """Whether a position is named and something beside it, in few words."""
    if len(text.split()) > MAX_HEADER_WORDS:
        return False
    named = pieces_of(text)
    return any(map(_is_position, named)) and (len(named) > 1 or _EMPLOYED.search(text) is not None)


def _is_position(named: Piece) -> bool:
    return named.occupation >= LIKELY_OCCUPATION or named.given == "title"
