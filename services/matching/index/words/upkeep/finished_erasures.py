"""The receipts of erasures say when the index holds nothing of the document any more."""

from __future__ import annotations

from collections.abc import Iterable

from libs.database.transactions import Writing

_FINISHED = """
UPDATE matching.erasures e SET index_at = coalesce(index_at, now())
WHERE e.tenant = $1 AND e.receipt = ANY($2)
    AND NOT EXISTS (SELECT 1 FROM matching.buried b WHERE b.tenant = $1 AND b.receipt = e.receipt)
"""


async def finish_erasures(connection: Writing, tenant: str, receipts: Iterable[str | None]) -> None:
    """Notes those of these erasures of which nothing is buried any more as done."""
    known = [receipt for receipt in receipts if receipt is not None]
    if known:
        await connection.execute(_FINISHED, tenant, known)
