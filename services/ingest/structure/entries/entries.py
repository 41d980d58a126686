"""Positions held and studies."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import Entry, IdentitySpan, Section
from services.ingest.structure.stored_text import StoredText


def find_entries(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> list[Entry]:
    """A resume's entries in the text's order, at most MAX_ENTRIES."""
    return []
