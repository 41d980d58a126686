"""Choosing by their cards which candidates are compared in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pgvector import HalfVector

from services.matching.answers.cards import candidate_cards, is_derived
from services.matching.scoring.card_ranking import Asked, card_values
from services.matching.scoring.document_vector import mixed_vector
from services.matching.scoring.model import Vectors
from services.matching.scoring.read_document import ReadDocument
from services.matching.scoring.term_hashes import term_hash
from services.matching.scoring.terms import idf
from services.matching.storage.spaces_table import Space


def asked_of(document: ReadDocument, terms: Sequence[str]) -> Asked:
    """What cards are compared with where a document, whose distinct terms are these, is asked about. Blocks."""
    reading = document.reading
    if document.kind == "job":
        # Words of a job's boilerplate say nothing of whom it seeks.
        telling = set(document.term_hashes.tolist())
        terms = [term for term in terms if term_hash(term) in telling]
    weights = {term: idf(term) for term in terms}
    return Asked(weights, reading.head, reading.mean, document.title if document.kind == "job" else reading.head)


def asked_by(terms: Sequence[str], vector: Vectors | None) -> Asked:
    """What cards are compared with where a query is asked."""
    return Asked({term: idf(term) for term in terms}, vector, vector, vector)


def document_vector_of(document: ReadDocument) -> HalfVector:
    """What the nearest documents are looked for by."""
    return HalfVector(mixed_vector(document.reading.head, document.reading.mean))


def best_by_cards(asked: Asked, rows: Sequence[Any], space: Space | None, most: int) -> list[str]:
    """The ids of the best candidates, of rows that `card_rows` gave, best first; equals by id. Behind them as many of
    those that are not derived yet. Blocks, for some milliseconds."""
    candidates = candidate_cards(rows, space)
    values = card_values(asked, candidates.cards)
    # Sorting strings only where values are equal.
    order = np.lexsort((np.argsort(np.argsort(candidates.ids)), -values))
    underived = [row["id"] for row in rows if not is_derived(row, space)]
    return [candidates.ids[place] for place in order[:most]] + underived[:most]
