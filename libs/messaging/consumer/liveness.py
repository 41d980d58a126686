"""Watches a consumer from a task of its own: whether the broker answers, and whether reading goes on."""

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
# Reading that has stopped for so long, while records wait and the broker answers, does not recover by itself.
STUCK_SECONDS = 300.0


class Watched(Protocol):
    """The consumer that is watched."""

    group: str

    @property
    def client(self) -> Any:
        """The AIOKafkaConsumer; None before its start and after its stop."""
        ...

    @property
    def seconds_since_poll(self) -> float:
        """Seconds since the last reading; 0 while a batch is worked on."""
        ...

    def lag(self) -> dict[str, int]:
        """Records per topic that were not committed yet."""
        ...


async def watch(consumer: Watched, health: Health) -> None:
    """Calls `look` every WATCH_SECONDS until it is cancelled."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await look(consumer, health)
        except Exception as error:
            # Without the watch nobody would see that reading has stopped.
            log.error("not_watched", group=consumer.group, exc_info=error)


async def look(consumer: Watched, health: Health) -> None:
    """Asks the broker once and says in health and metrics what it found; takes at most ANSWER_SECONDS."""
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
