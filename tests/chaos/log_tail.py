"""Everything that Kafka holds or held, read as it comes by a reader of its own, without a group that commits."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as Place
from aiokafka.admin import AIOKafkaAdminClient
from confluent_kafka import Consumer, Message, TopicPartition

GROUPS = ("shortlist.ingest", "shortlist.embedding", "shortlist.matching")
# aiokafka asks for ever where a broker is away.
ANSWER_SECONDS = 15.0
TOPICS = ("documents.", "dead-letters.")


@dataclass(frozen=True)
class Entry:
    """A record as it lay in its topic. `timestamp` in ms, by the broker's clock."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]

    def header(self, name: str) -> str | None:
        found = next((value for known, value in self.headers if known == name), None)
        return None if found is None else found.decode(errors="replace")


class LogTail:
    """Follows all topics in a thread. `records` gives what a topic has held since the start, in partition order."""

    def __init__(self, bootstrap: str, *, embedded: bool = False) -> None:
        self._bootstrap = bootstrap
        self._embedded = embedded
        self._records: defaultdict[str, list[Entry]] = defaultdict(list)
        self._positions: dict[tuple[str, int], int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def records(self, topic: str) -> list[Entry]:
        return list(self._records[topic])

    def topics(self, prefix: str) -> list[str]:
        """Topics of that beginning that hold anything."""
        return sorted(name for name, found in self._records.items() if name.startswith(prefix) and found)

    def lag(self) -> int:
        """Records that the services' groups have not committed, by what was read here. Raises KafkaError, OSError."""
        behind = 0
        for group, held in asyncio.run(asyncio.wait_for(self._committed(), ANSWER_SECONDS)).items():
            for (topic, partition), end in list(self._positions.items()):
                if _reads(group, topic):
                    behind += end - max(held.get((topic, partition), 0), 0)
        return behind

    async def _committed(self) -> dict[str, dict[tuple[str, int], int]]:
        if self._embedded:
            return {group: await self._one_by_one(group) for group in GROUPS}
        # Not librdkafka's admin client: with the broker away it may end the process (an assertion of its own).
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=10_000)
        try:
            await admin.start()
            found = {group: await admin.list_consumer_group_offsets(group) for group in GROUPS}
        finally:
            await admin.close()
        return {
            group: {(one.topic, one.partition): held.offset for one, held in offsets.items()}
            for group, offsets in found.items()
        }

    async def _one_by_one(self, group: str) -> dict[tuple[str, int], int]:
        """The same where a group's offsets cannot be asked for all at once."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, group_id=group, enable_auto_commit=False)
        try:
            await consumer.start()
            asked = [(topic, number) for topic, number in list(self._positions) if _reads(group, topic)]
            return {(topic, number): await consumer.committed(Place(topic, number)) or 0 for topic, number in asked}
        finally:
            await consumer.stop()

    def _follow(self) -> None:
        consumer = Consumer(
            {
                "bootstrap.servers": self._bootstrap,
                "group.id": "chaos.tail",
                "enable.auto.commit": False,
                "fetch.message.max.bytes": 1 << 24,
            }
        )
        assigned: set[tuple[str, int]] = set()
        try:
            while not self._over.is_set():
                new = self._unassigned(consumer, assigned)
                if new:
                    consumer.incremental_assign([TopicPartition(topic, number, 0) for topic, number in new])
                    assigned |= new
                for message in consumer.consume(500, timeout=0.3):
                    if message.error() is None:
                        self._take(message)
        finally:
            consumer.close()

    def _unassigned(self, consumer: Consumer, assigned: set[tuple[str, int]]) -> set[tuple[str, int]]:
        try:
            topics = consumer.list_topics(timeout=2).topics.values()
        except Exception:
            return set()  # the broker is away: that is what it is for
        found = {
            (topic.topic, number) for topic in topics if topic.topic.startswith(TOPICS) for number in topic.partitions
        }
        return found - assigned

    def _take(self, message: Message) -> None:
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        assert topic is not None
        assert partition is not None
        assert offset is not None
        headers = tuple((name, value) for name, value in message.headers() or [])
        self._positions[(topic, partition)] = offset + 1
        if ("ce_type", b"shortlist.heartbeat.v1") in headers:
            return  # of no document
        self._records[topic].append(
            Entry(topic, partition, offset, message.timestamp()[1], message.key(), message.value(), headers)
        )


def _reads(group: str, topic: str) -> bool:
    if group == "shortlist.ingest":
        return topic.startswith("documents.submitted.v1")
    if group == "shortlist.embedding":
        return topic == "documents.text.v1"
    return topic == "documents.status.v1" or topic.startswith("documents.vectors.v1")
