"""What lies in a topic, read without a group."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from libs.messaging.admin.cluster import partitions
from libs.messaging.connection.settings import KafkaSettings


async def records(bootstrap: str, topic: str) -> list[ConsumerRecord]:
    """All records of a topic up to its present ends, in order within each partition."""
    wanted = (await partitions(KafkaSettings(kafka_bootstrap=bootstrap)))[topic]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, max_partition_fetch_bytes=1 << 24)
    await consumer.start()
    found: list[ConsumerRecord] = []
    try:
        consumer.assign(wanted)
        await consumer.seek_to_beginning(*wanted)
        ends = await consumer.end_offsets(wanted)
        while any([await consumer.position(partition) < ends[partition] for partition in wanted]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                found += batch
        return found
    finally:
        await consumer.stop()


async def last_value(bootstrap: str, topic: str, key: str) -> bytes | None:
    """The newest record of a key; fails where there is none."""
    values = [record.value for record in await records(bootstrap, topic) if record.key == key.encode()]
    assert values, f"no record of {key} in {topic}"
    return values[-1]
