"""What a search text means: words that rank, words that must or must not stand in a document, or plain words alone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from libs.contracts.inner.searching import ReadAs
from libs.contracts.text_preparation import holds_word
from services.matching.answers.query.grammar import Asked, asked
from services.matching.answers.query.text_words import TextWords
from services.matching.answers.query.tokens import Malformed, tokens
from services.matching.answers.query.tree import And, Node, Not, Or, necessary, phrases, satisfied, sufficient
from services.matching.index.words.expression import Expression
from services.matching.scoring.terms import terms_of

# A longer text, or one of several lines, is a paragraph or a whole job: its hyphens and parentheses are no operators.
MAX_OPERATOR_CHARS = 300


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A search text, read.

    `plain` is the text to embed and `terms` its distinct terms, by both of which documents are ranked: without
    operators and excluded words. `expression` is what the terms of every document that is found satisfy, None where all
    documents may be found; it joins `required` and `not excluded`, of which each is None where there is none. Where
    `phrases` is not empty, terms do not tell all: `satisfied_by` a document's visible text decides then. `phrases` are
    these, as `word_list` has their words.
    """

    read_as: ReadAs
    plain: str
    terms: tuple[str, ...]
    expression: Expression | None = None
    required: Expression | None = None
    excluded: Expression | None = None
    phrases: tuple[tuple[str, ...], ...] = ()
    _asked: Node | None = None

    def satisfied_by(self, visible_text: str) -> bool:
        """Whether a text, without its identity spans, is what the query asks for. Blocks, some milliseconds."""
        return self._asked is None or satisfied(self._asked, TextWords(visible_text))


def parsed(query: str) -> ParsedQuery:
    """Reads a search text; raises nothing, whatever it is.

    `"quoted words"` must stand side by side, `a OR b` one of both, `a AND b` both; `-word`, `-"quoted words"` and
    `NOT word` must not; parentheses group. All other words only rank. Operators are upper-case. What is malformed (a
    quotation or parenthesis that is not closed, an operator without an operand, nothing but exclusions) is read as
    plain words, and so is a text of several lines or of more than MAX_OPERATOR_CHARS characters.
    """
    text = unicodedata.normalize("NFC", query)
    stripped = text.strip()
    if len(stripped) > MAX_OPERATOR_CHARS or len(stripped.splitlines()) > 1:
        return _plain(text, "words")
    try:
        found = asked(tokens(stripped))
    except Malformed:
        return _plain(text, "words")
    if not found.nodes:
        return _plain(text, "query")
    kept = " ".join(found.kept)
    return _query(kept, found) if holds_word(kept) else _plain(text, "words")


def _plain(text: str, read_as: ReadAs) -> ParsedQuery:
    return ParsedQuery(read_as, text, tuple(terms_of(text)))


def _query(plain: str, found: Asked) -> ParsedQuery:
    whole = And(tuple(found.nodes))
    required = tuple(node for node in found.nodes if not isinstance(node, Not))
    excluded = tuple(node.part for node in found.nodes if isinstance(node, Not))
    return ParsedQuery(
        read_as="query",
        plain=plain,
        terms=tuple(terms_of(plain)),
        expression=necessary(whole),
        required=necessary(And(required)),
        excluded=sufficient(Or(excluded)),
        phrases=tuple(dict.fromkeys(phrase.words for phrase in phrases(whole))),
        _asked=whole,
    )
