"""What embedding does on a record of documents.text.v1."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from libs.contracts import events
from libs.contracts.documents import DocumentError
from libs.contracts.errors import ErrorCode, RecordFault, SurroundingsFault
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

_Result = TypeVar("_Result")


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
        async with self._service.batch():
            await self._handle(records)

    async def _handle(self, records: Sequence[Record]) -> None:
        newest: dict[DocumentKey, _Read] = {}
        older: defaultdict[DocumentKey, list[_Read]] = defaultdict(list)
        # Older than one before them: the log ends on them. They are passed on, behind the newest, so that
        # matching sees them and puts the newest at the end of both logs again.
        late: dict[DocumentKey, _Read] = {}
        for record in records:
            try:
                read = _read(record)
            except RecordFault as fault:
                await self.give_up(record, fault, 1)
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
        cut = await _all(self._cut_first(read, older[read.key]) for read in newest.values())
        cut_late = dict(zip(late, await _all(self._cut(read) for read in late.values()), strict=True))
        for reads in older.values():
            for read in reads:
                await self._superseded(read)
        documents = [document for document in (*(each for _, each in cut), *cut_late.values()) if document is not None]
        kept = await self._service.kept(documents)
        keys = [
            [(read, document), *([(late[key], cut_late[key])] if key in late else [])]
            for key, (read, document) in zip(newest, cut, strict=True)
        ]
        await _all(self._pass_on(each, kept) for each in keys)

    async def _pass_on(self, reads: Sequence[tuple[_Read, CutDocument | None]], kept: Mapping[str, Vectors]) -> None:
        """What comes of one key's records, one after another: nobody waits for another key's."""
        for read, document in reads:
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

    async def _publish(self, document: CutDocument, kept: Mapping[str, Vectors]) -> None:
        embedding = await self._service.embed(document, kept)
        event = events.with_embedding(document.event, embedding)
        await self._publisher.publish(await asyncio.to_thread(vectors_record, event, self._vectors_topic))
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


async def _all(works: Iterable[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """All side by side, each to its end. Raises the surroundings' fault where there is one, else the first."""
    found = await asyncio.gather(*works, return_exceptions=True)
    failures = [each for each in found if isinstance(each, BaseException)]
    for failure in sorted(failures, key=lambda each: not isinstance(each, SurroundingsFault)):
        raise failure
    return [each for each in found if not isinstance(each, BaseException)]


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
