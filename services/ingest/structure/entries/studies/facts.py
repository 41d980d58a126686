"""What is named of studies, by one line or by all that were put together so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from libs.contracts.structure import EducationLevel
from services.ingest.structure.entries.dates.dates import DateRange


@dataclass(slots=True)
class Named:
    """What is known of studies: by one line, or by all lines put together so far."""

    title: str | None = None
    level: EducationLevel | None = None
    subject: str | None = None
    school: str | None = None
    time: DateRange | None = None
    expected: bool = False
    # The year that they are expected to end in.
    until: str | None = None
    generic: bool = False
    # Whether the school's place stands beside it.
    placed: bool = False
    # Whether the date is that of entering the school.
    entered: bool = False
    # Where in its line this begins.
    start: int = 0


@dataclass(slots=True)
class Facts(Named):
    """What one line, or a part of it, names."""

    # Whether the line is about something else than studies, for all that is known of it.
    apart: bool = False
    # Whether there is a date and nothing else.
    alone: bool = False
    # Whether the date is that of leaving the school, where entering it has a line of its own.
    left: bool = False
    kinds: list[str] = field(default_factory=list)
