"""Reading topics in batches through FastStream, acknowledged by hand.

An offset is committed only after everything that came of the batch is done. When partitions move
away, the batch in hand is finished, or left uncommitted, before they go.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.middlewares import AckPolicy

from libs.contracts.topics import MIB
from libs.messaging.broker_watch import BrokerWatch
from libs.messaging.faults import unreachable
from libs.messaging.heartbeats import is_heartbeat
from libs.messaging.in_hand import DEATHS, Hand, NotesInFolder, NotesInOffsets, killed
from libs.messaging.metrics import BATCH_SECONDS, FAULTS, LAG, MISPLACED, RECORDS, SUSPECTS
from libs.messaging.partitioning import partition_of
from libs.messaging.placing import Placing, behind
from libs.messaging.positions import Positions
from libs.messaging.records import Record, record_of
from libs.messaging.settings import KafkaSettings
from libs.messaging.work import Interrupted, Work, Worker
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

# How long a stop waits for the batch in hand before it is left uncommitted.
STOP_SECONDS = 30.0
# How long FastStream then waits for a handler that was told to leave off.
GRACE_SECONDS = 10.0
# A member that is not heard of for so long is taken for dead, and its partitions go to the others. So long, too,
# the others wait for the records in hand of one that must give partitions back.
SESSION_SECONDS = 12.0
# aiokafka's commit tries for ever while the broker is away; the work is done, and its offsets go with the next.
COMMIT_SECONDS = 10.0
# A batch may take this long before the group takes its partitions away (aiokafka's max_poll_interval).
BATCH_LIMIT_MS = 600_000


class Consumer:
    """One member of a consumer group, working on batches of at most `max_records`.

    Give either `topics` or `pattern` (a regular expression over topic names). Topics must exist.
    What is read together is worked on and committed `commit_every` records at a time (unset: all at once): when
    partitions move or the service stops, the records in hand are finished and the rest is left to the next member.
    `broker_needed`: whether the service is of no use while the broker is away; health says so then.
    `positions` may make it read again what the group committed, where the store of the reader lacks it.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        work: Work,
        health: Health,
        *,
        group: str,
        topics: Sequence[str] = (),
        pattern: str | None = None,
        max_records: int = 64,
        commit_every: int | None = None,
        session_seconds: float = SESSION_SECONDS,
        broker_needed: bool = False,
        positions: Positions | None = None,
    ) -> None:
        self.group = group
        self._settings = settings
        # The embedded broker keeps no metadata of offsets.
        notes = NotesInFolder(settings.tryout_notes_dir, group) if settings.on_tryout_broker else None
        self._hand = Hand(notes or NotesInOffsets(settings, group), lambda: self._subscriber.consumer)
        self._worker = Worker(work, health, self._hand.hold)
        self._placing = None if positions is None else Placing(group, positions, self._worker, health)
        self._health = health
        self._idle = asyncio.Event()
        self._idle.set()
        self._commit_every = commit_every or max_records
        self._leaving = False
        self._committed: dict[TopicPartition, int] = {}
        self._polled_at = time.monotonic()
        self._failed_batches = 0
        self._watch = BrokerWatch(self, health, needed=broker_needed)
        self._broker = KafkaBroker(
            **settings.connection_options(),
            security=settings.faststream_security(),
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=GRACE_SECONDS,
            apply_types=False,
            logger=None,
        )
        self._subscriber = self._broker.subscriber(
            *topics,
            # FastStream reads single braces as path parameters.
            pattern=pattern and pattern.replace("{", "{{").replace("}", "}}"),
            batch=True,
            group_id=group,
            max_records=max_records,
            batch_timeout_ms=50,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=_Listener(self),
            parser=self._parse,
            decoder=self._decode,
            # The embedded broker answers a waiting fetch only at its end; Kafka does as soon as a record comes.
            fetch_max_wait_ms=150 if settings.on_tryout_broker else 500,
            fetch_max_bytes=32 * MIB,
            # What a producer took back (an aborted transaction) was never sent.
            isolation_level="read_committed",
            max_poll_interval_ms=BATCH_LIMIT_MS,
            session_timeout_ms=int(session_seconds * 1000),
            heartbeat_interval_ms=int(session_seconds * 250),
        )
        self._subscriber(self._on_batch)

    async def start(self) -> None:
        """Joins the group. Raises SurroundingsFault while no broker answers."""
        try:
            await self._broker.start()
        except (KafkaError, OSError) as error:
            await self._broker.stop()
            raise unreachable(self._settings, error) from error
        self._watch.start()

    async def stop(self) -> None:
        """Finishes the records in hand within STOP_SECONDS, or leaves them uncommitted; leaves the group."""
        self._leaving = True
        await self._watch.stop()
        try:
            await asyncio.wait_for(self._idle.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("batch_left_uncommitted", group=self.group)
        self._worker.interrupt()
        if self._placing is not None:
            await self._placing.end()
        await self._broker.stop()

    def client(self) -> Any:
        """The AIOKafkaConsumer, None before the start."""
        return self._subscriber.consumer

    @property
    def seconds_since_poll(self) -> float:
        """Age of the last reading, in seconds; 0 while a batch is being worked on."""
        return 0.0 if not self._idle.is_set() else time.monotonic() - self._polled_at

    def lag(self) -> dict[str, int]:
        """Records per topic that this member has not committed, of the partitions it holds."""
        consumer = self._subscriber.consumer
        if consumer is None:
            return {}
        found: dict[str, int] = {}
        for partition in consumer.assignment():
            highwater = consumer.highwater(partition)
            if highwater is not None:
                behind = max(0, highwater - self._committed.get(partition, highwater))
                found[partition.topic] = found.get(partition.topic, 0) + behind
        return found

    async def _parse(self, message: tuple[Any, ...]) -> KafkaAckableMessage:
        # FastStream's own parser raises on headers that are null or not UTF-8, for the whole batch.
        return KafkaAckableMessage(
            body=b"", headers={}, raw_message=message, consumer=self._subscriber.consumer, correlation_id=""
        )

    async def _decode(self, message: KafkaAckableMessage) -> list[Record]:
        return [record_of(raw) for raw in message.raw_message]

    async def _on_batch(self, records: list[Record]) -> None:
        self._idle.clear()
        started = time.monotonic()
        for record in records:
            self._committed.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        self._show_lag()
        self._count_misplaced(records)
        done = 0
        try:
            await self._worker.through_outages(lambda: self._hand.look(records))
            while done < len(records):
                if self._leaving:
                    raise Interrupted
                part = self._hand.part(records[done:], self._commit_every)
                await self._work_on(part)
                offsets = behind(part)
                if self._placing is not None:
                    await self._placing.store(offsets)
                await self._commit(part, offsets)
                done += len(part)
                self._show_lag()
        except Interrupted:
            log.info("batch_left_uncommitted", group=self.group, records=len(records) - done, first=records[done].place)
            return
        except Exception as error:
            # FastStream would swallow it, and the next commit would pass over what is not done.
            await self._read_again(records[done:], error)
            return
        finally:
            self._polled_at = time.monotonic()
            self._idle.set()
        self._failed_batches = 0
        BATCH_SECONDS.labels(self.group).observe(time.monotonic() - started)

    async def _read_again(self, records: Sequence[Record], error: Exception) -> None:
        """After a fault of our own outside of the work: the records not done are read once more, after a while."""
        FAULTS.labels(self.group, "own").inc()
        log.error("batch_read_again", group=self.group, records=len(records), first=records[0].place, exc_info=error)
        self._health.degraded("consumer", f"reads {records[0].place} again after a fault of our own: {error!r}")
        await asyncio.sleep(backoff_seconds(self._failed_batches))
        self._failed_batches += 1
        firsts: dict[TopicPartition, int] = {}
        for record in records:
            firsts.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        for partition, offset in firsts.items():
            try:
                self.client().seek(partition, offset)
            except IllegalStateError:
                continue  # it is another member's by now, which begins at what is committed

    async def _work_on(self, records: list[Record]) -> None:
        records = [record for record in records if not is_heartbeat(record)]
        if not records:
            return
        deaths = self._hand.begun(records[0])
        if deaths >= DEATHS:
            await self._worker.set_aside(records[0], killed(deaths), deaths)
        else:
            if deaths:
                SUSPECTS.labels(self.group).inc()
            await self._worker.run(records)

    async def _commit(self, records: list[Record], offsets: dict[TopicPartition, int]) -> None:
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._hand.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions went to another member, which works on the same records again; no harm.
            log.warning("commit_refused", group=self.group, reason=str(error))
            return
        except (KafkaError, TimeoutError) as error:
            # The work is done; the offsets are committed with the next batch, or the records come again.
            log.warning("commit_failed", group=self.group, reason=str(error) or type(error).__name__)
            return
        self._committed.update(offsets)
        for record in records:
            RECORDS.labels(self.group, record.topic).inc()

    def _count_misplaced(self, records: Sequence[Record]) -> None:
        """Counts records that lie where Java's murmur2 does not put their key: their order is not safe."""
        consumer = self._subscriber.consumer
        for record in records:
            partitions = consumer.partitions_for_topic(record.topic) if consumer is not None else None
            if (
                record.key
                and partitions
                and not is_heartbeat(record)
                and record.partition != partition_of(record.key, len(partitions))
            ):
                MISPLACED.labels(record.topic).inc()
                log.warning("record_misplaced", record=record.place, hint="set partitioner=murmur2_random")

    def _show_lag(self) -> None:
        for topic, waiting in self.lag().items():
            LAG.labels(self.group, topic).set(waiting)

    async def on_revoked(self) -> None:
        """The group moves partitions: the records in hand end first; waits for the surroundings end now."""
        self._leaving = True
        self._worker.interrupt()
        if self._placing is not None:
            await self._placing.end()
        await self._idle.wait()
        self._committed.clear()
        self._hand.forget()

    async def on_assigned(self, assigned: set[TopicPartition]) -> None:
        self._leaving = False
        self._worker.resume()
        if self._placing is not None and assigned:
            self._placing.begin(self._subscriber.consumer, assigned)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._consumer.on_revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._consumer.on_assigned(assigned)
