"""The lines around an entry's date that may be of its header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.structure.entries.entry_lines import EntryLine, is_body
from services.ingest.structure.entries.header_pieces import naming_pieces
from services.ingest.structure.entries.pieces import Piece, is_place
from services.ingest.structure.entries.positions.work_anchors import Anchor

MAX_LINES_ABOVE = 3
MAX_LINES_BELOW = 2
MAX_OPENING_WORDS = 8
MAX_PLACE_CHARS = 160
# A town that no list holds, and the site.
MAX_UNKNOWN_PARTS = 2
_SITE = re.compile(r"^(?:https?://|www\.)?[\w-]{1,60}(?:\.[\w-]{1,60}){1,3}(?:/\S{0,80})?$")


class Surroundings:
    """The lines of a part around those that its entries hang on.

    `before`: the part begins with a header line before its first date, so its headers stand before the dates.
    """

    def __init__(self, lines: Sequence[EntryLine], anchors: Sequence[Anchor]) -> None:
        self.lines = lines
        self._bodies: dict[int, bool] = {}
        self._anchor_lines = {anchor.at for anchor in anchors}
        self._dated_lines = {anchor.at for anchor in anchors if anchor.time is not None}
        # Where most lines stand apart, a blank line says nothing.
        self._spaced = sum(1 for line in lines if line.after_blank) * 2 > len(lines)
        self._open_with_header(anchors[0].at)
        self.before = bool(self.above(anchors[0].at, -1))

    def _open_with_header(self, first: int) -> None:
        """Nothing tells about an entry before the first is named: short lines before its date are its header."""
        if first > MAX_LINES_ABOVE:
            return
        for at in range(first):
            text = self.lines[at].text
            if not self.lines[at].bullet and text.count(" ") < MAX_OPENING_WORDS and not text.endswith((".", ":", ",")):
                self._bodies[at] = False

    def is_dated(self, at: int) -> bool:
        """Whether a line holds an entry's date."""
        return at in self._dated_lines

    def is_anchor(self, at: int) -> bool:
        """Whether an entry hangs on a line."""
        return at in self._anchor_lines

    def pieces(self, at: int) -> list[Piece]:
        """What a line names."""
        return naming_pieces(self.lines[at].text)

    def is_body(self, at: int) -> bool:
        """Whether a line tells about an entry rather than names one."""
        if at not in self._bodies:
            self._bodies[at] = is_body(self.lines[at])
        return self._bodies[at]

    def above(self, at: int, used: int) -> list[int]:
        """Lines right above that may be of the header, the nearest first."""
        found: list[int] = []
        above = at - 1
        while above > used and len(found) < MAX_LINES_ABOVE and not self.is_body(above):
            if self.is_anchor(above) or _has_range(self.lines[above]):
                break
            found.append(above)
            if self.lines[above].after_blank and not self._spaced:
                break
            above -= 1
        if at > 0 and self.lines[at].after_blank and found and not self._spaced:
            return []
        return found

    def below(self, at: int) -> list[int]:
        """Lines right below that may be of the header."""
        found: list[int] = []
        below = at + 1
        while below < len(self.lines) and len(found) < MAX_LINES_BELOW and not self.is_body(below):
            if self.is_anchor(below) or (self.lines[below].after_blank and not self._spaced):
                break
            if _has_range(self.lines[below]):
                break
            if not tells_place(self.lines[below].text):
                found.append(below)
            below += 1
        # The last line before the next date is that date's own where headers come first.
        if found and self.before and self.is_anchor(below):
            found = []
        return found


def tells_place(text: str) -> bool:
    """Whether a line names a town, with a country or an employer's site beside it, and nothing else."""
    parts = [part.strip() for part in text[:MAX_PLACE_CHARS].split(",")]
    left = [part for part in parts if part and not is_place(part)]
    return not left or (len(parts) > 1 and len(left) <= MAX_UNKNOWN_PARTS and _SITE.match(left[-1]) is not None)


def _has_range(line: EntryLine) -> bool:
    """Whether a line has dates of its own, so that it belongs to no other line's."""
    return any(
        time.kind in {"range", "since"} or (time.kind == "point" and not time.start and time.end + 2 < len(line.text))
        for time in line.times
    )
