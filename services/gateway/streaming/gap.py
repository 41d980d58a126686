"""What a stream missed, read from the status topic by a consumer of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.messaging.connection.settings import KafkaSettings
from services.gateway.problems import Problem

CONNECT_SECONDS = 10.0
# How long one waits for its turn before it is told to come back.
TURN_SECONDS = 5.0
RETRY_SECONDS = 5
BATCH_RECORDS = 500
# A reader of a gap gets its records as fast as it takes them: more in memory would serve nobody.
FETCH_BYTES = 1_048_576
PARTITION_BYTES = 262_144
FETCH_WAIT_MS = 40


class Expired(Exception):
    """The topic does not hold all of the gap any more."""


class Gap:
    """Reads from `offsets` on, by the number of the partition; closing it gives its turn to the next."""

    def __init__(self, consumer: AIOKafkaConsumer, closing: AsyncExitStack, offsets: Sequence[int]) -> None:
        self._consumer = consumer
        self._closing = closing
        self._upto: Sequence[int] = offsets
        self.offsets = list(offsets)
        """By partition what comes next."""

    async def aim(self, upto: Sequence[int]) -> None:
        """Reads as far as `upto` from now on. Raises Expired; DependencyUnavailable where no broker answers."""
        self._upto = upto
        if self.is_read:
            return
        left = [TopicPartition(topics.STATUS, number) for number, end in enumerate(upto) if self.offsets[number] < end]
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                begins = await self._consumer.beginning_offsets(left)
        except (KafkaError, OSError, TimeoutError) as error:
            raise _unreachable(error) from error
        if any(self.offsets[partition.partition] < begin for partition, begin in begins.items()):
            raise Expired
        self._consumer.assign(left)
        for partition in left:
            self._consumer.seek(partition, self.offsets[partition.partition])

    @property
    def is_read(self) -> bool:
        """Whether all that was aimed at was read."""
        return all(self.offsets[number] >= end for number, end in enumerate(self._upto))

    async def records(self) -> list[Any]:
        """The next records of the gap, maybe none; `offsets` move behind them.

        Raises Expired; DependencyUnavailable where no broker answers.
        """
        try:
            batches = await self._consumer.getmany(timeout_ms=FETCH_WAIT_MS * 5, max_records=BATCH_RECORDS)
            found = [
                record
                for partition, records in batches.items()
                for record in records
                if record.offset < self._upto[partition.partition]
            ]
            for partition in self._consumer.assignment():
                # Behind the last record may lie the end of a transaction, which is nobody's.
                end = self._upto[partition.partition]
                self.offsets[partition.partition] = min(await self._consumer.position(partition), end)
                if self.offsets[partition.partition] >= end:
                    self._consumer.pause(partition)
        except (KafkaError, OSError) as error:
            if isinstance(error, OffsetOutOfRangeError | NoOffsetForPartitionError):
                raise Expired from error
            raise _unreachable(error) from error
        return found

    async def close(self) -> None:
        """Closes the connection and lets the next one in; again it does nothing."""
        await self._closing.aclose()


class Gaps:
    """At most `at_once` gaps are read at a time."""

    def __init__(self, settings: KafkaSettings, at_once: int) -> None:
        self._settings = settings
        self._free = asyncio.Semaphore(at_once)

    async def opened(self, offsets: Sequence[int]) -> Gap:
        """A gap that reads from these offsets on, to be closed by whoever asked for it.

        Raises Problem (`unavailable`) where too many others are being read; DependencyUnavailable.
        """
        async with AsyncExitStack() as closing:
            try:
                async with asyncio.timeout(TURN_SECONDS):
                    await self._free.acquire()
            except TimeoutError:
                raise Problem(
                    "unavailable",
                    "this gateway is reading what others missed; come back shortly with the same last event id",
                    headers={"Retry-After": str(RETRY_SECONDS)},
                ) from None
            closing.callback(self._free.release)
            consumer = AIOKafkaConsumer(
                **self._settings.client_options(),
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                fetch_max_wait_ms=FETCH_WAIT_MS,
                fetch_max_bytes=FETCH_BYTES,
                max_partition_fetch_bytes=PARTITION_BYTES,
                isolation_level="read_committed",
            )
            closing.push_async_callback(consumer.stop)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await consumer.start()
            except (KafkaError, OSError, TimeoutError) as error:
                raise _unreachable(error) from error
            return Gap(consumer, closing.pop_all(), offsets)
        raise AssertionError("the block above returns or raises")


def _unreachable(error: BaseException) -> DependencyUnavailable:
    return DependencyUnavailable("broker", f"{topics.STATUS} cannot be read: {error or type(error).__name__}")
