"""Apache Kafka as a part of the local stack: its data survives, and its broker-wide settings are ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from libs.contracts.topics import STATUS, TOPICS
from libs.localstack.child import StartFault
from libs.localstack.kafka import Kafka
from libs.messaging.admin.cluster import admin_client
from libs.messaging.admin.topics import apply_topics, check_topics
from tests.both_brokers import settings_of, skip_in_containers

pytestmark = pytest.mark.integration


@pytest.mark.real_kafka("the embedded broker keeps nothing over a restart")
async def test_records_survive_a_kill_and_a_start_on_the_same_folder(broker_kind: str, tmp_path: Path) -> None:
    skip_in_containers(broker_kind)
    with Kafka(tmp_path / "kafka") as first:
        await apply_topics(settings_of(first))
        producer = AIOKafkaProducer(bootstrap_servers=first.bootstrap, acks="all")
        await producer.start()
        await producer.send_and_wait(STATUS, b"kept", key=b"default/job/1")
        await producer.stop()
        first.kill()
    with Kafka(tmp_path / "kafka") as second:
        assert await check_topics(settings_of(second), TOPICS) == []
        consumer = AIOKafkaConsumer(STATUS, bootstrap_servers=second.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            assert (await consumer.getone()).value == b"kept"
        finally:
            await consumer.stop()


@pytest.mark.real_kafka("the embedded broker has no broker-wide settings")
async def test_offsets_are_kept_thirty_days_and_no_topic_makes_itself(broker, broker_kind: str) -> None:
    async with admin_client(settings_of(broker)) as admin:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")])
    found = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    assert found["offsets.retention.minutes"] == str(30 * 24 * 60)
    assert found["auto.create.topics.enable"] == "false"


@pytest.mark.parametrize(
    ("home", "said"), [("", "KAFKA_HOME is not set"), ("/no/kafka", "holds no bin/kafka-server-start.sh")]
)
def test_a_distribution_that_is_not_there_is_said(
    home: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_HOME", home)
    with pytest.raises(StartFault, match=said):
        Kafka(tmp_path / "kafka")
