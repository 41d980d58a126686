"""The records that services publish about documents: status, text, vectors, metadata, expiries, tombstones.

Each carries the CloudEvents headers of binary mode, the document's `revision` and the trace context.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from libs.contracts import cloudevents, events, topics
from libs.contracts.documents import DocumentError
from libs.contracts.events import MetadataChange, SourceEvent, StatusEvent, TextEvent, VectorsEvent, WholeMetadata
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import EXPIRED_REVISION_ATTRIBUTE
from libs.contracts.statuses import Status
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.telemetry.record_spans import record_headers

REVISION = "revision"
SOURCE_EVENT_SOURCE = "source_event_source"
SOURCE_EVENT_ID = "source_event_id"
CACHE_FORGOTTEN = "cache_forgotten"
# On a text: embedding computes its vectors, whatever the cache holds.
RECOMPUTE = "recompute"
SOURCE = "/shortlist"


def now() -> str:
    """The time in RFC 3339, UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def status_event(
    key: DocumentKey,
    revision: Revision,
    status: Status,
    *,
    source_event: SourceEvent,
    error: DocumentError | None = None,
    published: bool = False,
) -> StatusEvent:
    """The event that a revision has reached a step (`status`), at the time of the call."""
    return StatusEvent(
        tenant=key.tenant,
        kind=key.kind,
        id=key.id,
        revision=str(revision),
        status=status,
        error=error,
        published=published,
        source_event=source_event,
        at=now(),
    )


def status_record(
    key: DocumentKey,
    revision: Revision,
    status: Status,
    *,
    source_event: SourceEvent,
    error: DocumentError | None = None,
    published: bool = False,
) -> Outgoing:
    """The record of `status_event`, for the status topic."""
    event = status_event(key, revision, status, source_event=source_event, error=error, published=published)
    return status_event_record(event)


def status_event_record(event: StatusEvent) -> Outgoing:
    """The record of a status event, for the status topic."""
    return Outgoing(
        topics.STATUS,
        event.key.encode(),
        events.encode(event),
        _headers(events.status_type(event.status), event.key, event.revision, event.source_event),
    )


def text_record(event: TextEvent, *, recompute: bool = False) -> Outgoing:
    """The record of a document's text. `recompute`: embedding must not take its vectors from the cache."""
    headers = _headers(events.TYPE_TEXT, event.key, event.revision, event.source_event)
    if recompute:
        headers.append((RECOMPUTE, b"1"))
    return Outgoing(topics.TEXT, event.key.encode(), events.encode(event), headers)


def vectors_record(event: VectorsEvent, topic: str) -> Outgoing:
    """The record of a document's text and vectors, for `topic`, which is its space's."""
    return Outgoing(
        topic,
        event.key.encode(),
        events.encode(event),
        _headers(events.TYPE_VECTORS, event.key, event.revision, event.source_event),
    )


def metadata_change_record(event: MetadataChange) -> Outgoing:
    """The record of a change of metadata, for matching."""
    headers = _headers(events.TYPE_METADATA_CHANGED, event.key, event.revision, event.source_event)
    return Outgoing(topics.METADATA_CHANGES, event.key.encode(), events.encode(event), headers)


def metadata_record(event: WholeMetadata) -> Outgoing:
    """The record of a document's whole metadata."""
    headers = _headers(events.TYPE_METADATA, event.key, event.revision, None)
    return Outgoing(topics.METADATA, event.key.encode(), events.encode(event), headers)


def tombstone_record(
    topic: str,
    key: DocumentKey,
    revision: Revision,
    source_event: SourceEvent,
    *,
    withdrawn: bool = False,
    forgotten: bool = False,
) -> Outgoing:
    """The record that removes a document from a compacted topic.

    `withdrawn`: because the document failed, and nothing is to be erased. `forgotten`, on a vectors topic: embedding's
    cache no longer holds any of the document's vectors.
    """
    type = events.TYPE_WITHDRAWN if withdrawn else events.TYPE_DELETED
    headers = _headers(type, key, str(revision), source_event)
    return Outgoing(topic, key.encode(), None, [*headers, (CACHE_FORGOTTEN, b"true")] if forgotten else headers)


def expiry_record(key: DocumentKey, about: Revision) -> Outgoing:
    """The record that asks for the deletion of an expired document, for the submitted topic: it comes about only where
    nothing newer than `about` was submitted, and the document is still expired when matching reads of it."""
    headers = cloudevents.binary_headers(
        type=events.TYPE_DELETED,
        source=SOURCE,
        id=uuid.uuid4().hex,
        subject=key.subject,
        time=now(),
        **{EXPIRED_REVISION_ATTRIBUTE: str(about)},
    )
    return Outgoing(topics.SUBMITTED, key.encode(), None, [*headers, *record_headers()])


def is_forgotten(record: Record) -> bool:
    """Whether this is a tombstone that says that embedding's cache no longer holds any of the document's vectors."""
    return record.value is None and record.header(CACHE_FORGOTTEN) == "true"


def is_withdrawal(record: Record) -> bool:
    """Whether this is a tombstone of a document that failed, which erases nothing."""
    return record.value is None and record.header("ce_type") == events.TYPE_WITHDRAWN


def _headers(
    type: str, key: DocumentKey, revision: str, source_event: SourceEvent | None
) -> list[tuple[str, bytes | None]]:
    binary = cloudevents.binary_headers(type=type, source=SOURCE, id=uuid.uuid4().hex, subject=key.subject, time=now())
    came_from: list[tuple[str, bytes | None]] = []
    if source_event is not None:
        came_from = [
            (SOURCE_EVENT_SOURCE, source_event.source.encode()),
            (SOURCE_EVENT_ID, source_event.id.encode()),
        ]
    return [*binary, (REVISION, revision.encode()), *came_from, *record_headers()]
