"""What matching does on records of the status topic and the vectors topics."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.contracts import events, topics
from libs.contracts.documents import DocumentError
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.events import SourceEvent, StatusEvent, VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.dead_letters import dead_letter
from libs.messaging.metrics import DEAD_LETTERED
from libs.messaging.publishing import Outgoing, Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import (
    REVISION,
    SOURCE_EVENT_ID,
    SOURCE_EVENT_SOURCE,
    is_forgotten,
    is_withdrawal,
    status_record,
    text_record,
    tombstone_record,
)
from libs.telemetry.logs import get_logger
from libs.telemetry.tracing import TRACEPARENT, traced
from services.matching.metrics import INDEXED, REPAIRS, STATUSES
from services.matching.spaces.lifecycle import Spaces
from services.matching.writing.batch import Batch, Entry
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.indexing import Outcome, UnknownSpace
from services.matching.writing.stored_document import StoredDocument

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Identity:
    """Whose record it is and of which revision; all that a tombstone says."""

    key: DocumentKey
    revision: Revision
    source_event: SourceEvent


class MatchingWork:
    """The Work on statuses and vectors. Statuses first: they are small, and rows then exist.

    Of a record that `is_replay` only the database gets its part: all that was to be published of it was, and to
    say it once more, behind what came since, could do harm.
    """

    service = "matching"

    def __init__(
        self,
        writer: DocumentWriter,
        spaces: Spaces,
        publisher: Publisher,
        *,
        is_replay: Callable[[Record], bool] = lambda record: False,
    ) -> None:
        self._writer = writer
        self._spaces = spaces
        self._publisher = publisher
        self._is_replay = is_replay

    async def handle(self, records: Sequence[Record]) -> None:
        refused = await self._statuses([record for record in records if record.topic == topics.STATUS])
        refused += await self._vectors([record for record in records if record.topic != topics.STATUS])
        # Last, so that a fault of the surroundings on the way does not set them aside once more.
        for record, fault in refused:
            await self._dead_letter(record, fault)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        outgoing = [dead_letter(record, self.service, fault, attempts)]
        identity = _identity(record)
        with traced(record.header(TRACEPARENT)):
            if identity is not None and record.topic != topics.STATUS:
                error = DocumentError(str(fault.code), fault.message)
                outgoing.append(
                    status_record(
                        identity.key,
                        identity.revision,
                        Status.FAILED,
                        source_event=identity.source_event,
                        error=error,
                        # What is set aside while the database is filled again leaves the logs as they are.
                        published=not self._is_replay(record),
                    )
                )
            log.warning("record_dead_lettered", record=record.place, code=str(fault.code), reason=fault.message)
            await self._publisher.publish_all(outgoing)

    async def _dead_letter(self, record: Record, fault: RecordRejected) -> None:
        DEAD_LETTERED.labels(self.service, str(fault.code)).inc()
        await self.dead_letter(record, fault, 1)

    async def _statuses(self, records: Sequence[Record]) -> list[tuple[Record, RecordRejected]]:
        refused: list[tuple[Record, RecordRejected]] = []
        by_tenant: defaultdict[str, list[StatusEvent]] = defaultdict(list)
        settled: set[int] = set()
        settled_failures: set[tuple[DocumentKey, Revision]] = set()
        for record in records:
            try:
                report = events.decode(record.value or b"", StatusEvent)
            except RecordRejected as fault:
                refused.append((record, fault))
                continue
            STATUSES.labels(str(report.status)).inc()
            by_tenant[report.tenant].append(report)
            if self._is_replay(record):
                settled.add(id(report))
                if report.status is Status.FAILED:
                    settled_failures.add((report.key, report.parsed_revision))
        for tenant, reports in sorted(by_tenant.items()):
            ended = await self._writer.note(tenant, reports)
            stays_erased = {(sent.key, sent.revision) for sent in ended}
            for sent in ended:
                if (sent.key, sent.revision) not in settled_failures:
                    ends = await self._stays_erased(sent.key, sent.revision, sent.source_event)
                    await self._publisher.publish_all(ends)
            for report in reports:
                if report.status is Status.ERASED:
                    await self._writer.erase(report.key, report.parsed_revision)
                if (report.key, report.parsed_revision) in stays_erased:
                    continue
                if report.status is Status.FAILED and id(report) not in settled:
                    await self._after_failure(report)
        return refused

    async def _vectors(self, records: Sequence[Record]) -> list[tuple[Record, RecordRejected]]:
        refused: list[tuple[Record, RecordRejected]] = []
        batch = Batch()
        for record, read in await asyncio.to_thread(_read, records):
            if isinstance(read, RecordRejected):
                refused.append((record, read))
            elif isinstance(read, VectorsEvent):
                batch.add(record, read)
            elif is_withdrawal(record):
                await self._keep(batch)
                batch = Batch()
                await self._withdrawn(record, read)
            else:
                if not batch.outdate(read.key, read.revision):
                    # It came after a newer text: that must be kept first, or it would not be seen to be newer.
                    await self._keep(batch)
                    batch = Batch()
                await self._tombstone(record, read)
        await self._keep(batch)
        return refused

    async def _keep(self, batch: Batch) -> None:
        outgoing: list[Outgoing] = []
        for record, event in batch.outdated:
            if self._is_replay(record):
                continue
            with traced(record.header(TRACEPARENT)):
                outgoing.append(_status(event, Status.SUPERSEDED))
        await self._publisher.publish_all(outgoing)
        for each in batch.rounds():
            await self._index(each)

    async def _index(self, entries: dict[DocumentKey, Entry]) -> None:
        by_tenant: defaultdict[str, list[VectorsEvent]] = defaultdict(list)
        for _, event in entries.values():
            by_tenant[event.tenant].append(event)
        for tenant, found in sorted(by_tenant.items()):
            outcomes = await self._written(tenant, found, entries)
            outgoing: list[Outgoing] = []
            for key, (outcome, held) in outcomes.items():
                record, event = entries[key]
                with traced(record.header(TRACEPARENT)):
                    INDEXED.labels(str(outcome)).inc()
                    log.info("document_kept", document=str(key), revision=event.revision, outcome=str(outcome))
                    if not self._is_replay(record):
                        outgoing += await self._reports(event, outcome, held)
            await self._publisher.publish_all(outgoing)

    async def _written(
        self, tenant: str, found: Sequence[VectorsEvent], entries: dict[DocumentKey, Entry]
    ) -> dict[DocumentKey, tuple[Outcome, StoredDocument | None]]:
        try:
            return await self._writer.index(tenant, found)
        except UnknownSpace:
            # The database is younger than the space: what embedding registered at its start is gone.
            for event in found:
                record, _ = entries[event.key]
                await self._spaces.register_read(event.embedding, record.topic)
            return await self._writer.index(tenant, found)

    async def _reports(self, event: VectorsEvent, outcome: Outcome, held: StoredDocument | None) -> list[Outgoing]:
        """What is published of an event: its end, and, where the log would end on another text, what is held."""
        if outcome is Outcome.INDEXED:
            return [_status(event, Status.INDEXED)]
        if outcome is Outcome.REPLAYED:
            return await self._stays_erased(event.key, event.parsed_revision, event.source_event)
        if held is None:
            raise AssertionError("an event cannot be older than nothing")
        end = Status.INDEXED if outcome is Outcome.RESTORED else Status.SUPERSEDED
        if held.indexed is not None:
            return [_status(event, end), *await self._repair(held)]
        if held.erased is None:
            raise AssertionError("an event cannot be older than nothing")
        REPAIRS.inc()
        return [_status(event, end), tombstone_record(topics.TEXT, event.key, held.erased, event.source_event)]

    async def _stays_erased(self, key: DocumentKey, revision: Revision, source_event: SourceEvent) -> list[Outgoing]:
        """The end of a replayed event of an erased document; the logs must not end on its text."""
        ends = [status_record(key, revision, Status.ERASED, source_event=source_event)]
        if not await self._writer.awaits_newer(key, revision):
            REPAIRS.inc()
            ends.append(tombstone_record(topics.TEXT, key, revision, source_event))
        return ends

    async def _after_failure(self, report: StatusEvent) -> None:
        """Where the logs end on a text that failed, or on an older one, puts what is held in its place, or nothing."""
        key, revision = report.key, report.parsed_revision
        held = await self._writer.held(key)
        owed = held is not None and held.repair_owed
        if not (report.published or owed) or await self._writer.awaits_newer(key, revision):
            return
        REPAIRS.inc()
        if held is not None and held.indexed is not None:
            repair = text_record(held.text_event())
        elif held is not None and held.erased is not None and held.erased > revision:
            repair = tombstone_record(topics.TEXT, key, held.erased, report.source_event)
        else:
            repair = tombstone_record(topics.TEXT, key, revision, report.source_event, withdrawn=True)
        await self._publisher.publish(repair)
        if owed:
            await self._writer.repaired(key)

    async def _repair(self, held: StoredDocument) -> list[Outgoing]:
        """What puts the held text at the logs' end; nothing where a newer one is on its way, which must not be buried.

        Only where something is indexed.
        """
        if held.indexed is None or await self._writer.awaits_newer(held.key, held.indexed):
            return []
        REPAIRS.inc()
        return [text_record(held.text_event())]

    async def _withdrawn(self, record: Record, read: _Identity) -> None:
        """A withdrawal went through both topics; where something is held by now, the logs must not end on it."""
        held = await self._writer.held(read.key)
        if held is not None and held.indexed is not None and not self._is_replay(record):
            await self._publisher.publish_all(await self._repair(held))

    async def _tombstone(self, record: Record, read: _Identity) -> None:
        key, revision, source_event = read.key, read.revision, read.source_event
        with traced(record.header(TRACEPARENT)):
            again = self._is_replay(record)
            if not again and not await self._writer.is_buried(key, revision):
                await self._spaces.empty_other_topics(key, revision, source_event, record.topic)
            held = await self._writer.bury(key, revision, record.topic, forgotten=is_forgotten(record))
            log.info("document_erased", document=str(key), revision=str(revision))
            if again:
                return
            outgoing = [status_record(key, revision, Status.ERASED, source_event=source_event)]
            if held is not None and held.indexed is not None:
                # Something newer is held: the log must not end on this tombstone.
                outgoing += await self._repair(held)
            await self._publisher.publish_all(outgoing)


def _status(event: VectorsEvent, status: Status) -> Outgoing:
    return status_record(event.key, event.parsed_revision, status, source_event=event.source_event)


def _read(records: Sequence[Record]) -> list[tuple[Record, VectorsEvent | _Identity | RecordRejected]]:
    """What the records of vectors topics are. Blocks: an event may take megabytes."""
    return [(record, _read_one(record)) for record in records]


def _read_one(record: Record) -> VectorsEvent | _Identity | RecordRejected:
    try:
        if record.value is not None:
            return events.decode(record.value, VectorsEvent)
    except RecordRejected as fault:
        return fault
    return _identity(record) or RecordRejected(ErrorCode.INVALID_KEY, "the tombstone names no document")


def _identity(record: Record) -> _Identity | None:
    """Whose record it is, by key and headers; None where that cannot be told."""
    try:
        key = DocumentKey.decode(record.key or b"")
        revision = Revision.parse(record.header(REVISION) or "")
    except ValueError:
        return None
    source_event = SourceEvent(record.header(SOURCE_EVENT_SOURCE) or "", record.header(SOURCE_EVENT_ID) or "")
    return _Identity(key, revision, source_event)
