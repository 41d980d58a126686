"""Reading topics in batches through FastStream, acknowledged by hand.

An offset is committed only after everything that came of the batch is done. When partitions move
away, the batch in hand is finished, or left uncommitted, before they go.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.middlewares import AckPolicy

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import MIB
from libs.messaging.connection.faults import unreachable
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer.batch_size import PartSize
from libs.messaging.consumer.liveness import watch
from libs.messaging.consumer.polling import Polling
from libs.messaging.consumer.positions import Positions
from libs.messaging.consumer.progress_notes import DEATHS, InProgress, NotesInFolder, NotesInOffsets, killed
from libs.messaging.consumer.retrying import Interrupted, Work, Worker
from libs.messaging.consumer.start_position import StartPosition, behind
from libs.messaging.heartbeats import is_heartbeat
from libs.messaging.metrics import BATCH_SECONDS, FAULTS, LAG, MISPLACED, RECORDS, SUSPECTS
from libs.messaging.partitioning import partition_of
from libs.messaging.records import Record, record_of
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

# How long a stop waits for the batch in hand before it is left uncommitted.
STOP_SECONDS = 30.0
# How long FastStream then waits for a handler that was told to leave off.
GRACE_SECONDS = 10.0
# A member that is not heard of for so long is taken for dead, and its partitions go to the others.
SESSION_SECONDS = 12.0
# How long the members of a group wait for one that still works before it is left out; the records that are
# worked on together should take less. Nobody reads meanwhile.
REBALANCE_SECONDS = 14.0
# Working so long while partitions move it is likely to be left out; while it still may, it says that it is alive.
LATE_SECONDS = 10.0
# aiokafka's commit tries for ever while the broker is away.
COMMIT_SECONDS = 5.0
# A batch may take this long before the group takes its partitions away (aiokafka's max_poll_interval).
BATCH_LIMIT_MS = 600_000


class Consumer:
    """One member of a consumer group, working on batches of at most `max_records`.

    Give either `topics` or `pattern` (a regular expression over topic names). Topics must exist.
    What is read together is worked on and committed `commit_every` records at a time (unset: all at once), fewer
    where those would take long: when partitions move or the service stops, the records in hand are finished and the
    rest is left to the next member.
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
        positions: Positions | None = None,
    ) -> None:
        self.group = group
        self._settings = settings
        # The embedded broker keeps no metadata of offsets.
        notes = NotesInFolder(settings.tryout_notes_dir, group) if settings.on_tryout_broker else None
        self._in_progress = InProgress(notes or NotesInOffsets(settings, group), lambda: self._subscriber.consumer)
        self._worker = Worker(work, health, self._in_progress.hold)
        self._start_position = None if positions is None else StartPosition(group, positions, self._worker, health)
        self._health = health
        self._idle = asyncio.Event()
        self._idle.set()
        self._part_size = PartSize(commit_every) if commit_every else PartSize(max_records, first=max_records)
        self._leaving = False
        self._committed: dict[TopicPartition, int] = {}
        # The embedded broker has no transactions.
        skips = not settings.on_tryout_broker
        self._polling = Polling(group, health, self._committed, skips=skips)
        self._failed = 0
        self._watch: asyncio.Task[None] | None = None
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
            rebalance_timeout_ms=int(REBALANCE_SECONDS * 1000),
        )
        getting = self._subscriber.get_msg
        self._subscriber.get_msg = lambda consumer: self._polling.read(consumer, getting)  # type: ignore[method-assign]
        self._subscriber(self._on_batch)

    async def start(self) -> None:
        """Joins the group. Raises DependencyUnavailable while no broker answers."""
        try:
            await self._broker.start()
        except (KafkaError, OSError) as error:
            await self._broker.stop()
            raise unreachable(self._settings, error) from error
        self._watch = asyncio.create_task(watch(self, self._health), name=f"watch-{self.group}")

    async def stop(self) -> None:
        """Finishes the records in hand within STOP_SECONDS, or leaves them uncommitted; leaves the group."""
        self._leaving = True
        try:
            await asyncio.wait_for(self._idle.wait(), STOP_SECONDS)
        except TimeoutError:
            log.warning("batch_left_uncommitted", group=self.group)
        self._worker.interrupt()
        if self._start_position is not None:
            await self._start_position.end()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._broker.stop()

    @property
    def client(self) -> Any:
        """The aiokafka consumer, None while there is none."""
        return self._subscriber.consumer

    @property
    def seconds_since_poll(self) -> float:
        """Age of the last reading, in seconds; 0 while a batch is being worked on."""
        return 0.0 if not self._idle.is_set() else time.monotonic() - self._polling.at

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
            await self._worker.through_outages(lambda: self._in_progress.look(records))
            while done < len(records):
                if self._leaving:
                    raise Interrupted
                part = self._in_progress.part(records[done:], self._part_size.records)
                begun = time.monotonic()
                await self._work_on(part)
                self._part_size.took(len(part), time.monotonic() - begun)
                offsets = behind(part)
                if self._start_position is not None:
                    await self._start_position.store(offsets)
                await self._commit(part, offsets)
                done += len(part)
                self._show_lag()
            if self._failed:
                self._failed = 0
                self._worker.report_recovered()
        except Interrupted:
            self._polling.left = True
            log.info("batch_left_uncommitted", group=self.group, records=len(records) - done, first=records[done].place)
            return
        except Exception as error:
            await self._begin_again(records[done:], error)
            return
        finally:
            self._polling.at = time.monotonic()
            self._idle.set()
        BATCH_SECONDS.labels(self.group).observe(time.monotonic() - started)

    async def _begin_again(self, records: list[Record], error: Exception) -> None:
        """Not even giving up succeeded: what is not done is read once more, as the next commit would pass over it."""
        FAULTS.labels(self._worker.service, "own").inc()
        log.error("batch_not_done", group=self.group, first=records[0].place, attempt=self._failed, exc_info=error)
        firsts: dict[TopicPartition, int] = {}
        for record in records:
            firsts.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        what = str(error) or type(error).__name__
        with suppress(Interrupted):
            await self._worker.report_stuck(f"{records[0].place} cannot even be set aside: {what}", self._failed)
        self._failed += 1
        consumer = self._subscriber.consumer
        for partition, offset in firsts.items():
            if consumer is not None and partition in consumer.assignment():
                consumer.seek(partition, offset)

    async def _work_on(self, records: list[Record]) -> None:
        records = [record for record in records if not is_heartbeat(record)]
        if not records:
            return
        deaths = self._in_progress.begun(records[0])
        if deaths >= DEATHS:
            await self._worker.dead_letter(records[0], killed(deaths), deaths)
        else:
            if deaths:
                SUSPECTS.labels(self.group).inc()
            await self._worker.run(records)

    async def _commit(self, records: list[Record], offsets: dict[TopicPartition, int]) -> None:
        await self._worker.finishing(lambda: self._commit_offsets(offsets))
        for record in records:
            RECORDS.labels(self.group, record.topic).inc()

    async def _commit_offsets(self, offsets: dict[TopicPartition, int]) -> None:
        """Raises DependencyUnavailable: the work is done, but not the commit."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._in_progress.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions went to another member, which works on the same records again; no harm.
            log.warning("commit_refused", group=self.group, reason=str(error))
        except (KafkaError, OSError, TimeoutError) as error:
            what = str(error) or type(error).__name__
            raise DependencyUnavailable("broker", f"does not keep how far {self.group} has come: {what}") from error
        else:
            self._committed.update(offsets)

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
        if self._start_position is not None:
            await self._start_position.end()
        try:
            await asyncio.wait_for(self._idle.wait(), LATE_SECONDS)
        except TimeoutError:
            await self._in_progress.withdraw()
            await self._idle.wait()
        self._committed.clear()
        self._in_progress.forget()

    async def on_assigned(self, assigned: set[TopicPartition]) -> None:
        self._leaving = False
        self._polling.left = False
        self._worker.resume()
        if self._start_position is not None and assigned:
            self._start_position.begin(self._subscriber.consumer, assigned)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._consumer.on_revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._consumer.on_assigned(assigned)
