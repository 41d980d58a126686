"""A gateway over fakes: Kafka in memory, a small matching over real HTTP; driven through its own HTTP application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from libs.contracts import events, topics
from libs.contracts.documents import DocumentError
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.publishing import Published
from libs.messaging.reporting import status_record
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from libs.telemetry.health import Health
from services.gateway.access.entry import Entry
from services.gateway.access.known_keys import KnownKeys
from services.gateway.access.managing_keys import ManagingKeys
from services.gateway.access.tickets import Tickets
from services.gateway.access.tokens.bearer_tokens import BearerTokens
from services.gateway.app import http_app
from services.gateway.clients.broker import Broker
from services.gateway.clients.embedding import EmbeddingClient
from services.gateway.clients.matching import MatchingClient
from services.gateway.health.report import Detailed
from services.gateway.idempotency.once import Once
from services.gateway.limits.rate_limits import RateLimits
from services.gateway.parts import Lifetime, follow, wire
from services.gateway.settings import GatewaySettings
from services.gateway.statuses.overlay import Overlay, StatusPosition
from services.gateway.statuses.reader import StatusReader
from services.gateway.streaming.hub import Hub
from services.gateway.webhooks.building import managing_webhooks
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.keys_in_memory import KeysInMemory
from tests.fakes.matching_app import FakeMatching
from tests.fakes.serving import serving

KEY = "a-bootstrap-key-of-some-length"
NOWHERE = "http://127.0.0.1:9"


class Statuses:
    """The status topic of the in-memory publisher, read into one overlay; `away` as when the broker is."""

    def __init__(self, publisher: InMemoryPublisher, overlay: Overlay) -> None:
        self._publisher = publisher
        self._overlay = overlay
        self._next = 0
        self.away = False
        self.stored: dict[int, int] = {}

    async def catch_up(self, seconds: float) -> bool:
        if self.away:
            return False
        log = self._publisher.topics[topics.STATUS]
        for offset in range(self._next, len(log)):
            self._overlay.note(events.decode(log[offset].value or b"", StatusEvent), StatusPosition(0, offset))
        self._next = len(log)
        return True

    async def has_read(self, positions: Mapping[int, int], seconds: float) -> bool:
        return positions.get(0, 0) <= self._next

    async def end_offsets(self) -> dict[int, int]:
        return {0: len(self._publisher.topics[topics.STATUS])}

    async def matching_positions(self) -> dict[int, int]:
        return self.stored


@dataclass
class Door:
    """One gateway and what stands behind it."""

    app: Litestar
    client: AsyncClient
    overlay: Overlay
    statuses: Statuses
    publisher: InMemoryPublisher

    async def report(
        self,
        key: DocumentKey,
        revision: str,
        status: Status,
        error: DocumentError | None = None,
        *,
        superseded_by: str | None = None,
    ) -> Published:
        """Another service reports a status."""
        published = await self.publisher.publish(
            status_record(
                key,
                Revision.parse(revision),
                status,
                source_event=SourceEvent("/test", "1"),
                error=error,
                superseded_by=None if superseded_by is None else Revision.parse(superseded_by),
            )
        )
        await self.statuses.catch_up(1)
        return published


OpenDoor = Callable[..., Any]


@pytest.fixture(scope="session")
def matching_served() -> Iterator[tuple[FakeMatching, str]]:
    matching = FakeMatching()
    with serving(matching.app()) as url:
        yield matching, url


@pytest.fixture
def matching(matching_served: tuple[FakeMatching, str]) -> FakeMatching:
    fake = matching_served[0]
    fake.__init__()  # type: ignore[misc]  # the served object, as new
    return fake


@pytest.fixture(scope="session")
async def inner_clients(matching_served: tuple[FakeMatching, str]) -> AsyncIterator[tuple[InnerClient, InnerClient]]:
    """To matching and to an embedding that is away; their breakers never open, since all tests share them."""
    patient = {"fail_max": 10_000}
    clients = (
        InnerClient("matching", matching_served[1], breaker=CircuitBreaker("matching", **patient)),
        InnerClient("embedding", NOWHERE, breaker=CircuitBreaker("embedding", **patient)),
    )
    yield clients
    for client in clients:
        await client.close()


@pytest.fixture
def publisher() -> InMemoryPublisher:
    return InMemoryPublisher()


@asynccontextmanager
async def opened(
    publisher: InMemoryPublisher,
    clients: tuple[InnerClient, InnerClient],
    *,
    keys: KeysInMemory | None = None,
    tokens: BearerTokens | None = None,
    rate_limits: RateLimits | None = None,
    **given: Any,
) -> AsyncIterator[Door]:
    """One gateway; `keys` are those of tenants, `tokens` those of an identity provider, `given` are settings."""
    options = {
        "kafka_bootstrap": "127.0.0.1:9",
        "matching_urls": NOWHERE,
        "embedding_urls": NOWHERE,
        "auth": "open",
        **given,
    }
    settings = GatewaySettings(**options)
    health, broker = Health("gateway"), Broker(settings)
    overlay = Overlay(settings.overlay_documents)
    statuses = Statuses(publisher, overlay)
    matching, embedding = MatchingClient(clients[0]), EmbeddingClient(clients[1])
    reader = StatusReader(settings, overlay, health)
    known = None if keys is None else KnownKeys(keys)
    entry = Entry(is_locked=settings.asks_for_keys, bootstrap_key=settings.bootstrap_key, known=known, tokens=tokens)
    following, streams = follow(settings, statuses, Hub(), entry)
    gateway = wire(
        settings,
        publisher=publisher,
        check_room=broker.check_room,
        overlay=overlay,
        statuses=statuses,
        matching=matching,
        detailed=Detailed(settings, health, broker, reader, matching, embedding),
        keys=ManagingKeys(None, None),
        once=Once(None),
        following=following,
        tickets=Tickets(None),
        webhooks=managing_webhooks(settings, None),
    )
    app = http_app(settings, gateway, Lifetime(health, entry, streams, rate_limits))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://gateway", verify=False) as called:
        yield Door(app, called, overlay, statuses, publisher)


@pytest.fixture
def open_door(
    matching: FakeMatching, inner_clients: tuple[InnerClient, InnerClient], publisher: InMemoryPublisher
) -> OpenDoor:
    """Opens one more gateway over the same broker and matching; keywords are settings, or as `opened` has them."""
    return lambda clients=inner_clients, **given: opened(publisher, clients, **given)


@pytest.fixture
async def door(open_door: OpenDoor) -> AsyncIterator[Door]:
    async with open_door() as only:
        yield only


@pytest.fixture(scope="session")
async def refusing_door(inner_clients: tuple[InnerClient, InnerClient]) -> AsyncIterator[Door]:
    """A gateway for what it refuses: shared, since nothing comes of what is refused."""
    async with opened(InMemoryPublisher(), inner_clients) as only:
        yield only


@pytest.fixture(scope="session")
async def shared_locked_door(inner_clients: tuple[InnerClient, InnerClient]) -> AsyncIterator[Door]:
    async with opened(InMemoryPublisher(), inner_clients, auth="keys", shortlist_bootstrap_key=KEY) as only:
        yield only


@pytest.fixture
def locked_door(shared_locked_door: Door, matching: FakeMatching) -> Door:
    """A gateway that asks for a key, over a matching as new: an earlier test may have left its database away."""
    return shared_locked_door


@pytest.fixture
def refusing_app_url(refusing_door: Door) -> Iterator[str]:
    """The refusing gateway over real HTTP."""
    with serving(refusing_door.app) as url:
        yield url
