"""What ingest does on the records of documents.submitted.v1 and of tenants' own topics."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence

import msgspec

from libs.contracts.documents import DocumentError
from libs.contracts.errors import RecordRejected
from libs.contracts.events import MetadataChange, TextEvent, with_standing
from libs.contracts.standing import standing_fields
from libs.contracts.statuses import Status
from libs.contracts.topics import METADATA_CHANGES, STATUS, SUBMITTED_PATTERN, TEXT, dead_letters_topic
from libs.messaging.dead_letters import dead_letter, publish_counting
from libs.messaging.publishing import Outgoing, Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import metadata_change_record, status_record, text_record, tombstone_record
from libs.telemetry.logs import get_logger
from libs.telemetry.record_spans import processing
from services.ingest.metrics import DOCUMENTS
from services.ingest.records.batch import Decision, decide, in_revision_order, next_best, superseded_below
from services.ingest.records.named_metadata import named_before
from services.ingest.records.reading import read_record, subject_by_key
from services.ingest.records.submission import Change, Deletion, Expiry, Reading, Refusal, Subject, Submission
from services.ingest.service import IngestService

log = get_logger(__name__)

SERVICE = "ingest"
# What ingest subscribes to (a pattern) and publishes to; the event reference says the same.
READS = SUBMITTED_PATTERN
WRITES = (TEXT, METADATA_CHANGES, STATUS, dead_letters_topic(SERVICE))


class IngestWork:
    """The Work of ingest. Idempotent: the same records give the same texts at the same revisions."""

    service = SERVICE

    def __init__(self, service: IngestService, publisher: Publisher, *, tryout_stamp: int | None) -> None:
        self._service = service
        self._publisher = publisher
        self._tryout_stamp = tryout_stamp

    async def handle(self, records: Sequence[Record]) -> None:
        """Parses what is newest, or, where that fails, the newest below it.

        Publishes all that comes of the batch, each key's in revision order.

        Raises DependencyUnavailable, and ParserFault for a parser's bug. RecordRejected only where the broker
        refuses what came of a record.
        """
        readings = await asyncio.to_thread(self._read, records)
        decisions = decide(readings)
        outcomes: dict[int, list[Outgoing]] = {}

        async def work(numbers: Sequence[int]) -> None:
            older = superseded_below(readings, decisions, numbers)
            done = await _all(self._outcome(records[n], readings[n], decisions[n], older.get(n, ())) for n in numbers)
            outcomes.update(zip(numbers, done, strict=True))

        await work([n for n, decision in enumerate(decisions) if decision is not Decision.SUPERSEDED])
        while promoted := next_best(readings, decisions, {n for n, out in outcomes.items() if not _gave_text(out)}):
            for n in promoted:
                decisions[n] = Decision.WORK
            await work(promoted)
        await work([n for n, decision in enumerate(decisions) if decision is Decision.SUPERSEDED])
        ordered = [out for n in in_revision_order(readings) for out in outcomes[n]]
        await publish_counting(self._publisher, SERVICE, ordered)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """As `Work` says: the record becomes a dead letter, and its document, where it names one, shows as failed."""
        subject = await asyncio.to_thread(self._subject, record)
        with processing(record):
            revision = subject.revision if subject else None
            outgoing = [dead_letter(record, SERVICE, fault, attempts, revision), *_failed(subject, fault)]
        await publish_counting(self._publisher, SERVICE, outgoing)

    def _read(self, records: Sequence[Record]) -> list[Reading]:
        return [read_record(record, self._tryout_stamp) for record in records]

    def _subject(self, record: Record) -> Subject | None:
        try:
            return read_record(record, self._tryout_stamp).subject
        except Exception as error:
            # A bug in reading may be the reason why it is dead-lettered; its key still says whose it is.
            log.error("record_unreadable", record=record.place, exc_info=error)
            return subject_by_key(record, self._tryout_stamp)

    async def _outcome(
        self, record: Record, reading: Reading, decision: Decision, older: Sequence[Submission]
    ) -> list[Outgoing]:
        with processing(record):
            match reading:
                case Refusal():
                    return _refused(record, reading)
                case Deletion(subject):
                    _count(subject, "deleted")
                    return [tombstone_record(TEXT, subject.key, subject.revision, subject.source_event)]
                case Change(subject):
                    _count(subject, "metadata_changed")
                    return [metadata_change_record(_change(reading))]
                case Expiry(subject) if decision is Decision.SUPERSEDED:
                    log.info("expiry_outdated", document=str(subject.key), about=str(reading.about))
                    return []
                case Expiry(subject):
                    _count(subject, "expired")
                    return [metadata_change_record(_expiry(reading))]
                case Submission(subject) if decision is Decision.SUPERSEDED:
                    _count(subject, "superseded")
                    return [_status(subject, Status.SUPERSEDED)]
                case Submission():
                    return await self._parsed(reading, older)

    async def _parsed(self, submission: Submission, older: Sequence[Submission]) -> list[Outgoing]:
        subject = submission.subject
        try:
            event = await self._service.parse(submission)
        except RecordRejected as fault:
            return _failed(subject, fault)
        if older:
            # As if those it replaces had been parsed before it.
            named = await asyncio.to_thread(named_before, older)
            event = with_standing(event, named.standing)
            if event.metadata_revision is None and named.metadata is not None:
                at, metadata = named.metadata
                event = msgspec.structs.replace(event, metadata=metadata, metadata_revision=str(at))
        _count(subject, "parsed")
        _log_parsed(subject, event)
        return [text_record(event), _status(subject, Status.PARSED)]


async def _all(outcomes: Iterable[Coroutine[None, None, list[Outgoing]]]) -> list[list[Outgoing]]:
    """Waits for all, then raises the first error, so that nothing still runs when the records are tried again."""
    done = await asyncio.gather(*outcomes, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return [each for each in done if not isinstance(each, BaseException)]


def _change(change: Change) -> MetadataChange:
    subject = change.subject
    return MetadataChange(
        tenant=subject.key.tenant,
        kind=subject.key.kind,
        id=subject.key.id,
        revision=str(subject.revision),
        source_event=subject.source_event,
        metadata=change.patch,
        submitted_at=change.submitted_at,
        **standing_fields(change.standing.at(subject.revision), subject.revision),
    )


def _expiry(expiry: Expiry) -> MetadataChange:
    subject = expiry.subject
    return MetadataChange(
        tenant=subject.key.tenant,
        kind=subject.key.kind,
        id=subject.key.id,
        revision=str(subject.revision),
        source_event=subject.source_event,
        metadata={},
        submitted_at=expiry.submitted_at,
        expired_revision=str(expiry.about),
    )


def _gave_text(outcome: Sequence[Outgoing]) -> bool:
    return any(record.topic == TEXT for record in outcome)


def _refused(record: Record, refusal: Refusal) -> list[Outgoing]:
    outgoing = _failed(refusal.subject, refusal.fault)
    if refusal.dead_letter:
        log.warning("record_dead_lettered", record=record.place, code=refusal.fault.code, reason=refusal.fault.message)
        revision = refusal.subject.revision if refusal.subject else None
        outgoing.insert(0, dead_letter(record, SERVICE, refusal.fault, 1, revision))
    return outgoing


def _failed(subject: Subject | None, fault: RecordRejected) -> list[Outgoing]:
    if subject is None:
        return []
    _count(subject, str(fault.code))
    log.info("document_failed", document=str(subject.key), revision=str(subject.revision), code=str(fault.code))
    return [_status(subject, Status.FAILED, DocumentError(str(fault.code), fault.message))]


def _status(subject: Subject, status: Status, error: DocumentError | None = None) -> Outgoing:
    return status_record(subject.key, subject.revision, status, source_event=subject.source_event, error=error)


def _count(subject: Subject, outcome: str) -> None:
    DOCUMENTS.labels(subject.key.kind, outcome).inc()


def _log_parsed(subject: Subject, event: TextEvent) -> None:
    log.info(
        "document_parsed",
        document=str(subject.key),
        revision=str(subject.revision),
        chars=len(event.text),
        language=event.language,
        notes=[note.code for note in event.notes],
    )
