"""What tells of other people than the one whose resume it is."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import Section
from services.ingest.structure.sections.heading_words import heads


def of_referees(sections: Sequence[Section]) -> list[Section]:
    """The sections that name who can be asked about the person: their positions are not the person's."""
    return [section for section in sections if section.kind == "other" and heads(section.title) == "references"]


def is_within(place: int, sections: Sequence[Section]) -> bool:
    """Whether a place of the text stands in one of the sections."""
    return any(section.start <= place < section.end for section in sections)
