"""What is published so that the compacted topics end on what is stored, and on nothing that failed or was erased."""

from __future__ import annotations

from libs.contracts import topics
from libs.contracts.events import SourceEvent
from libs.contracts.revision import Revision
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


def erasure_record(stored: StoredDocument, erased: Revision, came: SourceEvent) -> Outgoing:
    """The tombstone of a document's last erasure once more, since an event that `came` must not be the last of its key.

    It is said to be of that event where nothing is kept of the deletion, but never with its sequence.
    """
    source_event = stored.erasing or SourceEvent(came.source, came.id)
    return tombstone_record(topics.TEXT, stored.key, erased, source_event)


def superseded_record(superseded: Identity, by: Revision) -> Outgoing:
    """The report that an event of an older revision, `by`, supersedes one by its sequence."""
    return status_record(
        superseded.key,
        superseded.revision,
        Status.SUPERSEDED,
        source_event=superseded.source_event,
        superseded_by=by,
    )


async def end_replay(connection: Writing, replay: Identity, written: Written) -> None:
    """Ends an event of an erased document as erased; its text must not be the last of its key."""
    key, revision, source_event = replay.key, replay.revision, replay.source_event
    written.outgoing.append(status_record(key, revision, Status.ERASED, source_event=source_event))
    if not await await_newer(connection, key, revision):
        written.repair([tombstone_record(topics.TEXT, key, revision, source_event)])


async def after_late(connection: Writing, late: Identity) -> list[Outgoing]:
    """What puts an end to topics that end on an event which came late by its sequence: what is stored, the erasure of
    the document, or nothing, where neither is known. Nothing where a newer one is on its way."""
    stored = await stored_document(connection, late.key)
    if stored is not None and stored.indexed is not None:
        return await repaired(connection, stored)
    if await await_newer(connection, late.key, late.revision):
        return []
    if stored is not None and stored.erased is not None:
        return [erasure_record(stored, stored.erased, late.source_event)]
    return [tombstone_record(topics.TEXT, late.key, late.revision, late.source_event, withdrawn=True)]


async def after_failure(
    connection: Writing, failed: Identity, *, published: bool, written: Written, is_late: bool = False
) -> None:
    """Puts what is stored at the topics' end, or nothing, where they end on a text that failed, or on an older one.

    `published`: whether they hold a record of the failed revision; `is_late`: whether that came late by its sequence,
    so that also an erasure of a lower revision is newer.
    """
    key, revision = failed.key, failed.revision
    stored = await stored_document(connection, key)
    owed = stored is not None and stored.repair_owed
    if not (published or owed) or await await_newer(connection, key, revision):
        return
    if stored is not None and stored.indexed is not None:
        repair = text_record(await stored_text(connection, key))
    elif stored is not None and stored.erased is not None and (is_late or stored.erased > revision):
        repair = erasure_record(stored, stored.erased, failed.source_event)
    else:
        repair = tombstone_record(topics.TEXT, key, revision, failed.source_event, withdrawn=True)
    written.repair([repair])
    if owed:
        written.repaired.append(key)
