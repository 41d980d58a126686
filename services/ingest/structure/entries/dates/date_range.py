"""A time named in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RangeKind = Literal["range", "since", "point", "season", "expected", "length"]


@dataclass(frozen=True, slots=True)
class DateRange:
    """A time named in a text. `start` and `end` count code points; dates are `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.

    By `kind`: a `range` with both ends named ("present" is an end: `to` None, in_progress); `since` a date and lasting;
    a `season`, `from_` its first month, `to` its last; a `point`, a single date, which is both `from_` and `to`;
    an `expected` end: in_progress, both None; a `length` of time without dates: `months` alone.
    """

    start: int
    end: int
    kind: RangeKind
    from_: str | None = None
    to: str | None = None
    in_progress: bool = False
    months: int | None = None
