"""Which candidates have a query's phrases in their text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from libs.contracts.identifiers import Kind
from libs.contracts.structure import IdentitySpan
from libs.database.transactions import Reading
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.query.queries import ParsedQuery
from services.matching.scoring.model import blanked_out

# Texts that are read at once.
_TOGETHER = 50


async def satisfying(
    connection: Reading,
    limits: AnswerLimits,
    tenant: str,
    kind: Kind,
    ids: Sequence[str],
    query: ParsedQuery,
    most: int,
) -> list[str]:
    """The first `most` of some documents whose visible text is what the query asks for, in their order."""
    kept: list[str] = []
    for start in range(0, len(ids), _TOGETHER):
        if len(kept) >= most:
            break
        part = ids[start : start + _TOGETHER]
        rows = await connection.fetch(
            """
            SELECT id, text, identity_spans FROM matching.documents
            WHERE tenant = $1 AND kind = $2 AND id = ANY($3) AND indexed_stamp IS NOT NULL
            """,
            tenant,
            kind,
            list(part),
        )
        found = await limits.scoring(partial(_satisfying, rows, query))
        kept += [each for each in part if each in found]
    return kept[:most]


def _satisfying(rows: Sequence[Any], query: ParsedQuery) -> set[str]:
    return {row["id"] for row in rows if query.satisfied_by(_visible_text(row))}


def _visible_text(row: Any) -> str:
    return blanked_out(row["text"], msgspec.json.decode(row["identity_spans"] or "[]", type=list[IdentitySpan]))
