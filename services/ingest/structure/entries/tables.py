"""Tables of positions: a row that names the columns, "Period | Position | Employer", and rows of cells below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_words import opens, words_of
from services.ingest.structure.entries.header_pieces import pieces_of
from services.ingest.structure.entries.pieces import is_place, trimmed

Column = Literal["dates", "title", "organization"]
_COLUMNS: tuple[Column, ...] = ("dates", "title", "organization")
# A column of numbers may stand first: "No. | Period | Employer".
_ROLES = ("column_dates", "column_title", "column_organization", "column_number")
MIN_COLUMNS = 2
MAX_COLUMNS = 7
MAX_HEADING_CHARS = 120
MAX_LABEL_WORDS = 4

_CELLS = re.compile(r"[ ]{0,3}[|\t][ ]{0,3}[|\t]{0,3}[ ]{0,3}|[ ]{2,}")
_SIGNS = re.compile(r"[^\w]+")


def may_name_columns(text: str) -> bool:
    """Whether a line begins as one that names columns does: a look that spares most lines a closer one."""
    return len(text) <= MAX_HEADING_CHARS and opens(text, *_ROLES)


def columns_named(text: str) -> list[Column | None]:
    """What each column holds, where a line names columns and nothing else; else nothing."""
    if len(text) > MAX_HEADING_CHARS or any(char.isdigit() for char in text):
        return []
    cells = cells_of(text)
    if len(cells) < MIN_COLUMNS:
        cells = text.split()
        if len(cells) <= MIN_COLUMNS or not all(_column(cell) for cell in cells):
            return []
    named = [_column(cell) for cell in cells]
    known = {column for column in named if column}
    others = len(named) - sum(column is not None for column in named)
    return named if len(known) >= MIN_COLUMNS and others <= 1 + len(named) // 4 and len(named) <= MAX_COLUMNS else []


def names_column(text: str) -> Column | None:
    """The column that a line names alone, as cells pasted one below the other do."""
    return _column(text) if len(text) <= MAX_HEADING_CHARS // 4 else None


def cells_of(text: str) -> list[str]:
    """A line's cells, those of its edges without what only closes them."""
    return [cell.strip() for cell in _CELLS.split(text.strip().strip("|").strip())]


def row_told(text: str, columns: Sequence[Column | None]) -> tuple[str, str | None] | None:
    """Position and employer of a row of cells; None where its cells are not these columns'."""
    cells = cells_of(text)
    if len(cells) != len(columns) or "title" not in columns:
        return None
    told = {column: trimmed(cell) for column, cell in zip(columns, cells, strict=True) if column}
    title, organization = told["title"], told.get("organization")
    if not title:
        return None
    return title, _without_place(organization) if organization else None


def _without_place(organization: str) -> str:
    named_apart = pieces_of(organization)
    placed = all(each.may_be_place or is_place(each.text) for each in named_apart[1:])
    if named_apart and named_apart[0].lean < 0 and placed:
        return named_apart[0].text
    named, _, place = organization.rpartition(",")
    return named if named and is_place(place.strip()) else organization


def _column(cell: str) -> Column | None:
    words = words_of(cell)
    if not 0 < len(words) <= MAX_LABEL_WORDS:
        return None
    said = " ".join(words)
    for column in _COLUMNS:
        listed = entry_words.load()[f"column_{column}"]
        if said in listed.whole or f" {said} " in listed.phrases:
            return column
        if listed.chinese and listed.chinese.fullmatch(_SIGNS.sub("", cell)):
            return column
        if all(word in listed.whole for word in words):
            return column
    return None
