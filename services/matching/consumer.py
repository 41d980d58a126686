"""What matching does on records of the status topic and the vectors topics: decode, have written, publish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from libs.contracts import topics
from libs.contracts.documents import DocumentError
from libs.contracts.errors import RecordRejected
from libs.contracts.statuses import Status
from libs.messaging.dead_letters import dead_letter, publish_counting
from libs.messaging.publishing import Publisher
from libs.messaging.records import Record
from libs.messaging.reporting import status_record
from libs.resilience.threads import Threads
from libs.telemetry.logs import get_logger
from libs.telemetry.record_spans import processing
from services.matching.metrics import INDEXED, REPAIRS, STATUSES
from services.matching.spaces.lifecycle import Spaces
from services.matching.writing.arrivals import (
    StatusArrival,
    VectorsArrival,
    VectorsTopicArrival,
    decoded,
    identity_of,
)
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.indexing import UnknownSpace
from services.matching.writing.written import Written

log = get_logger(__name__)

SERVICE = "matching"
# What matching subscribes to (a pattern) and publishes to; the event reference says the same.
READS = r"^documents\.(status\.v1|vectors\.v1(\.[0-9a-f]{8})?)$"
WRITES = (topics.STATUS, topics.TEXT, topics.VECTORS, topics.dead_letters_topic(SERVICE))

# One decodes; the other is there for when a cancelled batch has left one at work.
DECODING_THREADS = 2


class MatchingWork:
    """The Work on statuses and vectors. Statuses first: they are small, and rows then exist.

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
        """See `Work.handle`. One transaction for each tenant's statuses, and one for what came on vectors topics.

        Records that cannot be read are dead-lettered last.
        """
        statuses: defaultdict[str, list[StatusArrival]] = defaultdict(list)
        vectors: defaultdict[str, list[VectorsTopicArrival]] = defaultdict(list)
        rejected: list[tuple[Record, RecordRejected]] = []
        marked = [(record, self._is_replay(record)) for record in records]
        for record, arrival in zip(records, await self._threads.run(lambda: decoded(marked)), strict=True):
            if isinstance(arrival, RecordRejected):
                rejected.append((record, arrival))
            elif isinstance(arrival, StatusArrival):
                STATUSES.labels(str(arrival.report.status)).inc()
                statuses[arrival.key.tenant].append(arrival)
            else:
                vectors[arrival.key.tenant].append(arrival)
        for tenant, reports in sorted(statuses.items()):
            await self._publish(tenant, await self._writer.write_statuses(tenant, reports))
        for tenant, arrivals in sorted(vectors.items()):
            await self._publish(tenant, await self._write_vectors(tenant, arrivals))
        # Last, so that a dependency that is away meanwhile does not dead-letter them once more.
        for record, fault in rejected:
            await self.dead_letter(record, fault, 1)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """See `Work.dead_letter`. Of a record of the status topic no status is reported."""
        outgoing = [dead_letter(record, self.service, fault, attempts)]
        identity = identity_of(record)
        with processing(record):
            if identity is not None and record.topic != topics.STATUS:
                error = DocumentError(str(fault.code), fault.message)
                outgoing.append(
                    status_record(
                        identity.key,
                        identity.revision,
                        Status.FAILED,
                        source_event=identity.source_event,
                        error=error,
                        # What is dead-lettered while the database is filled again leaves the topics as they are.
                        published=not self._is_replay(record),
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

    async def _publish(self, tenant: str, written: Written) -> None:
        """Publishes what follows from a batch, and only then has it noted as published."""
        await self._spaces.make_topics(written.topics)
        await self._publisher.publish_all(written.outgoing)
        if written.emptied or written.repaired:
            await self._writer.note_published(tenant, written)
        REPAIRS.inc(written.repairs)
        for key, revision, outcome in written.outcomes:
            INDEXED.labels(str(outcome)).inc()
            log.info("vectors_event_done", document=str(key), revision=str(revision), outcome=str(outcome))
        for each in written.emptied:
            log.info("document_erased", document=str(each.key), revision=str(each.revision))
