"""Boolean expressions of terms, as a query means them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """Documents with this term, in the form of `scoring.terms`."""

    term: str


@dataclass(frozen=True, slots=True)
class All:
    """Documents that satisfy every part; without parts, all documents."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Documents that satisfy one part at least; without parts, none."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not satisfy the part."""

    part: Expression


Expression = Term | All | Any | Not


def terms_in(expression: Expression) -> Iterator[str]:
    """Every term that the expression names, as often as it does."""
    match expression:
        case Term(term):
            yield term
        case All(parts) | Any(parts):
            for part in parts:
                yield from terms_in(part)
        case Not(part):
            yield from terms_in(part)
