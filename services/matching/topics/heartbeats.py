"""Heartbeats on the compacted topics: without one a quiet partition keeps what was erased from it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiokafka import TopicPartition

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.topics import is_compacted
from libs.messaging.heartbeats import heartbeat_record
from libs.messaging.publishing import Publisher
from libs.telemetry.logs import get_logger
from services.matching.metrics import HEARTBEATS
from services.matching.storage.database import Database

log = get_logger(__name__)

# Every topic's partitions, as the broker has them; raises DependencyUnavailable.
Partitions = Callable[[], Awaitable[Mapping[str, Sequence[TopicPartition]]]]

# How often it is looked whether a heartbeat is due; a shorter interval is looked at more often.
LOOK_SECONDS = 60.0

_CLAIM = """
INSERT INTO matching.heartbeats AS last (topic, sent_at) VALUES ($1, now())
ON CONFLICT (topic) DO UPDATE SET sent_at = now() WHERE last.sent_at <= now() - make_interval(secs => $2)
"""


class Heartbeats:
    """Sends a heartbeat to every partition of every compacted topic each `interval` seconds.

    Of several matching processes one sends: the one whose claim in the database comes first.
    """

    def __init__(self, partitions: Partitions, database: Database, publisher: Publisher, *, interval: float) -> None:
        self._partitions = partitions
        self._database = database
        self._publisher = publisher
        self._interval = interval

    async def send_forever(self) -> None:
        """Sends what is due; ends by cancellation."""
        while True:
            try:
                await self.send_due()
            except DependencyUnavailable as fault:
                log.warning("heartbeats_wait", reason=str(fault))
            except Exception as error:
                # A fault of our own must not end the heartbeats for as long as the process lives.
                log.error("heartbeats_failed", exc_info=error)
            await asyncio.sleep(min(LOOK_SECONDS, self._interval / 4))

    async def send_due(self) -> int:
        """Sends where the last heartbeat is an interval old; returns how many records. Raises DependencyUnavailable."""
        found = await self._partitions()
        compacted = [name for name in sorted(found) if is_compacted(name)]
        sent = 0
        for topic in compacted:
            async with self._database.writing_shared() as connection:
                claimed = await connection.execute(_CLAIM, topic, self._interval)
            if claimed:
                await self._send(topic, [place.partition for place in found[topic]])
                sent += len(found[topic])
        return sent

    async def _send(self, topic: str, numbers: list[int]) -> None:
        try:
            await self._publisher.publish_all([heartbeat_record(topic, number) for number in numbers])
        except (DependencyUnavailable, RecordRejected):
            async with self._database.writing_shared() as connection:
                await connection.execute("DELETE FROM matching.heartbeats WHERE topic = $1", topic)
            raise
        HEARTBEATS.inc(len(numbers))
        log.info("heartbeats_sent", topic=topic, partitions=len(numbers))
