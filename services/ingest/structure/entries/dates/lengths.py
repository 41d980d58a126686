"""Lengths of time in a line: "2 years, 4 months", "halbes Jahr", "שנתיים"."""

from __future__ import annotations

from services.ingest.structure.entries.dates.points import PointReader

MAX_MONTHS = 70 * 12


class LengthReader(PointReader):
    """Reads lengths of time out of a line's tokens."""

    def length(self, at: int) -> tuple[int, int] | None:
        """The months that a length of time at `at` has, and the token after it."""
        found = self._one_length(at)
        if not found:
            return None
        months, after = found
        joined = after
        if self.text(joined) == ".":
            joined += 1
        if self.text(joined) == ",":
            joined += 1
        both = self.phrase("and", joined)
        more = self._one_length(both[1] if both else joined)
        if more and months % 12 == 0 and more[0] < 12:
            months, after = months + more[0], more[1]
        return (round(months), after) if 1 <= months <= MAX_MONTHS else None

    def _one_length(self, at: int) -> tuple[float, int] | None:
        named = self.phrase("length", at)
        if named:
            return float(named[0]), named[1]
        glued = self.text(at)
        if len(glued) > 3 and glued[0] in "ול":
            months = self._words.by_role["length"].get((glued[1:],))
            if months:
                return float(months), at + 1
        number, after = self._amount(at)
        if not number:
            return None
        if self.text(after) in {"+", "-"}:
            after += 1
        unit = self.phrase("unit", after)
        return (number * unit[0], unit[1]) if unit else None

    def _amount(self, at: int) -> tuple[float, int]:
        if at >= len(self.tokens):
            return 0, at
        number = self.tokens[at].number
        if number < 0:
            named = self.phrase("number", at)
            return (float(named[0]), named[1]) if named else (0, at)
        if number > MAX_MONTHS or self._is_year(at):
            return 0, at
        decimal = self.text(at + 1) in {".", ","} and self.touches(at + 1) and self.touches(at + 2)
        if decimal and at + 2 < len(self.tokens) and 0 <= self.tokens[at + 2].number <= 9:
            return number + self.tokens[at + 2].number / 10, at + 3
        return float(number), at + 1
