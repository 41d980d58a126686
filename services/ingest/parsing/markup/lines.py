"""The lines of a page as they grow: where one ends, what is a list's item, what a row of a table."""

from __future__ import annotations

from typing import Final

BULLET: Final = "• "
CELL: Final = " | "
# A bold line longer than this, in characters, is emphasis; a shorter one heads what follows.
_HEADING_CHARS = 120
_BULLETS = "•▪●◦‣·*–-"


class PageLines:
    """Collects words into lines; `chars` is about how many there are so far.

    Breaks are asked for ahead of the words that they stand before.
    """

    def __init__(self) -> None:
        self.chars = 0
        self._lines: list[str] = []
        self._words: list[str] = []
        self._is_item = False
        self._is_bold = self._is_heading = False
        self._breaks = 0
        self._space = False
        self._item_begins = False
        # Line breaks in a row, within an item and in the text itself.
        self._item_breaks = self._written = 0
        self._after_heading = False
        # For each open cell: how many lines there were at its beginning.
        self._cells: list[int] = []
        self._cell_begins = False
        self._cell_ended = False

    def text(self) -> str:
        """All lines so far."""
        self._push()
        return "\n".join(self._lines)

    def add(self, text: str, *, is_bold: bool = False, is_heading: bool = False) -> None:
        """Words, with what white space there is around them; white space within them is one space."""
        words = text.split()
        if not words:
            self._space = self._space or bool(text)
            return
        self._written = 0
        if self._breaks or self._item_begins:
            self._begin_line()
        spaced = self._space or text[0].isspace()
        if not self._words:
            self._is_bold, self._is_heading = is_bold, is_heading
        elif self._cell_ended:
            self._words.append(CELL)
        elif spaced:
            self._words.append(" ")
        self._is_bold = self._is_bold and is_bold
        self._words.append(" ".join(words))
        self.chars += len(self._words[-1]) + 1
        self._space = text[-1].isspace()
        self._cell_begins = self._cell_ended = False
        self._item_breaks = 0

    def end_line(self, *, blank: bool = False) -> None:
        """What follows stands on a line of its own; with `blank` a blank line before it."""
        if not self._cell_begins and not self._item_begins:
            self._breaks = max(self._breaks, 2 if blank and not self._cells else 1)

    def break_line(self) -> None:
        """A `<br>`: the second one in a row leaves a blank line."""
        if not self._cell_begins and not self._item_begins:
            self._breaks = min(2, self._breaks + 1)

    def break_written_line(self) -> None:
        """A line break of the text itself, which often stands beside one that a tag makes."""
        self._written += 1
        self.end_line(blank=self._written > 1)

    def break_within_item(self) -> None:
        """A line break within an item or heading, which stays one line; the second in a row ends the line."""
        self._item_breaks += 1
        self._space = True
        if self._item_breaks > 1:
            self.end_line()

    def begin_item(self) -> None:
        self.end_line()
        self._item_begins = True

    def end_item(self) -> None:
        self._item_begins = False
        self.end_line()

    def begin_row(self) -> None:
        if not self._cell_begins:
            self.end_line()
            self._cell_ended = False

    def end_row(self) -> None:
        self._cell_ended = False
        self.end_line()

    def begin_cell(self) -> None:
        # The line before the table may not have been put down yet.
        self._cells.append(len(self._lines) + bool(self._words and self._breaks))
        self._cell_begins = True

    def end_cell(self) -> None:
        """A cell of one line leaves its row open for the next one; after a longer one the next begins a line."""
        lines_before = self._cells.pop() if self._cells else 0
        is_empty, self._cell_begins = self._cell_begins, False
        if is_empty:
            return
        if lines_before == len(self._lines) and not self._is_item:
            self._breaks = 0
            self._cell_ended = True
        else:
            self.end_line()

    def _begin_line(self) -> None:
        self._push()
        if self._breaks > 1 and not self._after_heading:
            self._blank()
        self._is_item = self._item_begins
        self._breaks, self._space = 0, False
        self._item_begins = self._cell_ended = False

    def _push(self) -> None:
        if not self._words:
            return
        line = "".join(self._words)
        self._words = []
        heads = self._is_heading or (self._is_bold and not self._is_item and len(line) <= _HEADING_CHARS)
        heads = heads and CELL not in line and line[0] not in _BULLETS
        if heads and (self._is_heading or not self._after_heading):
            self._blank()
        if self._is_item:
            # Some write a bullet of their own into an item.
            line = BULLET + (line[2:] if line[0] in _BULLETS and line[1:2] == " " else line)
        self._lines.append(line)
        self._after_heading = heads

    def _blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")
