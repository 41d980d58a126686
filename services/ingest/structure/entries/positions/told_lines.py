"""Lines that say nothing of their own: lengths of time beside dates, the names of a table's columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.structure.entries.entry_lines import EntryLine
from services.ingest.structure.entries.tables import Column, columns_named, may_name_columns, names_column, row_told

MAX_LENGTH_CHARS = 48
MAX_LINES_TO_DATES = 3
_DIGIT = re.compile(r"[\d()（]")
_NAMING = re.compile(r"[^\W_]")


def telling_lines(lines: Sequence[EntryLine]) -> list[EntryLine]:
    """The lines without those; what a table's columns tell of a row is put down with it."""
    return _without_lengths(_read_tables(lines))


def _without_lengths(lines: Sequence[EntryLine]) -> list[EntryLine]:
    """ "6 years 5 months" beside the dates that it is counted from tells nothing more."""
    kept: list[EntryLine] = []
    for at, line in enumerate(lines):
        if not _is_length(line) or not (_is_counted(lines, at)):
            kept.append(line)
        elif at and _has_range(lines[at - 1]) and not line.after_blank:
            lines[at - 1].lasts = True
        elif line.after_blank and at + 1 < len(lines):
            lines[at + 1].after_blank = True
    return kept


def _is_length(line: EntryLine) -> bool:
    if len(line.text) > MAX_LENGTH_CHARS or line.bullet or not _DIGIT.search(line.text):
        return False
    times = line.times
    if len(times) != 1 or times[0].kind != "length":
        return False
    return _NAMING.search(f"{line.text[: times[0].start]}{line.text[times[0].end :]}") is None


def _is_counted(lines: Sequence[EntryLine], at: int) -> bool:
    """Whether the dates of a length of time stand on the line beside it, or below what it heads."""
    beside = (at and not lines[at].after_blank and _has_range(lines[at - 1])) or (
        at + 1 < len(lines) and not lines[at + 1].after_blank and _has_range(lines[at + 1])
    )
    if beside:
        return True
    heads = at == 0 or lines[at].after_blank
    return heads and any(_has_range(line) for line in lines[at + 1 : at + 1 + MAX_LINES_TO_DATES])


def _has_range(line: EntryLine) -> bool:
    return any(time.kind in {"range", "since"} for time in line.times)


def _read_tables(lines: Sequence[EntryLine]) -> list[EntryLine]:
    kept: list[EntryLine] = []
    columns: list[Column | None] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        heads = may_name_columns(line.text)
        if heads and (named := columns_named(line.text)) and _rows_follow(lines, at + 1):
            columns = named
        elif heads and (over := _columns_below(lines, at)) and _rows_follow(lines, at + over):
            at += over
            continue
        else:
            if columns and (told := row_told(line.text, columns)) and _has_date(line):
                line.told = told
            kept.append(line)
        at += 1
    return kept


def _columns_below(lines: Sequence[EntryLine], at: int) -> int:
    """How many lines from one on name columns, one each; 0 where they are not those of a table."""
    named: set[Column] = set()
    over = 0
    while at + over < len(lines) and (column := names_column(lines[at + over].text)) and column not in named:
        named.add(column)
        over += 1
    return over if len(named) == len(("dates", "title", "organization")) else 0


def _rows_follow(lines: Sequence[EntryLine], at: int) -> bool:
    return any(_has_date(line) for line in lines[at : at + 2])


def _has_date(line: EntryLine) -> bool:
    return any(time.kind != "length" for time in line.times)
