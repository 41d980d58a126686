"""All that is derived of a document when it is written, and anew from what is stored where its form is an older one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.contracts.identifiers import Kind
from libs.contracts.standing import State
from libs.contracts.structure import IdentitySpan
from services.matching.index.cards import CardTerms, card_terms, packed_card_vectors
from services.matching.index.filters.filter_values import FilterValue, filter_values
from services.matching.index.identity.identity_terms import identity_terms
from services.matching.scoring.choosing.card_roles import groups_of, named_roles, packed_roles
from services.matching.scoring.choosing.unit_signs import packed_signs
from services.matching.scoring.document_vector import document_vector
from services.matching.scoring.model import ScoredDocument, Vectors
from services.matching.scoring.reading.deriving import derived_reading
from services.matching.scoring.reading.stored_reading import packed
from services.matching.scoring.roles.role_marks import marks_of

# Bytes of a stored unit's scale and span, beside its vector as int8.
_BESIDE_A_UNIT = 4 + 8


@dataclass(frozen=True, slots=True)
class Derived:
    """`document` is the vector of the whole, float32; `card_vectors`, `card_signs`, `card_roles` and `reading` lie in
    rows as they are. `stored_bytes` are read to score it: the reading and the units."""

    kind: Kind
    id: str
    terms: CardTerms
    document: Vectors
    card_vectors: bytes
    card_signs: bytes
    card_roles: bytes
    reading: bytes
    text_bytes: int
    stored_bytes: int
    units: int
    filters: list[FilterValue]
    identity: list[str]


def derive(
    document_id: str,
    document: ScoredDocument,
    metadata: Mapping[str, Any],
    identity_spans: Sequence[IdentitySpan],
    state: State | None,
) -> Derived:
    """What is derived of a document with one window at least. `state` is a job's; None for a resume. Blocks, for some
    milliseconds."""
    read = derived_reading(document)
    reading = packed(read)
    roles = named_roles(read, document.units)
    return Derived(
        kind=document.kind,
        id=document_id,
        terms=card_terms({**document.term_counts, **dict.fromkeys(marks_of(groups_of(roles)), 1)}),
        document=document_vector(document.windows),
        card_vectors=packed_card_vectors(document.windows),
        card_signs=packed_signs(document.units.vectors),
        card_roles=packed_roles(roles, document.units.vectors.shape[1]),
        reading=reading,
        text_bytes=len(document.text.encode()),
        stored_bytes=len(reading) + len(document.units) * (document.units.vectors.shape[1] + _BESIDE_A_UNIT),
        units=len(document.units),
        filters=filter_values(metadata, document.language, state),
        identity=identity_terms(document.text, identity_spans) if document.kind == "resume" else [],
    )
