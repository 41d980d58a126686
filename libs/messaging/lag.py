"""How far a consumer group is behind, asked of the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from libs.contracts.errors import SurroundingsFault
from libs.contracts.topics import readers
from libs.messaging.cluster import partitions
from libs.messaging.settings import KafkaSettings

# aiokafka asks for ever while the broker is away.
ASK_SECONDS = 15.0


async def all_lags(settings: KafkaSettings) -> dict[str, dict[str, int]]:
    """Per consumer group of the services and topic it reads, the records it has not committed.

    Raises SurroundingsFault while no broker answers.
    """
    found = await partitions(settings)
    groups = readers(found)
    lags = await asyncio.gather(*(_lag(settings, group, names, found) for group, names in groups.items()))
    return dict(zip(groups, lags, strict=True))


async def group_lag(settings: KafkaSettings, group: str, topics: Sequence[str]) -> dict[str, int]:
    """Records per topic that the group has not committed; a partition it never committed counts whole.

    Does not join the group. Raises SurroundingsFault while no broker answers.
    """
    return await _lag(settings, group, topics, await partitions(settings))


async def _lag(
    settings: KafkaSettings, group: str, topics: Sequence[str], held: Mapping[str, list[TopicPartition]]
) -> dict[str, int]:
    lag = dict.fromkeys(topics, 0)
    wanted = [partition for topic in topics for partition in held.get(topic, [])]
    if not wanted:
        return lag
    consumer = AIOKafkaConsumer(
        **settings.client_options(), group_id=group, enable_auto_commit=False, isolation_level="read_committed"
    )
    try:
        async with asyncio.timeout(ASK_SECONDS):
            await consumer.start()
            ends = await consumer.end_offsets(wanted)
            starts = await consumer.beginning_offsets(wanted)
            for partition in wanted:
                done = await consumer.committed(partition)
                lag[partition.topic] += max(0, ends[partition] - (starts[partition] if done is None else done))
    except (KafkaError, OSError, TimeoutError) as error:
        what = str(error) or f"no answer within {ASK_SECONDS:g} s"
        raise SurroundingsFault("broker", f"cannot tell the lag of {group}: {what}") from error
    finally:
        await consumer.stop()
    return lag
