"""The cache forgets an erased document's vectors, and never holds a deletion up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
import redis.asyncio as redis

from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.topics import TEXT, VECTORS
from libs.localstack.valkey import Valkey
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import is_forgotten, text_record, tombstone_record
from services.embedding.cache import INDEX_SPARE_SECONDS, VectorCache, cache_key, index_key
from services.embedding.consumer import EmbeddingWork
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService
from tests.fakes.faulty_engine import FaultyEngine
from tests.fakes.in_memory_publisher import InMemoryPublisher

pytestmark = pytest.mark.integration

TTL = 300
SPACE = "0123abcd"
NURSE, WELDER = DocumentKey("acme", "resume", "Xenobia"), DocumentKey("acme", "resume", "w")


@pytest.fixture
async def server(valkey: Valkey) -> AsyncIterator[redis.Redis]:
    """The shared server, emptied, by a client of the test's own."""
    client = redis.from_url(valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def cache(valkey: Valkey, server: redis.Redis) -> AsyncIterator[VectorCache]:
    cache = VectorCache(valkey.url, space=SPACE, dimension=384, ttl_seconds=TTL)
    yield cache
    await cache.close()


def vectors(*texts: str) -> dict[str, np.ndarray]:
    return dict(zip(texts, FaultyEngine().embed(texts), strict=True))


async def test_a_forgotten_document_leaves_nothing_of_any_revision(cache: VectorCache, server: redis.Redis) -> None:
    await cache.keep(NURSE, ["old", "both"], vectors("old", "both"))
    await cache.keep(NURSE, ["new", "both"], vectors("new"))
    await cache.keep(WELDER, ["another's"], vectors("another's"))
    assert await cache.forget(NURSE)
    assert (await cache.get_many(["old", "both", "new", "another's"])).keys() == {"another's"}
    assert not await server.exists(index_key(NURSE))
    assert await cache.forget(NURSE), "a second time there is nothing left to forget"


async def test_what_was_found_in_the_cache_is_forgotten_too(cache: VectorCache) -> None:
    await cache.keep(WELDER, ["the same"], vectors("the same"))
    await cache.keep(NURSE, ["the same"], {})
    assert await cache.forget(NURSE)
    assert await cache.get_many(["the same"]) == {}


async def test_a_space_that_nobody_computes_any_more_is_forgotten_with_the_others(
    cache: VectorCache, valkey: Valkey, server: redis.Redis
) -> None:
    retired = VectorCache(valkey.url, space="ffffffff", dimension=384, ttl_seconds=TTL)
    await retired.keep(NURSE, ["a nurse"], vectors("a nurse"))
    assert await cache.forget(NURSE)
    assert await retired.get_many(["a nurse"]) == {}
    await retired.close()


async def test_the_index_outlives_the_vectors_and_tells_nothing(cache: VectorCache, server: redis.Redis) -> None:
    await cache.keep(NURSE, ["Xenobia Quux"], vectors("Xenobia Quux"))
    assert TTL < await server.ttl(index_key(NURSE)) <= TTL + INDEX_SPARE_SECONDS
    assert 0 < await server.ttl(cache_key(SPACE, "Xenobia Quux")) <= TTL
    held = b" ".join([*await server.keys("*"), *await server.smembers(index_key(NURSE))])
    assert b"xenobia" not in held.lower()
    assert b"quux" not in held.lower()


async def test_somebody_elses_value_under_the_index_is_replaced_and_what_it_hid_ages_out(
    cache: VectorCache, server: redis.Redis
) -> None:
    await server.set(index_key(NURSE), "not a set")
    assert not await cache.forget(NURSE)
    await server.set(index_key(NURSE), "not a set")
    await cache.keep(NURSE, ["a nurse"], vectors("a nurse"))
    assert await cache.forget(NURSE)
    assert await cache.get_many(["a nurse"]) == {}


async def test_only_our_own_keys_are_removed(cache: VectorCache, server: redis.Redis) -> None:
    await server.set("somebody-elses", "kept")
    await server.sadd(index_key(NURSE), "somebody-elses", b"\xff\x00", "embedding:nothing")
    await cache.forget(NURSE)
    assert await server.get("somebody-elses") == b"kept"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def service(own_server: Valkey) -> AsyncIterator[EmbeddingService]:
    engine = FaultyEngine()
    lane = ModelLane(engine, batch_tokens=1000, queries_waiting=10)
    lane.start()
    cache = VectorCache(own_server.url, space=engine.space, dimension=384, ttl_seconds=TTL)
    cache._breaker._reset_seconds = 0.0
    yield EmbeddingService(lane, cache)
    await lane.stop()
    await cache.close()


async def test_a_deletion_is_passed_on_after_the_cache_forgot_and_says_so(
    service: EmbeddingService, own_server: Valkey
) -> None:
    publisher = InMemoryPublisher()
    work = EmbeddingWork(service, publisher, VECTORS)
    await work.handle([_text(1)])
    client = redis.from_url(own_server.url)
    assert await client.keys("embedding:*")
    await work.handle([_tombstone(2, withdrawn=True)])
    assert await client.keys("embedding:*"), "a withdrawal erases nothing"
    await work.handle([_tombstone(3)])
    assert await client.keys("embedding:*") == []
    await client.aclose()
    assert [is_forgotten(_read(sent)) for sent in publisher.topics[VECTORS]] == [False, False, True]


async def test_without_the_cache_a_deletion_goes_on_all_the_same_without_the_word(
    service: EmbeddingService, own_server: Valkey
) -> None:
    publisher = InMemoryPublisher()
    own_server.stop()
    await EmbeddingWork(service, publisher, VECTORS).handle([_tombstone(3)])
    own_server.start()
    (sent,) = publisher.topics[VECTORS]
    assert sent.value is None
    assert not is_forgotten(_read(sent))


def _text(offset: int) -> Record:
    revision, source = str(Revision(1000, offset)), SourceEvent("/ats", "1")
    text = "Registered nurse. Intensive care."
    made = TextEvent(
        tenant=NURSE.tenant,
        kind=NURSE.kind,
        id=NURSE.id,
        revision=revision,
        source_event=source,
        text=text,
        as_of="2026-01-01",
        submitted_at="2026-01-01T00:00:00Z",
        content_hash="0" * 64,
    )
    return _read(text_record(made))


def _tombstone(offset: int, *, withdrawn: bool = False) -> Record:
    revision, source = Revision(1000, offset), SourceEvent("/ats", "1")
    return _read(tombstone_record(TEXT, NURSE, revision, source, withdrawn=withdrawn))


def _read(outgoing: Outgoing) -> Record:
    return Record(outgoing.topic, 0, 1, 1, 1, outgoing.key, outgoing.value, tuple(outgoing.headers))
