"""What matching does on records of the status topic and the vectors topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from libs.contracts import events, topics
from libs.contracts.documents import DocumentError
from libs.contracts.errors import ErrorCode, RecordFault
from libs.contracts.events import SourceEvent, StatusEvent, VectorsEvent
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
    status_record,
    text_record,
    tombstone_record,
)
from libs.telemetry.logs import get_logger
from libs.telemetry.tracing import TRACEPARENT, traced
from services.matching.held import Held
from services.matching.indexing import Outcome
from services.matching.keeping import Keeping
from services.matching.metrics import INDEXED, REPAIRS, STATUSES

log = get_logger(__name__)


class MatchingWork:
    """The Work on statuses and vectors. Statuses first: they are small, and rows then exist."""

    service = "matching"

    def __init__(self, keeping: Keeping, publisher: Publisher) -> None:
        self._keeping = keeping
        self._publisher = publisher

    async def handle(self, records: Sequence[Record]) -> None:
        await self._statuses([record for record in records if record.topic == topics.STATUS])
        await self._vectors([record for record in records if record.topic != topics.STATUS])

    async def give_up(self, record: Record, fault: RecordFault, attempts: int) -> None:
        outgoing = [dead_letter(record, self.service, fault, attempts)]
        identity = _identity(record)
        if identity is not None and record.topic != topics.STATUS:
            key, revision, source_event = identity
            error = DocumentError(str(fault.code), fault.message)
            outgoing.append(status_record(key, revision, Status.FAILED, source_event=source_event, error=error))
        with traced(record.header(TRACEPARENT)):
            log.warning("record_set_aside", record=record.place, code=str(fault.code), reason=fault.message)
            await self._publisher.publish_all(outgoing)

    async def _statuses(self, records: Sequence[Record]) -> None:
        by_tenant: defaultdict[str, list[StatusEvent]] = defaultdict(list)
        for record in records:
            try:
                report = events.decode(record.value or b"", StatusEvent)
            except RecordFault as fault:
                await self.give_up(record, fault, 1)
                continue
            STATUSES.labels(str(report.status)).inc()
            by_tenant[report.tenant].append(report)
        for tenant, reports in sorted(by_tenant.items()):
            await self._keeping.note(tenant, reports)
            for report in reports:
                if report.status is Status.ERASED:
                    await self._keeping.erase(report.key, report.parsed_revision)

    async def _vectors(self, records: Sequence[Record]) -> None:
        newest: dict[tuple[DocumentKey, str], tuple[Record, VectorsEvent]] = {}
        for record in records:
            if record.value is None:
                await self._tombstone(record)
                continue
            try:
                event = events.decode(record.value, VectorsEvent)
            except RecordFault as fault:
                await self.give_up(record, fault, 1)
                continue
            # A batch may hold one document's vectors in two spaces; within a space the newest counts.
            place = (event.key, event.embedding.space)
            held = newest.get(place)
            older = held if held is None or held[1].parsed_revision <= event.parsed_revision else (record, event)
            if older is not None:
                await self._publisher.publish(_status(older[1], Status.SUPERSEDED))
            if older is held:
                newest[place] = (record, event)
        rounds: list[dict[DocumentKey, tuple[Record, VectorsEvent]]] = []
        for (key, _), entry in newest.items():
            target = next((each for each in rounds if key not in each), None)
            if target is None:
                target = {}
                rounds.append(target)
            target[key] = entry
        for each in rounds:
            await self._index(each)

    async def _index(self, entries: dict[DocumentKey, tuple[Record, VectorsEvent]]) -> None:
        by_tenant: defaultdict[str, list[VectorsEvent]] = defaultdict(list)
        for _, event in entries.values():
            by_tenant[event.tenant].append(event)
        for tenant, found in sorted(by_tenant.items()):
            outcomes = await self._keeping.index(tenant, found)
            outgoing: list[Outgoing] = []
            for key, (outcome, held) in outcomes.items():
                record, event = entries[key]
                with traced(record.header(TRACEPARENT)):
                    INDEXED.labels(str(outcome)).inc()
                    log.info("document_kept", document=str(key), revision=event.revision, outcome=str(outcome))
                    outgoing += _reports(event, outcome, held)
            await self._publisher.publish_all(outgoing)

    async def _tombstone(self, record: Record) -> None:
        identity = _identity(record)
        if identity is None:
            await self.give_up(record, RecordFault(ErrorCode.INVALID_KEY, "the tombstone names no document"), 1)
            return
        key, revision, source_event = identity
        with traced(record.header(TRACEPARENT)):
            await self._keeping.erase(key, revision, topics_done=True)
            log.info("document_erased", document=str(key), revision=str(revision))
            await self._publisher.publish(status_record(key, revision, Status.ERASED, source_event=source_event))


def _reports(event: VectorsEvent, outcome: Outcome, held: Held | None) -> list[Outgoing]:
    """What is published of an event: its end, and, where the log would end on an older one, what is held."""
    if outcome is Outcome.INDEXED:
        return [_status(event, Status.INDEXED)]
    if held is None:
        raise AssertionError("an event cannot be older than nothing")
    REPAIRS.inc()
    if outcome is Outcome.ERASED and held.erased is not None and held.indexed is None:
        return [
            _status(event, Status.SUPERSEDED),
            tombstone_record(topics.TEXT, event.key, held.erased, event.source_event),
        ]
    return [_status(event, Status.SUPERSEDED), text_record(held.text_event())]


def _status(event: VectorsEvent, status: Status) -> Outgoing:
    return status_record(event.key, event.parsed_revision, status, source_event=event.source_event)


def _identity(record: Record) -> tuple[DocumentKey, Revision, SourceEvent] | None:
    """Whose record it is, by key and headers; None where that cannot be told."""
    try:
        key = DocumentKey.decode(record.key or b"")
        revision = Revision.parse(record.header(REVISION) or "")
    except ValueError:
        return None
    return key, revision, SourceEvent(record.header(SOURCE_EVENT_SOURCE) or "", record.header(SOURCE_EVENT_ID) or "")
