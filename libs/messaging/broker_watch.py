"""Whether the broker answers a member of a group, and whether the member still reads: told in the service's health.

A consumer with nothing in hand notices nothing of a broker that went away: it simply reads nothing.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from aiokafka.errors import KafkaError

from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

PART = "broker"
ASK_EVERY_SECONDS = 3.0
ANSWER_SECONDS = 5.0
# With records waiting and none in hand, a member that reads nothing for so long will not by itself.
STUCK_SECONDS = 180.0


class Member(Protocol):
    """What is watched of a consumer."""

    group: str

    def client(self) -> Any:
        """The AIOKafkaConsumer, None before it was made."""
        ...

    def lag(self) -> dict[str, int]:
        """Records per topic that are not committed."""
        ...

    @property
    def seconds_since_poll(self) -> float:
        """Age of the last reading; 0 while records are in hand."""
        ...


class BrokerWatch:
    """Asks the broker every few seconds, in a task of its own.

    `needed`: whether the service can do nothing without the broker; then it is not ready while it is away.
    """

    def __init__(self, member: Member, health: Health, *, needed: bool) -> None:
        self._member = member
        self._health = health
        self._needed = needed
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to ask."""
        self._task = asyncio.create_task(self._watch(), name="broker-watch")

    async def stop(self) -> None:
        """Ends the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(ASK_EVERY_SECONDS)
            reason = await self._missing()
            if reason is None:
                self._health.ok(PART)
                self._look_for_progress()
                continue
            said = f"the broker does not answer; nothing is lost, reading goes on when it is back: {reason}"
            if self._needed:
                self._health.waits_for(PART, said)
            else:
                self._health.degraded(PART, said)

    async def _missing(self) -> str | None:
        client = self._member.client()
        if client is None:
            return "the consumer is not started"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await client.topics()
        except TimeoutError:
            return f"no answer within {ANSWER_SECONDS:g} s"
        except (KafkaError, OSError) as error:
            return str(error) or type(error).__name__
        return None

    def _look_for_progress(self) -> None:
        waiting = sum(self._member.lag().values())
        if waiting and self._member.seconds_since_poll > STUCK_SECONDS:
            log.critical("reading_is_stuck", group=self._member.group, records=waiting)
            self._health.stuck(
                f"{waiting} records wait, the broker answers, and none was read for "
                f"{self._member.seconds_since_poll:.0f} s: start this process again"
            )
