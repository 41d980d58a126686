"""The parts as throw-away containers, for `make test-containers`: the same interface as the embedded ones."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import docker
from docker.errors import DockerException
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.wait_strategies import ExecWaitStrategy, LogMessageWaitStrategy

from libs.localstack.kafka import BROKER_SETTINGS
from libs.localstack.ports import free_port

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "pgvector/pgvector:pg18"
VALKEY_IMAGE = "valkey/valkey:9"
READY_SECONDS = 120
# Kafka with a settings file, as on any machine: what the image's own start makes of variables is not needed.
_START = """
cd /opt/kafka/bin && printf '%s' "$PROPERTIES" > /tmp/server.properties
./kafka-storage.sh format --cluster-id "$(./kafka-storage.sh random-uuid)" --config /tmp/server.properties
LOG_DIR=/tmp exec ./kafka-server-start.sh /tmp/server.properties
"""


def no_engine() -> str | None:
    """Why there can be no containers; None where an engine answers."""
    try:
        docker.from_env(timeout=10).ping()
    except DockerException as error:
        return f"no container engine answers here: {error}"
    return None


@contextmanager
def postgres_container() -> Iterator[str]:
    """PostgreSQL with pgvector; the superuser's DSN."""
    with PostgresContainer(POSTGRES_IMAGE, username="postgres", password=secrets.token_hex(16), driver=None) as running:
        yield running.get_connection_url()


class ContainerValkey:
    """Valkey: `.url`."""

    def __init__(self) -> None:
        self._container = DockerContainer(VALKEY_IMAGE).with_exposed_ports(6379)
        self._container.waiting_for(ExecWaitStrategy(["valkey-cli", "ping"]).with_startup_timeout(READY_SECONDS))

    def __enter__(self) -> ContainerValkey:
        self._container.start()
        self.port = int(self._container.get_exposed_port(6379))
        self.url = f"redis://{self._container.get_container_host_ip()}:{self.port}/0"
        return self

    def __exit__(self, *_: object) -> None:
        self._container.stop()


class ContainerKafka:
    """Apache Kafka, one node: `.bootstrap`. It stamps records itself."""

    stamp: int | None = None

    def __init__(self) -> None:
        # Kafka tells its clients its own address, so that the port outside must be known before it starts.
        self.port = free_port()
        self._container = DockerContainer(KAFKA_IMAGE).with_bind_ports(9092, self.port)
        self.bootstrap = f"{DockerClient().host()}:{self.port}"
        listeners = "CONTROLLER://localhost:9093,INNER://localhost:9094"
        settings = {
            **BROKER_SETTINGS,
            "node.id": "1",
            "process.roles": "broker,controller",
            "controller.quorum.voters": "1@localhost:9093",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INNER",
            "listeners": f"{listeners},OUTER://0.0.0.0:9092",
            "advertised.listeners": f"INNER://localhost:9094,OUTER://{self.bootstrap}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,INNER:PLAINTEXT,OUTER:PLAINTEXT",
        }
        properties = "".join(f"{name}={value}\n" for name, value in {**settings, "log.dirs": "/tmp/kafka"}.items())
        self._container.with_env("PROPERTIES", properties).with_command(["bash", "-c", _START])
        self._container.waiting_for(LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(READY_SECONDS))

    def __enter__(self) -> ContainerKafka:
        self._container.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._container.stop()
