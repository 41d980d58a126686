"""What terms a document must hold: a boolean expression."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """Documents that hold the term."""

    term: str


@dataclass(frozen=True, slots=True)
class All:
    """Documents of which all parts are true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Documents of which one part at least is true."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Documents of which the part is not true."""

    part: Expression


Expression = Term | All | Any | Not
