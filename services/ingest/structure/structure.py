"""All that is found in a stored text, in the order in which one finding needs another."""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.documents import Span
from libs.contracts.structure import Structure
from libs.contracts.text_preparation import holds_word
from services.ingest.structure import language as languages
from services.ingest.structure.entries import entries as entry_finder
from services.ingest.structure.entries.entries import find_entries
from services.ingest.structure.identity import identity as identity_finder
from services.ingest.structure.identity.identity import find_identity
from services.ingest.structure.language import language_of
from services.ingest.structure.mentions import mentions as mention_finder
from services.ingest.structure.mentions.mentions import find_named
from services.ingest.structure.requirements import requirements as requirement_finder
from services.ingest.structure.requirements.requirements import find_requirements
from services.ingest.structure.sections import sections as section_finder
from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title import title as titles
from services.ingest.structure.title.title import title_of


def load() -> None:
    """Reads models and word lists, so that no document waits for them."""
    for part in (
        languages,
        section_finder,
        titles,
        identity_finder,
        entry_finder,
        mention_finder,
        requirement_finder,
    ):
        part.load()


def find_structure(stored: StoredText) -> Structure:
    """The structure of a stored text. Pure; blocks for some milliseconds."""
    language = language_of(stored.text)
    sections = find_sections(stored)
    identity = find_identity(stored, sections)
    is_resume = stored.kind == "resume"
    entries = find_entries(stored, sections, identity) if is_resume else []
    named = find_named(stored, sections, identity)
    requirements, notes = ([], []) if is_resume else find_requirements(stored, sections)
    return Structure(
        title=title_of(stored, sections, identity, entries),
        language=language,
        sections=sections,
        identity_spans=identity,
        entries=entries,
        mentions=named.mentions,
        disclaimed_spans=named.disclaimed if _says_more(stored.text, [*identity, *named.disclaimed]) else [],
        requirements_found=requirements,
        notes=notes,
    )


def _says_more(text: str, hidden: Sequence[Span]) -> bool:
    """Whether anything is left of a text without some stretches: one of which nothing would be left could not be
    stored at all."""
    at = 0
    for span in sorted(hidden, key=lambda span: span.start):
        if holds_word(text[at : span.start]):
            return True
        at = max(at, span.end)
    return holds_word(text[at:])
