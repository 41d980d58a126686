"""The lexical way of finding documents, as answers use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from libs.contracts.identifiers import Kind
from services.matching.index.found import Found, Numbers
from services.matching.index.words.expression import Expression
from services.matching.storage.database import Reading


class WordIndex(Protocol):
    """Finds documents by their words."""

    async def best(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        terms: Mapping[str, float],
        limit: int,
        *,
        within: Numbers | None = None,
    ) -> list[Found]:
        """Documents by BM25 of these weighted terms (terms.py's SATURATION, LENGTH_SHARE, frozen idf), best first."""
        ...

    async def holding(self, connection: Reading, tenant: str, kind: Kind, wanted: Expression) -> Numbers:
        """All documents whose terms satisfy a boolean expression of terms (exact, up to date)."""
        ...
