"""Reads the caller's file: who applied for which job, of which sex and ethnicity, and what was decided."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from libs.contracts.identifiers import is_document_id
from services.cli.faults import CommandFault

REQUIRED = ("job_id", "resume_id", "sex", "ethnicity")
DECISION = "decision"
# Compared without case. Whoever says one of these, or nothing, is in no group.
UNKNOWN = frozenset({"", "unknown", "not disclosed", "prefer not to say", "n/a"})
SELECTED = ("1", "yes", "true", "selected", "hired")
REJECTED = ("0", "no", "false", "rejected", "not selected", "not hired")
MOST_FAULTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Application:
    """One resume for one job, from the line that begins at `line` (from 1).

    `sex` and `ethnicity` are None where unknown; `selected` is None where the file says no decisions.
    """

    line: int
    job_id: str
    resume_id: str
    sex: str | None
    ethnicity: str | None
    selected: bool | None


@dataclass(frozen=True, slots=True)
class Applications:
    """All applications of a file, in its order. `unread_columns` are those the file has beside the ones we know."""

    each: list[Application]
    unread_columns: tuple[str, ...]


def read_file(path: Path) -> Applications:
    """The applications in a CSV file, `-` being standard input. Blocks.

    Raises CommandFault, naming lines, where the file cannot be read or a line is not as it must be.
    """
    name = "standard input" if str(path) == "-" else str(path)
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise CommandFault(f"{name} cannot be read: {error.strerror or error}") from error
    return read_applications(content, name)


def read_applications(content: bytes, name: str) -> Applications:
    """The applications in a CSV file's bytes (UTF-8, commas, a header); `name` is what errors call the file.

    Columns are known by their names, in any order. Values of a group that differ only in case or spaces are one
    group, written as it is first. Raises CommandFault.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CommandFault(f"{name} is not UTF-8 (line {line}): save it as CSV in UTF-8") from error
    rows = _rows(text, name)
    _, header = next(rows, (0, []))
    columns = _columns(header, name)
    reader = _Reader(columns, len(header))
    for line, row in rows:
        reader.take(line, row)
    if reader.faults:
        raise CommandFault(_told(name, reader.faults))
    if not reader.applications:
        raise CommandFault(f"{name} holds no applications: below its header it has no lines")
    unread = tuple(title.strip() for title in header if _compared(title) not in columns)
    return Applications(reader.applications, unread)


class _Reader:
    """Takes the rows below the header, and gathers what is wrong with them."""

    def __init__(self, columns: Mapping[str, int], width: int) -> None:
        self._columns = columns
        self._width = width
        self._lines: dict[tuple[str, str], int] = {}
        self._spellings: dict[tuple[str, str], str] = {}
        self.applications: list[Application] = []
        self.faults: list[str] = []

    def take(self, line: int, row: Sequence[str]) -> None:
        if len(row) != self._width:
            self.faults.append(f"line {line} has {len(row)} values, the header {self._width}")
            return
        value = {name: row[place].strip() for name, place in self._columns.items()}
        for name in ("job_id", "resume_id"):
            if not is_document_id(value[name]):
                told = "is no id (1 to 200 of A-Z a-z 0-9 . _ ~ : @ + -)" if value[name] else "is empty"
                self.faults.append(f"line {line}: {name} {value[name][:80]!r} {told}")
                return
        pair = (value["job_id"], value["resume_id"])
        if pair in self._lines:
            self.faults.append(
                f"line {line}: resume {pair[1]} for job {pair[0]} stands in line {self._lines[pair]} already"
            )
            return
        self._lines[pair] = line
        decision = value.get(DECISION)
        selected = None if decision is None else _selected(decision)
        if decision is not None and selected is None:
            self.faults.append(
                f"line {line}: decision {decision[:80]!r} is none of {', '.join(SELECTED)} (selected) or "
                f"{', '.join(REJECTED)} (not selected)"
            )
            return
        sex, ethnicity = (self._group(name, value[name]) for name in ("sex", "ethnicity"))
        self.applications.append(Application(line, *pair, sex, ethnicity, selected))

    def _group(self, attribute: str, value: str) -> str | None:
        compared = _compared(value)
        if compared in UNKNOWN:
            return None
        return self._spellings.setdefault((attribute, compared), " ".join(value.split()))


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line it begins in; lines without any value are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 1
    try:
        for row in reader:
            if any(value.strip() for value in row):
                yield begun, row
            begun = reader.line_num + 1
    except csv.Error as error:
        raise CommandFault(f"{name}, line {begun}: cannot be read as CSV: {error}") from error


def _columns(header: Sequence[str], name: str) -> dict[str, int]:
    """The place of each column we know. Raises CommandFault where one is missing or there twice."""
    titles = [_compared(title) for title in header]
    missing = [column for column in REQUIRED if column not in titles]
    if missing:
        raise CommandFault(
            f"{name} has no column {', '.join(missing)}: its first line must name "
            f"{', '.join(REQUIRED)} and may name {DECISION}, separated by commas"
        )
    known = [title for title in titles if title in (*REQUIRED, DECISION)]
    twice = sorted({title for title in known if known.count(title) > 1})
    if twice:
        raise CommandFault(f"{name} has the column {', '.join(twice)} twice: which one is meant?")
    return {title: titles.index(title) for title in known}


def _selected(decision: str) -> bool | None:
    compared = _compared(decision)
    return True if compared in SELECTED else False if compared in REJECTED else None


def _compared(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.split())).casefold()


def _told(name: str, faults: Sequence[str]) -> str:
    shown = [f"\n  {fault}" for fault in faults[:MOST_FAULTS_SHOWN]]
    if len(faults) > MOST_FAULTS_SHOWN:
        shown.append(f"\n  and {len(faults) - MOST_FAULTS_SHOWN} more")
    counted = "1 line" if len(faults) == 1 else f"{len(faults)} lines"
    return f"nothing was computed, since {counted} of {name} cannot be used:{''.join(shown)}"
