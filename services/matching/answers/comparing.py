"""Choosing by their cards which candidates are compared in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pgvector import HalfVector

from services.matching.answers.cards import candidate_cards, is_derived
from services.matching.scoring.card_ranking import Asked, card_values
from services.matching.scoring.document_vector import document_vector, head_vector, mean_vector
from services.matching.scoring.model import ScoredDocument, Vectors
from services.matching.scoring.readings import job_reading
from services.matching.scoring.terms import idf
from services.matching.storage.spaces_table import Space


def asked_of(document: ScoredDocument) -> Asked:
    """What cards are compared with where a document is asked about. Blocks."""
    if document.kind == "job":
        reading = job_reading(document)
        requirements = [[reading.terms[column] for column in columns] for columns in reading.requirement_terms]
        terms = dict(zip(reading.terms, reading.term_weights.tolist(), strict=True))
        return Asked(terms, reading.head, reading.mean, reading.title, requirements)
    terms = {term: idf(term) for term in document.term_counts}
    head = head_vector(document.windows)
    return Asked(terms, head, mean_vector(document.windows), head)


def asked_by(terms: Sequence[str], vector: Vectors | None) -> Asked:
    """What cards are compared with where a query is asked."""
    return Asked({term: idf(term) for term in terms}, vector, vector, vector)


def document_vector_of(document: ScoredDocument) -> HalfVector:
    """What the nearest documents are looked for by."""
    return HalfVector(document_vector(document.windows))


def best_by_cards(asked: Asked, rows: Sequence[Any], space: Space | None, most: int) -> list[str]:
    """The ids of the best candidates, of rows that `card_rows` gave, best first; equals by id. Behind them as many of
    those that are not derived yet. Blocks, for some milliseconds."""
    candidates = candidate_cards(rows, space)
    values = card_values(asked, candidates.cards)
    # Sorting strings only where values are equal.
    order = np.lexsort((np.argsort(np.argsort(candidates.ids)), -values))
    underived = [row["id"] for row in rows if not is_derived(row, space)]
    return [candidates.ids[place] for place in order[:most]] + underived[:most]
