"""How far consumer groups are behind, asked of the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import GROUP_EMBEDDING, GROUP_WEBHOOKS, readers
from libs.messaging.admin.cluster import admin_client, partitions
from libs.messaging.connection.settings import KafkaSettings
from libs.telemetry.logs import get_logger

ASKED_SECONDS = 2.0
# aiokafka asks on for as long as a broker is away.
TOLD_SECONDS = 20.0
AGAIN_SECONDS = 0.1
# Where a group's members stand in what DescribeGroups answers of it.
_MEMBERS = 5

log = get_logger(__name__)


async def all_lags(settings: KafkaSettings) -> dict[str, dict[str, int]]:
    """Per consumer group of the services and topic it reads, the records it has not committed.

    While workers of one space run, groups of spaces that nobody computes are left out: what a retired one has not
    read grows for ever and waits for nobody. So is the group that reads for webhooks, where no gateway ever did.
    Raises DependencyUnavailable while no broker answers.
    """
    found = await partitions(settings)
    groups = readers(found)
    spaces = [group for group in groups if group.startswith(GROUP_EMBEDDING)]
    for idle in await _without_members(settings, spaces):
        del groups[idle]
    return await _lags(settings, groups, found, only_where_committed={GROUP_WEBHOOKS})


async def lags_of(settings: KafkaSettings, groups: Mapping[str, Sequence[str]]) -> dict[str, dict[str, int]]:
    """Per group and per topic that is named for it, the records it has not committed, at one moment.

    A partition the group never committed counts whole, a topic that does not exist 0. Joins no group, and asks a
    fixed number of times for each group, however many topics there are. A record on its way from one topic to the
    next is counted in one of them at least. Raises DependencyUnavailable while no broker answers.
    """
    return await _lags(settings, groups, await partitions(settings))


async def group_lag(settings: KafkaSettings, group: str, topics: Sequence[str]) -> dict[str, int]:
    """`lags_of` for one group: records per topic."""
    return (await lags_of(settings, {group: topics}))[group]


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


async def _lags(
    settings: KafkaSettings,
    groups: Mapping[str, Sequence[str]],
    existing: Mapping[str, list[TopicPartition]],
    *,
    only_where_committed: Collection[str] = (),
) -> dict[str, dict[str, int]]:
    """`only_where_committed`: groups that are left out where they never committed anything."""
    reads = {
        group: [partition for topic in topics for partition in existing.get(topic, [])]
        for group, topics in groups.items()
    }
    try:
        async with asyncio.timeout(TOLD_SECONDS):
            # Before the ends: what is committed or published in between makes the lag larger, never smaller.
            committed = await _committed(settings, reads)
            for group in only_where_committed:
                if group in committed and all(done is None for done in committed[group].values()):
                    del committed[group]
            starts, ends = await _bounds(settings, committed)
    except TimeoutError as error:
        raise DependencyUnavailable("broker", f"does not tell the lag of {', '.join(groups)}") from error
    told = [group for group in groups if group in committed or group not in only_where_committed]
    lags = {group: dict.fromkeys(groups[group], 0) for group in told}
    for group, offsets in committed.items():
        for partition, done in offsets.items():
            begin = starts[partition] if done is None else done
            lags[group][partition.topic] += max(0, ends[partition] - begin)
    return lags


async def _committed(
    settings: KafkaSettings, reads: Mapping[str, Sequence[TopicPartition]]
) -> dict[str, dict[TopicPartition, int | None]]:
    """What each group has committed of its partitions, asked once a group; None for a partition it never did."""
    async with admin_client(settings) as admin:
        answers = await asyncio.gather(
            *(_committed_by(admin, group, wanted) for group, wanted in reads.items() if wanted)
        )
    return dict(answers)


async def _committed_by(
    admin: AIOKafkaAdminClient, group: str, wanted: Sequence[TopicPartition]
) -> tuple[str, dict[TopicPartition, int | None]]:
    while True:
        try:
            found = await admin.list_consumer_group_offsets(group, partitions=list(wanted))
        except KafkaError as error:
            if not error.retriable:
                raise
        else:
            # A broker that is still loading its groups leaves them out instead of saying so.
            if all(partition in found for partition in wanted):
                offsets = {partition: found[partition].offset for partition in wanted}
                return group, {partition: None if offset < 0 else offset for partition, offset in offsets.items()}
        await asyncio.sleep(AGAIN_SECONDS)


async def _bounds(
    settings: KafkaSettings, committed: Mapping[str, Mapping[TopicPartition, int | None]]
) -> tuple[dict[TopicPartition, int], dict[TopicPartition, int]]:
    """The first offset of each partition that a group never committed, and the end of every partition."""
    every = {partition for offsets in committed.values() for partition in offsets}
    never = {partition for offsets in committed.values() for partition, done in offsets.items() if done is None}
    if not every:
        return {}, {}
    consumer = AIOKafkaConsumer(**settings.client_options(), enable_auto_commit=False, isolation_level="read_committed")
    try:
        await consumer.start()
        # So that all topics become known by one request; without it each is asked for by one of its own. Paused in the
        # same breath, they are not read.
        consumer.assign(list(every))
        consumer.pause(*every)
        ends = await consumer.end_offsets(every)
        return await consumer.beginning_offsets(never) if never else {}, ends
    except (KafkaError, OSError) as error:
        what = str(error) or type(error).__name__
        raise DependencyUnavailable("broker", f"cannot tell where topics begin and end: {what}") from error
    finally:
        await consumer.stop()
