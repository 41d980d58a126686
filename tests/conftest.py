"""The real parts that tests share: started once for the whole run, each on a free port, gone afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.localstack.postgres import Postgres
from libs.localstack.roles import Dsns, provision
from libs.localstack.tryout_broker import TryoutBroker
from libs.localstack.valkey import Valkey
from libs.messaging.settings import KafkaSettings
from libs.messaging.topic_admin import apply_topics


@pytest.fixture(scope="session")
def parts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="session")
def postgres(parts_folder: Path) -> Iterator[Dsns]:
    """PostgreSQL with pgvector, provisioned: `.superuser`, `.owner`, `.matching`, `.gateway` are DSNs."""
    with Postgres(parts_folder / "postgres") as server:
        yield provision(server.superuser_dsn, parts_folder / "database-passwords.json")


@pytest.fixture(scope="session")
def valkey(parts_folder: Path) -> Iterator[Valkey]:
    """Valkey: `.url`."""
    with Valkey(parts_folder / "valkey") as server:
        yield server


@pytest.fixture(scope="session")
def broker(parts_folder: Path) -> Iterator[TryoutBroker]:
    """The embedded broker with all topics: `.bootstrap`, `.stamp`."""
    with TryoutBroker(parts_folder / "broker") as running:
        asyncio.run(apply_topics(KafkaSettings(kafka_bootstrap=running.bootstrap, tryout_stamp=running.stamp)))
        yield running
