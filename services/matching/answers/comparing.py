"""Choosing by their cards which candidates are compared in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pgvector import HalfVector

from services.matching.answers.cards import candidate_cards, is_derived
from services.matching.index.words.weighted_terms import WeightedTerms, weighted_hashes
from services.matching.scoring.card_ranking import Asked, asked_by_query, card_values, weights_of
from services.matching.scoring.document_vector import mixed_vector
from services.matching.scoring.model import Vectors
from services.matching.scoring.read_document import ReadDocument
from services.matching.scoring.terms import idf
from services.matching.storage.spaces_table import Space


def asked_by(terms: Sequence[str], vector: Vectors | None) -> Asked:
    """What cards are compared with where a query is asked."""
    return asked_by_query({term: idf(term) for term in terms}, vector)


def terms_sought(asked: Asked) -> WeightedTerms:
    """By which words candidates are looked for: those of a job or query as they are weighted, all of a resume's."""
    return weighted_hashes(asked.hashes, asked.weights if asked.counts is None else weights_of(asked.hashes))


def document_vector_of(document: ReadDocument) -> HalfVector:
    """What the nearest documents are looked for by. It must have windows."""
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
