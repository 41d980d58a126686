"""A tenant that floods the gateway keeps no other out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from httpx import AsyncClient, Response

from libs.contracts.identifiers import DocumentKey
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from tests.fakes.collecting_work import until
from tests.fakes.keys_in_memory import KeysInMemory
from tests.fakes.matching_app import FakeMatching
from tests.fakes.serving import serving

pytestmark = pytest.mark.unit

AT_ONCE = 16


class SlowForOne:
    """A matching that hangs for the tenant `flood`, and answers all others."""

    def __init__(self) -> None:
        fake = FakeMatching()
        fake.index(DocumentKey("quiet", "resume", "r1"), "1-1")
        self._app: Any = fake.app()
        self.hang = threading.Event()
        self.hanging = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and dict(scope["headers"]).get(b"shortlist-tenant") == b"flood":
            self.hanging += 1
            while self.hang.is_set():
                await asyncio.sleep(0.01)
        await self._app(scope, receive, send)


@pytest.fixture
def slow() -> SlowForOne:
    return SlowForOne()


@pytest.fixture
def slow_url(slow: SlowForOne) -> Iterator[str]:
    with serving(slow) as url:
        yield url
        slow.hang.clear()


@pytest.fixture
async def clients(slow_url: str) -> AsyncIterator[tuple[InnerClient, InnerClient]]:
    both = (
        InnerClient("matching", slow_url, breaker=CircuitBreaker("slow-matching"), timeout_seconds=60),
        InnerClient("embedding", "http://127.0.0.1:9", breaker=CircuitBreaker("no-embedding")),
    )
    yield both
    for client in both:
        await client.close()


async def test_a_flood_of_one_tenant_leaves_another_its_answers(
    slow: SlowForOne, clients: tuple[InnerClient, InnerClient], open_door: Any
) -> None:
    keys = KeysInMemory()
    flood, quiet = keys.key_of("flood"), keys.key_of("quiet")
    given = {"auth": "keys", "shortlist_bootstrap_key": "a-bootstrap-key-of-some-length", "requests_at_once": AT_ONCE}
    async with open_door(clients=clients, keys=keys, **given) as door:
        assert (await read(door.client, quiet)).status_code == 200
        slow.hang.set()
        flooding = [asyncio.create_task(read(door.client, flood)) for _ in range(100)]
        await until(lambda: slow.hanging + sum(each.done() for each in flooding) == 100)
        assert slow.hanging == AT_ONCE // 2
        answers = await asyncio.gather(*(read(door.client, quiet) for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        slow.hang.clear()
        refused = [answer for answer in await asyncio.gather(*flooding) if answer.status_code == 429]
        assert len(refused) == 100 - AT_ONCE // 2
        assert {answer.json()["type"] for answer in refused} == {"urn:shortlist:problem:overloaded"}
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


async def read(client: AsyncClient, key: str) -> Response:
    return await client.get("/api/v1/resumes/r1", headers={"authorization": f"Bearer {key}"})
