"""Choosing by their cards which candidates are compared in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

import numpy as np
from pgvector import HalfVector

from services.matching.answers.candidates.cards import candidate_cards
from services.matching.answers.scored_rows import Size
from services.matching.index.found import Numbers
from services.matching.index.words.weighted_terms import WeightedTerms, weighted_hashes, weighted_terms
from services.matching.scoring.choosing.card_ranking import (
    Asked,
    asked_by_document,
    asked_by_query,
    card_values,
)
from services.matching.scoring.choosing.card_roles import groups_of
from services.matching.scoring.choosing.word_weights import weights_of
from services.matching.scoring.document_vector import mixed_vector
from services.matching.scoring.model import Vectors
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.roles.role_marks import sought_marks
from services.matching.scoring.term_hashes import shortened, term_hashes
from services.matching.scoring.terms import idf
from services.matching.storage.spaces_table import Space


@dataclass(frozen=True, slots=True)
class Compared:
    """What candidates are found by and ranked with: `terms` with their weights, and what cards are compared with."""

    terms: WeightedTerms
    asked: Asked


@dataclass(frozen=True, slots=True)
class Chosen:
    """Candidates that are to be compared in full, best first; of some it is known already how large they are."""

    ids: list[str]
    sizes: dict[str, Size]


def compared_with_document(document: ReadDocument) -> Compared:
    """Of a document that is asked about: the words that a job is compared by, all of a resume's, and the occupations
    that it names. Blocks."""
    asked = asked_by_document(document)
    marks = sought_marks({} if asked.roles is None else groups_of(asked.roles.named))
    hashes = np.concatenate([asked.hashes, shortened(term_hashes(marks))])
    weights = np.append(asked.weights, np.array(list(marks.values()), np.float32))
    return Compared(weighted_hashes(hashes, weights), asked)


def compared_with_query(terms: Sequence[str], vector: Vectors | None) -> Compared:
    """Of a query with these distinct terms."""
    weights = {term: idf(term) for term in terms}
    return Compared(weighted_terms(weights), asked_by_query(weights, vector))


def terms_of_similar(document: ReadDocument) -> WeightedTerms:
    """All words of a document to which others of its kind are looked for. Blocks."""
    hashes = shortened(document.reading.hashes)
    return weighted_hashes(hashes, weights_of(hashes))


def document_vector_of(document: ReadDocument) -> HalfVector:
    """What the nearest documents are looked for by."""
    return HalfVector(mixed_vector(document.reading.head, document.reading.mean))


def best_by_cards(asked: Asked, joined: Any, space: Space | None, most: int, foremost: Numbers | None = None) -> Chosen:
    """The best candidates of the row that `joined_cards` gave: first the `foremost`, then best first; equals by id.
    Behind them as many of those that are not derived yet. Blocks, for some milliseconds."""
    candidates = candidate_cards(joined, space)
    values = card_values(asked, candidates.cards)
    behind = np.zeros(len(values), dtype=np.bool_) if foremost is None else ~np.isin(candidates.numbers, foremost)
    keys = zip(behind.tolist(), (-values).tolist(), candidates.ids, range(len(values)), strict=True)
    chosen = [place for *_, place in nsmallest(most, keys)]
    ids = [candidates.ids[place] for place in chosen]
    return Chosen(ids + candidates.underived[:most], candidates.sizes_of(chosen))
