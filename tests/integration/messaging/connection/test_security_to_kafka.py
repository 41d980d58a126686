"""SASL_SSL with SCRAM against a real listener: who is let in, who is not, and what each is told."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.localstack.kafka import Kafka
from libs.localstack.ports import free_port
from libs.messaging.admin.lag import group_lag
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.telemetry.health import Health
from tests.both_brokers import skip_in_containers
from tests.fakes.collecting_work import Collecting, until

pytestmark = [pytest.mark.integration, pytest.mark.real_kafka("the embedded broker has no TLS and no users")]

USER, PASSWORD = "shortlist", "right horse"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """Who vouches for the broker."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    made.cert_pem.write_to_path(path)
    return made, path


@pytest.fixture(scope="module")
def secured(
    broker_kind: str, authority: tuple[trustme.CA, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a SASL_SSL listener with one SCRAM user."""
    skip_in_containers(broker_kind)
    folder = tmp_path_factory.mktemp("secured")
    certificate = authority[0].issue_cert("127.0.0.1", "localhost")
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    (folder / "broker.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + b"".join(pem.bytes() for pem in certificate.cert_chain_pems)
    )
    inner, outer, controller = free_port(), free_port(), free_port()
    listeners = f"PLAINTEXT://127.0.0.1:{inner},SASL_SSL://127.0.0.1:{outer}"
    settings = {
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": listeners,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512,SCRAM-SHA-256",
        **{
            f"listener.name.sasl_ssl.scram-sha-{bits}.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            )
            for bits in (256, 512)
        },
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "broker.pem"),
    }
    users = [f"SCRAM-SHA-{bits}=[name={USER},password={PASSWORD}]" for bits in (256, 512)]
    arguments = [part for user in users for part in ("--add-scram", user)]
    with Kafka(folder / "kafka", port=inner, settings=settings, format_arguments=arguments):
        bootstrap = f"127.0.0.1:{outer}"
        asyncio.run(_until_users_are_known(settings_for(bootstrap, authority[1])))
        yield bootstrap


async def _until_users_are_known(settings: KafkaSettings) -> None:
    # A broker opens its listeners one after the other, and learns its users a moment later.
    async with asyncio.timeout(60):
        while True:
            publisher = KafkaPublisher(settings)
            try:
                await publisher.start()
            except DependencyUnavailable:
                await asyncio.sleep(0.2)
                continue
            await publisher.stop()
            return


def settings_for(bootstrap: str, ca_file: Path | None, password: str = PASSWORD, mechanism: str = "SCRAM-SHA-512"):
    return KafkaSettings(
        kafka_bootstrap=bootstrap,
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism=mechanism,  # type: ignore[arg-type]
        kafka_sasl_username=USER,
        kafka_sasl_password=password,  # type: ignore[arg-type]
        kafka_ca_file=ca_file,
    )


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_topics_publishing_reading_and_lag_go_over_tls_with_a_password(
    secured: str, authority: tuple[trustme.CA, Path], mechanism: str
) -> None:
    settings = settings_for(secured, authority[1], mechanism=mechanism)
    await apply_topics(settings)
    publisher = KafkaPublisher(settings)
    await publisher.start()
    value = uuid.uuid4().bytes
    await publisher.publish(Outgoing(topics.TEXT, b"default/job/1", value))
    await publisher.stop()
    work, group = Collecting(), f"test.{uuid.uuid4().hex}"
    consumer = Consumer(settings, work, Health("x"), group=group, topics=[topics.TEXT])
    await consumer.start()
    await until(lambda: value in work.values)
    await until(lambda: consumer.lag().get(topics.TEXT) == 0)
    await consumer.stop()
    assert (await group_lag(settings, group, [topics.TEXT]))[topics.TEXT] == 0


async def test_a_wrong_password_is_said(
    secured: str, authority: tuple[trustme.CA, Path], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DependencyUnavailable, match="a password that is refused"):
        await KafkaPublisher(settings_for(secured, authority[1], password="wrong")).start()
    assert "invalid credentials" in caplog.text


async def test_a_broker_nobody_vouches_for_is_not_talked_to(secured: str) -> None:
    with pytest.raises(DependencyUnavailable):
        await KafkaPublisher(settings_for(secured, ca_file=None)).start()


async def test_an_open_line_does_not_get_in(secured: str) -> None:
    with pytest.raises(DependencyUnavailable):
        await KafkaPublisher(KafkaSettings(kafka_bootstrap=secured)).start()
