"""The real parts that tests share: started once for the whole run, each on a free port, gone afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.localstack.postgres import Postgres
from libs.localstack.roles import Dsns, provision
from libs.localstack.valkey import Valkey
from libs.messaging.topic_admin import apply_topics
from tests.both_brokers import (  # noqa: F401  pytest finds its hooks here
    Broker,
    kinds,
    new_broker,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
    settings_of,
)


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


@pytest.fixture(scope="session", params=kinds())
def broker_kind(request: pytest.FixtureRequest) -> str:
    """`embedded` or `kafka`: what touches a broker runs on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def broker(broker_kind: str, parts_folder: Path) -> Iterator[Broker]:
    """The broker with all topics: `.bootstrap`, `.stamp` (None where it stamps records itself)."""
    with new_broker(broker_kind, parts_folder) as running:
        asyncio.run(apply_topics(settings_of(running)))
        yield running
