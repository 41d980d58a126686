"""The reading itself: nothing that was taken from the broker is lost where reading it fails on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError

from libs.messaging.metrics import READ_FAULTS
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

PART = "reading"
# Each question to the broker; aiokafka's own go on for ever while it is away.
ASK_SECONDS = 5.0
# How often an idle member looks whether it stands behind records that are never handed out.
IDLE_SECONDS = 1.0


class Polling:
    """Reads batches one after the other; while it reads, nothing is in hand.

    `committed` holds what is known of the group's offsets, and is kept up to date by the owner as well.
    """

    def __init__(self, group: str, health: Health, committed: dict[TopicPartition, int], *, skips: bool) -> None:
        self._group = group
        self._health = health
        self._committed = committed
        self._skips = skips
        self._failed = 0
        self._idle_at = 0.0
        self.at = time.monotonic()
        # Records were handed out and left undone: the position says nothing until partitions are assigned anew.
        self.left = False

    async def read(self, consumer: Any, getting: Callable[[Any], Awaitable[tuple[Any, ...]]]) -> tuple[Any, ...]:
        """What `getting` gives; nothing where it failed, and then the next reading begins at the committed offsets.

        A record that can't be unpacked (its codec, its checksum) makes the whole reading raise, records of other
        partitions with it that count as read already. Blocks for the backoff after a fault.
        """
        try:
            records = await getting(consumer)
        except ConsumerStoppedError:
            raise
        except Exception as error:
            await self._failure(consumer, error)
            return ()
        self.at = time.monotonic()
        if self._failed:
            self._failed = 0
            self._health.ok(PART)
        if not records and self._skips and not self.left and self.at - self._idle_at >= IDLE_SECONDS:
            self._idle_at = self.at
            await self._pass_markers(consumer)
        return records

    async def _failure(self, consumer: Any, error: Exception) -> None:
        what = str(error) or type(error).__name__
        READ_FAULTS.labels(self._group).inc()
        self._health.degraded(PART, f"records cannot be read, nothing is lost: {what}")
        log.error("reading_failed", group=self._group, attempt=self._failed, exc_info=error)
        await asyncio.sleep(backoff_seconds(self._failed))
        self._failed += 1
        while not await self._rewound(consumer):
            await asyncio.sleep(backoff_seconds(self._failed))
            self._failed += 1

    async def _rewound(self, consumer: Any) -> bool:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                for partition in consumer.assignment():
                    offset = await consumer.committed(partition)
                    if offset is None:
                        await consumer.seek_to_beginning(partition)
                    else:
                        consumer.seek(partition, offset)
        except IllegalStateError:
            return True  # The partitions move: the next member begins at the committed offsets anyway.
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("not_rewound", group=self._group, reason=str(error) or type(error).__name__)
            return False
        return True

    async def _pass_markers(self, consumer: Any) -> None:
        """Commits past the ends of transactions and their aborted records, which nobody is ever given."""
        passed: dict[TopicPartition, int] = {}
        try:
            async with asyncio.timeout(ASK_SECONDS):
                for partition in consumer.assignment():
                    if partition not in self._committed:
                        self._committed[partition] = await consumer.committed(partition) or 0
                    position = await consumer.position(partition)
                    # Only what is behind the committed offset: the note of a dead process lies at it.
                    if position > self._committed[partition]:
                        passed[partition] = position
                if passed:
                    await consumer.commit(passed)
                    self._committed.update(passed)
        except (KafkaError, OSError, TimeoutError) as error:
            log.info("markers_not_passed", group=self._group, reason=str(error) or type(error).__name__)
