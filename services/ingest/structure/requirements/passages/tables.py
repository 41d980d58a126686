"""What a table asks: rows that say 'Essential' or 'Desirable', or columns that do. Its cells stand apart by '|'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.ingest.structure.requirements.part_of_job import Part, announced
from services.ingest.structure.requirements.words import words_of
from services.ingest.structure.stored_text import Line

_CELL = "|"
_GRADES = (Part.MUST, Part.NICE, Part.NONE)
# As person specifications abbreviate them.
_LETTERS = {"e": Part.MUST, "d": Part.NICE}
_LONGEST_GRADE = 30
_TICKS = frozenset(("x", "✓", "✔", "✗", "•", "*", "yes", "y", "ja", "oui", "sí", "√", "●", "☑"))


class Cell(NamedTuple):
    """A cell's stretch of the text."""

    start: int
    end: int


class Asked(NamedTuple):
    """A cell that asks, and how much it matters."""

    start: int
    end: int
    part: Part


def graded_rows(text: str, lines: Sequence[Line]) -> dict[int, list[Asked]]:
    """What the rows of tables ask, by where the row's line starts; none for a row of headings."""
    found: dict[int, list[Asked]] = {}
    if _CELL not in text:
        return found
    for table in _tables(lines):
        rows = [_cells(text, line) for line in table]
        grades = [[_grade(text, cell) for cell in row] for row in rows]
        asked = list(_asked(text, rows, grades))
        if any(asked):
            found.update((line.start, row) for line, row in zip(table, asked, strict=True))
    return found


def _tables(lines: Sequence[Line]) -> Iterator[list[Line]]:
    table: list[Line] = []
    for line in lines:
        if _CELL in line.text:
            table.append(line)
            continue
        if len(table) > 1:
            yield table
        table = []
    if len(table) > 1:
        yield table


def _cells(text: str, line: Line) -> list[Cell]:
    cells: list[Cell] = []
    start = line.start
    for written in line.text.split(_CELL):
        end = start + len(written)
        begin = start + len(written) - len(written.lstrip())
        cells.append(Cell(begin, max(begin, start + len(written.rstrip()))))
        start = end + 1
    return cells


def _grade(text: str, cell: Cell) -> Part | None:
    """What a cell says that consists of nothing but that, such as 'Essential' or 'D'."""
    written = text[cell.start : cell.end].strip("*: ").lower()
    if written in _LETTERS:
        return _LETTERS[written]
    # "Essential/Desirable" is the heading of a column of grades.
    if not 0 < len(written) <= _LONGEST_GRADE or "/" in written:
        return None
    words = words_of(text, cell.start, cell.end).words
    known = announced(words, 0, len(words))
    return known.part if known is not None and known.alone and known.part in _GRADES else None


def _asked(text: str, rows: Sequence[Sequence[Cell]], grades: Sequence[Sequence[Part | None]]) -> Iterator[list[Asked]]:
    columns: dict[int, Part] = {}
    for row, graded in zip(rows, grades, strict=True):
        said = {column: part for column, part in enumerate(graded) if part is not None}
        if len(said) > 1:
            columns = said
            yield []
        elif len(said) == 1 and not columns:
            (part,) = said.values()
            others = [cell for cell, own in zip(row, graded, strict=True) if own is None and cell.end > cell.start]
            yield [Asked(*max(others, key=lambda cell: cell.end - cell.start), part)] if others else []
        else:
            yield list(_in_columns(text, row, columns))


def _in_columns(text: str, row: Sequence[Cell], columns: dict[int, Part]) -> Iterator[Asked]:
    """What stands under the columns' headings; of a row that is ticked there, its first cell."""
    for column, part in columns.items():
        if column >= len(row) or row[column].start >= row[column].end:
            continue
        cell = row[column]
        if text[cell.start : cell.end].lower() not in _TICKS:
            yield Asked(*cell, part)
        elif column > 0 and row[0].end > row[0].start:
            yield Asked(*row[0], part)
