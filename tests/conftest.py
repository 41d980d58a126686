"""The real parts that tests share: started once for the whole run, each on a free port, gone afterwards."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from libs.localstack.postgres.roles import Dsns, provision
from libs.localstack.postgres.server import Postgres
from libs.localstack.valkey import Valkey
from libs.messaging.admin.topics import apply_topics
from tests.both_brokers import (  # noqa: F401  pytest finds its hooks here
    CONTAINER,
    IN_CONTAINERS,
    Broker,
    kinds,
    new_broker,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
    pytest_xdist_make_scheduler,
    settings_of,
)
from tests.containers import ContainerKafka, ContainerValkey, postgres_container
from tests.fakes.collected_spans import Spans, collected_spans


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spans]:
    """Calling it tells the spans that ended in this process so far."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    with collected_spans() as found:
        yield found


@pytest.fixture(scope="session")
def parts_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parts")


@pytest.fixture(scope="session")
def postgres(parts_folder: Path) -> Iterator[Dsns]:
    """PostgreSQL with pgvector, provisioned: `.superuser`, `.owner`, `.matching`, `.gateway` are DSNs."""
    with postgres_container() if IN_CONTAINERS else _embedded_postgres(parts_folder) as superuser_dsn:
        yield provision(superuser_dsn, parts_folder / "database-passwords.json")


@contextmanager
def _embedded_postgres(folder: Path) -> Iterator[str]:
    with Postgres(folder / "postgres") as server:
        yield server.superuser_dsn


@pytest.fixture(scope="session")
def valkey(parts_folder: Path) -> Iterator[Valkey | ContainerValkey]:
    """Valkey: `.url`."""
    with ContainerValkey() if IN_CONTAINERS else Valkey(parts_folder / "valkey") as server:
        yield server


@pytest.fixture(scope="session", params=kinds())
def broker_kind(request: pytest.FixtureRequest) -> str:
    """`embedded` or `kafka` (`container`, with containers): what touches a broker runs on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def broker_of(parts_folder: Path) -> Iterator[Callable[[str], Broker]]:
    """The running broker of a kind: started when it is first asked for, kept until all tests are over."""
    running: dict[str, Broker] = {}
    with ExitStack() as stop:

        def started(kind: str) -> Broker:
            if kind not in running:
                starting = ContainerKafka() if kind == CONTAINER else new_broker(kind, parts_folder)
                running[kind] = stop.enter_context(starting)
                # In a thread of its own, since a test that asks for a broker may be a coroutine itself.
                with ThreadPoolExecutor(1) as thread:
                    thread.submit(asyncio.run, apply_topics(settings_of(running[kind]))).result()
            return running[kind]

        yield started


@pytest.fixture(scope="session")
def broker(broker_kind: str, broker_of: Callable[[str], Broker]) -> Broker:
    """The broker with all topics: `.bootstrap`, `.stamp` (None where it stamps records itself)."""
    return broker_of(broker_kind)
