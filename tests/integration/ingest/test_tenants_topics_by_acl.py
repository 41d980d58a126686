"""A tenant's own producer on a Kafka with an authorizer: it reaches its own topic, and nothing else."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from libs.contracts.topics import STATUS, SUBMITTED, TEXT, dead_letters_topic, tenant_topic
from libs.localstack.kafka import Kafka
from libs.localstack.ports import free_port
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from tests.both_brokers import skip_in_containers
from tests.integration.ingest.test_service import Log, Service

pytestmark = [pytest.mark.integration, pytest.mark.real_kafka("the embedded broker has no users and no authorizer")]

OPERATOR, SERVICES, ACME = "operator", "services", "acme"
PASSWORDS = {name: f"password-of-{name}" for name in (OPERATOR, SERVICES, ACME)}
OWN, OTHERS = tenant_topic("acme"), tenant_topic("bolt")
# What docs/security.md says to grant: (who, what kind, name, exact or prefix, operations).
GRANTED: list[tuple[str, ResourceType, str, ResourcePatternType, tuple[AclOperation, ...]]] = [
    (ACME, ResourceType.TOPIC, OWN.name, ResourcePatternType.LITERAL, (AclOperation.WRITE, AclOperation.DESCRIBE)),
    *(
        (
            SERVICES,
            ResourceType.TOPIC,
            prefix,
            ResourcePatternType.PREFIXED,
            (AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS),
        )
        for prefix in ("documents.", "dead-letters.")
    ),
    (
        SERVICES,
        ResourceType.GROUP,
        "shortlist.",
        ResourcePatternType.PREFIXED,
        (AclOperation.READ, AclOperation.DESCRIBE),
    ),
    (SERVICES, ResourceType.BROKER, "kafka-cluster", ResourcePatternType.LITERAL, (AclOperation.DESCRIBE,)),
]


@pytest.fixture(scope="module")
def walled(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a listener that asks who one is, on a broker that grants GRANTED and nothing else."""
    skip_in_containers(broker_kind)
    inner, outer, controller = free_port(), free_port(), free_port()
    listeners = f"PLAINTEXT://127.0.0.1:{inner},SASL_PLAINTEXT://127.0.0.1:{outer}"
    settings = {
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": listeners,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # The broker itself, which speaks to its controller over the inner listener, and the operator.
        "super.users": f"User:ANONYMOUS;User:{OPERATOR}",
        "allow.everyone.if.no.acl.found": "false",
    }
    users = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in PASSWORDS.items()]
    arguments = [part for user in users for part in ("--add-scram", user)]
    folder = tmp_path_factory.mktemp("walled")
    with Kafka(folder / "kafka", port=inner, settings=settings, format_arguments=arguments) as kafka:
        asyncio.run(_set_up(kafka.bootstrap))
        yield f"127.0.0.1:{outer}"


async def _set_up(bootstrap: str) -> None:
    settings = KafkaSettings(kafka_bootstrap=bootstrap)
    await apply_topics(settings)
    await apply_topics(settings, [OWN, OTHERS])
    bindings = [
        AclBinding(kind, name, pattern, f"User:{who}", "*", operation, AclPermissionType.ALLOW)
        for who, kind, name, pattern, operations in GRANTED
        for operation in operations
    ]
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.create_acls(bindings).values():
        done.result(30)


def _login(who: str) -> dict[str, str]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": who,
        "sasl_plain_password": PASSWORDS[who],
    }


@pytest.fixture(scope="module")
async def ingest(walled: str) -> AsyncIterator[Service]:
    """ingest, with the rights of the services alone."""
    running = await Service.start(
        walled,
        None,
        KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT",
        KAFKA_SASL_WITHOUT_TLS="true",
        KAFKA_SASL_USERNAME=SERVICES,
        KAFKA_SASL_PASSWORD=PASSWORDS[SERVICES],
    )
    await running.answer("/health/ready", 200)
    yield running
    assert await running.stop() == 0


@pytest.fixture(scope="module")
async def acme(walled: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=walled, request_timeout_ms=15_000, **_login(ACME))
    await producer.start()
    yield producer
    await producer.stop()


async def test_a_tenants_events_in_its_own_topic_are_worked_on(
    walled: str, ingest: Service, acme: AIOKafkaProducer
) -> None:
    await acme.send_and_wait(OWN.name, _value(), b"acme/job/own", headers=_headers())
    async with Log(walled, **_login(OPERATOR)) as log:
        [text] = await log.until(TEXT, b"acme/job/own")
    assert json.loads(text.value)["tenant"] == "acme"


async def test_another_tenants_key_in_it_is_a_dead_letter_alone(
    walled: str, ingest: Service, acme: AIOKafkaProducer
) -> None:
    await acme.send_and_wait(OWN.name, _value(), b"bolt/job/stolen", headers=_headers())
    await acme.send_and_wait(OWN.name, _value(), b"acme/job/after", headers=_headers())
    async with Log(walled, **_login(OPERATOR)) as log:
        [dead] = await log.until(dead_letters_topic("ingest"), b"bolt/job/stolen")
        await log.until(TEXT, b"acme/job/after")
    assert dead.value == _value()
    assert {record.topic for record in log.records if record.key == dead.key} == {dead_letters_topic("ingest")}


@pytest.mark.parametrize("topic", [SUBMITTED, OTHERS.name, TEXT, STATUS, dead_letters_topic("ingest")])
async def test_it_can_write_nowhere_else(acme: AIOKafkaProducer, walled: str, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await acme.send_and_wait(topic, _value(), b"acme/job/x", headers=_headers())


@pytest.mark.parametrize("topic", [SUBMITTED, OWN.name, OTHERS.name, TEXT, STATUS])
async def test_it_can_read_nothing(walled: str, topic: str) -> None:
    # As a member of the services' group, and by itself.
    for group in ("shortlist.ingest", None):
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=walled, group_id=group, **_login(ACME))
        try:
            with pytest.raises((TopicAuthorizationFailedError, GroupAuthorizationFailedError)):
                await _read(consumer)
        finally:
            await consumer.stop()


async def _read(consumer: AIOKafkaConsumer) -> None:
    async with asyncio.timeout(60):
        await consumer.start()
        await consumer.getone()


def _value() -> bytes:
    return json.dumps({"title": "Nurse", "description": "A ward looks for a nurse."}).encode()


def _headers() -> list[tuple[str, bytes]]:
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", uuid.uuid4().hex.encode()),
        ("ce_source", b"/acme"),
        ("ce_type", b"shortlist.document.submitted.v1"),
        ("content-type", b"application/json"),
    ]
