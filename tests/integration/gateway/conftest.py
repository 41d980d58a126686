"""Whole gateways on a real broker, over a small matching reached by real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings
from tests.both_brokers import Broker, settings_of
from tests.fakes.matching_app import FakeMatching
from tests.fakes.serving import serving

Open = Callable[..., AbstractAsyncContextManager[AsyncClient]]


@pytest.fixture
def matching_url(matching: FakeMatching) -> Iterator[str]:
    with serving(matching.app()) as url:
        yield url


@pytest.fixture
def matching() -> FakeMatching:
    return FakeMatching()


@pytest.fixture
async def kafka(broker: Broker) -> KafkaSettings:
    settings = settings_of(broker)
    await apply_topics(settings)
    return settings


@pytest.fixture
async def publisher(kafka: KafkaSettings) -> AsyncIterator[KafkaPublisher]:
    publisher = KafkaPublisher(kafka)
    await publisher.start()
    yield publisher
    await publisher.stop()


@asynccontextmanager
async def gateway(kafka: KafkaSettings, matching_url: str, **given: Any) -> AsyncIterator[AsyncClient]:
    """One gateway, running; `given` are further settings."""
    options: dict[str, Any] = {
        "kafka_bootstrap": kafka.kafka_bootstrap,
        "tryout_stamp": kafka.tryout_stamp,
        "matching_urls": matching_url,
        "embedding_urls": "http://127.0.0.1:9",
        "auth": "open",
    }
    settings = GatewaySettings(**{**options, **given})
    app = create_app(settings)
    async with (
        app.lifespan(),
        AsyncClient(transport=ASGITransport(app), base_url="http://gateway", verify=False, timeout=60) as client,
    ):
        yield client


@pytest.fixture
def open_gateway(kafka: KafkaSettings, matching_url: str) -> Open:
    """Opens one more gateway over the same broker and matching."""
    return lambda **given: gateway(kafka, matching_url, **given)
