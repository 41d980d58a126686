"""Reads documents.status.v1 into the overlay: all partitions, without a group, from where matching stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter, Histogram

from libs.contracts import events, topics
from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.events import StatusEvent
from libs.messaging.admin.cluster import cluster_of, partitions
from libs.messaging.connection.settings import KafkaSettings
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.gateway.statuses.follower import Follower
from services.gateway.statuses.overlay import Overlay, StatusPosition

READ = Counter(
    "shortlist_gateway_statuses_read_total",
    "Statuses read, by outcome: noted (in the overlay) or malformed (not understood)",
    ["outcome"],
)
CATCH_UP = Histogram(
    "shortlist_gateway_catch_up_seconds",
    "Seconds that a read waited until the overlay had every status published before it, by outcome: reached or missed",
    ["outcome"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
)

PART = "statuses"
# The embedded broker answers a waiting fetch only when its time is over, so that it must be short;
# Kafka answers as soon as there is something.
FETCH_WAIT_MS = 500
TRYOUT_FETCH_WAIT_MS = 40
BATCH_RECORDS = 2_000
# After so many the others have their turn: who follows must be able to pass on what came.
RECORDS_AT_A_STRETCH = 100
# aiokafka asks for ever while the broker is away.
ASK_SECONDS = 15.0
CONNECT_SECONDS = 30.0

log = get_logger(__name__)


class StatusReader:
    """Keeps the overlay and a follower up to date in a task of its own, which starts again after any fault."""

    def __init__(
        self, settings: KafkaSettings, overlay: Overlay, health: Health, follower: Follower | None = None
    ) -> None:
        self._settings = settings
        self._overlay = overlay
        self._follower = follower
        self._health = health
        self._task: asyncio.Task[None] | None = None
        self._next: dict[int, int] = {}
        self._progress = asyncio.Condition()
        self._asker: AIOKafkaConsumer | None = None
        self._asking = asyncio.Lock()
        self._arrivals = 0
        self._covered = 0
        self._ends: Mapping[int, int] = {}

    async def start(self) -> None:
        """Begins to read; does not wait for the broker."""
        self._task = asyncio.create_task(self._run(), name="status-reader")

    async def stop(self) -> None:
        """Ends the task and closes its connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    @property
    def reading(self) -> bool:
        """Whether it is connected and reads."""
        return bool(self._next)

    async def catch_up(self, seconds: float) -> bool:
        """Waits until the overlay holds all acknowledged before this call; False where `seconds` pass first."""
        began = time.monotonic()
        outcome = "missed"
        try:
            async with asyncio.timeout(seconds):
                ends = await self.end_offsets()
                await self._until_read(ends)
            outcome = "reached"
        except (TimeoutError, DependencyUnavailable) as error:
            log.info("catch_up_missed", reason=str(error) or f"not done within {seconds:g} s")
        finally:
            CATCH_UP.labels(outcome).observe(time.monotonic() - began)
        return outcome == "reached"

    async def has_read(self, positions: Mapping[int, int], seconds: float) -> bool:
        """Waits until all before these offsets was read; False where `seconds` pass first."""
        try:
            async with asyncio.timeout(seconds):
                await self._until_read(positions)
        except TimeoutError:
            return False
        return True

    async def _until_read(self, positions: Mapping[int, int]) -> None:
        async with self._progress:
            await self._progress.wait_for(lambda: self._has_reached(positions))

    async def end_offsets(self) -> Mapping[int, int]:
        """The end of each partition, asked of the broker after this call began; concurrent calls share one question.

        Raises DependencyUnavailable while not connected.
        """
        self._arrivals += 1
        arrival = self._arrivals
        async with self._asking:
            if self._covered < arrival:
                # Everyone who arrived until now is answered by what is asked now.
                covers = self._arrivals
                self._ends = await self._ask_ends()
                self._covered = covers
            return self._ends

    async def _ask_ends(self) -> dict[int, int]:
        if self._asker is None or not self._next:
            raise DependencyUnavailable("broker", "the status topic is not being read yet")
        partitions = [TopicPartition(topics.STATUS, number) for number in self._next]
        try:
            async with asyncio.timeout(ASK_SECONDS):
                ends = await self._asker.end_offsets(partitions)
        except (KafkaError, OSError, TimeoutError) as error:
            what = str(error) or type(error).__name__
            raise DependencyUnavailable("broker", f"does not tell the end of {topics.STATUS}: {what}") from error
        return {partition.partition: end for partition, end in ends.items()}

    def _has_reached(self, ends: Mapping[int, int]) -> bool:
        return all(self._next.get(partition, -1) >= end for partition, end in ends.items())

    async def _run(self) -> None:
        attempt = 0
        while True:
            try:
                async with self._connected() as consumer:
                    self._health.ok(PART)
                    attempt = 0
                    await self._read(consumer)
            except (KafkaError, OSError, DependencyUnavailable) as error:
                log.warning("status_reader_interrupted", reason=str(error) or type(error).__name__)
                self._health.degraded(PART, f"the status topic cannot be read: {error or type(error).__name__}")
            except Exception as error:  # a bug must not end the task: reads would answer 503 until a restart
                log.error("status_reader_failed", exc_info=error)
                self._health.degraded(PART, f"the status topic cannot be read: {error!r}")
            await asyncio.sleep(backoff_seconds(attempt, cap=5.0))
            attempt += 1

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AIOKafkaConsumer]:
        wait = TRYOUT_FETCH_WAIT_MS if self._settings.on_tryout_broker else FETCH_WAIT_MS
        options = self._settings.client_options()
        # A fetch that waits blocks its connection, so that questions go over another one: after the ends, and after
        # what matching has committed. It names matching's group for that and, subscribing to nothing, never joins it.
        asker = AIOKafkaConsumer(
            **options, group_id=topics.GROUP_MATCHING, enable_auto_commit=False, isolation_level="read_committed"
        )
        consumer = AIOKafkaConsumer(
            **options,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=wait,
            isolation_level="read_committed",
        )
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await asker.start()
                await consumer.start()
                starts = await self._starts(asker)
                cluster = await cluster_of(self._settings)
            consumer.assign(list(starts))
            for partition, offset in starts.items():
                consumer.seek(partition, offset)
            self._asker = asker
            self._next = {partition.partition: offset for partition, offset in starts.items()}
            if self._follower is not None:
                self._follower.began(cluster, self._next)
            yield consumer
        finally:
            self._asker = None
            self._next = {}
            if self._follower is not None:
                self._follower.interrupted()
            await asyncio.gather(consumer.stop(), asker.stop(), return_exceptions=True)

    async def _starts(self, asker: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        every = await self._partitions()
        begins = await asker.beginning_offsets(every)
        ends = await asker.end_offsets(every)
        committed = await self._committed(asker, every)
        return {
            partition: min(max(committed.get(partition.partition, 0), begins[partition]), ends[partition])
            for partition in every
        }

    async def _partitions(self) -> list[TopicPartition]:
        # Asking after a topic by its name would make it on a broker that creates topics by itself.
        found = (await partitions(self._settings)).get(topics.STATUS)
        if not found:
            raise DependencyUnavailable(
                "broker", f"the topic {topics.STATUS} does not exist: run `shortlist topics apply`"
            )
        return found

    async def matching_positions(self) -> dict[int, int]:
        """Per partition of the status topic, the offset up to which matching has stored it; only those it committed.

        Raises DependencyUnavailable while the topic is not being read, or no broker answers.
        """
        asker = self._asker
        if asker is None:
            raise DependencyUnavailable("broker", "the status topic is not being read yet")
        return await self._committed(asker, [TopicPartition(topics.STATUS, number) for number in self._next])

    async def _committed(self, asker: AIOKafkaConsumer, of: Sequence[TopicPartition]) -> dict[int, int]:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                offsets = await asyncio.gather(*(asker.committed(partition) for partition in of))
        except (KafkaError, OSError, TimeoutError) as error:
            what = str(error) or f"no answer within {ASK_SECONDS:g} s"
            raise DependencyUnavailable("broker", f"does not tell where matching stands: {what}") from error
        return {
            partition.partition: offset for partition, offset in zip(of, offsets, strict=True) if offset is not None
        }

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            batches = await consumer.getmany(timeout_ms=500, max_records=BATCH_RECORDS)
            for records in batches.values():
                for count, record in enumerate(records, 1):
                    self._note(record.value, StatusPosition(record.partition, record.offset))
                    if count % RECORDS_AT_A_STRETCH == 0:
                        await asyncio.sleep(0)
            # Behind the last record may lie the end of a transaction, which is nobody's.
            positions = {one.partition: await consumer.position(one) for one in consumer.assignment()}
            if positions != self._next:
                self._next = positions
                if self._follower is not None:
                    self._follower.moved(positions)
                async with self._progress:
                    self._progress.notify_all()
            present = consumer.partitions_for_topic(topics.STATUS)
            if present and not present <= self._next.keys():
                raise DependencyUnavailable("broker", f"{topics.STATUS} has new partitions; reading it anew")

    def _note(self, value: bytes | None, position: StatusPosition) -> None:
        try:
            event = events.decode(value or b"", StatusEvent)
            self._overlay.note(event, position)
            if self._follower is not None:
                self._follower.came(event, position)
        except (RecordRejected, ValueError) as error:
            READ.labels("malformed").inc()
            log.warning(
                "status_not_understood", partition=position.partition, offset=position.offset, reason=str(error)
            )
        else:
            READ.labels("noted").inc()
