"""Documents of the index by their texts alone, written as the service writes them, and what finding them must give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from libs.contracts.identifiers import Kind
from libs.database.transactions import Writing
from services.matching.index.cards import card_terms
from services.matching.index.derived import Derived
from services.matching.index.document_index import write_derived
from services.matching.index.words.weighted_terms import WeightedTerms, weighted_terms
from services.matching.scoring.terms import LENGTH_SHARE, SATURATION, idf, mean_length, term_list, terms_of
from tests.fakes.documents import SPACE, embed


def derived(document: str, text: str, kind: Kind = "resume") -> Derived:
    """Of a document that has nothing but words."""
    terms = card_terms(Counter(term_list(text)))
    vector = embed(text)
    return Derived(kind, document, terms, vector, b"", b"", b"", b"", 0, 0, 0, [], [])


async def write_texts(
    connection: Writing, texts: Mapping[str, str], *, tenant: str = "default", kind: Kind = "resume"
) -> None:
    """Writes or replaces these documents: id to text."""
    await write_derived(connection, tenant, SPACE, [derived(each, text, kind) for each, text in texts.items()])


def weights_of(query: str) -> WeightedTerms:
    """A query's terms as they are asked for."""
    return weighted_terms(_idf_of(query))


def _idf_of(query: str) -> dict[str, float]:
    return {term: idf(term) for term in terms_of(query)}


def bm25(query: str, text: str) -> float:
    """By the formula, one term after the other."""
    terms = term_list(text)
    saturation = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * len(terms) / mean_length())
    counts = Counter(terms)
    return sum(
        weight * counts[term] * (SATURATION + 1) / (counts[term] + saturation)
        for term, weight in _idf_of(query).items()
        if counts[term]
    )
