"""Reading on from where a reader's own store stands, where that is before what its group committed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.consumer.positions import Positions
from libs.messaging.consumer.retrying import Interrupted, Worker
from libs.messaging.records import Record
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)


class StartPosition:
    """Holds assigned partitions back until it is known where to read them from."""

    def __init__(self, group: str, positions: Positions, worker: Worker, health: Health) -> None:
        self._group = group
        self._positions = positions
        self._worker = worker
        self._health = health
        self._task: asyncio.Task[None] | None = None

    def begin(self, consumer: Any, partitions: set[TopicPartition]) -> None:
        """Begins for partitions that were just assigned to an AIOKafkaConsumer. Does not wait: the group takes a
        member that does not come back from its assignment for dead.
        """
        consumer.pause(*partitions)
        self._task = asyncio.create_task(self._place(consumer, partitions), name="placing")

    async def end(self) -> None:
        """Leaves off; the partitions are another member's."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def store(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Keeps that all below the offsets is stored. Raises Interrupted."""
        await self._worker.finishing(lambda: self._positions.done(offsets))

    async def _place(self, consumer: Any, partitions: set[TopicPartition]) -> None:
        try:
            await self._worker.through_outages(lambda: self._seek(consumer, partitions))
        except Interrupted:
            return
        except Exception as error:
            log.error("reading_not_begun", group=self._group, exc_info=error)
            self._health.waits_for("consumer", f"it could not be told where to read on: {type(error).__name__}")
            return
        self._health.ok("consumer")
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
                # Said to the group at once: its offsets tell others how far the store is.
                await consumer.commit(back)
        except KafkaError as error:
            what = str(error) or type(error).__name__
            raise DependencyUnavailable("broker", f"does not tell where {self._group} stands: {what}") from error


def behind(records: Sequence[Record]) -> dict[TopicPartition, int]:
    """The offsets right behind the records."""
    offsets: dict[TopicPartition, int] = {}
    for record in records:
        partition = TopicPartition(record.topic, record.partition)
        offsets[partition] = max(offsets.get(partition, 0), record.offset + 1)
    return offsets
