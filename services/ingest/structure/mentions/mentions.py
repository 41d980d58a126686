"""Skills, licences, languages and degrees named in a text."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.structure import IdentitySpan, Mention, Section
from services.ingest.structure.stored_text import StoredText


def find_mentions(stored: StoredText, sections: Sequence[Section], identity: Sequence[IdentitySpan]) -> list[Mention]:
    """Mentions in the text's order, none overlapping another, at most MAX_MENTIONS."""
    return []
