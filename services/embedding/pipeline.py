"""Everything behind the port: engine, cache, registration and the reading of texts, in the order of their start.

Imported in the background, because the model's libraries take seconds to load.
"""

from __future__ import annotations

from functools import partial

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import STATUS, TEXT, dead_letters_topic
from libs.messaging.admin.topics import check_topics
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher
from libs.resilience.daemon_thread import in_daemon_thread
from libs.resilience.inner_client import InnerClient
from libs.running.parts import RunningParts
from libs.telemetry.logs import get_logger
from services.embedding.api import Api
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


async def start(settings: EmbeddingSettings, api: Api, parts: RunningParts) -> None:
    """Answers queries as soon as the model is there, reads texts as soon as matching and the broker are.

    Raises CannotStart where the model cannot be had.
    """
    service = await _load_model(settings, parts)
    api.service = service
    await _consume(settings, service, parts)


async def _load_model(settings: EmbeddingSettings, parts: RunningParts) -> EmbeddingService:
    # Fetching a model or making its ONNX file takes minutes; a stop does not wait for that.
    engine = await in_daemon_thread(lambda: make_engine(settings))
    lane = ModelLane(
        engine,
        batch_tokens=settings.embedding_batch_tokens,
        queries_waiting=settings.embedding_queries_waiting,
        model_seconds=settings.embedding_model_seconds,
    )
    parts.on_stop(lane.stop)
    lane.start()
    cache = _cache(settings, engine)
    if cache is not None:
        parts.on_stop(cache.close)
    service = EmbeddingService(lane, cache)
    parts.on_stop(service.close)
    await service.warm_up()
    parts.health.ok("model")
    log.info("model_loaded", model=engine.model, space=engine.space, dimension=engine.dimension)
    return service


async def _consume(settings: EmbeddingSettings, service: EmbeddingService, parts: RunningParts) -> None:
    matching = InnerClient("matching", settings.matching_urls, token=settings.inner_token)
    parts.on_stop(matching.close)
    assignment = await parts.wait_for("vectors topic", partial(register, matching, service.engine))
    parts.health.ok("vectors topic")
    publisher = KafkaPublisher(settings)
    parts.on_stop(publisher.stop)
    consumer = Consumer(
        settings,
        EmbeddingWork(service, publisher, assignment.topic),
        parts.health,
        group=assignment.group,
        topics=READS,
        max_records=settings.embedding_batch_documents,
        commit_every=COMMIT_EVERY,
    )
    parts.on_stop(consumer.stop)
    check = partial(_check_topics, settings, assignment.topic)
    await parts.until_there("broker", publisher.start, check, consumer.start)


def _cache(settings: EmbeddingSettings, engine: Engine) -> VectorCache | None:
    if not settings.redis_url:
        return None
    return VectorCache(
        settings.redis_url,
        space=engine.space,
        dimension=engine.dimension,
        ttl_seconds=settings.embedding_cache_ttl,
    )


async def _check_topics(settings: EmbeddingSettings, written: str) -> None:
    wrong = await check_topics(settings, [TEXT, STATUS, written, dead_letters_topic("embedding")])
    if wrong:
        raise DependencyUnavailable("topics", "; ".join(wrong))
