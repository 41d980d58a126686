"""Times named in a text: single dates, and ranges of them."""

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


@dataclass(frozen=True, slots=True)
class Point:
    """A date: `month` and `day` 0 where not named. `last_month` is a season's last, with the year it falls in.

    `sure`: it is a date wherever it stands; else only as an end of a range. `year` is 0 where only a month is named.
    """

    year: int
    month: int = 0
    day: int = 0
    last_year: int = 0
    last_month: int = 0
    sure: bool = True
