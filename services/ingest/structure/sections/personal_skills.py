"""Europass' section of personal skills, whose parts have headings elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.structure.sections.heading_vocabulary import WordKind, folded
from services.ingest.structure.sections.heading_words import read_title
from services.ingest.structure.stored_text import Line

# The first part stands so many lines below the heading.
_LINES = 2
_PARTS: frozenset[WordKind] = frozenset({"skills", "languages"})
_PERSONAL = ("person", "osob", "pessoa", "persoon", "личн", "особ", "szemely", "kisisel", "henkil")
_MOTHER_TONGUE = tuple(
    folded(words)
    for words in (
        "mother tongue", "lengua materna", "idioma materno", "língua materna", "lingua madre", "madrelingua",
        "langue maternelle", "moedertaal", "muttersprache", "modersmål", "morsmål", "äidinkieli",
        "język ojczysty", "mateřský jazyk", "materinski jezik", "anyanyelv", "limba maternă", "родной язык",
        "рідна мова", "майчин език", "μητρική γλώσσα", "ana dil",
    )
)  # fmt: skip


def opens_personal_skills(title: str, below: Sequence[Line]) -> bool:
    """Whether the heading is that of personal skills, and the lines below begin with the mother tongue."""
    said = folded(title)
    return any(word in said for word in _PERSONAL) and any(
        folded(line.text[:40]).startswith(_MOTHER_TONGUE) for line in below[:_LINES]
    )


def is_part(title: str) -> bool:
    """Whether words that are a heading's elsewhere name a part there: "Competenze digitali", "Altre lingue"."""
    reading = read_title(title, asked=False)
    return reading is not None and reading.kind in _PARTS
