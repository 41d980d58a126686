"""What scoring derives from a document, as bytes of a row: computed once, when the document is written."""

from __future__ import annotations

from services.matching.scoring.model import ScoredDocument

# The form of all that is derived of a document: readings, cards, filter values and identity terms. A higher number
# here has everything that is stored derived again in the background.
READING_VERSION = 1


def packed_reading(document: ScoredDocument) -> bytes:
    """The reading of a document with one window at least. Blocks."""
    del document
    return b""
