"""What a query asks for, as a tree: of what its index of terms can tell, and of what only a text can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.matching.answers.query.text_words import TextWords, is_single_letter
from services.matching.index.words import expression
from services.matching.index.words.expression import Expression, Term
from services.matching.scoring.terms import terms_of, word_list


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand side by side, with function words, as `word_list` has them; often one word alone.

    `terms` are the distinct ones that documents are found by.
    """

    words: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def is_told_by_terms(self) -> bool:
        """Whether every document with the terms holds the phrase."""
        return len(self.words) == 1 and not is_single_letter(self.words)


@dataclass(frozen=True, slots=True)
class And:
    """All parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of the parts at least."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but the part."""

    part: Node


Node = Phrase | And | Or | Not


def phrase_of(text: str) -> Phrase | None:
    """The phrase that a word or a quotation asks for; None where no document can be found by it."""
    terms = tuple(terms_of(text))
    return Phrase(tuple(word_list(text)), terms) if terms else None


def is_positive(node: Node) -> bool:
    """Whether it says what a document must hold, not only what it must not."""
    match node:
        case Phrase():
            return True
        case And(parts):
            return any(map(is_positive, parts))
        case Or(parts):
            return all(map(is_positive, parts))
        case Not():
            return False


def satisfied(node: Node, words: TextWords) -> bool:
    """Whether a text is what the node asks for."""
    match node:
        case Phrase():
            return words.hold(node.words)
        case And(parts):
            return all(satisfied(part, words) for part in parts)
        case Or(parts):
            return any(satisfied(part, words) for part in parts)
        case Not(part):
            return not satisfied(part, words)


def necessary(node: Node) -> Expression | None:
    """What the terms of every document that satisfies the node satisfy; None where terms tell nothing."""
    match node:
        case Phrase(_, terms):
            return _all(list(map(Term, terms)))
        case And(parts):
            told = [part for part in map(necessary, parts) if part is not None]
            return _all(told) if told else None
        case Or(parts):
            told = [part for part in map(necessary, parts) if part is not None]
            return _any(told) if len(told) == len(parts) else None
        case Not(part):
            enough = sufficient(part)
            return None if enough is None else expression.Not(enough)


def sufficient(node: Node) -> Expression | None:
    """By which terms a document satisfies the node for certain; None where no terms are enough."""
    match node:
        case Phrase(_, terms):
            return Term(terms[0]) if node.is_told_by_terms else None
        case And(parts):
            told = [part for part in map(sufficient, parts) if part is not None]
            return _all(told) if len(told) == len(parts) else None
        case Or(parts):
            told = [part for part in map(sufficient, parts) if part is not None]
            return _any(told) if told else None
        case Not(part):
            needed = necessary(part)
            return None if needed is None else expression.Not(needed)


def phrases(node: Node) -> Iterator[Phrase]:
    """The phrases that terms cannot tell."""
    match node:
        case Phrase():
            if not node.is_told_by_terms:
                yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from phrases(part)
        case Not(part):
            yield from phrases(part)


def _all(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else expression.All(tuple(parts))


def _any(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else expression.Any(tuple(parts))
