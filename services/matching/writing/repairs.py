"""What is published so that the compacted topics end on what is stored, and on nothing that failed or was erased."""

from __future__ import annotations

from libs.contracts import topics
from libs.contracts.statuses import Status
from libs.database.transactions import Writing
from libs.messaging.publishing import Outgoing
from libs.messaging.reporting import status_record, text_record, tombstone_record
from services.matching.writing.arrivals import Identity
from services.matching.writing.statuses import await_newer
from services.matching.writing.stored_document import StoredDocument, stored_document, stored_text
from services.matching.writing.written import Written


async def repaired(connection: Writing, stored: StoredDocument | None) -> list[Outgoing]:
    """The stored text, to be published once more; nothing where none is stored or a newer one is on its way."""
    if stored is None or stored.indexed is None or await await_newer(connection, stored.key, stored.indexed):
        return []
    return [text_record(await stored_text(connection, stored.key))]


async def end_replay(connection: Writing, replay: Identity, written: Written) -> None:
    """Ends an event of an erased document as erased; its text must not be the last of its key."""
    key, revision, source_event = replay.key, replay.revision, replay.source_event
    written.outgoing.append(status_record(key, revision, Status.ERASED, source_event=source_event))
    if not await await_newer(connection, key, revision):
        written.repair([tombstone_record(topics.TEXT, key, revision, source_event)])


async def after_failure(connection: Writing, failed: Identity, *, published: bool, written: Written) -> None:
    """Puts what is stored at the topics' end, or nothing, where they end on a text that failed, or on an older one.

    `published`: whether they hold a record of the failed revision.
    """
    key, revision = failed.key, failed.revision
    stored = await stored_document(connection, key)
    owed = stored is not None and stored.repair_owed
    if not (published or owed) or await await_newer(connection, key, revision):
        return
    if stored is not None and stored.indexed is not None:
        repair = text_record(await stored_text(connection, key))
    elif stored is not None and stored.erased is not None and stored.erased > revision:
        repair = tombstone_record(topics.TEXT, key, stored.erased, failed.source_event)
    else:
        repair = tombstone_record(topics.TEXT, key, revision, failed.source_event, withdrawn=True)
    written.repair([repair])
    if owed:
        written.repaired.append(key)
