"""An erased document's entries keep their scores, and lose what tells whose they are."""

from __future__ import annotations

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.database.transactions import Writing
from services.matching.score_log.marks import erased_name, lock_for_erasing

_FORGET = """
UPDATE matching.score_log SET {kind}_id = $5, {kind}_stamp = NULL, {kind}_offset = NULL, {kind}_hash = NULL
WHERE tenant = $1 AND {kind}_id = $2 AND ({kind}_stamp, {kind}_offset) <= ($3, $4)
"""


async def forget_in_log(connection: Writing, key: DocumentKey, revision: Revision) -> int:
    """Replaces the id of a document by its keyed hash wherever it was scored at or below a revision; how many entries.

    In the transaction that marks the document as erased. Idempotent.
    """
    await lock_for_erasing(connection, key.tenant)
    name = await erased_name(connection, key)
    statement = _FORGET.format(kind=key.kind)
    return await connection.execute(statement, key.tenant, key.id, revision.stamp, revision.offset, name)
