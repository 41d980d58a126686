"""The parts that do the work, wired: sandbox, publisher, consumer; and the order in which they start.

Imported in the background, because Kafka's libraries take a second to load.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import GROUP_INGEST, SUBMITTED, SUBMITTED_PATTERN
from libs.messaging.admin.topics import check_topics
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.ingest.consumer import READS, WRITES, IngestWork
from services.ingest.sandbox.pool import Sandbox
from services.ingest.service import IngestService
from services.ingest.settings import IngestSettings

log = get_logger(__name__)

TOPICS = (SUBMITTED, *WRITES)
LONGEST_WAIT_SECONDS = 5.0
# Documents after which a member looks whether it is wanted elsewhere: while partitions move, nobody reads.
COMMIT_EVERY = 8
# How often the tenants' own topics are looked at: as often as new ones are found by the pattern.
TENANTS_SECONDS = 30.0


class CannotStart(Exception):
    """A setting that waiting will not mend; the message says what to change."""


class Pipeline:
    """From the submitted topic to the text topic."""

    def __init__(self, settings: IngestSettings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._sandbox = Sandbox(settings)
        self._publisher = KafkaPublisher(settings)
        self._work = IngestWork(IngestService(self._sandbox), self._publisher, tryout_stamp=settings.tryout_stamp)
        self._consumer: Consumer | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Starts every part as soon as what it needs is there, for as long as that takes.

        Raises CannotStart.
        """
        await asyncio.gather(
            self._through_outages("sandbox", self._sandbox.start), self._through_outages("topics", self._check_topics)
        )
        await self._through_outages("broker", self._publisher.start)
        await self._through_outages("consumer", self._consume)
        self._watching = asyncio.create_task(self._watch_tenants(), name="tenants-topics")
        log.info("started", parsers=self._settings.ingest_parsers)

    async def stop(self) -> None:
        """Finishes the batch in hand, or leaves it uncommitted; ends every part."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._consumer is not None:
            await self._consumer.stop()
        await self._publisher.stop()
        await self._sandbox.stop()

    async def _through_outages(self, part: str, step: Callable[[], Awaitable[None]]) -> None:
        attempt = 0
        while True:
            try:
                await step()
                self._health.ok(part)
                return
            except DependencyUnavailable as fault:
                self._health.waits_for(part, fault.message)
                log.warning("waiting", part=part, reason=fault.message)
                await asyncio.sleep(backoff_seconds(attempt, cap=LONGEST_WAIT_SECONDS))
                attempt += 1

    async def _check_topics(self) -> None:
        wrong = await check_topics(self._settings, TOPICS)
        refuse_without_stamp(wrong)
        if wrong:
            raise DependencyUnavailable("topics", "; ".join(wrong))

    async def _watch_tenants(self) -> None:
        """Says which tenants' own topics are not as they must be; the others' documents do not wait for that."""
        while True:
            try:
                wrong = await check_topics(self._settings, (), pattern=SUBMITTED_PATTERN)
            except DependencyUnavailable as fault:
                log.warning("tenants_topics_not_checked", reason=fault.message)
            except Exception as error:
                # A fault of our own must not end the watching for as long as the process lives.
                log.error("tenants_topics_not_checked", exc_info=error)
            else:
                if wrong:
                    log.warning("tenants_topics_wrong", reason="; ".join(wrong))
                    self._health.degraded("tenants", "; ".join(wrong))
                else:
                    self._health.ok("tenants")
            await asyncio.sleep(TENANTS_SECONDS)

    async def _consume(self) -> None:
        # Held before it starts, so that a stop in the middle of it closes what is open already.
        self._consumer = Consumer(
            self._settings,
            self._work,
            self._health,
            group=GROUP_INGEST,
            pattern=READS,
            max_records=self._settings.ingest_batch_records,
            commit_every=COMMIT_EVERY,
        )
        await self._consumer.start()


def refuse_without_stamp(wrong: list[str]) -> None:
    """Raises CannotStart where revisions would have no stamp: neither the broker nor TRYOUT_STAMP gives one.

    `wrong` is what `check_topics` found; on the embedded broker it does not ask for time stamps.
    """
    for sentence in wrong:
        if SUBMITTED in sentence and "message.timestamp.type" in sentence:
            raise CannotStart(
                f"{sentence}. Without the broker's time stamps no revision can be told; on a broker that cannot "
                "stamp, set TRYOUT_STAMP"
            )
