"""Everything behind the port: database, spaces and the reading of topics, in the order of their start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import GROUP_MATCHING, STATUS, TEXT, VECTORS, VECTORS_PATTERN, dead_letters_topic
from libs.messaging.admin.cluster import partitions
from libs.messaging.admin.topics import check_topics, ensure_topic
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.matching.answers.limits import AnswerLimits
from services.matching.answers.query_vectors import EmbeddingClient
from services.matching.api import Parts
from services.matching.consumer import MatchingWork
from services.matching.health import watch
from services.matching.service import MatchingService
from services.matching.settings import MatchingSettings
from services.matching.spaces.lifecycle import Spaces
from services.matching.spaces.reembedding import Reembedding
from services.matching.storage.database import Database, Databases
from services.matching.storage.migrating import migrate
from services.matching.topics.heartbeats import Heartbeats
from services.matching.topics.positions import StoredPositions
from services.matching.topics.topic_owner import space_in
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.stored_texts import StoredTexts

log = get_logger(__name__)

TOPICS_READ = r"^documents\.(status\.v1|vectors\.v1(\.[0-9a-f]{8})?)$"

# Records committed together. When partitions move, the other members wait until those at work are committed.
COMMIT_EVERY = 50


class Pipeline:
    """Started once; `stop` may be called at any time after, also while it still starts."""

    def __init__(self, settings: MatchingSettings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._publisher = KafkaPublisher(settings)
        self._databases = Databases.of(settings.database_url, settings.database_connections)
        self._consumer: Consumer | None = None
        self._stops: list[Callable[[], Awaitable[None]]] = []

    async def open_database(self) -> Parts:
        """Migrates, connects, and shows what a dead try-out broker took with it. Raises WrongRole."""
        settings = self._settings
        await self._until_there("database", self._migrate)
        databases = self._databases
        for database in databases.all():
            await self._until_there("database", database.open)
            self._stops.append(database.close)
        breaker = CircuitBreaker("embedding", fail_max=3, reset_seconds=3.0)
        inner = InnerClient("embedding", settings.embedding_urls, breaker=breaker)
        self._stops.append(inner.close)
        embedding = EmbeddingClient(inner, timeout_seconds=settings.query_timeout_seconds)
        limits = AnswerLimits(at_once=settings.matching_answers_at_once, mebibytes=settings.matching_answer_mib)
        self._stops.append(limits.stop)
        service = MatchingService(
            databases.asked,
            embedding,
            answering=databases.answering,
            limits=limits,
            most_candidates=settings.candidates,
        )
        spaces = Spaces(
            databases.background,
            self._publisher,
            partial(ensure_topic, settings),
            partial(space_in, settings),
            owner_url=settings.owner_url,
            service_url=settings.database_url,
        )
        reembedding = Reembedding(databases.background, StoredTexts(databases.background, self._publisher))
        parts = Parts(service, self._writer(databases.asked), spaces, reembedding)
        if settings.tryout_stamp is not None:
            show_lost = partial(_show_lost, parts, settings.tryout_stamp)
            await self._until_there("database", show_lost)
        self._health.ok("database")
        self._in_background(watch(databases.background, spaces, breaker, self._health), "watch")
        return parts

    async def consume(self, parts: Parts) -> None:
        """Joins the group and begins to build spaces. Tries until it is there."""
        await self._until_there("broker", self._publisher.start)
        self._stops.append(self._publisher.stop)
        await self._until_there("broker", self._check_topics)
        database = self._databases.consuming
        positions = StoredPositions(database)
        consumer = Consumer(
            self._settings,
            MatchingWork(self._writer(database), parts.spaces, self._publisher, is_replay=positions.is_replay),
            self._health,
            group=GROUP_MATCHING,
            pattern=TOPICS_READ,
            max_records=self._settings.matching_batch_records,
            positions=positions,
            commit_every=COMMIT_EVERY,
        )
        await self._until_there("broker", consumer.start)
        self._stops.append(consumer.stop)
        self._consumer = consumer
        self._in_background(parts.spaces.build_forever(), "spaces")
        if not self._settings.on_tryout_broker:  # it never cleans, and its memory only grows
            heartbeats = Heartbeats(
                partial(partitions, self._settings),
                self._databases.background,
                self._publisher,
                interval=self._settings.heartbeat_seconds,
            )
            self._in_background(heartbeats.send_forever(), "heartbeats")
        self._in_background(parts.reembedding.run_forever(), "reembedding")
        self._health.ok("broker")

    def lag(self) -> dict[str, int]:
        """Records per topic that this process has not committed."""
        return {} if self._consumer is None else self._consumer.lag()

    async def stop(self) -> None:
        """Ends the batch in hand, then everything in the reverse order of its start."""
        while self._stops:
            await self._stops.pop()()

    def _writer(self, database: Database) -> DocumentWriter:
        settings = self._settings
        return DocumentWriter(
            database, cache_seconds=settings.embedding_cache_ttl, heartbeat_seconds=settings.heartbeat_seconds
        )

    def _in_background(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._stops.append(end)

    async def _migrate(self) -> None:
        done = await migrate(self._settings.owner_url, self._settings.database_url)
        if done:
            log.info("migrated", migrations=done)

    async def _check_topics(self) -> None:
        named = [STATUS, VECTORS, TEXT, dead_letters_topic("matching")]
        wrong = await check_topics(self._settings, named, pattern=VECTORS_PATTERN)
        if wrong:
            raise DependencyUnavailable("topics", "; ".join(wrong))

    async def _until_there(self, part: str, step: Callable[[], Awaitable[None]]) -> None:
        attempt = 0
        while True:
            try:
                return await step()
            except DependencyUnavailable as fault:
                self._health.waits_for(part, str(fault))
                log.warning("waits", part=part, reason=str(fault))
                await asyncio.sleep(backoff_seconds(attempt, cap=5.0))
                attempt += 1


async def _show_lost(parts: Parts, stamp: int) -> None:
    lost = await parts.writer.fail_lost(stamp)
    await parts.spaces.forget_sending()
    await parts.reembedding.begin_anew()
    if lost:
        log.warning("lost_with_tryout_broker", documents=lost)
