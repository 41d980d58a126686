"""Under which name the log keeps a document that is erased, and the lock that no erasure slips past.

The name is a keyed hash of the document's key, under the secret of the database by which it marks events, too: the same
in every entry, so that they can be counted, and telling nothing to who has not the database.
"""

from __future__ import annotations

import hashlib
import hmac

import msgspec

from libs.contracts.identifiers import DocumentKey
from libs.database.transactions import Reading, Writing

_HEX_DIGITS = 32
# Any number, for the first of an advisory lock's two; the second is of the tenant.
_CLASS = 7_203

_WRITING = f"SELECT pg_advisory_xact_lock({_CLASS}, hashtext($1))"
_ERASING = f"SELECT pg_advisory_xact_lock_shared({_CLASS}, hashtext($1))"


async def erased_name(connection: Reading, key: DocumentKey) -> str:
    """The name of an erased document."""
    secret = bytes(await connection.fetchval("SELECT secret FROM matching.sent_events_secret"))
    said = msgspec.json.encode(("score log", str(key)))
    return "erased:" + hmac.new(secret, said, hashlib.sha256).hexdigest()[:_HEX_DIGITS]


async def lock_for_writing(connection: Writing, tenant: str) -> None:
    """Until the transaction ends no erasure of the tenant changes the log, and no other process writes to it.

    What is read after this of who is erased is true of every entry: an erasure that waits sees what is written now, one
    that was before is seen. Whoever holds it must wait for nothing else that an erasure may hold.
    """
    await connection.fetchval(_WRITING, tenant)


async def lock_for_erasing(connection: Writing, tenant: str) -> None:
    """Until the transaction ends nobody writes to the tenant's log. Erasures do not wait for each other here: they hold
    documents, and could do so in a circle."""
    await connection.fetchval(_ERASING, tenant)
