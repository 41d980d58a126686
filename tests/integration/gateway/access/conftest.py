"""Gateways that ask for keys, over a database of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from libs.localstack.postgres.roles import Dsns
from libs.messaging.connection.settings import KafkaSettings
from tests.both_brokers import Broker, settings_of
from tests.fakes.databases import database_of_its_own
from tests.fakes.matching_app import FakeMatching
from tests.fakes.serving import serving
from tests.integration.gateway.conftest import gateway

BOOTSTRAP_KEY = "the-operators-own-bootstrap-key"
Locked = Callable[[], AbstractAsyncContextManager[AsyncClient]]


@pytest.fixture
async def dsns(postgres: Dsns) -> AsyncIterator[Dsns]:
    async with database_of_its_own(postgres) as made:
        yield made


@pytest.fixture(scope="session")
def embedded(broker_of: Callable[[str], Broker]) -> KafkaSettings:
    """Keys have nothing to do with the kind of broker."""
    return settings_of(broker_of("embedded"))


@pytest.fixture(scope="session")
def fake_matching_url() -> Iterator[str]:
    with serving(FakeMatching().app()) as url:
        yield url


@pytest.fixture
def open_locked(embedded: KafkaSettings, fake_matching_url: str, dsns: Dsns) -> Locked:
    """Opens one more gateway that asks for keys, over the same database."""
    settings: dict[str, Any] = {
        "auth": "keys",
        "shortlist_bootstrap_key": BOOTSTRAP_KEY,
        "database_url": dsns.gateway,
        "database_migration_url": dsns.owner,
    }
    return lambda: gateway(embedded, fake_matching_url, **settings)


@pytest.fixture
async def locked(open_locked: Locked) -> AsyncIterator[AsyncClient]:
    """One such gateway, whose database is there."""
    opened: asyncio.Future[AsyncClient] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    # In a task of its own: an application's lifespan must end in the task in which it began, a fixture need not.
    async def hold() -> None:
        async with open_locked() as client:
            await with_database(client)
            opened.set_result(client)
            await over.wait()

    holding = asyncio.create_task(hold())
    await asyncio.wait([opened, holding], return_when=asyncio.FIRST_COMPLETED)
    yield await opened if opened.done() else await holding  # type: ignore[misc]  # the latter raises
    over.set()
    await holding


async def with_database(client: AsyncClient) -> None:
    """Waits until the gateway reached its database."""
    async with asyncio.timeout(60):
        while (await client.get("/api/v1/admin/keys/", headers=bearer(BOOTSTRAP_KEY))).status_code != 200:
            await asyncio.sleep(0.05)


async def made(client: AsyncClient, by: str = BOOTSTRAP_KEY, **order: Any) -> dict[str, Any]:
    """A key that was made with another one."""
    answer = await client.post("/api/v1/admin/keys/", headers=bearer(by), json={"scopes": ["read"], **order})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"authorization": f"Bearer {key}"}


async def shut(dsns: Dsns) -> None:
    """Lets nobody but the superuser into the database, and throws out who is in."""
    await _as_superuser(dsns, "ALTER DATABASE {name} CONNECTION LIMIT 0")
    await _as_superuser(
        dsns,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()",
    )


async def opened_again(dsns: Dsns) -> None:
    """Lets them in again."""
    await _as_superuser(dsns, "ALTER DATABASE {name} CONNECTION LIMIT -1")


async def _as_superuser(dsns: Dsns, statement: str) -> None:
    connection = await asyncpg.connect(dsns.superuser)
    try:
        await connection.execute(statement.format(name=await connection.fetchval("SELECT current_database()")))
    finally:
        await connection.close()
