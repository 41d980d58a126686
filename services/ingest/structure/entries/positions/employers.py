"""Employers that head several positions: "Acme Ltd (2015 – today)" above each position with dates of its own."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.structure.entries.dates.dates import DateRange
from services.ingest.structure.entries.pieces import LIKELY_OCCUPATION, Piece, is_place
from services.ingest.structure.entries.positions.surroundings import Surroundings
from services.ingest.structure.entries.positions.work_anchors import Anchor

# A position stands at most so many lines below its employer: its title, then its dates.
MAX_LINES_BELOW = 2


class Employers:
    """The employer that the positions below one line have in common, with the time spent there."""

    def __init__(self, around: Surroundings, anchors: Sequence[Anchor], own: Sequence[Sequence[Piece]]) -> None:
        self._around, self._anchors, self._own = around, anchors, own
        self._name: str | None = None
        self._time: DateRange | None = None

    def begins(self, number: int, used: int) -> bool:
        """Whether an anchor is no position, but an employer with the whole time there; it is kept for those below."""
        anchor = self._anchors[number]
        following = self._anchors[number + 1] if number + 1 < len(self._anchors) else None
        if anchor.placeholder or anchor.told or anchor.time is None or following is None or following.time is None:
            return False
        named = [piece for piece in self._own[number] if not is_place(piece.text)]
        if not named and anchor.at - 1 > used and not self._around.is_body(anchor.at - 1):
            named = [piece for piece in self._around.pieces(anchor.at - 1) if not is_place(piece.text)]
        if not named or any(piece.occupation or piece.given for piece in named):
            return False
        if following.at - anchor.at > MAX_LINES_BELOW or following.placeholder or following.told:
            return False
        if not _within(following.time, anchor.time) or not self._is_position_alone(number + 1, anchor.at):
            return False
        self._name, self._time = named[0].text, anchor.time
        return True

    def _is_position_alone(self, number: int, above: int) -> bool:
        """Whether an anchor, with the line between it and the employer, names a position and no employer."""
        named = list(self._own[number])
        for at in range(above + 1, self._anchors[number].at):
            if self._around.is_body(at):
                return False
            named += self._around.pieces(at)
        return bool(named) and named[0].occupation >= LIKELY_OCCUPATION and all(piece.lean >= 0 for piece in named)

    def covers(self, number: int) -> bool:
        """Whether an anchor's position falls into the time at the employer that stands above."""
        time = self._anchors[number].time
        return time is not None and self._time is not None and self._name is not None and _within(time, self._time)

    def of(self, number: int, named: str | None, sure: bool) -> str | None:
        """The employer of an anchor's position, where it has none of its own, or none that is sure."""
        if sure or not self.covers(number):
            self._name = None
            return named
        return self._name


def _within(time: DateRange, whole: DateRange) -> bool:
    """Whether a time may be a part of another."""
    if time.kind not in {"range", "since"}:
        return False
    if whole.kind == "length":
        return True
    if whole.kind not in {"range", "since"} or not whole.from_ or not time.from_:
        return False
    shared = min(len(whole.from_), len(time.from_))
    if time.from_[:shared] < whole.from_[:shared]:
        return False
    if whole.to is None or time.to is None:
        return whole.to is None
    shared = min(len(whole.to), len(time.to))
    return time.to[:shared] <= whole.to[:shared]
