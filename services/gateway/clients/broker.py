"""The gateway's publisher: connects to Kafka in the background, checks the topics, and until then refuses writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import psutil

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.messaging.admin.topics import check_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing, Published
from libs.resilience.retry import backoff_seconds
from libs.telemetry.logs import get_logger

PART = "broker"
WRITTEN = (topics.SUBMITTED, topics.STATUS)
MIB = 1_048_576
MEMORY_SECONDS = 0.5
# Bounded, since the caller waits meanwhile and its body stays in memory.
PUBLISH_SECONDS = 10.0

log = get_logger(__name__)


class TryoutMemory:
    """The embedded broker's resident memory, read at most twice a second. It only grows."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._pid = settings.tryout_broker_pid
        self.limit_mb = settings.tryout_broker_max_mb
        self._read_at = 0.0
        self._mb: float | None = None

    def mb(self) -> float | None:
        """MiB in use; None where there is no such broker, or its process is gone."""
        if self._pid is None:
            return None
        if time.monotonic() - self._read_at > MEMORY_SECONDS:
            try:
                self._mb = psutil.Process(self._pid).memory_info().rss / MIB
            except psutil.Error:
                self._mb = None
            self._read_at = time.monotonic()
        return self._mb

    @property
    def is_full(self) -> bool:
        """Whether it uses more than its limit, so that new documents are refused."""
        used = self.mb()
        return used is not None and used > self.limit_mb


class Broker:
    """A Publisher that can be made before the broker is there. Raises DependencyUnavailable until it is usable."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._publisher = KafkaPublisher(settings, seconds=PUBLISH_SECONDS)
        self._task: asyncio.Task[None] | None = None
        self._missing: str | None = "the gateway is still connecting to it"
        self.memory = TryoutMemory(settings)

    async def start(self) -> None:
        """Begins to connect; does not wait for the broker."""
        self._task = asyncio.create_task(self._connect(), name="broker-connect")

    async def stop(self) -> None:
        """Waits for records on the way, then closes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._publisher.stop()

    @property
    def missing(self) -> str | None:
        """Why nothing can be published; None where it can."""
        return self._missing

    async def publish(self, record: Outgoing) -> Published:
        """As libs.messaging.publishing.Publisher; raises DependencyUnavailable at once while not connected."""
        self._refuse_while_unusable()
        return await self._publisher.publish(record)

    async def publish_all(self, records: Sequence[Outgoing]) -> list[Published]:
        """As libs.messaging.publishing.Publisher; raises DependencyUnavailable at once while not connected."""
        self._refuse_while_unusable()
        return await self._publisher.publish_all(records)

    def _refuse_while_unusable(self) -> None:
        if self._missing is not None:
            raise DependencyUnavailable(PART, self._missing)

    def check_room(self) -> None:
        """Raises DependencyUnavailable where the embedded broker has no room for another document."""
        if self.memory.is_full:
            why = (
                f"the try-out broker uses {self.memory.mb():.0f} of {self.memory.limit_mb} MiB and keeps all it was "
                "sent; restart the stack to empty it, or raise TRYOUT_BROKER_MAX_MB"
            )
            raise DependencyUnavailable(PART, why, told=why)

    async def _connect(self) -> None:
        attempt = 0
        while True:
            try:
                wrong = await check_topics(self._settings, WRITTEN)
                if not wrong:
                    await self._publisher.start()
                    self._missing = None
                    return
                self._missing = "; ".join(wrong)
            except DependencyUnavailable as fault:
                self._missing = fault.message
            except Exception as error:
                # Without the task nothing could be published until a restart.
                self._missing = f"connecting to it failed, and is tried again: {type(error).__name__}"
                log.error("broker_not_connected", exc_info=error)
            log.warning("broker_not_usable", reason=self._missing)
            await asyncio.sleep(backoff_seconds(attempt, cap=5.0))
            attempt += 1
