"""What a job asks for."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.documents import Note
from libs.contracts.structure import Requirement, Section
from services.ingest.structure.stored_text import StoredText


def find_requirements(stored: StoredText, sections: Sequence[Section]) -> tuple[list[Requirement], list[Note]]:
    """A job's requirements in the text's order, at most MAX_REQUIREMENTS; a note says how many more there are."""
    return [], []
