"""Making topics, correcting their settings, and checking them at a service's start."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, TopicAlreadyExistsError, for_code

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import TEXT, TOPICS, VECTORS_PATTERN, Topic, topic_named
from libs.messaging.admin.cluster import admin_client, partitions
from libs.messaging.connection.settings import KafkaSettings

# What a service must find at its topics; other settings matter to operators only.
LIMIT = "max.message.bytes"
CHECKED = ("cleanup.policy", "message.timestamp.type", LIMIT)

# How long a new topic may take to be listed.
LISTED_SECONDS = 60.0
# `config_source` of a setting made on the topic itself (Kafka's DYNAMIC_TOPIC_CONFIG).
_TOPIC_SOURCE = 1


async def apply_topics(settings: KafkaSettings, topics: Iterable[Topic] | None = None) -> list[str]:
    """Makes the topics that are missing and corrects settings that differ; says what it did, a sentence each.

    Without `topics`: those there are from the start, and the further spaces' and tenants' topics that exist.
    Partitions of an existing topic are never changed. Raises DependencyUnavailable while no broker answers,
    or where it refuses.
    """
    wanted = {topic.name: topic for topic in (TOPICS.values() if topics is None else topics)}
    said: list[str] = []
    async with admin_client(settings) as admin:
        existing = set(await admin.list_topics())
        if topics is None:
            wanted |= _ours(existing)
        missing = [topic for name, topic in wanted.items() if name not in existing]
        for topic in missing:
            await _create(admin, settings, topic)
            said.append(f"{topic.name}: made, with {settings.topic_partitions} partitions")
        await _until_listed(admin, [topic.name for topic in missing])
        if settings.on_tryout_broker:
            return said  # it cannot alter configurations
        found = await _settings_of(admin, [name for name in wanted if name in existing])
        for name, actual in found.items():
            wanted_settings = _with_larger_limit(wanted[name].settings, actual)
            differing = {key: value for key, value in wanted_settings.items() if actual.effective.get(key) != value}
            if not differing:
                continue
            told = ", ".join(f"{key}={value}" for key, value in differing.items())
            try:
                await _alter(admin, name, actual.own | wanted_settings)
            except IncompatibleBrokerVersion:
                said.append(
                    f"{name}: should have {told}, but this broker cannot change the settings of a topic. The embedded "
                    "one cannot; it keeps nothing and stamps no record, so there they make no difference"
                )
            else:
                said.append(f"{name}: corrected {told}")
    return said


async def ensure_topic(settings: KafkaSettings, topic: Topic) -> None:
    """Makes one topic where it is missing, or corrects it. Raises DependencyUnavailable.

    A new one gets as many partitions as the topic of texts has, whatever TOPIC_PARTITIONS says here.
    """
    beside = (await partitions(settings)).get(TEXT)
    if beside:
        settings = settings.model_copy(update={"topic_partitions": len(beside)})
    await apply_topics(settings, [topic])


async def check_topics(settings: KafkaSettings, names: Iterable[str], *, pattern: str | None = None) -> list[str]:
    """What is wrong with these topics of ours, and with those that exist whose name matches `pattern`.

    A sentence each; empty where nothing is. Raises DependencyUnavailable.
    """
    wanted = {name: topic for name in names if (topic := topic_named(name)) is not None}
    wrong: list[str] = []
    async with admin_client(settings) as admin:
        existing = set(await admin.list_topics())
        if pattern is not None and not settings.on_tryout_broker:  # which makes topics by itself, with no settings
            wanted |= {name: topic for name, topic in _ours(existing).items() if re.fullmatch(pattern, name)}
        for name in wanted:
            if name not in existing:
                wrong.append(f"the topic {name} does not exist: run `shortlist topics apply`")
        found = await _settings_of(admin, [name for name in wanted if name in existing])
    for name, actual in found.items():
        for key in CHECKED:
            needed = wanted[name].settings[key]
            has = actual.effective.get(key)
            if settings.on_tryout_broker and key != "cleanup.policy":
                continue
            if has != needed and not (key == LIMIT and _is_larger(has, needed)):
                wrong.append(f"the topic {name} has {key}={has} but needs {needed}: run `shortlist topics apply`")
    return wrong


async def partition_faults(settings: KafkaSettings) -> list[str]:
    """Topics with another number of partitions than TOPIC_PARTITIONS, a sentence each. Raises DependencyUnavailable."""
    # A tenant's own topic may have any number: its records are in order among themselves.
    counts = {
        name: len(found)
        for name, found in (await partitions(settings)).items()
        if name in TOPICS or re.fullmatch(VECTORS_PATTERN, name)
    }
    return [
        f"the topic {name} has {count} partitions, not {settings.topic_partitions}, and keeps them: with another "
        "number a document's next record would go to another partition, before or after those it must follow. "
        f'Say {count}, or make new topics and replay: "Another number of partitions" in docs/operations.md'
        for name, count in sorted(counts.items())
        if count != settings.topic_partitions
    ]


def _ours(existing: Iterable[str]) -> dict[str, Topic]:
    """Those of the topics that are ours, as they must be."""
    return {name: topic for name in existing if (topic := topic_named(name)) is not None}


def _with_larger_limit(settings: dict[str, str], actual: _ActualSettings) -> dict[str, str]:
    """An operator may let larger records into a topic than we need; the broker's default says nothing of that."""
    has = actual.own.get(LIMIT)
    return settings | {LIMIT: has} if has is not None and _is_larger(has, settings[LIMIT]) else settings


def _is_larger(has: str | None, needed: str) -> bool:
    return has is not None and has.isdecimal() and int(has) > int(needed)


async def _create(admin: AIOKafkaAdminClient, settings: KafkaSettings, topic: Topic) -> None:
    replication = settings.topic_replication or min(3, len((await admin.describe_cluster())["brokers"]))
    answer = await admin.create_topics(
        [NewTopic(topic.name, settings.topic_partitions, replication, topic_configs=topic.settings)]
    )
    for _, code, *message in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise DependencyUnavailable("broker", f"refuses to make {topic.name}: {message or for_code(code).__name__}")


async def _until_listed(admin: AIOKafkaAdminClient, names: list[str]) -> None:
    # A broker lists a new topic a moment after it has made it.
    try:
        async with asyncio.timeout(LISTED_SECONDS):
            while not set(names) <= set(await admin.list_topics()):
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise DependencyUnavailable("broker", f"does not list the new topics {', '.join(names)}") from None


@dataclass(frozen=True, slots=True)
class _ActualSettings:
    """A topic's settings at the broker: all that are in effect, and those set on the topic itself."""

    effective: dict[str, str]
    own: dict[str, str]


async def _settings_of(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, _ActualSettings]:
    if not names:
        return {}
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    found: dict[str, _ActualSettings] = {}
    for answer in answers:
        for code, message, _, name, entries in answer.resources:
            if code != 0:
                raise DependencyUnavailable("broker", f"does not tell the settings of {name}: {message}")
            found[name] = _ActualSettings(
                effective={entry[0]: entry[1] for entry in entries},
                own={entry[0]: entry[1] for entry in entries if entry[3] == _TOPIC_SOURCE},
            )
    return found


async def _alter(admin: AIOKafkaAdminClient, name: str, configs: dict[str, str]) -> None:
    # AlterConfigs replaces all that is set on a topic; what an operator set beside ours must be said again.
    answer = await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=configs)])
    for code, message, *_ in answer[0].resources:
        if code != 0:
            raise DependencyUnavailable("broker", f"refuses the settings of {name}: {message}")
