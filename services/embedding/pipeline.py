"""Everything behind the port: engine, cache, registration and the reading of texts, in the order of their start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import STATUS, TEXT, dead_letters_topic
from libs.messaging.admin.topics import check_topics
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher
from libs.resilience.daemon_thread import in_daemon_thread
from libs.resilience.inner_client import InnerClient
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.embedding.cache import VectorCache
from services.embedding.consumer import READS, EmbeddingWork
from services.embedding.engines.choice import make_engine
from services.embedding.engines.protocol import Engine
from services.embedding.model.lane import ModelLane
from services.embedding.registration import register
from services.embedding.service import EmbeddingService
from services.embedding.settings import EmbeddingSettings

log = get_logger(__name__)

# The most documents worked on together, after which a member of the group looks whether it is wanted elsewhere; of so
# many, texts of like length are found for every batch.
COMMIT_EVERY = 64


class Pipeline:
    """Started once; `stop` may be called at any time after, also while it still starts."""

    def __init__(self, settings: EmbeddingSettings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._stops: list[Callable[[], Awaitable[None]]] = []

    async def load_model(self) -> EmbeddingService:
        """Loads the model and runs it once. Raises ModelNotFound, EngineMissing, OnnxFailed."""
        # Fetching a model or making its ONNX file takes minutes; a stop does not wait for that.
        engine = await in_daemon_thread(lambda: make_engine(self._settings))
        lane = ModelLane(
            engine,
            batch_tokens=self._settings.embedding_batch_tokens,
            queries_waiting=self._settings.embedding_queries_waiting,
            model_seconds=self._settings.embedding_model_seconds,
        )
        lane.start()
        self._stops.append(lane.stop)
        service = EmbeddingService(lane, self._cache(engine))
        self._stops.append(service.close)
        await service.warm_up()
        self._health.ok("model")
        log.info("model_loaded", model=engine.model, space=engine.space, dimension=engine.dimension)
        return service

    async def consume(self, service: EmbeddingService) -> None:
        """Registers the space with matching, then joins the group. Tries until it is there."""
        matching = InnerClient("matching", self._settings.matching_urls)
        self._stops.append(matching.close)
        assignment = await register(matching, service.engine, self._health)
        publisher = KafkaPublisher(self._settings)
        await self._until_there(publisher.start)
        self._stops.append(publisher.stop)
        await self._until_there(partial(self._check_topics, assignment.topic))
        consumer = Consumer(
            self._settings,
            EmbeddingWork(service, publisher, assignment.topic),
            self._health,
            group=assignment.group,
            topics=READS,
            max_records=self._settings.embedding_batch_documents,
            commit_every=COMMIT_EVERY,
        )
        await self._until_there(consumer.start)
        self._stops.append(consumer.stop)
        self._health.ok("broker")

    async def stop(self) -> None:
        """Ends the batch in hand, then everything in the reverse order of its start."""
        while self._stops:
            await self._stops.pop()()

    def _cache(self, engine: Engine) -> VectorCache | None:
        if not self._settings.redis_url:
            return None
        cache = VectorCache(
            self._settings.redis_url,
            space=engine.space,
            dimension=engine.dimension,
            ttl_seconds=self._settings.embedding_cache_ttl,
        )
        self._stops.append(cache.close)
        return cache

    async def _check_topics(self, written: str) -> None:
        wrong = await check_topics(self._settings, [TEXT, STATUS, written, dead_letters_topic("embedding")])
        if wrong:
            raise DependencyUnavailable("topics", "; ".join(wrong))

    async def _until_there(self, step: Callable[[], Awaitable[None]]) -> None:
        attempt = 0
        while True:
            try:
                return await step()
            except DependencyUnavailable as fault:
                self._health.waits_for("broker", str(fault))
                log.warning("waits_for_broker", reason=str(fault))
                await asyncio.sleep(backoff_seconds(attempt, cap=5.0))
                attempt += 1
