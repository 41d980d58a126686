"""What a finder of positions hands on."""

from __future__ import annotations

from dataclasses import dataclass

from services.ingest.structure.entries.dates.dates import DateRange


@dataclass(frozen=True, slots=True)
class Found:
    """A position found: lines `first` to `last` are its header, by their place in the part."""

    first: int
    last: int
    title: str | None
    organization: str | None
    time: DateRange | None
