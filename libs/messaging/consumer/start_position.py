"""Where to begin to read: where the reader's own store stands, if that is before what its group committed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.consumer.positions import Positions
from libs.messaging.consumer.retrying import PART, Interrupted, Worker
from libs.messaging.records import Record
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)


class StartPosition:
    """Pauses assigned partitions until it is known where to read them from."""

    def __init__(self, group: str, positions: Positions, worker: Worker, health: Health) -> None:
        self._group = group
        self._positions = positions
        self._worker = worker
        self._health = health
        self._task: asyncio.Task[None] | None = None

    def begin(self, consumer: Any, partitions: set[TopicPartition]) -> None:
        """Begins for partitions that were just assigned to the AIOKafkaConsumer. Does not wait: a member that does
        not return from its assignment is taken for dead by its group.
        """
        consumer.pause(*partitions)
        self._task = asyncio.create_task(self._find(consumer, partitions), name="start-position")

    async def end(self) -> None:
        """Breaks off, since the partitions go to another member."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def store(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Notes in the reader's store that all below the offsets is done. Raises Interrupted."""
        await self._worker.finishing(lambda: self._positions.done(offsets))

    async def _find(self, consumer: Any, partitions: set[TopicPartition]) -> None:
        try:
            await self._worker.through_outages(lambda: self._seek(consumer, partitions))
        except Interrupted:
            return
        except Exception as error:
            log.error("reading_not_begun", group=self._group, exc_info=error)
            self._health.waits_for(PART, f"it could not be told where to read on: {type(error).__name__}")
            return
        self._health.ok(PART)
        consumer.resume(*partitions)

    async def _seek(self, consumer: Any, partitions: set[TopicPartition]) -> None:
        try:
            found = await asyncio.gather(*(consumer.committed(one) for one in partitions))
            committed = dict(zip(partitions, found, strict=True))
            starts = await self._positions.begin(committed, await consumer.beginning_offsets(list(partitions)))
            back = {one: start for one, start in starts.items() if start < (committed[one] or 0)}
            for one, start in back.items():
                consumer.seek(one, start)
            if back:
                # Committed at once, since others learn from the group's offsets how far the store is.
                await consumer.commit(back)
        except KafkaError as error:
            what = str(error) or type(error).__name__
            raise DependencyUnavailable("broker", f"does not tell where {self._group} stands: {what}") from error


def next_offsets(records: Sequence[Record]) -> dict[TopicPartition, int]:
    """The offset to read on from behind the records, for each of their partitions."""
    offsets: dict[TopicPartition, int] = {}
    for record in records:
        partition = TopicPartition(record.topic, record.partition)
        offsets[partition] = max(offsets.get(partition, 0), record.offset + 1)
    return offsets
