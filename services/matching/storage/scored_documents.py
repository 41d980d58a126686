"""Stored documents as scoring takes them, from rows of the table of documents and of a space's vectors."""

from __future__ import annotations

from typing import Any

import msgspec

from libs.contracts.documents import Note
from libs.contracts.structure import DisclaimedSpan, Entry, IdentitySpan, Mention, Requirement, Section
from services.matching.scoring.covered_languages import is_covered
from services.matching.scoring.model import ScoredDocument
from services.matching.storage.packing import unpacked_units, unpacked_windows

# What a row must have, of documents `d` and vectors `v`.
COLUMNS = """d.kind, d.id, d.title, d.text, d.sections, d.identity_spans, d.disclaimed_spans, d.entries, d.mentions,
    d.notes, d.as_of, d.language, d.requirements, d.requirements_found, d.structure_version, v.windows, v.window_spans,
    v.units, v.unit_scales, v.unit_spans"""


def scored_document(row: Any, *, dimension: int, model: str) -> ScoredDocument:
    """The document of a row with all COLUMNS, in the space of a model with vectors of this dimension. Blocks."""
    return ScoredDocument(
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        sections=msgspec.json.decode(row["sections"] or "[]", type=list[Section]),
        identity_spans=identity_spans(row),
        language=row["language"],
        windows=unpacked_windows(row["windows"], row["window_spans"], dimension),
        units=unpacked_units(row["units"], row["unit_scales"], row["unit_spans"], dimension),
        requirements=None if row["requirements"] is None else msgspec.json.decode(row["requirements"]),
        requirements_found=msgspec.json.decode(row["requirements_found"] or "[]", type=list[Requirement]),
        structure_version=row["structure_version"],
        disclaimed_spans=msgspec.json.decode(row["disclaimed_spans"] or "[]", type=list[DisclaimedSpan]),
        entries=msgspec.json.decode(row["entries"] or "[]", type=list[Entry]),
        mentions=msgspec.json.decode(row["mentions"] or "[]", type=list[Mention]),
        as_of=row["as_of"],
        note_codes=[note.code for note in msgspec.json.decode(row["notes"] or "[]", type=list[Note])],
        is_covered=is_covered(model, row["language"]),
    )


def identity_spans(row: Any) -> list[IdentitySpan]:
    """The stretches of a row's text that tell who a person is."""
    return msgspec.json.decode(row["identity_spans"] or "[]", type=list[IdentitySpan])
