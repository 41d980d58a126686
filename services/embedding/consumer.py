"""What embedding does on a record of documents.text.v1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.errors import ErrorCode, RecordFault
from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.dead_letters import dead_letter
from libs.messaging.publishing import Outgoing, Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import (
    REVISION,
    SOURCE_EVENT_ID,
    SOURCE_EVENT_SOURCE,
    is_withdrawal,
    status_record,
    tombstone_record,
    vectors_record,
)
from libs.telemetry.logs import get_logger
from libs.telemetry.tracing import TRACEPARENT, traced
from services.embedding.engines.protocol import Vectors
from services.embedding.metrics import DOCUMENTS
from services.embedding.service import CutDocument, EmbeddingService

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Read:
    """A record that was understood: a text, or a tombstone (no event)."""

    record: Record
    key: DocumentKey
    revision: Revision
    source_event: SourceEvent
    event: TextEvent | None


class EmbeddingWork:
    """The Work on documents.text.v1: texts become vectors, tombstones go on as tombstones."""

    service = "embedding"

    def __init__(self, service: EmbeddingService, publisher: Publisher, vectors_topic: str) -> None:
        self._service = service
        self._publisher = publisher
        self._vectors_topic = vectors_topic

    async def handle(self, records: Sequence[Record]) -> None:
        newest: dict[DocumentKey, _Read] = {}
        older: defaultdict[DocumentKey, list[_Read]] = defaultdict(list)
        # Older than one before them: the log ends on them. They are passed on, behind the newest, so that
        # matching sees them and puts the newest at the end of both logs again.
        late: dict[DocumentKey, _Read] = {}
        refused: list[tuple[Record, RecordFault]] = []
        for record in records:
            try:
                read = _read(record)
            except RecordFault as fault:
                refused.append((record, fault))
                continue
            held = newest.get(read.key)
            if held is not None and held.revision > read.revision:
                if read.key in late:
                    older[read.key].append(late[read.key])
                late[read.key] = read
                continue
            if read.key in late:
                older[read.key].append(late.pop(read.key))
            if held is not None and held.revision < read.revision:
                older[read.key].append(held)
            newest[read.key] = read
        cut = [await self._cut_first(read, older[read.key]) for read in newest.values()]
        cut += [(read, await self._cut(read)) for read in late.values()]
        for reads in older.values():
            for read in reads:
                await self._superseded(read)
        kept = await self._service.kept([document for _, document in cut if document is not None])
        for read, document in cut:
            with traced(read.record.header(TRACEPARENT)):
                if document is not None:
                    await self._publish(document, kept)
                elif read.event is None:
                    withdrawn = is_withdrawal(read.record)
                    await self._publisher.publish(
                        tombstone_record(
                            self._vectors_topic, read.key, read.revision, read.source_event, withdrawn=withdrawn
                        )
                    )

        # Last, so that a fault of the surroundings on the way does not set them aside once more.
        for record, reason in refused:
            await self.give_up(record, reason, 1)

    async def give_up(self, record: Record, fault: RecordFault, attempts: int) -> None:
        outgoing = [dead_letter(record, self.service, fault, attempts)]
        identity = _identity(record)
        if identity is not None:
            key, revision, source_event = identity
            error = DocumentError(str(fault.code), fault.message)
            outgoing.append(_failed(key, revision, source_event, error))
        with traced(record.header(TRACEPARENT)):
            log.warning("record_set_aside", record=record.place, code=str(fault.code), reason=fault.message)
            await self._publisher.publish_all(outgoing)

    async def _cut_first(self, newest: _Read, older: list[_Read]) -> tuple[_Read, CutDocument | None]:
        """The newest that can be embedded: one that fails supersedes nothing. What it passes over leaves `older`."""
        read, document = newest, await self._cut(newest)
        while read.event is not None and document is None and older:
            read = max(older, key=lambda each: each.revision)
            older.remove(read)
            document = await self._cut(read)
        return read, document

    async def _cut(self, read: _Read) -> CutDocument | None:
        if read.event is None:
            return None
        try:
            return await self._service.cut(read.event)
        except RecordFault as fault:
            error = DocumentError(str(fault.code), fault.message)
            # Not a tombstone: the last good revision stays searchable, and matching puts it at the topic's end.
            await self._publisher.publish(_failed(read.key, read.revision, read.source_event, error))
            return None

    async def _publish(self, document: CutDocument, kept: dict[str, Vectors]) -> None:
        embedding = await self._service.embed(document, kept)
        event = events.with_embedding(document.event, embedding)
        await self._publisher.publish(vectors_record(event, self._vectors_topic))
        DOCUMENTS.inc()
        log.info(
            "document_embedded",
            document=str(event.key),
            revision=event.revision,
            windows=len(embedding.windows.spans),
            units=len(embedding.units.spans),
        )

    async def _superseded(self, read: _Read) -> None:
        with traced(read.record.header(TRACEPARENT)):
            await self._publisher.publish(
                status_record(read.key, read.revision, Status.SUPERSEDED, source_event=read.source_event)
            )


def _failed(key: DocumentKey, revision: Revision, source_event: SourceEvent, error: DocumentError) -> Outgoing:
    return status_record(key, revision, Status.FAILED, source_event=source_event, error=error, published=True)


def _read(record: Record) -> _Read:
    if record.value is None:
        identity = _identity(record)
        if identity is None:
            raise RecordFault(ErrorCode.INVALID_KEY, "the tombstone's key or revision is not of the form")
        key, revision, source_event = identity
        return _Read(record, key, revision, source_event, None)
    event = events.decode(record.value, TextEvent)
    return _Read(record, event.key, event.parsed_revision, event.source_event, event)


def _identity(record: Record) -> tuple[DocumentKey, Revision, SourceEvent] | None:
    """Whose record it is, by key and headers; None where that cannot be told."""
    try:
        key = DocumentKey.decode(record.key or b"")
        revision = Revision.parse(record.header(REVISION) or "")
    except ValueError:
        return None
    source = SourceEvent(record.header(SOURCE_EVENT_SOURCE) or "", record.header(SOURCE_EVENT_ID) or "")
    return key, revision, source
