"""Gateways count a key's calls together in Valkey; while that is away, each for itself, and nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis.asyncio as redis
from structlog.testing import capture_logs

from libs.localstack.valkey import Valkey
from services.gateway.limits import shared_buckets
from services.gateway.limits.quota import Quota
from services.gateway.limits.rate_limits import SHARED, RateLimits
from services.gateway.limits.shared_buckets import SharedBuckets

pytestmark = pytest.mark.integration

# So slow that nothing comes back while a test runs.
QUOTA = Quota(per_second=0.01, burst=10)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests answers late, which is no fault of the server."""
    monkeypatch.setattr(shared_buckets, "CALL_SECONDS", 20.0)


@pytest.fixture
def key() -> str:
    return uuid4().hex


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A server that a test may stop and start."""
    with Valkey(tmp_path / "valkey") as server:
        yield server


@asynccontextmanager
async def limits_of(url: str, quota: Quota = QUOTA) -> AsyncIterator[RateLimits]:
    limits = RateLimits(quota, SharedBuckets(url, quota))
    await limits.start()
    try:
        yield limits
    finally:
        await limits.stop()


async def test_two_gateways_share_one_bucket(valkey: Any, key: str) -> None:
    async with limits_of(valkey.url) as first, limits_of(valkey.url) as second:
        answers = [await gateway.take(key, 1) for gateway in (first, second) * 10]
        assert sum(answer.is_granted for answer in answers) == 10
        assert sorted(answer.left for answer in answers if answer.is_granted) == list(range(10))
        refused = await second.take(key, 1)
        assert 95 < refused.wait <= 100
        assert 995 < refused.full_in <= 1_000
        assert SHARED._value.get() == 1


async def test_units_cost_what_they_cost_and_come_back(valkey: Any, key: str) -> None:
    quick = Quota(per_second=20.0, burst=10)
    async with limits_of(valkey.url, quick) as limits:
        assert (await limits.take(key, 5)).left == 5
        assert (await limits.take(key, 5)).is_granted
        refused = await limits.take(key, 5)
        assert not refused.is_granted
        async with asyncio.timeout(20):
            while not (await limits.take(key, 5)).is_granted:
                await asyncio.sleep(refused.wait / 4)


async def test_keys_have_buckets_of_their_own(valkey: Any, key: str) -> None:
    async with limits_of(valkey.url) as limits:
        assert (await limits.take(key, 10)).is_granted
        assert not (await limits.take(key, 1)).is_granted
        assert (await limits.take(key + "-other", 10)).is_granted


async def test_a_bucket_outlives_vectors_where_the_server_is_full_and_is_not_kept_for_ever(
    valkey: Any, key: str
) -> None:
    async with limits_of(valkey.url) as limits, redis.from_url(valkey.url) as client:
        await limits.take(key, 1)
        assert 29 * 86_400 < await client.ttl(f"gateway:quota:{key}") <= 30 * 86_400


async def test_something_else_under_a_buckets_name_is_a_full_bucket(valkey: Any, key: str) -> None:
    async with limits_of(valkey.url) as limits, redis.from_url(valkey.url) as client:
        await client.set(f"gateway:quota:{key}", "what is this")
        assert (await limits.take(key, 1)).left == 9
        await client.set(f"gateway:quota:{key}", "9" * 30)
        assert 95 < (await limits.take(key, 1)).wait <= 100


async def test_without_its_server_a_gateway_counts_for_itself_and_goes_back_to_it(
    own_valkey: Valkey, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_buckets, "AGAIN_SECONDS", 0.2)
    async with limits_of(own_valkey.url) as first, limits_of(own_valkey.url) as second:
        assert (await first.take(key, 10)).is_granted
        assert not (await second.take(key, 1)).is_granted
        own_valkey.stop()
        with capture_logs() as lines:
            assert [(await second.take(key, 1)).is_granted for _ in range(11)] == [True] * 10 + [False]
        told = [line for line in lines if line["event"] == "rate_limits_per_gateway"]
        assert [line["log_level"] for line in told] == ["warning"]
        assert SHARED._value.get() == 0
        own_valkey.start()
        async with asyncio.timeout(30):
            # The server came back empty, and so the bucket full.
            while not (await second.take(key, 10)).is_granted:
                await asyncio.sleep(0.05)
            assert SHARED._value.get() == 1
            while (await first.take(key, 1)).is_granted:
                await asyncio.sleep(0.05)


async def test_nobody_waits_for_a_server_that_hangs(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert shared_buckets.CALL_SECONDS < 0.1
    connected = 0
    over = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected
        connected += 1
        await over.wait()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    async with server, limits_of(url) as limits:
        # A single call that waited for the server's answer would wait for ever.
        async with asyncio.timeout(30):
            answers = [await limits.take(key, 1) for _ in range(200)]
        over.set()
    assert [answer.is_granted for answer in answers].count(True) == 10
    assert 1 <= connected <= shared_buckets.FAILURES, "the breaker opens, and nobody else tries for a while"
