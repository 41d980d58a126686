"""The stretches of a text that tell who a person is."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import IdentitySpan, Section
from services.ingest.structure.stored_text import StoredText


def find_identity(stored: StoredText, sections: Sequence[Section]) -> list[IdentitySpan]:
    """Identity spans in the text's order, none overlapping another."""
    return []
