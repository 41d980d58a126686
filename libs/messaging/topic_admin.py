"""Making topics, correcting their settings, and checking them at a service's start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from libs.contracts.errors import SurroundingsFault
from libs.contracts.topics import TEXT, TOPICS, Topic
from libs.messaging.cluster import admin_client, partitions
from libs.messaging.settings import KafkaSettings

# What a service must find at its topics; other settings matter to operators only.
CHECKED = ("cleanup.policy", "message.timestamp.type", "max.message.bytes")

# How long a new topic may take to be listed.
LISTED_SECONDS = 15.0
# `config_source` of a setting made on the topic itself (Kafka's DYNAMIC_TOPIC_CONFIG).
_TOPIC_SOURCE = 1


async def apply_topics(settings: KafkaSettings, topics: Iterable[Topic] | None = None) -> list[str]:
    """Makes the topics that are missing and corrects settings that differ; says what it did, a sentence each.

    Partitions of an existing topic are never changed. Raises SurroundingsFault while no broker answers,
    or where it refuses.
    """
    wanted = {topic.name: topic for topic in (TOPICS.values() if topics is None else topics)}
    said: list[str] = []
    async with admin_client(settings) as admin:
        existing = set(await admin.list_topics())
        missing = [topic for name, topic in wanted.items() if name not in existing]
        for topic in missing:
            await _create(admin, settings, topic)
            said.append(f"{topic.name}: made, with {settings.topic_partitions} partitions")
        await _until_listed(admin, [topic.name for topic in missing])
        if settings.on_tryout_broker:
            return said  # it cannot alter configurations
        found = await _settings_of(admin, [name for name in wanted if name in existing])
        for name, held in found.items():
            differing = {key: value for key, value in wanted[name].settings.items() if held.effective.get(key) != value}
            if differing:
                await _alter(admin, wanted[name], held)
                said.append(f"{name}: corrected {', '.join(f'{key}={value}' for key, value in differing.items())}")
    return said


async def ensure_topic(settings: KafkaSettings, topic: Topic) -> None:
    """Makes one topic where it is missing, or corrects it. Raises SurroundingsFault.

    A new one gets as many partitions as the topic of texts has, whatever TOPIC_PARTITIONS says here.
    """
    beside = (await partitions(settings)).get(TEXT)
    if beside:
        settings = settings.model_copy(update={"topic_partitions": len(beside)})
    await apply_topics(settings, [topic])


async def check_topics(settings: KafkaSettings, names: Iterable[str]) -> list[str]:
    """What is wrong with topics, a sentence each; empty where nothing is. Raises SurroundingsFault."""
    wanted = {name: TOPICS[name] for name in names}
    wrong: list[str] = []
    async with admin_client(settings) as admin:
        existing = set(await admin.list_topics())
        for name in wanted:
            if name not in existing:
                wrong.append(f"the topic {name} does not exist: run `shortlist topics apply`")
        found = await _settings_of(admin, [name for name in wanted if name in existing])
    for name, held in found.items():
        for key in CHECKED:
            needed = wanted[name].settings[key]
            has = held.effective.get(key)
            if has != needed and not (settings.on_tryout_broker and key != "cleanup.policy"):
                wrong.append(f"the topic {name} has {key}={has} but needs {needed}: run `shortlist topics apply`")
    return wrong


async def partition_faults(settings: KafkaSettings) -> list[str]:
    """Topics with another number of partitions than TOPIC_PARTITIONS, a sentence each. Raises SurroundingsFault."""
    counts = {name: len(found) for name, found in (await partitions(settings)).items() if name in TOPICS}
    return [
        f"the topic {name} has {count} partitions, not {settings.topic_partitions}, and keeps them: with another "
        "number a document's next record would go to another partition, before or after those it must follow. "
        f'Say {count}, or make new topics and replay: "Another number of partitions" in docs/operations.md'
        for name, count in sorted(counts.items())
        if count != settings.topic_partitions
    ]


async def _create(admin: AIOKafkaAdminClient, settings: KafkaSettings, topic: Topic) -> None:
    replication = settings.topic_replication or min(3, len((await admin.describe_cluster())["brokers"]))
    answer = await admin.create_topics(
        [NewTopic(topic.name, settings.topic_partitions, replication, topic_configs=topic.settings)]
    )
    for _, code, *message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise SurroundingsFault("broker", f"refuses to make {topic.name}: {message or for_code(code).__name__}")


async def _until_listed(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    # A broker lists a new topic a moment after it has made it.
    try:
        async with asyncio.timeout(LISTED_SECONDS):
            while not set(names) <= set(await admin.list_topics()):
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise SurroundingsFault("broker", f"does not list the new topics {', '.join(names)}") from None


@dataclass(frozen=True, slots=True)
class _Held:
    """A topic's settings as the broker holds them: all that are in effect, and those set on the topic itself."""

    effective: dict[str, str]
    own: dict[str, str]


async def _settings_of(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, _Held]:
    if not names:
        return {}
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    found: dict[str, _Held] = {}
    for answer in answers:
        for code, message, _, name, entries in answer.resources:
            if code != 0:
                raise SurroundingsFault("broker", f"does not tell the settings of {name}: {message}")
            found[name] = _Held(
                effective={entry[0]: entry[1] for entry in entries},
                own={entry[0]: entry[1] for entry in entries if entry[3] == _TOPIC_SOURCE},
            )
    return found


async def _alter(admin: AIOKafkaAdminClient, topic: Topic, held: _Held) -> None:
    # AlterConfigs replaces all that is set on a topic; what an operator set beside ours is kept by saying it again.
    configs = {**held.own, **topic.settings}
    answer = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=configs)])
    for code, message, *_ in answer[0].resources:
        if code != 0:
            raise SurroundingsFault("broker", f"refuses the settings of {topic.name}: {message}")
