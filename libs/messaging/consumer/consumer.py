"""A member of a consumer group: reads batches, has them worked on, and gives partitions away in good order.

An offset is committed only after everything that came of its record is done. Before partitions move to another member,
the records in progress are finished, or left uncommitted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import ConsumerStoppedError

from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer.batch_size import PORTION_SECONDS, PortionSize
from libs.messaging.consumer.batches import Batches, lag_by_topic
from libs.messaging.consumer.liveness import watch
from libs.messaging.consumer.polling import Polling
from libs.messaging.consumer.positions import Positions
from libs.messaging.consumer.progress_notes import InProgress, NotesInFolder, NotesInOffsets
from libs.messaging.consumer.retrying import Work, Worker
from libs.messaging.consumer.start_position import StartPosition
from libs.messaging.consumer.subscription import Subscription
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

# How long a stop waits for the records in progress, ...
STOP_SECONDS = 30.0
# ... then for work that was told to break off, and then for work that was cancelled. Neither is committed.
GRACE_SECONDS = 10.0
# A member that is not heard of for so long is taken for dead, and its partitions go to the others.
SESSION_SECONDS = 12.0
# A member that still works so long after partitions began to move is likely to be left out by its group (after
# REBALANCE_SECONDS); while it still may commit, it withdraws its notes, so that nobody takes it for dead.
LATE_SECONDS = 10.0


class Consumer:
    """One member of a consumer group, reading batches of at most `max_records`.

    Give either `topics` or `pattern` (a regular expression over topic names). Topics must exist.
    A batch is worked on and committed in portions of at most `commit_every` records (unset: all at once), fewer where
    those would take longer than `portion_seconds`: when partitions move or the service stops, the portion in progress
    is finished and the rest of the batch is left to the next member.
    `positions` makes it read again what the group committed but the reader's store lacks.
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
        portion_seconds: float = PORTION_SECONDS,
        session_seconds: float = SESSION_SECONDS,
        positions: Positions | None = None,
    ) -> None:
        self.group = group
        self._health = health
        self._subscription = Subscription(
            settings,
            _Listener(self),
            group=group,
            topics=topics,
            pattern=pattern,
            session_seconds=session_seconds,
        )
        # The embedded broker keeps no metadata of offsets.
        notes = NotesInFolder(settings.tryout_notes_dir, group) if settings.on_tryout_broker else None
        self._in_progress = InProgress(notes or NotesInOffsets(settings, group), lambda: self.client)
        self._worker = Worker(work, health, self._in_progress.noted)
        self._start_position = None if positions is None else StartPosition(group, positions, self._worker, health)
        self._committed: dict[TopicPartition, int] = {}
        self._polling = Polling(
            group,
            health,
            self._committed,
            max_records=max_records,
            skips_markers=not settings.on_tryout_broker,  # which has no transactions
        )
        self._batches = Batches(
            group,
            self._worker,
            self._in_progress,
            self._start_position,
            self._committed,
            PortionSize(commit_every, seconds=portion_seconds)
            if commit_every
            else PortionSize(max_records, first=max_records),
            lambda: self.client,
        )
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Joins the group and reads in the background. Raises DependencyUnavailable while no broker answers."""
        await self._subscription.start()
        self._tasks = [
            asyncio.create_task(self._read(), name=f"read-{self.group}"),
            asyncio.create_task(watch(self, self._health), name=f"watch-{self.group}"),
        ]

    async def stop(self) -> None:
        """Finishes the records in progress within STOP_SECONDS, or leaves them uncommitted; leaves the group."""
        self._stopping = True
        self._batches.leaving = True
        if not await self._is_idle_within(STOP_SECONDS):
            log.warning("batch_left_uncommitted", group=self.group)
        self._worker.interrupt()
        if self._start_position is not None:
            await self._start_position.end()
        await self._is_idle_within(GRACE_SECONDS)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        await self._subscription.stop()

    @property
    def client(self) -> Any:
        """The AIOKafkaConsumer; None before `start` and after `stop`."""
        return self._subscription.client

    @property
    def seconds_since_poll(self) -> float:
        """Seconds since the last reading; 0 while a batch is worked on."""
        return 0.0 if not self._idle.is_set() else time.monotonic() - self._polling.last_read_at

    def lag(self) -> dict[str, int]:
        """Records per topic that this member has not committed, of the partitions it holds."""
        return lag_by_topic(self.client, self._committed)

    async def on_revoked(self) -> None:
        """Called before the group moves partitions: returns once nothing is in progress.

        Waits for a dependency end at once; a portion that is worked on ends first.
        """
        self._batches.leaving = True
        self._worker.interrupt()
        if self._start_position is not None:
            await self._start_position.end()
        if not await self._is_idle_within(LATE_SECONDS):
            await self._in_progress.withdraw()
            await self._idle.wait()
        self._committed.clear()
        self._in_progress.forget()

    async def on_assigned(self, assigned: set[TopicPartition]) -> None:
        """Called when the group has given this member its partitions: work goes on, unless the member stops."""
        if self._stopping:
            return
        self._batches.leaving = False
        self._polling.left_undone = False
        self._worker.resume()
        if self._start_position is not None and assigned:
            self._start_position.begin(self.client, assigned)

    async def _read(self) -> None:
        """Reads batches and has them worked on until the member stops."""
        while not self._stopping:
            try:
                records = await self._polling.read(self.client)
                if not records:
                    continue
                self._idle.clear()
                try:
                    if not await self._batches.work_on(records):
                        self._polling.left_undone = True
                finally:
                    self._polling.last_read_at = time.monotonic()
                    self._idle.set()
            except ConsumerStoppedError:
                return
            except Exception as error:
                # A fault of our own between readings must not end the reading for as long as the process lives.
                await self._polling.failed(self.client, error)

    async def _is_idle_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            return False
        return True


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Passes on what aiokafka tells when the group moves partitions."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._consumer.on_revoked()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        await self._consumer.on_assigned(assigned)
