"""Tasks that the gateway runs beside its requests go on after a fault of our own: nobody would start them again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from libs.telemetry.health import Health
from services.gateway.clients import broker as broker_module
from services.gateway.clients.broker import Broker
from services.gateway.health import lag, report
from services.gateway.health.lag import LagWatch
from services.gateway.health.report import Readiness
from services.gateway.settings import GatewaySettings
from tests.fakes.collecting_work import until

pytestmark = pytest.mark.unit


@pytest.fixture
def settings() -> GatewaySettings:
    return GatewaySettings(
        kafka_bootstrap="127.0.0.1:9", matching_urls="http://127.0.0.1:9", embedding_urls="http://127.0.0.1:9"
    )


class Away:
    """Stands for a broker that cannot be reached, and for a matching at whose answer our own code fails once."""

    missing = "away"
    faults = 1

    async def ready(self) -> None:
        if self.faults:
            self.faults -= 1
            raise ValueError("a bug of ours")


async def test_the_readiness_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "LOOK_SECONDS", 0.0)
    health, part = Health("gateway"), Away()
    readiness = Readiness(health, part, part, part)  # type: ignore[arg-type]
    await readiness.start()
    await until(lambda: health.ready)
    await readiness.stop()


async def test_the_lag_is_looked_at_again(monkeypatch: pytest.MonkeyPatch, settings: GatewaySettings) -> None:
    asked: list[Any] = []

    async def told(settings: GatewaySettings) -> dict[str, dict[str, int]]:
        asked.append(settings)
        if len(asked) == 1:
            raise ValueError("a bug of ours")
        return {}

    monkeypatch.setattr(lag, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(lag, "all_lags", told)
    watch = LagWatch(settings)
    await watch.start()
    await until(lambda: len(asked) > 1)
    await watch.stop()


async def test_connecting_to_the_broker_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, settings: GatewaySettings
) -> None:
    tries = asyncio.Queue[int]()

    async def check(*_: Any) -> list[str]:
        tries.put_nowait(1)
        raise ValueError("a bug of ours")

    monkeypatch.setattr(broker_module, "check_topics", check)
    monkeypatch.setattr(broker_module, "backoff_seconds", lambda attempt, cap: 0.0)
    broker = Broker(settings)
    await broker.start()
    async with asyncio.timeout(10):
        await tries.get()
        await tries.get()
    assert "ValueError" in (broker.missing or "")
    await broker.stop()
