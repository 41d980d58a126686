"""Reading from the broker so that nothing is lost where a reading fails."""

from __future__ import annotations

import asyncio
import time
from itertools import chain
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError

from libs.messaging.metrics import READ_FAULTS
from libs.messaging.records import Record, record_of
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

PART = "reading"
# How long a reading waits for a first record.
WAIT_MS = 100
# Limit of each question to the broker; aiokafka's own go on for ever while it is away.
ASK_SECONDS = 5.0
# How often an idle member looks whether only markers of transactions lie between it and the end.
IDLE_SECONDS = 1.0


class Polling:
    """Reads batches one after the other. No records may be in progress while it reads.

    `committed` holds the group's offsets as far as they are known; its owner keeps it up to date as well.
    `skips_markers`: commits past the ends of transactions, which only a broker with transactions has.
    """

    def __init__(
        self,
        group: str,
        health: Health,
        committed: dict[TopicPartition, int],
        *,
        max_records: int,
        skips_markers: bool,
    ) -> None:
        self._group = group
        self._health = health
        self._committed = committed
        self._max_records = max_records
        self._skips_markers = skips_markers
        self._failed = 0
        self._idle_at = 0.0
        # When reading last worked, or a batch ended, by `time.monotonic`.
        self.last_read_at = time.monotonic()
        # Set when records were read and left undone: until partitions are assigned anew, positions are past them.
        self.left_undone = False

    async def read(self, consumer: Any) -> list[Record]:
        """The next records, at most `max_records`; none where there are none within WAIT_MS, or where reading failed.

        One record that cannot be unpacked (its codec, its checksum) makes the whole reading raise, although the
        positions of other partitions have already moved past theirs. So after a failure every partition begins again at
        its committed offset, after a backoff that blocks. Raises ConsumerStoppedError once the consumer is stopped.
        """
        try:
            found = await consumer.getmany(timeout_ms=WAIT_MS, max_records=self._max_records)
            records = [record_of(raw) for raw in chain.from_iterable(found.values())]
        except ConsumerStoppedError:
            raise
        except Exception as error:
            await self.failed(consumer, error)
            return []
        self.last_read_at = time.monotonic()
        if self._failed:
            self._failed = 0
            self._health.ok(PART)
        if not records and self._may_pass_markers():
            await self._pass_markers(consumer)
        return records

    def _may_pass_markers(self) -> bool:
        """Whether positions tell what is done, and IDLE_SECONDS have gone by since they were last looked at."""
        if not self._skips_markers or self.left_undone or self.last_read_at - self._idle_at < IDLE_SECONDS:
            return False
        self._idle_at = self.last_read_at
        return True

    async def failed(self, consumer: Any, error: Exception) -> None:
        """Reports a failure of reading, waits, and seeks back to the committed offsets, however often that takes."""
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
                asked = list(consumer.assignment() - consumer.paused())
                found = await asyncio.gather(*map(consumer.committed, asked))
                # Paused meanwhile: it was assigned anew, and where it begins is being found, maybe before this offset.
                offsets = {each: at for each, at in zip(asked, found, strict=True) if each not in consumer.paused()}
                for partition, offset in offsets.items():
                    if offset is not None:
                        consumer.seek(partition, offset)
                # All at once: each of them waits for the reading that is under way, half a second.
                if never := [partition for partition, offset in offsets.items() if offset is None]:
                    await consumer.seek_to_beginning(*never)
        except IllegalStateError:
            return True  # The partitions move: their next member begins at the committed offsets anyway.
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("seek_back_failed", group=self._group, reason=str(error) or type(error).__name__)
            return False
        except Exception as error:
            # A fault of our own, or of aiokafka's, must not end the reading either.
            log.error("not_rewound", group=self._group, exc_info=error)
            return False
        return True

    async def _pass_markers(self, consumer: Any) -> None:
        """Commits past the ends of transactions and aborted records, which no reader is ever given."""
        passed: dict[TopicPartition, int] = {}
        try:
            async with asyncio.timeout(ASK_SECONDS):
                for partition in consumer.assignment():
                    if partition not in self._committed:
                        self._committed[partition] = await consumer.committed(partition) or 0
                    # While the broker is asked, partitions may move; then nothing is known of them any more.
                    done = self._committed[partition]
                    position = await consumer.position(partition)
                    # Only forward: a commit at the committed offset would remove the note of a dead process.
                    if position > done:
                        passed[partition] = position
                if passed:
                    await consumer.commit(passed)
                    self._committed.update(passed)
        except (KafkaError, OSError, TimeoutError) as error:
            log.info("transaction_markers_not_passed", group=self._group, reason=str(error) or type(error).__name__)
