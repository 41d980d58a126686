"""The vector cache against a real server: used when it is there, missed by nobody when it is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest
import redis.asyncio as redis

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.localstack.valkey import Valkey
from services.embedding import api as api_module
from services.embedding.cache import VectorCache, cache_key
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService
from tests.fakes.faulty_engine import FaultyEngine, raising

pytestmark = pytest.mark.integration

TTL = 300


@pytest.fixture
async def server(valkey: Valkey) -> AsyncIterator[redis.Redis]:
    """The shared server, emptied, by a client of the test's own."""
    client = redis.from_url(valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


def cache_at(url: str) -> VectorCache:
    return VectorCache(url, space="0123abcd", dimension=384, ttl_seconds=TTL)


@pytest.fixture
async def cache(valkey: Valkey) -> AsyncIterator[VectorCache]:
    cache = cache_at(valkey.url)
    yield cache
    await cache.close()


def vectors(*texts: str) -> dict[str, np.ndarray]:
    return dict(zip(texts, FaultyEngine().embed(texts), strict=True))


async def commands(server: redis.Redis) -> dict[str, int]:
    stats = await server.info("commandstats")
    return {name.removeprefix("cmdstat_"): figures["calls"] for name, figures in stats.items()}


async def test_what_is_kept_comes_back_bit_by_bit(cache: VectorCache, server: redis.Redis) -> None:
    kept = vectors("a nurse", "a welder")
    await cache.set_many(kept)
    found = await cache.get_many(["a nurse", "somebody else", "a welder"])
    assert found.keys() == kept.keys()
    for text, vector in found.items():
        assert np.array_equal(vector, kept[text])


async def test_a_batch_is_one_command_and_everything_expires(cache: VectorCache, server: redis.Redis) -> None:
    texts = [f"text {number}" for number in range(700)]
    await cache.set_many(vectors(*texts))
    for key in await server.keys("embedding:0123abcd:*"):
        assert 0 < await server.ttl(key) <= TTL
    await server.config_resetstat()
    assert len(await cache.get_many(texts)) == 700
    done = await commands(server)
    assert done["mget"] == 1
    assert "get" not in done


async def test_however_many_ask_at_once_all_are_answered(cache: VectorCache) -> None:
    documents = {DocumentKey("acme", "resume", str(number)): f"text {number}" for number in range(64)}
    await asyncio.gather(*(cache.keep(document, [text], vectors(text)) for document, text in documents.items()))
    found = await asyncio.gather(*(cache.get_many([text]) for text in documents.values()))
    assert [list(each) for each in found] == [[text] for text in documents.values()]
    assert all(await asyncio.gather(*(cache.forget(document) for document in documents)))
    assert await cache.get_many(list(documents.values())) == {}


async def test_nothing_is_asked_for_nothing(cache: VectorCache, server: redis.Redis) -> None:
    await server.config_resetstat()
    assert await cache.get_many([]) == {}
    await cache.set_many({})
    assert not {"mget", "set"} & (await commands(server)).keys()


async def test_another_space_has_other_vectors(cache: VectorCache, valkey: Valkey, server: redis.Redis) -> None:
    await cache.set_many(vectors("a nurse"))
    other = VectorCache(valkey.url, space="ffffffff", dimension=384, ttl_seconds=TTL)
    assert await other.get_many(["a nurse"]) == {}
    await other.close()


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"garbage",
        b"x" * 384 * 4,
        np.zeros(384, "<f4").tobytes(),
        np.full(384, np.nan, "<f4").tobytes(),
        np.full(384, np.inf, "<f4").tobytes(),
        (FaultyEngine().embed(["a nurse"])[0] * 3).tobytes(),
        FaultyEngine().embed(["a nurse"])[0][:-1].tobytes(),
    ],
    ids=["empty", "text", "as long", "zeros", "nan", "inf", "too long a vector", "too narrow"],
)
async def test_garbage_under_our_key_is_a_miss(cache: VectorCache, server: redis.Redis, value: bytes) -> None:
    await cache.set_many(vectors("a welder"))
    await server.set(cache_key("0123abcd", "a nurse"), value)
    assert (await cache.get_many(["a nurse", "a welder"])).keys() == {"a welder"}


async def test_a_key_of_another_type_is_a_miss(cache: VectorCache, server: redis.Redis) -> None:
    await server.rpush(cache_key("0123abcd", "a nurse"), "a list")
    assert await cache.get_many(["a nurse"]) == {}


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def engine_and_service(own_server: Valkey) -> AsyncIterator[tuple[FaultyEngine, EmbeddingService]]:
    """A service whose cache tries again at once, not after seconds."""
    engine = FaultyEngine()
    lane = ModelLane(engine, batch_tokens=1000, queries_waiting=10)
    lane.start()
    cache = VectorCache(own_server.url, space=engine.space, dimension=384, ttl_seconds=TTL)
    cache._breaker._reset_seconds = 0.0
    yield engine, EmbeddingService(lane, cache)
    await lane.stop()
    await cache.close()


async def test_without_its_server_everything_works_and_with_it_again_it_is_used(
    engine_and_service: tuple[FaultyEngine, EmbeddingService], own_server: Valkey
) -> None:
    engine, service = engine_and_service
    assert service.cache is not None
    (first,) = await service.queries(["a nurse"])
    await service.settled()
    assert np.array_equal((await service.queries(["a nurse"]))[0], first)
    assert engine.texts == ["a nurse"], "the second query came from the cache"

    own_server.stop()
    for _ in range(3):
        assert np.array_equal((await service.queries(["a nurse"]))[0], first)
    with pytest.raises(DependencyUnavailable, match="cache"):
        await service.cache.ping()
    assert len(engine.texts) == 4

    own_server.start()
    await service.queries(["a nurse"])
    await service.settled()
    computed = len(engine.texts)
    assert np.array_equal((await service.queries(["a nurse"]))[0], first)
    assert len(engine.texts) == computed, "the cache is used again"
    assert await service.cache.ping() > 0


async def test_an_idle_cache_is_asked_itself_when_it_dies_and_when_it_is_back(
    engine_and_service: tuple[FaultyEngine, EmbeddingService],
    own_server: Valkey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api_module, "PROBE_EVERY_SECONDS", 0.0)
    api, (_, service) = api_module.Api(), engine_and_service
    shown = (await api.probe(service)).cache
    assert (shown.status, shown.reason) == ("ok", None)
    assert shown.latency_ms is not None
    assert shown.latency_ms > 0

    own_server.stop()
    shown = (await api.probe(service)).cache
    assert shown.status == "degraded"
    assert shown.reason

    own_server.start()
    assert (await api.probe(service)).cache.status == "ok"


async def test_what_a_broken_model_gave_is_not_kept(
    engine_and_service: tuple[FaultyEngine, EmbeddingService],
) -> None:
    engine, service = engine_and_service
    engine.fault = raising
    with pytest.raises(DependencyUnavailable):
        await service.queries(["a nurse"])
    engine.fault = None
    await service.settled()
    await service.queries(["a nurse"])
    assert engine.texts == ["a nurse", "a nurse"]
