"""Webhooks as a part that runs beside the requests: it reads statuses, delivers, and removes what is old."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.database.transactions import TenantDatabase
from libs.messaging.admin.topics import check_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.running.cannot_start import CannotStart
from libs.running.parts import RunningParts
from libs.running.runner import imported
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.gateway.webhooks.event_log import EventLog
from services.gateway.webhooks.intake import StatusIntake
from services.gateway.webhooks.worker import DeliveryWorker

PART = "webhooks"
RECORDS_AT_ONCE = 500
TELL_SECONDS = 1.0
UPKEEP_SECONDS = 600.0

log = get_logger(__name__)


class Webhooks:
    """Runs what delivers webhooks. None of it is waited for; `health` tells as one part how it is doing.

    `own` is the health that its parts keep, `keep` how long events stay.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        health: Health,
        own: Health,
        *,
        database: TenantDatabase,
        event_log: EventLog,
        worker: DeliveryWorker,
        keep: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._health = health
        self._own = own
        self._database = database
        self._event_log = event_log
        self._worker = worker
        self._keep = keep
        self._clock = clock
        self._parts: RunningParts | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begins; does not wait for database and broker."""
        self._health.degraded(PART, "the gateway has not begun to deliver yet")
        self._parts = RunningParts(self._own)
        self._tasks = [
            asyncio.create_task(self._begin(self._parts), name="webhooks-start"),
            asyncio.create_task(self._tell(), name="webhooks-health"),
        ]

    async def stop(self) -> None:
        """Ends what it began, in reverse: nothing more is read, then nothing more is sent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._parts is not None:
            await self._parts.stop()

    async def _begin(self, parts: RunningParts) -> None:
        try:
            parts.on_stop(self._database.close)
            # The tables are made by the gateway's other connection, beside this.
            await parts.until_there("database", self._database.open, self._tables_are_there)
            parts.on_stop(self._worker.stop)
            await self._worker.start()
            parts.in_background(self._keep_up(), "webhooks-upkeep")
            # FastStream takes a while to import, and memory: only here, and not before the port is open.
            await imported("libs.messaging.consumer.consumer")
            from libs.messaging.consumer.consumer import Consumer

            consumer = Consumer(
                self._settings,
                StatusIntake(self._event_log, self._clock, self._worker.wake),
                self._own,
                group=topics.GROUP_WEBHOOKS,
                topics=[topics.STATUS],
                max_records=RECORDS_AT_ONCE,
            )
            parts.on_stop(consumer.stop)
            await parts.until_there("broker", self._topic_is_there, consumer.start)
            self._own.started()
        except CannotStart as refusal:
            self._own.waits_for("start", str(refusal))
            log.error("webhooks_not_begun", reason=str(refusal))
        except Exception as error:
            self._own.waits_for("start", f"an error of our own: {type(error).__name__}")
            log.error("webhooks_not_begun", exc_info=error)

    async def _tables_are_there(self) -> None:
        await self._event_log.tenants()

    async def _topic_is_there(self) -> None:
        """A consumer of a topic that is missing would make it on a broker that makes topics by itself."""
        if wrong := await check_topics(self._settings, [topics.STATUS]):
            raise DependencyUnavailable("broker", "; ".join(wrong))

    async def _tell(self) -> None:
        while True:
            parts = self._own.parts
            missing = [f"{name}: {part.reason}" for name, part in parts.items() if part.status != "ok"]
            if not self._own.live:
                self._health.hung(PART, "; ".join(missing))
            elif missing:
                self._health.degraded(PART, "; ".join(missing))
            else:
                self._health.ok(PART)
            await asyncio.sleep(TELL_SECONDS)

    async def _keep_up(self) -> None:
        while True:
            try:
                await self.remove_old()
            except DependencyUnavailable as fault:
                log.warning("old_webhook_events_not_removed", reason=str(fault))
            except Exception as error:  # a bug here must not end the process
                log.error("old_webhook_events_not_removed", exc_info=error)
            await asyncio.sleep(UPKEEP_SECONDS)

    async def remove_old(self) -> int:
        """Removes what is kept no longer, of all tenants; how many events. Raises DependencyUnavailable."""
        removed = 0
        for tenant in await self._event_log.tenants():
            while done := await self._event_log.remove_old(tenant, self._clock() - self._keep, self._clock()):
                removed += done
        return removed
