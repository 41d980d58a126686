"""How far a consumer group is behind, asked of the broker."""

from __future__ import annotations

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from libs.contracts.errors import SurroundingsFault
from libs.messaging.cluster import partitions
from libs.messaging.settings import KafkaSettings


async def group_lag(settings: KafkaSettings, group: str, topics: Sequence[str]) -> dict[str, int]:
    """Records per topic that the group has not committed; a partition it never committed counts whole.

    Does not join the group. Raises SurroundingsFault while no broker answers.
    """
    consumer = AIOKafkaConsumer(**settings.client_options(), group_id=group, enable_auto_commit=False)
    lag = dict.fromkeys(topics, 0)
    try:
        found = await partitions(settings)
        wanted = [partition for topic in topics for partition in found.get(topic, [])]
        if not wanted:
            return lag
        await consumer.start()
        ends = await consumer.end_offsets(wanted)
        starts = await consumer.beginning_offsets(wanted)
        for partition in wanted:
            done = await consumer.committed(partition)
            lag[partition.topic] += max(0, ends[partition] - (starts[partition] if done is None else done))
    except (KafkaError, OSError) as error:
        raise SurroundingsFault("broker", f"cannot tell the lag of {group}: {error}") from error
    finally:
        await consumer.stop()
    return lag
