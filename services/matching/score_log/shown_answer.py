"""What the log is told of an answer that shows scores of pairs."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.inner.asking import Asker
from libs.contracts.inner.score_log import Operation

_ANSWER_BITS = 63


class ScoredVersion(msgspec.Struct, frozen=True, array_like=True):
    """Which text of a document was scored: its revision, its sha256 in hex, and the version of the structure found in
    it."""

    stamp: int
    offset: int
    text_hash: str
    structure_version: int


class LoggedDocument(msgspec.Struct, frozen=True, array_like=True):
    """A document as it was scored."""

    id: str
    version: ScoredVersion


class ShownScore(msgspec.Struct, frozen=True, array_like=True):
    """The score of the document that was asked about with another one; None for insufficient_data."""

    other: LoggedDocument
    score: float | None


class ShownAnswer(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """An answer's scores in their order, all with one document that was asked about, of `kind`; the others are of the
    other kind. `answer` is a number of its own, 0 to 2⁶³ - 1."""

    tenant: str
    operation: Operation
    asker: Asker
    kind: Kind
    asked: LoggedDocument
    scores: Sequence[ShownScore]
    space: str
    scoring_version: str
    reading_version: int
    at: datetime = msgspec.field(default_factory=lambda: datetime.now(UTC))
    answer: int = msgspec.field(default_factory=lambda: secrets.randbits(_ANSWER_BITS))


Note = Callable[[ShownAnswer], None]
"""Is told of each answer once it is there; returns at once and never raises."""


def not_noted(answer: ShownAnswer) -> None:
    """Logs nothing."""
