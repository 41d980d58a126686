"""Everything behind the port: database, spaces and the reading of topics, in the order of their start."""

from __future__ import annotations

import asyncio
from functools import partial

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import GROUP_MATCHING, METADATA_CHANGES, MIB, VECTORS_PATTERN
from libs.messaging.admin.cluster import partitions
from libs.messaging.admin.topics import check_topics, ensure_topic
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.publishing import KafkaPublisher
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from libs.running.parts import RunningParts
from libs.telemetry.logs import get_logger
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.candidates.pools import Pool
from services.matching.answers.query.query_vectors import EmbeddingClient
from services.matching.answers.storage_report.stored import StoredFigures
from services.matching.api import Api, Parts
from services.matching.consumer import READS, WRITES, MatchingWork
from services.matching.derivation.ingest_client import IngestClient
from services.matching.derivation.readings import ReadingDerivation
from services.matching.derivation.worker import Derivation
from services.matching.expiry.worker import Expiring
from services.matching.health import watch
from services.matching.index.vectors.nearest_upkeep import NearestUpkeep
from services.matching.index.vectors.recall_probe import RecallProbe
from services.matching.index.vectors.spreading import Spreading
from services.matching.index.words.upkeep.worker import Packing
from services.matching.score_log.waiting_answers import WaitingAnswers
from services.matching.score_log.writer import ScoreLogWriter
from services.matching.scoring.word_lists import load_word_lists
from services.matching.service import MatchingService
from services.matching.settings import MatchingSettings
from services.matching.spaces.lifecycle import Spaces
from services.matching.spaces.reembedding import Reembedding
from services.matching.storage.database import Database
from services.matching.storage.databases import Databases
from services.matching.storage.index_maintenance import IndexMaintenance
from services.matching.storage.migrating import migrate
from services.matching.storage.score_log_months import ScoreLogMonths
from services.matching.topics.heartbeats import Heartbeats
from services.matching.topics.positions import StoredPositions
from services.matching.topics.topic_owner import space_in
from services.matching.upkeep import Upkeep
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.stored_texts import StoredTexts

log = get_logger(__name__)

# Records committed together. When partitions move, the other members wait until those at work are committed.
COMMIT_EVERY = 50
# How often the sizes of tables are looked at.
MEASURE_SECONDS = 60.0


async def start(settings: MatchingSettings, api: Api, parts: RunningParts) -> None:
    """Answers as soon as the database is there, reads topics as soon as the broker is. Raises WrongRole."""
    # Here, and not with the first answer, which would wait for it.
    await asyncio.to_thread(load_word_lists)
    databases = Databases.of(settings.database_url, settings.database_connections, settings.read_urls)
    publisher = KafkaPublisher(settings)
    derivation = _derivation(settings, databases.background, publisher, parts)
    api.parts = await _open_databases(settings, databases, publisher, derivation, parts)
    await _consume(settings, databases, publisher, api, parts)
    parts.in_background(derivation.run_forever(parts.health), "derivation")
    readings = ReadingDerivation(databases.background)
    parts.on_stop(readings.stop)
    parts.in_background(readings.run_forever(parts.health), "readings")


async def _open_databases(
    settings: MatchingSettings,
    databases: Databases,
    publisher: KafkaPublisher,
    derivation: Derivation,
    parts: RunningParts,
) -> Parts:
    """Migrates, connects, and shows what a dead try-out broker took with it."""
    await parts.wait_for("database", partial(_migrate, settings))
    for database in databases.all():
        parts.on_stop(database.close)
        await parts.wait_for("database", database.open)
    for database in databases.with_replicas():
        parts.in_background(database.watch_forever(), f"replicas-{database.breaker.name}")
    breaker = CircuitBreaker("embedding", fail_max=3, reset_seconds=3.0)
    background = databases.background
    probe = RecallProbe(background, parts.health)
    log_months = ScoreLogMonths(databases.background, settings.owner_url, days=settings.score_log_days)
    shown = WaitingAnswers(most_bytes=settings.score_log_waiting_mib * MIB)
    score_log = ScoreLogWriter(databases.background, log_months, shown)
    service = _service(settings, databases, breaker, probe, shown, parts)
    spaces = Spaces(
        background,
        publisher,
        partial(ensure_topic, settings),
        partial(space_in, settings),
        owner_url=settings.owner_url,
        service_url=settings.database_url,
        retired_seconds=settings.retired_space_seconds,
    )
    reembedding = Reembedding(background, StoredTexts(background, publisher), derivation.current)
    writer = _writer(settings, databases.asked)
    stored = StoredFigures(background, recall=probe.mean)
    found = Parts(service, writer, spaces, reembedding, stored)
    if settings.tryout_stamp is not None:
        await parts.wait_for("database", partial(_show_lost, found, derivation, settings.tryout_stamp))
    parts.health.ok("database")
    parts.in_background(watch(background, spaces, breaker, parts.health), "watch")
    writer_of_old = _writer(settings, background)
    upkeep = Upkeep([log_months.keep, writer_of_old.forget_sent, writer_of_old.join_old_metadata, spaces.drop_retired])
    parts.in_background(upkeep.run_forever(), "upkeep")
    # At a stop first the writing in the background ends, then what still waits is written out.
    parts.on_stop(score_log.write_out)
    parts.in_background(score_log.run_forever(parts.health), "score-log")
    parts.in_background(Packing(databases.packing).run_forever(), "packing")
    measuring = Upkeep([stored.measure], every_seconds=MEASURE_SECONDS)
    parts.in_background(measuring.run_forever(), "measuring")
    parts.in_background(probe.run_forever(), "recall")
    parts.in_background(_nearest_upkeep(settings, background).run_forever(), "nearest-upkeep")
    return found


def _service(
    settings: MatchingSettings,
    databases: Databases,
    breaker: CircuitBreaker,
    probe: RecallProbe,
    shown: WaitingAnswers,
    parts: RunningParts,
) -> MatchingService:
    inner = InnerClient("embedding", settings.embedding_urls, token=settings.inner_token, breaker=breaker)
    parts.on_stop(inner.close)
    limits = AnswerLimits(
        at_once=settings.matching_answers_at_once,
        turns=databases.answering.connections,
        mebibytes=settings.matching_answer_mib,
        seconds=settings.matching_answer_seconds,
    )
    parts.on_stop(limits.stop)
    return MatchingService(
        databases.asked,
        EmbeddingClient(inner, timeout_seconds=settings.query_timeout_seconds),
        listing=databases.listing,
        answering=databases.answering,
        limits=limits,
        searched=Pool(settings.search_nearest, settings.search_words),
        matched=Pool(settings.matches_nearest, settings.matches_words),
        sample=probe.offer,
        note=shown.note,
        retention=settings.retention,
    )


def _nearest_upkeep(settings: MatchingSettings, database: Database) -> NearestUpkeep:
    return NearestUpkeep(
        Spreading(database, settings.nearest_shard_documents),
        IndexMaintenance(settings.database_url, settings.owner_url, settings.index_build_mib),
        settings.nearest_upkeep_seconds,
    )


def _derivation(
    settings: MatchingSettings, database: Database, publisher: KafkaPublisher, parts: RunningParts
) -> Derivation:
    if not settings.ingest_urls:
        return Derivation(database, publisher, None)
    inner = InnerClient("ingest", settings.ingest_urls, token=settings.inner_token)
    parts.on_stop(inner.close)
    return Derivation(database, publisher, IngestClient(inner))


def _writer(settings: MatchingSettings, database: Database) -> DocumentWriter:
    return DocumentWriter(
        database,
        cache_seconds=settings.embedding_cache_ttl,
        heartbeat_seconds=settings.heartbeat_seconds,
        retention=settings.retention,
    )


async def _consume(
    settings: MatchingSettings, databases: Databases, publisher: KafkaPublisher, api: Api, parts: RunningParts
) -> None:
    """Joins the group and begins to build spaces."""
    work = api.ready()
    positions = StoredPositions(databases.consuming)
    writer = _writer(settings, databases.consuming)
    indexing = MatchingWork(writer, work.spaces, publisher, is_replay=positions.is_replay)
    consumer = Consumer(
        settings,
        indexing,
        parts.health,
        group=GROUP_MATCHING,
        pattern=READS,
        max_records=settings.matching_batch_records,
        positions=positions,
        commit_every=COMMIT_EVERY,
    )
    api.lag = consumer.lag
    parts.on_stop(indexing.stop)
    parts.on_stop(publisher.stop)
    await parts.wait_for("broker", publisher.start)
    await parts.wait_for("broker", partial(_check_topics, settings))
    parts.on_stop(consumer.stop)
    await parts.wait_for("broker", consumer.start)
    parts.in_background(work.spaces.build_forever(), "spaces")
    if not settings.on_tryout_broker:  # it never cleans, and its memory only grows
        heartbeats = Heartbeats(
            partial(partitions, settings), databases.background, publisher, interval=settings.heartbeat_seconds
        )
        parts.in_background(heartbeats.send_forever(), "heartbeats")
    parts.in_background(work.reembedding.run_forever(), "reembedding")
    expiring = Expiring(databases.background, publisher, settings.retention, every_seconds=settings.expiry_look_seconds)
    parts.in_background(expiring.run_forever(), "expiry")
    parts.health.ok("broker")


async def _migrate(settings: MatchingSettings) -> None:
    done = await migrate(settings.owner_url, settings.database_url)
    if done:
        log.info("migrated", migrations=done)


async def _check_topics(settings: MatchingSettings) -> None:
    wrong = await check_topics(settings, (*WRITES, METADATA_CHANGES), pattern=VECTORS_PATTERN)
    if wrong:
        raise DependencyUnavailable("topics", "; ".join(wrong))


async def _show_lost(parts: Parts, derivation: Derivation, stamp: int) -> None:
    lost = await parts.writer.fail_lost(stamp)
    await parts.spaces.forget_sending()
    await parts.reembedding.begin_anew()
    await derivation.forget_sent()
    if lost:
        log.warning("lost_with_tryout_broker", documents=lost)
