"""The topics as the services need them: made, corrected, never repartitioned, never made by accident."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from libs.contracts import topics
from libs.contracts.errors import RecordRejected
from libs.contracts.topics import MIB, TOPICS, Topic
from libs.messaging.admin.lag import all_lags
from libs.messaging.admin.topics import apply_topics, check_topics, ensure_topic
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing
from services.cli.app import main
from tests.both_brokers import Broker, settings_of

pytestmark = pytest.mark.integration


@pytest.fixture
def settings(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> KafkaSettings:
    monkeypatch.delenv("SHORTLIST_STACK", raising=False)
    monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
    return settings_of(broker)


@pytest.fixture
async def admin(settings: KafkaSettings) -> Any:
    client = AIOKafkaAdminClient(**settings.client_options())
    await client.start()
    yield client
    await client.close()


@pytest.fixture
def own() -> Topic:
    """A topic that no other test uses."""
    return Topic(f"test.{uuid.uuid4().hex}", ("x",), ("y",), "compact", 2 * MIB, extra={"segment.ms": "86400000"})


async def test_topics_are_made_once_with_twelve_partitions_and_checked(settings: KafkaSettings, admin: Any) -> None:
    await apply_topics(settings)
    assert await apply_topics(settings) == []
    assert await check_topics(settings, TOPICS) == []
    described = await admin.describe_topics(sorted(TOPICS))
    assert {len(topic["partitions"]) for topic in described} == {12}


async def test_a_topic_has_every_setting_that_is_written_in_the_reference(
    settings: KafkaSettings, admin: Any, own: Topic
) -> None:
    await apply_topics(settings, [own])
    found = await configs(admin, own.name)
    assert {name: found.get(name) for name in own.settings} == own.settings


@pytest.mark.real_kafka("the embedded broker cannot alter configurations")
async def test_a_changed_setting_is_corrected_and_what_an_operator_added_stays(
    settings: KafkaSettings, admin: Any, own: Topic
) -> None:
    await apply_topics(settings, [own])
    changed = {**own.settings, "cleanup.policy": "delete", "max.message.bytes": "1000", "file.delete.delay.ms": "777"}
    await alter(admin, own.name, changed)
    said = await apply_topics(settings, [own])
    assert len(said) == 1
    assert "cleanup.policy=compact" in said[0]
    await shows(admin, own.name, own.settings | {"file.delete.delay.ms": "777"})
    assert await apply_topics(settings, [own]) == []


@pytest.mark.real_kafka("the embedded broker cannot alter configurations")
async def test_the_check_at_a_services_start_says_what_is_wrong(settings: KafkaSettings, admin: Any) -> None:
    right = TOPICS[topics.STATUS].settings
    wrong = {**right, "message.timestamp.type": "CreateTime"}
    await alter(admin, topics.STATUS, wrong)
    try:
        (said,) = await check_topics(settings, TOPICS)
        assert "message.timestamp.type=CreateTime but needs LogAppendTime" in said
        assert "shortlist topics apply" in said
    finally:
        await apply_topics(settings)


async def test_another_number_of_partitions_is_refused_with_the_way_and_nothing_is_changed(
    settings: KafkaSettings, admin: Any
) -> None:
    result = await asyncio.to_thread(CliRunner().invoke, main, ["topics", "apply", "--partitions", "24"])
    assert result.exit_code == 1
    assert "documents.text.v1 has 12 partitions, not 24" in result.stderr
    assert "replay" in result.stderr
    assert {len(topic["partitions"]) for topic in await admin.describe_topics(sorted(TOPICS))} == {12}
    fitting = await asyncio.to_thread(CliRunner().invoke, main, ["topics", "apply"])
    assert fitting.exit_code == 0
    # Tenants' topics of other tests may lie on this broker, which cannot be corrected if it is the embedded one.
    assert {line.split(":")[0] for line in fitting.stdout.splitlines()}.isdisjoint(TOPICS)


@pytest.mark.real_kafka("the embedded broker keeps the producer's clock")
async def test_a_producers_clock_never_stamps_a_record(settings: KafkaSettings) -> None:
    producer = AIOKafkaProducer(**settings.client_options())
    await producer.start()
    try:
        far = 4_102_444_800_000  # 2100
        placed = await producer.send_and_wait(topics.STATUS, b"{}", key=b"default/job/clock", timestamp_ms=far)
    finally:
        await producer.stop()
    assert placed.timestamp < far
    assert placed.timestamp_type == 1


@pytest.mark.real_kafka("the embedded broker takes records of any size")
async def test_a_record_above_its_topics_limit_is_refused_as_its_own_fault(settings: KafkaSettings, own: Topic) -> None:
    await apply_topics(settings, [own])
    publisher = KafkaPublisher(settings)
    await publisher.start()
    try:
        await publisher.publish(Outgoing(own.name, b"key", b"x" * (own.max_message_bytes - 1000)))
        with pytest.raises(RecordRejected, match="size"):
            await publisher.publish(Outgoing(own.name, b"key", b"x" * (own.max_message_bytes + 1000)))
    finally:
        await publisher.stop()


async def test_the_largest_record_of_each_topic_is_taken(settings: KafkaSettings) -> None:
    publisher = KafkaPublisher(settings)
    await publisher.start()
    try:
        for topic in (TOPICS[topics.SUBMITTED], TOPICS[topics.dead_letters_topic("ingest")]):
            await publisher.publish(Outgoing(topic.name, b"default/job/large", b"x" * (topic.max_message_bytes - 1000)))
    finally:
        await publisher.stop()


@pytest.mark.real_kafka("the embedded broker makes topics by itself")
async def test_no_topic_is_made_by_accident(settings: KafkaSettings, admin: Any) -> None:
    name = f"mistyped.{uuid.uuid4().hex}"
    producer = AIOKafkaProducer(**{**settings.client_options(), "request_timeout_ms": 1500})
    await producer.start()
    try:
        with pytest.raises(Exception, match=r".*"):
            await producer.send_and_wait(name, b"x")
    finally:
        await producer.stop()
    assert name not in await admin.list_topics()


@pytest.mark.real_kafka("the embedded broker refuses idempotent producers")
async def test_an_idempotent_producer_of_an_ats_is_welcome(settings: KafkaSettings) -> None:
    producer = AIOKafkaProducer(**settings.client_options(), enable_idempotence=True)
    await producer.start()
    try:
        await producer.send_and_wait(topics.STATUS, b"{}", key=b"default/job/idempotent")
    finally:
        await producer.stop()


async def test_a_vectors_topic_of_another_space_is_made_like_the_first(settings: KafkaSettings, admin: Any) -> None:
    topic = topics.vectors_topic(uuid.uuid4().hex[:8])
    await ensure_topic(settings.model_copy(update={"topic_partitions": 3}), topic)
    found = await configs(admin, topic.name)
    assert {name: found[name] for name in topic.settings} == TOPICS[topics.VECTORS].settings
    (described,) = await admin.describe_topics([topic.name])
    assert len(described["partitions"]) == 12


async def test_a_tenants_topic_is_made_like_the_shared_one_and_only_of_a_tenants_name(
    settings: KafkaSettings, admin: Any
) -> None:
    tenant = f"t-{uuid.uuid4().hex}"
    made = await asyncio.to_thread(CliRunner().invoke, main, ["topics", "apply", "--tenant", tenant])
    assert made.exit_code == 0
    assert topics.tenant_topic(tenant).name in {line.split(":")[0] for line in made.stdout.splitlines()}
    found = await configs(admin, topics.tenant_topic(tenant).name)
    wanted = TOPICS[topics.SUBMITTED].settings
    assert {name: found[name] for name in wanted} == wanted
    refused = await asyncio.to_thread(CliRunner().invoke, main, ["topics", "apply", "--tenant", "No Such"])
    assert (refused.exit_code, "No Such" in refused.stderr) == (2, True)


@pytest.mark.parametrize("name", ["documents.submitted.v1.t", "documents.vectors.v1."])
async def test_topics_made_for_a_tenant_or_a_space_are_checked_and_corrected_too(
    settings: KafkaSettings, admin: Any, name: str
) -> None:
    name += uuid.uuid4().hex[:8]
    wanted = topics.topic_named(name)
    assert wanted is not None
    await admin.create_topics([NewTopic(name, 12, 1, topic_configs={"message.timestamp.type": "CreateTime"})])
    async with asyncio.timeout(20):
        while name not in await admin.list_topics():
            await asyncio.sleep(0.05)
    by_pattern = await check_topics(settings, [], pattern=name.replace(".", r"\."))
    result = await asyncio.to_thread(CliRunner().invoke, main, ["topics", "apply"])
    assert result.exit_code == 0
    if settings.on_tryout_broker:
        assert f"{name}: should have" in " ".join(result.stdout.split())
        return
    assert f"{name} has message.timestamp.type=CreateTime but needs LogAppendTime" in " ".join(by_pattern)
    assert f"{name}: corrected" in result.stdout
    await shows(admin, name, wanted.settings)
    assert await check_topics(settings, [name]) == []


@pytest.mark.real_kafka("the embedded broker cannot alter configurations")
async def test_an_operators_larger_limit_is_left_and_a_smaller_one_is_not(settings: KafkaSettings, admin: Any) -> None:
    topic = topics.tenant_topic(f"t-{uuid.uuid4().hex}")
    await apply_topics(settings, [topic])
    await alter(admin, topic.name, topic.settings | {"max.message.bytes": str(15 * MIB)})
    assert await check_topics(settings, [topic.name]) == []
    assert await apply_topics(settings, [topic]) == []
    await alter(admin, topic.name, topic.settings | {"max.message.bytes": str(MIB)})
    (said,) = await check_topics(settings, [topic.name])
    assert f"max.message.bytes={MIB} but needs {12 * MIB}" in said
    (corrected,) = await apply_topics(settings, [topic])
    assert f"max.message.bytes={12 * MIB}" in corrected


@pytest.mark.real_kafka("the embedded broker keeps members that have left")
async def test_the_lag_of_a_space_that_nobody_computes_any_more_is_not_told(settings: KafkaSettings) -> None:
    served, retired = uuid.uuid4().hex[:8], uuid.uuid4().hex[:8]
    await apply_topics(settings, [*TOPICS.values(), topics.vectors_topic(served), topics.vectors_topic(retired)])
    named = {f"{topics.GROUP_EMBEDDING}.{space}" for space in (served, retired)}
    assert named <= (await all_lags(settings)).keys(), "with no worker at all every group waits for one"
    worker = AIOKafkaConsumer(
        topics.TEXT,
        group_id=f"{topics.GROUP_EMBEDDING}.{served}",
        **settings.client_options(),
        enable_auto_commit=False,
    )
    await worker.start()
    try:
        told = (await all_lags(settings)).keys() & {topics.GROUP_EMBEDDING, *named}
    finally:
        await worker.stop()
    assert told == {f"{topics.GROUP_EMBEDDING}.{served}"}


async def alter(admin: Any, name: str, wanted: dict[str, str]) -> None:
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=wanted)])
    await shows(admin, name, wanted)


async def shows(admin: Any, name: str, wanted: dict[str, str]) -> None:
    """Waits until the broker tells these settings: it does so a moment after it has taken them."""
    async with asyncio.timeout(20):
        while (await configs(admin, name)) | wanted != await configs(admin, name):
            await asyncio.sleep(0.05)


async def configs(admin: Any, name: str) -> dict[str, str]:
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {entry[0]: entry[1] for entry in answer.resources[0][4]}
