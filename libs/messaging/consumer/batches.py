"""Working on a batch portion by portion: each is committed before the next, so that a member can leave in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.consumer.batch_size import PortionSize
from libs.messaging.consumer.progress_notes import DEATHS, InProgress, killed_process
from libs.messaging.consumer.retrying import Interrupted, Worker
from libs.messaging.consumer.start_position import StartPosition, next_offsets
from libs.messaging.heartbeats import is_heartbeat
from libs.messaging.metrics import BATCH_SECONDS, FAULTS, LAG, MISPLACED, RECORDS, SUSPECTS
from libs.messaging.partitioning import partition_of
from libs.messaging.records import Record
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

# aiokafka's commit tries for ever while the broker is away.
COMMIT_SECONDS = 5.0


class Batches:
    """Works on one batch after the other. `client` gives the AIOKafkaConsumer that the records were read from.

    `committed` holds the group's offsets as far as they are known; it is kept up to date here.
    """

    def __init__(
        self,
        group: str,
        worker: Worker,
        in_progress: InProgress,
        start_position: StartPosition | None,
        committed: dict[TopicPartition, int],
        size: PortionSize,
        client: Callable[[], Any],
    ) -> None:
        self._group = group
        self._worker = worker
        self._in_progress = in_progress
        self._start_position = start_position
        self._committed = committed
        self._size = size
        self._client = client
        self._failed = 0
        # Set while the service stops or the partitions move: the portion in progress is the last.
        self.leaving = False

    async def work_on(self, records: Sequence[Record]) -> bool:
        """Works on a batch and commits it. False where part of it is left, uncommitted, to the partitions' next member.

        Where records could be neither done nor dead-lettered it seeks back to them, so that they are read again.
        """
        started = time.monotonic()
        for record in records:
            self._committed.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        self._show_lag()
        self._count_misplaced(records)
        done = 0
        try:
            await self._worker.through_outages(lambda: self._in_progress.load_notes(records))
            while done < len(records):
                if self.leaving:
                    raise Interrupted
                done += await self._work_on_portion(self._in_progress.portion(records[done:], self._size.records))
            if self._failed:
                self._failed = 0
                self._worker.report_recovered()
        except Interrupted:
            log.info(
                "batch_left_uncommitted", group=self._group, records=len(records) - done, first=records[done].place
            )
            return False
        except Exception as error:
            await self._seek_back(records[done:], error)
            return True
        BATCH_SECONDS.labels(self._group).observe(time.monotonic() - started)
        return True

    async def _work_on_portion(self, portion: Sequence[Record]) -> int:
        """Works on records together and commits them; says how many they were. Raises Interrupted."""
        begun = time.monotonic()
        await self._handle([record for record in portion if not is_heartbeat(record)])
        self._size.took(len(portion), time.monotonic() - begun)
        offsets = next_offsets(portion)
        if self._start_position is not None:
            await self._start_position.store(offsets)
        await self._worker.finishing(lambda: self._commit(offsets))
        for record in portion:
            RECORDS.labels(self._group, record.topic).inc()
        self._show_lag()
        return len(portion)

    async def _handle(self, records: Sequence[Record]) -> None:
        if not records:
            return
        deaths = self._in_progress.deaths(records[0])
        if deaths >= DEATHS:
            await self._worker.dead_letter(records[0], killed_process(deaths), deaths)
        else:
            if deaths:
                SUSPECTS.labels(self._group).inc()
            await self._worker.run(records)

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Raises DependencyUnavailable where the work is done, but the broker did not take the commit."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._in_progress.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # The partitions went to another member, which works on the same records again; no harm.
            log.warning("commit_refused", group=self._group, reason=str(error))
        except (KafkaError, OSError, TimeoutError) as error:
            what = str(error) or type(error).__name__
            raise DependencyUnavailable("broker", f"does not take the commit of {self._group}: {what}") from error
        else:
            self._committed.update(offsets)

    async def _seek_back(self, records: Sequence[Record], error: Exception) -> None:
        """Dead-lettering failed; seek back so that the next commit does not skip these records."""
        FAULTS.labels(self._worker.service, "own").inc()
        log.error("batch_not_done", group=self._group, first=records[0].place, attempt=self._failed, exc_info=error)
        what = str(error) or type(error).__name__
        with suppress(Interrupted):
            await self._worker.report_stuck(f"{records[0].place} cannot even be dead-lettered: {what}", self._failed)
        self._failed += 1
        firsts: dict[TopicPartition, int] = {}
        for record in records:
            firsts.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        client = self._client()
        for partition, offset in firsts.items():
            if client is not None and partition in client.assignment():
                client.seek(partition, offset)

    def _count_misplaced(self, records: Sequence[Record]) -> None:
        """Counts records in another partition than Java's murmur2 puts their key: they may come out of order."""
        client = self._client()
        for record in records:
            partitions = client.partitions_for_topic(record.topic) if client is not None else None
            if (
                record.key
                and partitions
                and not is_heartbeat(record)
                and record.partition != partition_of(record.key, len(partitions))
            ):
                MISPLACED.labels(record.topic).inc()
                log.warning("record_misplaced", record=record.place, hint="set partitioner=murmur2_random")

    def _show_lag(self) -> None:
        for topic, waiting in lag_by_topic(self._client(), self._committed).items():
            LAG.labels(self._group, topic).set(waiting)


def lag_by_topic(client: Any, committed: Mapping[TopicPartition, int]) -> dict[str, int]:
    """Records per topic that an AIOKafkaConsumer has not committed, of the partitions it holds; none without one."""
    found: dict[str, int] = {}
    for partition in client.assignment() if client is not None else ():
        highwater = client.highwater(partition)
        if highwater is not None:
            behind = max(0, highwater - committed.get(partition, highwater))
            found[partition.topic] = found.get(partition.topic, 0) + behind
    return found
