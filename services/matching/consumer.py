"""What matching does on records of the topics of statuses, vectors and metadata: decode, have written, publish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from libs.contracts import topics
from libs.contracts.documents import DocumentError
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.dead_letters import dead_letter, publish_counting
from libs.messaging.publishing import Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import status_record
from libs.resilience.threads import Threads
from libs.telemetry.logs import get_logger
from libs.telemetry.record_spans import processing
from services.matching.metrics import CHANGES, EXPIRED, INDEXED, REPAIRS, STATUSES
from services.matching.spaces.lifecycle import Spaces
from services.matching.writing.arrivals import (
    ChangeArrival,
    ExpiryArrival,
    MetadataArrival,
    StatusArrival,
    VectorsArrival,
    VectorsTopicArrival,
    WholeArrival,
    decoded,
    identity_of,
)
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.indexing import UnknownSpace
from services.matching.writing.metadata.of_events import record_of_change
from services.matching.writing.written import Written

log = get_logger(__name__)

SERVICE = "matching"
# What matching subscribes to (a pattern) and publishes to; the event reference says the same.
READS = r"^documents\.(status\.v1|metadata(-changes)?\.v1|vectors\.v1(\.[0-9a-f]{8})?)$"
WRITES = (
    topics.SUBMITTED,
    topics.STATUS,
    topics.TEXT,
    topics.VECTORS,
    topics.METADATA,
    topics.dead_letters_topic(SERVICE),
)

# One decodes; the other is there for when a cancelled batch has left one at work.
DECODING_THREADS = 2


class MatchingWork:
    """The Work on statuses, vectors and metadata. Statuses first: they are small, and rows then exist.

    A record that `is_replay` is only written to the database: what follows from it was published when it was read the
    first time. Published once more, behind newer records, it could become the last record of its key.
    """

    service = SERVICE

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
        self._threads = Threads("indexing", DECODING_THREADS)

    async def stop(self) -> None:
        """Ends the threads that decode; afterwards `handle` fails."""
        await self._threads.stop()

    async def handle(self, records: Sequence[Record]) -> None:
        """See `Work.handle`. One transaction for each tenant's statuses, one for what came on vectors topics, one for
        what came on those of metadata, and one for what is expired.

        Records that cannot be read are dead-lettered last.
        """
        statuses: defaultdict[str, list[StatusArrival]] = defaultdict(list)
        vectors: defaultdict[str, list[VectorsTopicArrival]] = defaultdict(list)
        changes: defaultdict[str, list[MetadataArrival]] = defaultdict(list)
        expiries: defaultdict[str, list[ExpiryArrival]] = defaultdict(list)
        rejected: list[tuple[Record, RecordRejected]] = []
        marked = [(record, self._is_replay(record)) for record in records]
        for record, arrival in zip(records, await self._threads.run(lambda: decoded(marked)), strict=True):
            if isinstance(arrival, RecordRejected):
                rejected.append((record, arrival))
            elif isinstance(arrival, StatusArrival):
                STATUSES.labels(str(arrival.report.status)).inc()
                statuses[arrival.key.tenant].append(arrival)
            elif isinstance(arrival, ChangeArrival | WholeArrival):
                changes[arrival.key.tenant].append(arrival)
            elif isinstance(arrival, ExpiryArrival):
                expiries[arrival.key.tenant].append(arrival)
            else:
                vectors[arrival.key.tenant].append(arrival)
        for tenant, reports in sorted(statuses.items()):
            await self._publish(tenant, await self._writer.write_statuses(tenant, reports))
        for tenant, arrivals in sorted(vectors.items()):
            rejected += await self._publish(tenant, await self._write_vectors(tenant, arrivals))
        for tenant, said in sorted(changes.items()):
            rejected += await self._publish_changes(tenant, said)
        # Behind the changes, by which a document may be expired no more.
        for tenant, asked in sorted(expiries.items()):
            await self._publish(tenant, await self._writer.erase_expired(tenant, asked))
        # Last, so that a dependency that is away meanwhile does not dead-letter them once more.
        for record, fault in rejected:
            await self.dead_letter(record, fault, 1)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """See `Work.dead_letter`. No status is reported of records of the topics of statuses and of metadata."""
        outgoing = [dead_letter(record, self.service, fault, attempts)]
        identity = identity_of(record)
        with processing(record):
            if identity is not None and record.topic not in (topics.STATUS, topics.METADATA):
                error = DocumentError(str(fault.code), fault.message)
                outgoing.append(
                    status_record(
                        identity.key,
                        identity.revision,
                        Status.FAILED,
                        source_event=identity.source_event,
                        error=error,
                        # What is dead-lettered while the database is filled again leaves the topics as they are, and a
                        # change of metadata is in none of them.
                        published=record.topic != topics.METADATA_CHANGES and not self._is_replay(record),
                    )
                )
            log.warning("record_dead_lettered", record=record.place, code=str(fault.code), reason=fault.message)
            await publish_counting(self._publisher, self.service, outgoing)

    async def _write_vectors(self, tenant: str, arrivals: Sequence[VectorsTopicArrival]) -> Written:
        try:
            return await self._writer.write_vectors(tenant, arrivals)
        except UnknownSpace:
            # The database is younger than the space, or dropped its table: what embedding registered is gone.
            for arrival in arrivals:
                if isinstance(arrival, VectorsArrival):
                    await self._spaces.register_read(arrival.event.embedding, arrival.origin.topic)
            return await self._writer.write_vectors(tenant, arrivals)

    async def _publish_changes(
        self, tenant: str, arrivals: Sequence[MetadataArrival]
    ) -> list[tuple[Record, RecordRejected]]:
        written = await self._writer.write_changes(tenant, arrivals)
        changes = [arrival for arrival in arrivals if isinstance(arrival, ChangeArrival)]
        CHANGES.labels("refused").inc(len(written.refused))
        CHANGES.labels("taken").inc(max(0, len(changes) - len(written.refused)))
        # What was refused before, and comes once more since the database is filled again, is a dead letter already.
        known = {(each.key, each.revision) for each in changes if each.origin.is_replay}
        written.refused = [each for each in written.refused if (each.key, each.refused.statement.revision) not in known]
        came = {(each.key, each.revision): each.origin.record for each in changes}
        return await self._publish(tenant, written, came)

    async def _publish(
        self, tenant: str, written: Written, came: Mapping[tuple[DocumentKey, Revision], Record] | None = None
    ) -> list[tuple[Record, RecordRejected]]:
        """Publishes what follows from a batch, and only then has it noted as published.

        Returns changes of metadata that were refused. `came`: the records of those that came in the batch; of others,
        which waited for their document, the records are made anew.
        """
        await self._spaces.make_topics(written.topics)
        await self._publisher.publish_all(written.outgoing)
        if written.emptied or written.repaired:
            await self._writer.note_published(tenant, written)
        REPAIRS.inc(written.repairs)
        for key, revision, outcome in written.outcomes:
            INDEXED.labels(str(outcome)).inc()
            log.info("vectors_event_done", document=str(key), revision=str(revision), outcome=str(outcome))
        for key, _ in written.expired:
            EXPIRED.labels(key.kind).inc()
        for each in written.emptied:
            log.info("document_erased", document=str(each.key), revision=str(each.revision))
        found = came or {}
        return [
            (
                found.get((each.key, each.refused.statement.revision)) or record_of_change(each),
                RecordRejected(ErrorCode.INVALID_CONTENT, each.refused.reason),
            )
            for each in written.refused
        ]
