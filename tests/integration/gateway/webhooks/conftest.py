"""Webhooks over a real database of its own for each test, a receiver that is a real server, and a clock in the hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.statuses import Status
from libs.database.transactions import TenantDatabase
from libs.localstack.postgres.roles import Dsns
from libs.telemetry.health import Health
from services.gateway.storage.database import migrate
from services.gateway.webhooks.deliveries import Deliveries
from services.gateway.webhooks.event_log import EventLog
from services.gateway.webhooks.messages import ENDS, Event, event_of
from services.gateway.webhooks.outgoing.addresses import AddressRules
from services.gateway.webhooks.outgoing.connecting import CheckedBackend, Resolver
from services.gateway.webhooks.outgoing.sender import Sender
from services.gateway.webhooks.outgoing.targets import UrlRules
from services.gateway.webhooks.stored_webhooks import StoredWebhook, StoredWebhooks
from services.gateway.webhooks.worker import DeliveryWorker
from tests.fakes.databases import database_of_its_own
from tests.fakes.webhook_receiver import Receiver, receiving

PATIENCE = timedelta(hours=72)
RULES = UrlRules(AddressRules(networks=(ip_network("127.0.0.1/32"),)))


@dataclass
class Clock:
    """Stands until it is moved."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Gateway:
    """What one gateway process has of webhooks."""

    database: TenantDatabase
    clock: Clock

    def __post_init__(self) -> None:
        self.webhooks = StoredWebhooks(self.database)
        self.events = EventLog(self.database, PATIENCE)
        self.deliveries = Deliveries(self.database, per_webhook=4, patience=PATIENCE)
        sender = Sender(RULES, CheckedBackend(RULES.addresses, Resolver()))
        self.worker = DeliveryWorker(self.deliveries, sender, Health("webhooks"), at_once=16, clock=self.clock)

    async def make(self, url: str, *, tenant: str = "default", types: tuple[str, ...] = ENDS) -> StoredWebhook:
        made = await self.webhooks.make(tenant, url=url, types=types, description="", now=self.clock(), most=20)
        assert made is not None
        return made

    async def named(self, webhook: StoredWebhook, tenant: str = "default") -> StoredWebhook:
        found = await self.webhooks.named(tenant, webhook.id)
        assert found is not None
        return found

    async def change(self, webhook: StoredWebhook, *, url: str | None = None, types: list[str] | None = None) -> None:
        now = self.clock()
        await self.webhooks.change(
            "default", webhook.id, url=url, types=types, description=None, now=now, patience=PATIENCE
        )

    async def happens(self, *numbers: int, status: Status = Status.INDEXED, tenant: str = "default") -> list[Event]:
        """Submissions of these numbers reach a status now."""
        told = [event_of(report(number, status, tenant, self.clock()), self.clock()) for number in numbers]
        await self.events.store(tenant, told, self.clock())
        return told

    async def deliver(self) -> int:
        """Delivers whatever is due now; how many attempts that took."""
        attempts = 0
        while begun := await self.worker.look():
            attempts += begun
            await self.worker.idle()
        return attempts


def report(number: int, status: Status, tenant: str, at: datetime) -> StatusEvent:
    """A status as its topic tells it."""
    return StatusEvent(
        tenant=tenant,
        kind="resume",
        id=f"r-{number}",
        revision=f"1764000000000-{number}",
        status=status,
        source_event=SourceEvent("/test", str(number)),
        at=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def dsns(postgres: Dsns) -> AsyncIterator[Dsns]:
    """A database with the gateway's schema."""
    async with database_of_its_own(postgres) as found:
        await migrate(found.owner, found.gateway)
        yield found


@asynccontextmanager
async def gateway_on(dsns: Dsns, clock: Clock) -> AsyncIterator[Gateway]:
    """One more gateway, with connections of its own."""
    database = TenantDatabase(dsns.gateway, service="gateway", connections=4, purpose="webhooks", patient=True)
    await database.open()
    gateway = Gateway(database, clock)
    try:
        yield gateway
    finally:
        await gateway.worker.stop()
        await database.close()


@pytest.fixture
def another(dsns: Dsns, clock: Clock) -> Callable[[], AbstractAsyncContextManager[Gateway]]:
    """Opens one more gateway over the same database."""
    return lambda: gateway_on(dsns, clock)


@pytest.fixture
async def gateway(dsns: Dsns, clock: Clock) -> AsyncIterator[Gateway]:
    async with gateway_on(dsns, clock) as found:
        yield found


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as found:
        yield found
