"""What a search text means."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.inner.matching import ReadAs
from services.matching.index.words.expression import Expression
from services.matching.scoring.terms import terms_of


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A search text, read.

    `plain` is the text to embed and `terms` its distinct terms, by both of which documents are ranked. `expression` is
    what the terms of every document that is found satisfy, None where all documents may be found; it joins `required`
    and `not excluded`, of which each is None where there is none. Where `phrases` is not empty, terms do not tell all:
    `satisfied_by` a document's visible text decides then.
    """

    read_as: ReadAs
    plain: str
    terms: tuple[str, ...]
    expression: Expression | None = None
    required: Expression | None = None
    excluded: Expression | None = None
    phrases: tuple[tuple[str, ...], ...] = ()

    def satisfied_by(self, visible_text: str) -> bool:
        """Whether a text, without its identity spans, is what the query asks for."""
        return all(" ".join(phrase) in visible_text.casefold() for phrase in self.phrases)


def parsed(query: str) -> ParsedQuery:
    """Reads a search text; raises nothing, whatever it is."""
    return ParsedQuery("query", query, tuple(terms_of(query)))
