"""What embedding does on a record of documents.text.v1."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from libs.contracts import events, topics
from libs.contracts.documents import DocumentError
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.dead_letters import dead_letter, publish_counting
from libs.messaging.publishing import Outgoing, Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import (
    RECOMPUTE,
    REVISION,
    is_withdrawal,
    source_event_of,
    status_record,
    tombstone_record,
    vectors_record,
)
from libs.telemetry.logs import get_logger
from libs.telemetry.record_spans import processing
from services.embedding.metrics import DOCUMENTS
from services.embedding.service import CutDocument, EmbeddingService

log = get_logger(__name__)

SERVICE = "embedding"
# What embedding subscribes to and publishes to; the event reference says the same. Vectors of a space that is not the
# first one go to that space's own topic instead.
READS = (topics.TEXT,)
WRITES = (topics.VECTORS, topics.STATUS, topics.dead_letters_topic(SERVICE))

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Read:
    """A record that was understood: a text, or a tombstone (no event)."""

    record: Record
    key: DocumentKey
    revision: Revision
    source_event: SourceEvent
    event: TextEvent | None
    # When the work on it began, ns since 1970.
    began: int = field(default_factory=time.time_ns)

    @property
    def is_deletion(self) -> bool:
        return self.event is None and not is_withdrawal(self.record)


class _DocumentRecords:
    """The records of a batch that concern one document.

    `late`: the last record, where it is older than one before it. The text topic then ends on an old revision; it is
    passed on behind the newest, so that matching sees it and puts the newest at the end of both topics again.
    `before`: what a newer record follows and is passed on before it. These are deletions, as a receipt waits for each,
    and texts where one of both has a sequence: which of them is newer is only known to matching. `older`: other texts
    and withdrawals that a newer record follows.
    """

    def __init__(self) -> None:
        self.late: list[_Read] = []
        self.older: list[_Read] = []
        self.before: list[_Read] = []
        self._newest: _Read | None = None

    @property
    def newest(self) -> _Read:
        """Never before the first `take`."""
        if self._newest is None:
            raise AssertionError("nothing was taken of this document")
        return self._newest

    def take(self, read: _Read) -> None:
        """The next record of the document, in the log's order."""
        newest = self._newest
        is_late = newest is not None and newest.revision > read.revision
        kept = [each for each in self.late if is_late and _is_left_to_matching(each, read)]
        for each in self.late:
            if each not in kept:
                self._outdate(each, read)
        self.late = kept
        if is_late:
            self.late.append(read)
            return
        if newest is not None and newest.revision < read.revision:
            self._outdate(newest, read)
            if newest.event is not None and read.event is not None and newest not in self.before:
                read = replace(read, event=events.with_metadata_of(read.event, newest.event))
        self._newest = read

    def not_erased(self) -> list[_Read]:
        """Those of `older` that no deletion of the batch erased."""
        erased = [read.revision for read in (*self.before, *self.late) if read.is_deletion]
        return [read for read in self.older if all(read.revision > revision for revision in erased)]

    def _outdate(self, read: _Read, newer: _Read) -> None:
        passed_on = read.is_deletion or (read.event is not None and _is_left_to_matching(read, newer))
        (self.before if passed_on else self.older).append(read)


def _is_left_to_matching(read: _Read, newer: _Read) -> bool:
    """Whether a record that another one follows may be the newer one by a sequence, its own or that of one before."""
    return (read.source_event.place or newer.source_event.place) is not None


class EmbeddingWork:
    """The Work on documents.text.v1: texts become vectors, tombstones go on as tombstones."""

    service = SERVICE

    def __init__(self, service: EmbeddingService, publisher: Publisher, vectors_topic: str) -> None:
        self._service = service
        self._publisher = publisher
        self._vectors_topic = vectors_topic

    async def handle(self, records: Sequence[Record]) -> None:
        """As `Work` says: the documents of a batch side by side, the records of one document in order."""
        with self._service.batch():
            await self._handle(records)

    async def _handle(self, records: Sequence[Record]) -> None:
        found: dict[DocumentKey, _DocumentRecords] = {}
        refused: list[tuple[Record, RecordRejected]] = []
        for record, read in await asyncio.to_thread(_read_all, records):
            if isinstance(read, RecordRejected):
                refused.append((record, read))
            else:
                found.setdefault(read.key, _DocumentRecords()).take(read)
        await _all(self._pass_on(of_one) for of_one in found.values())
        # Last: after a DependencyUnavailable the batch is handled again, and these would be dead-lettered twice.
        for record, reason in refused:
            await self.dead_letter(record, reason, 1)

    async def _pass_on(self, of_one: _DocumentRecords) -> None:
        """What comes of one document's records, in order: nobody waits for another document's."""
        passed_on = [await self._cut_first(of_one)]
        passed_on += [(late, await self._cut(late)) for late in of_one.late]
        for read in of_one.older:
            await self._superseded(read)
        before = [(read, await self._cut(read)) for read in of_one.before]
        for read, document in (*before, *passed_on):
            if document is not None:
                with processing(read.record, since=read.began):
                    await self._publish(document, recompute=_recomputed(read.record))
            elif read.event is None:
                await self._remove(read)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """As `Work` says: the document shows as failed where key and headers name one."""
        outgoing = [dead_letter(record, self.service, fault, attempts)]
        identity = _identity(record)
        if identity is not None:
            key, revision, source_event = identity
            error = DocumentError(str(fault.code), fault.message)
            outgoing.append(_failed(key, revision, source_event, error))
        with processing(record):
            log.warning("record_dead_lettered", record=record.place, code=str(fault.code), reason=fault.message)
            await publish_counting(self._publisher, self.service, outgoing)

    async def _cut_first(self, of_one: _DocumentRecords) -> tuple[_Read, CutDocument | None]:
        """The newest record that can be embedded, cut: one that fails supersedes nothing, so the next older is tried.

        What was tried is no longer in `older`.
        """
        read, document = of_one.newest, await self._cut(of_one.newest)
        while read.event is not None and document is None and (older := of_one.not_erased()):
            read = max(older, key=lambda each: each.revision)
            of_one.older.remove(read)
            document = await self._cut(read)
        return read, document

    async def _cut(self, read: _Read) -> CutDocument | None:
        if read.event is None:
            return None
        try:
            return await self._service.cut(read.event)
        except RecordRejected as fault:
            error = DocumentError(str(fault.code), fault.message)
            # Not a tombstone: the last good revision stays searchable, and matching puts it at the topic's end.
            with processing(read.record, since=read.began):
                await self._publisher.publish(_failed(read.key, read.revision, read.source_event, error))
            return None

    async def _publish(self, document: CutDocument, *, recompute: bool) -> None:
        cached = {} if recompute else await self._service.cached(document)
        embedding = await self._service.embed(document, cached)
        event = events.with_embedding(document.event, embedding)
        # Of a long document it has megabytes.
        await self._publisher.publish(await asyncio.to_thread(vectors_record, event, self._vectors_topic))
        DOCUMENTS.inc()
        log.info(
            "document_embedded",
            document=str(event.key),
            revision=event.revision,
            windows=len(embedding.windows.spans),
            units=len(embedding.units.spans),
        )

    async def _remove(self, read: _Read) -> None:
        """Passes a tombstone on; a deletion after the cache forgot the document, and with word of it.

        All records of a document come to one worker in the log's order, so nothing is kept of it meanwhile. A worker
        that lost the partition and does not know it yet may keep something, but then its vectors follow the tombstone,
        and matching has the tombstone published again.
        """
        deletion = read.is_deletion
        forgotten = deletion and await self._service.forget(read.key)
        with processing(read.record, since=read.began):
            await self._publisher.publish(
                tombstone_record(
                    self._vectors_topic,
                    read.key,
                    read.revision,
                    read.source_event,
                    withdrawn=not deletion,
                    forgotten=forgotten,
                )
            )

    async def _superseded(self, read: _Read) -> None:
        if read.event is None:
            return  # a withdrawal: its revision ended when it failed
        with processing(read.record, since=read.began):
            await self._publisher.publish(
                status_record(read.key, read.revision, Status.SUPERSEDED, source_event=read.source_event)
            )


async def _all(works: Iterable[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """All side by side, each to its end. Raises a DependencyUnavailable where there is one, else the first error."""
    found = await asyncio.gather(*works, return_exceptions=True)
    failures = [each for each in found if isinstance(each, BaseException)]
    for failure in sorted(failures, key=lambda each: not isinstance(each, DependencyUnavailable)):
        raise failure
    return [each for each in found if not isinstance(each, BaseException)]


def _recomputed(record: Record) -> bool:
    """Whether the text's vectors are to be computed, whatever the cache holds."""
    return record.header(RECOMPUTE) is not None


def _failed(key: DocumentKey, revision: Revision, source_event: SourceEvent, error: DocumentError) -> Outgoing:
    return status_record(key, revision, Status.FAILED, source_event=source_event, error=error, published=True)


def _read_all(records: Sequence[Record]) -> list[tuple[Record, _Read | RecordRejected]]:
    """What each record says, or why it cannot be read. Blocks: an event may have megabytes."""
    found: list[tuple[Record, _Read | RecordRejected]] = []
    for record in records:
        try:
            found.append((record, _read(record)))
        except RecordRejected as fault:
            found.append((record, fault))
    return found


def _read(record: Record) -> _Read:
    if record.value is None:
        identity = _identity(record)
        if identity is None:
            raise RecordRejected(ErrorCode.INVALID_KEY, "the tombstone's key or revision is not of the form")
        key, revision, source_event = identity
        return _Read(record, key, revision, source_event, None)
    event = events.decode(record.value, TextEvent)
    return _Read(record, event.key, event.parsed_revision, event.source_event, event)


def _identity(record: Record) -> tuple[DocumentKey, Revision, SourceEvent] | None:
    """Whose record it is, by key and headers; None where that cannot be told."""
    try:
        key = DocumentKey.decode(record.key or b"")
        revision = Revision.parse(record.header(REVISION) or "")
        source_event = source_event_of(record)
    except (ValueError, RecordRejected):
        return None
    return key, revision, source_event
