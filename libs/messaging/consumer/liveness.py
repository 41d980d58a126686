"""Looks after a consumer from beside it: whether the broker answers, and whether reading goes on."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from aiokafka.errors import KafkaError

from libs.messaging.metrics import BROKER_ANSWERS, POLL_AGE
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

BROKER = "broker"
POLLING = "polling"
WATCH_SECONDS = 2.0
ANSWER_SECONDS = 5.0
# Reading that rests for so long while records wait and the broker answers does not come back by itself.
STUCK_SECONDS = 300.0


class Watched(Protocol):
    """What is looked at."""

    group: str

    @property
    def client(self) -> Any:
        """The aiokafka consumer, None while there is none."""
        ...

    @property
    def seconds_since_poll(self) -> float:
        """0 while a batch is being worked on."""
        ...

    def lag(self) -> dict[str, int]: ...


async def watch(consumer: Watched, health: Health) -> None:
    """Says in health and metrics, every WATCH_SECONDS, what it finds. Goes on until it is cancelled."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        await look(consumer, health)


async def look(consumer: Watched, health: Health) -> None:
    """One look; takes ANSWER_SECONDS at most."""
    client = consumer.client
    if client is None:
        return
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await client.topics()
    except (KafkaError, OSError, TimeoutError) as error:
        what = str(error) or f"no answer within {ANSWER_SECONDS:g} s"
        BROKER_ANSWERS.labels(consumer.group).set(0)
        health.degraded(BROKER, f"nothing is read until the broker answers again, nothing is lost: {what}")
        log.warning("broker_away", group=consumer.group, reason=what)
        return
    BROKER_ANSWERS.labels(consumer.group).set(1)
    health.ok(BROKER)
    age = consumer.seconds_since_poll
    POLL_AGE.labels(consumer.group).set(age)
    if age > STUCK_SECONDS and any(consumer.lag().values()):
        health.hung(POLLING, f"records wait, but nothing was read for {age:.0f} s: restart the service")
    else:
        health.ok(POLLING)
