"""Two gateways over real HTTP on one broker and one database, with keys of several tenants."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from libs.contracts.documents import DocumentError
from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.localstack.postgres.roles import Dsns
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.messaging.reporting import status_record
from services.gateway.settings import GatewaySettings
from tests.both_brokers import Broker, settings_of
from tests.fakes.databases import database_of_its_own
from tests.fakes.event_stream import ServedGateway, served_gateway

OPERATOR = "an-operators-key-of-some-length"
NOWHERE = "http://127.0.0.1:9"
SOURCE = SourceEvent("/test", "1")


@dataclass
class Member:
    """A tenant that nobody else uses, with a key of its own."""

    tenant: str
    key: str
    key_id: str

    def status(
        self,
        name: str,
        number: int,
        status: Status = Status.QUEUED,
        *,
        kind: Kind = "resume",
        error: DocumentError | None = None,
    ) -> Outgoing:
        """A record of one of its documents; `number` is its revision's."""
        key = DocumentKey(self.tenant, kind, name)
        return status_record(key, Revision(1, number), status, source_event=SOURCE, error=error)


OpenGateway = Callable[..., AbstractAsyncContextManager[ServedGateway]]
NewMember = Callable[..., Awaitable[Member]]


@pytest.fixture
def kafka(broker: Broker) -> KafkaSettings:
    return settings_of(broker)


@pytest.fixture
async def publisher(kafka: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    publisher = KafkaPublisher(kafka)
    await publisher.start()
    yield publisher
    await publisher.stop()


@pytest.fixture
async def database(postgres: Dsns) -> AsyncIterator[Dsns]:
    async with database_of_its_own(postgres) as dsns:
        yield dsns


@pytest.fixture
def open_gateway(kafka: KafkaSettings, database: Dsns) -> OpenGateway:
    """One more gateway; keywords are settings."""

    def opened(**given: Any) -> AbstractAsyncContextManager[ServedGateway]:
        options = {
            "matching_urls": NOWHERE,
            "embedding_urls": NOWHERE,
            "auth": "keys",
            "shortlist_bootstrap_key": OPERATOR,
            "database_url": database.gateway,
            "database_migration_url": database.owner,
            "event_heartbeat_seconds": 0.2,
            **given,
        }
        return served_gateway(
            GatewaySettings(kafka_bootstrap=kafka.kafka_bootstrap, tryout_stamp=kafka.tryout_stamp, **options)
        )

    return opened


@pytest.fixture
async def gateways(open_gateway: OpenGateway) -> AsyncIterator[Sequence[ServedGateway]]:
    """Two gateways that can be followed."""
    async with AsyncExitStack() as stack:
        both = [await stack.enter_async_context(open_gateway()) for _ in range(2)]
        for each in both:
            await able(each)
        yield both


async def able(gateway: ServedGateway) -> None:
    """Waits until its statuses can be followed."""
    headers = {"authorization": f"Bearer {OPERATOR}"}
    async with asyncio.timeout(60):
        while (await gateway.client.head("/api/v1/events", headers=headers)).status_code != 200:
            await asyncio.sleep(0.05)


@pytest.fixture
def new_member(gateways: Sequence[ServedGateway]) -> NewMember:
    """A new tenant with a key."""

    async def made(*scopes: str, **further: Any) -> Member:
        tenant = f"t{uuid.uuid4().hex[:12]}"
        order = {"tenant": tenant, "scopes": list(scopes or ["read"]), **further}
        headers = {"authorization": f"Bearer {OPERATOR}"}
        async with asyncio.timeout(60):
            while (
                answer := await gateways[0].client.post("/api/v1/admin/keys", json=order, headers=headers)
            ).status_code == 503:
                await asyncio.sleep(0.05)
        assert answer.status_code == 201, answer.text
        return Member(tenant, answer.json()["key"], answer.json()["id"])

    return made
