"""A member with nothing in hand still tells that the broker is away, that it is back, and that it reads no more."""

import asyncio

import pytest
from aiokafka.errors import KafkaConnectionError

from libs.messaging import broker_watch
from libs.messaging.broker_watch import BrokerWatch
from libs.telemetry.health import Health
from tests.fakes.collecting_work import until

pytestmark = pytest.mark.unit


class Client:
    def __init__(self) -> None:
        self.away: str | None = None

    async def topics(self) -> set[str]:
        if self.away == "hangs":
            await asyncio.Event().wait()
        if self.away:
            raise KafkaConnectionError(self.away)
        return set()


class Member:
    group = "g"
    seconds_since_poll = 0.0

    def __init__(self) -> None:
        self.asked = Client()
        self.waiting = 0

    def client(self) -> Client:
        return self.asked

    def lag(self) -> dict[str, int]:
        return {"t": self.waiting}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(broker_watch, "ASK_EVERY_SECONDS", 0.005)
    monkeypatch.setattr(broker_watch, "ANSWER_SECONDS", 0.05)


@pytest.mark.parametrize("way", ["connection refused", "hangs"])
@pytest.mark.parametrize(("needed", "status"), [(True, "waiting"), (False, "degraded")])
async def test_a_broker_that_goes_away_shows_and_one_that_comes_back_too(way, needed, status):
    member, health = Member(), Health("x")
    health.started()
    watch = BrokerWatch(member, health, needed=needed)
    watch.start()
    await until(lambda: "broker" in health.parts and health.parts["broker"].status == "ok")
    member.asked.away = way
    await until(lambda: health.parts["broker"].status == status)
    assert "nothing is lost" in (health.parts["broker"].reason or "")
    assert health.ready is not needed
    member.asked.away = None
    await until(lambda: health.parts["broker"].status == "ok")
    await watch.stop()
    assert health.stuck_because is None


async def test_a_member_that_reads_nothing_of_what_waits_asks_for_a_restart():
    member, health = Member(), Health("x")
    member.waiting, member.seconds_since_poll = 7, 1_000.0
    watch = BrokerWatch(member, health, needed=True)
    watch.start()
    await until(lambda: health.stuck_because is not None)
    await watch.stop()
    assert "7 records wait" in (health.stuck_because or "")
