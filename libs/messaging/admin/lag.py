"""How far a consumer group is behind, asked of the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import GROUP_EMBEDDING, readers
from libs.messaging.admin.cluster import admin_client, partitions
from libs.messaging.connection.settings import KafkaSettings
from libs.telemetry.logs import get_logger

ASKED_SECONDS = 2.0
# aiokafka asks on for as long as a broker is away.
TOLD_SECONDS = 20.0
# Where a group's members stand in what DescribeGroups answers of it.
_MEMBERS = 5

log = get_logger(__name__)


async def all_lags(settings: KafkaSettings) -> dict[str, dict[str, int]]:
    """Per consumer group of the services and topic it reads, the records it has not committed.

    While workers of one space run, groups of spaces that nobody computes are left out: what a retired one has not
    read grows for ever and waits for nobody. Raises DependencyUnavailable while no broker answers.
    """
    found = await partitions(settings)
    groups = readers(found)
    spaces = [group for group in groups if group.startswith(GROUP_EMBEDDING)]
    for idle in await _without_members(settings, spaces):
        del groups[idle]
    lags = await asyncio.gather(*(_lag(settings, group, names, found) for group, names in groups.items()))
    return dict(zip(groups, lags, strict=True))


async def group_lag(settings: KafkaSettings, group: str, topics: Sequence[str]) -> dict[str, int]:
    """Records per topic that the group has not committed; a partition it never committed counts whole.

    Does not join the group. Raises DependencyUnavailable while no broker answers.
    """
    return await _lag(settings, group, topics, await partitions(settings))


async def _without_members(settings: KafkaSettings, groups: Sequence[str]) -> set[str]:
    """Those that have no member while another has; none where there is one group, or where the broker does not tell."""
    if len(groups) < 2:
        return set()
    idle: set[str] = set()
    try:
        async with admin_client(settings) as admin, asyncio.timeout(ASKED_SECONDS):
            for group in groups:
                # One by one: the embedded broker's answer for several cannot always be read. Of a group it does not
                # know it says -1.
                (answer,) = await admin.describe_consumer_groups([group])
                (found,) = answer.groups
                if found[0] > 0:
                    raise DependencyUnavailable("broker", f"does not tell the members of {group} (error {found[0]})")
                if not found[_MEMBERS]:
                    idle.add(group)
    except (DependencyUnavailable, TimeoutError) as fault:
        log.warning("group_members_unknown", reason=str(fault))
        return set()
    return idle if len(idle) < len(groups) else set()


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
        async with asyncio.timeout(TOLD_SECONDS):
            await consumer.start()
            ends = await consumer.end_offsets(wanted)
            starts = await consumer.beginning_offsets(wanted)
            for partition in wanted:
                done = await consumer.committed(partition)
                lag[partition.topic] += max(0, ends[partition] - (starts[partition] if done is None else done))
    except (KafkaError, OSError, TimeoutError) as error:
        what = str(error) or type(error).__name__
        raise DependencyUnavailable("broker", f"cannot tell the lag of {group}: {what}") from error
    finally:
        await consumer.stop()
    return lag
