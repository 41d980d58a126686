"""The parts that do the work, wired: sandbox, publisher, consumer; and the order in which they start.

Imported in the background, because Kafka's libraries take a second to load.
"""

from __future__ import annotations

import asyncio
from functools import partial

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import GROUP_INGEST, SUBMITTED, SUBMITTED_PATTERN
from libs.messaging.admin.topics import check_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher
from libs.running.cannot_start import CannotStart
from libs.running.parts import RunningParts
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.ingest.api import Api
from services.ingest.consumer import READS, WRITES, IngestWork
from services.ingest.sandbox.pool import Sandbox
from services.ingest.service import IngestService
from services.ingest.settings import IngestSettings

log = get_logger(__name__)

TOPICS = (SUBMITTED, *WRITES)
# How long documents are worked on before a member looks whether it is wanted elsewhere: while partitions move, nobody
# reads. Changes of metadata and deletions take a millisecond each, and committing them takes longer than that.
PORTION_SECONDS = 1.0
# How often the tenants' own topics are looked at: as often as new ones are found by the pattern.
TENANTS_SECONDS = 30.0


async def start(settings: IngestSettings, api: Api, parts: RunningParts) -> None:
    """From the submitted topics to the text topic: starts every part as soon as what it needs is there.

    Raises CannotStart.
    """
    sandbox = Sandbox(settings)
    service = IngestService(sandbox, structures_at_once=max(1, settings.ingest_parsers // 2))
    publisher = KafkaPublisher(settings)
    parts.on_stop(sandbox.stop)
    parts.on_stop(publisher.stop)

    async def start_sandbox() -> None:
        await parts.until_there("sandbox", sandbox.start)
        api.service = service

    await asyncio.gather(start_sandbox(), parts.until_there("topics", partial(_check_topics, settings)))
    await parts.until_there("broker", publisher.start)
    consumer = Consumer(
        settings,
        IngestWork(service, publisher, tryout_stamp=settings.tryout_stamp),
        parts.health,
        group=GROUP_INGEST,
        pattern=READS,
        max_records=settings.ingest_batch_records,
        commit_every=settings.ingest_batch_records,
        portion_seconds=PORTION_SECONDS,
    )
    parts.on_stop(consumer.stop)
    await parts.until_there("consumer", consumer.start)
    parts.in_background(_watch_tenants(settings, parts.health), "tenants-topics")


async def _check_topics(settings: KafkaSettings) -> None:
    wrong = await check_topics(settings, TOPICS)
    refuse_without_stamp(wrong)
    if wrong:
        raise DependencyUnavailable("topics", "; ".join(wrong))


async def _watch_tenants(settings: KafkaSettings, health: Health) -> None:
    """Says which tenants' own topics are not as they must be; the others' documents do not wait for that."""
    while True:
        try:
            wrong = await check_topics(settings, (), pattern=SUBMITTED_PATTERN)
        except DependencyUnavailable as fault:
            log.warning("tenants_topics_not_checked", reason=fault.message)
        except Exception as error:
            # A fault of our own in this must not end the service: nothing but a warning depends on it.
            log.error("tenants_topics_not_checked", exc_info=error)
        else:
            if wrong:
                log.warning("tenants_topics_wrong", reason="; ".join(wrong))
                health.degraded("tenants", "; ".join(wrong))
            else:
                health.ok("tenants")
        await asyncio.sleep(TENANTS_SECONDS)


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
