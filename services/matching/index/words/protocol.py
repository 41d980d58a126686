"""What finding by words has to do, whoever does it: the segments of this room, or an extension of the database."""

from __future__ import annotations

from typing import Protocol

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.found import Found, Numbers
from services.matching.index.words.expression import Expression
from services.matching.index.words.weighted_terms import WeightedTerms


class WordIndex(Protocol):
    """Reads in the caller's transaction, so that an answer sees one moment. Raises what that transaction raises."""

    async def best(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        terms: WeightedTerms,
        limit: int,
        *,
        within: Numbers | None = None,
        exact: bool = True,
    ) -> list[Found]:
        """Documents that have one of the terms at least, greatest BM25 first, at most `limit`.

        `terms`: each with its weight (for BM25 its idf); all count in the value of what is found. `within`: only these
        documents count. Which documents are found may differ from an exact ranking at its end. Values are exact but
        where that is not asked for: then they and their order are near, and one may be found that was removed a moment
        ago, which takes half the time, and is enough for a caller who looks at all that was found.
        """
        ...

    async def holding(self, connection: Reading, tenant: str, kind: Kind, wanted: Expression) -> Numbers:
        """All documents whose terms satisfy the expression: exact, and up to date."""
        ...
