"""Trouble with one kind of matching's work keeps nobody from the others."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from httpx import ASGITransport, AsyncClient

from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.paths import TENANT_HEADER
from services.gateway.app import create_app
from services.gateway.clients.matching_work import KINDS_OF_WORK, ClientPerWork, work_of
from services.gateway.problems import Problem
from services.gateway.settings import GatewaySettings
from tests.fakes.collecting_work import until
from tests.fakes.matching_app import FakeMatching
from tests.fakes.serving import serving

pytestmark = pytest.mark.unit

NOWHERE = "http://127.0.0.1:9"
SEARCH: dict[str, Any] = {"json": {"query": "nurse", "kind": "resume"}}
SEARCH_PATH = "/api/v1/matching/similarity-search"
READS = ["/api/v1/resumes/r1", "/api/v1/resumes/matches", "/api/v1/resumes"]
AT_ONCE = 8


class Strained:
    """A matching whose searches, matches and scores hang, or are refused by a status, while all else is answered."""

    def __init__(self) -> None:
        fake = FakeMatching()
        for id in ("r1", "matches"):
            fake.index(DocumentKey("default", "resume", id), "1-1")
        self._app: Any = fake.app()
        self.hang = threading.Event()
        self.refusal: int | None = None
        self.hanging = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (scope["path"] == "/search" or scope["path"].endswith("/r1/matches")):
            if self.refusal is not None:
                body = json.dumps({"type": "urn:shortlist:problem:overloaded", "detail": "full"}).encode()
                await send({"type": "http.response.start", "status": self.refusal, "headers": []})
                await send({"type": "http.response.body", "body": body})
                return
            self.hanging += 1
            while self.hang.is_set():
                await asyncio.sleep(0.01)
        await self._app(scope, receive, send)


@pytest.fixture
def strained() -> Strained:
    return Strained()


@pytest.fixture
def strained_url(strained: Strained) -> Iterator[str]:
    with serving(strained) as url:
        yield url
        strained.hang.clear()


@pytest.fixture
async def open_client(strained_url: str) -> AsyncIterator[Any]:
    """The gateway as it is wired, with settings; its broker is away, and all it needs is matching."""
    opened: list[AsyncClient] = []

    def opening(**given: Any) -> AsyncClient:
        settings = GatewaySettings(
            kafka_bootstrap="127.0.0.1:9", matching_urls=strained_url, embedding_urls=NOWHERE, auth="open", **given
        )
        transport = ASGITransport(create_app(settings))
        opened.append(AsyncClient(transport=transport, base_url="http://gateway", verify=False, timeout=60))
        return opened[-1]

    yield opening
    for client in opened:
        await client.aclose()


async def statuses_of_reads(client: AsyncClient) -> list[int]:
    return [(await client.get(path)).status_code for path in READS]


async def test_searches_that_hang_until_their_breaker_opens_leave_reads_alone(
    strained: Strained, open_client: Any
) -> None:
    strained.hang.set()
    client = open_client(inner_timeout_seconds=0.3)
    async with asyncio.timeout(60):
        while "too often" not in (answer := await client.post(SEARCH_PATH, **SEARCH)).text:
            assert answer.status_code == 503
    assert (await client.get("/api/v1/resumes/r1/matches")).status_code == 503
    assert await statuses_of_reads(client) == [200, 200, 200]


async def test_slow_searches_take_up_no_more_than_their_share(strained: Strained, open_client: Any) -> None:
    strained.hang.set()
    client = open_client(requests_at_once=AT_ONCE, inner_timeout_seconds=60)
    searches = [asyncio.create_task(client.post(SEARCH_PATH, **SEARCH)) for _ in range(AT_ONCE)]
    await until(lambda: strained.hanging + sum(each.done() for each in searches) == AT_ONCE)
    assert await statuses_of_reads(client) == [200, 200, 200]
    strained.hang.clear()
    answers = await asyncio.gather(*searches)
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == AT_ONCE // 2
    assert all(answer.json()["type"] == "urn:shortlist:problem:overloaded" for answer in refused)
    assert all(answer.headers["retry-after"] for answer in refused)
    assert (await client.post(SEARCH_PATH, **SEARCH)).status_code == 200


async def test_slow_searches_of_one_tenant_leave_room_for_those_of_another() -> None:
    class Slow:
        def __init__(self) -> None:
            self.goes_on = asyncio.Event()

        async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
            await self.goes_on.wait()
            return httpx.Response(200)

    slow = Slow()
    client = ClientPerWork(dict.fromkeys(KINDS_OF_WORK, slow), answers_at_once=8)

    def search(tenant: str) -> asyncio.Task[httpx.Response]:
        return asyncio.create_task(client.request("POST", "/search", headers={TENANT_HEADER: tenant}))

    slow.goes_on.set()
    await search("quiet")
    slow.goes_on.clear()
    flood = [search("flood") for _ in range(20)]
    await until(lambda: sum(each.done() for each in flood) == 16)
    quiet = [search("quiet") for _ in range(3)]
    await asyncio.sleep(0)
    assert not any(each.done() for each in quiet)
    slow.goes_on.set()
    assert [answer.status_code for answer in await asyncio.gather(*quiet)] == [200, 200, 200]
    refused = [each for each in await asyncio.gather(*flood, return_exceptions=True) if isinstance(each, Problem)]
    assert {each.code for each in refused} == {"overloaded"}
    assert all(each.headers and each.headers["Retry-After"] for each in refused)


async def test_a_matching_that_is_full_is_not_one_that_fails(strained: Strained, open_client: Any) -> None:
    strained.refusal = 429
    client = open_client()
    for _ in range(20):
        assert (await client.post(SEARCH_PATH, **SEARCH)).status_code == 429
    strained.refusal = None
    assert (await client.post(SEARCH_PATH, **SEARCH)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "work"),
    [
        ("GET", "/documents/resume/r1", "reads"),
        ("GET", "/documents/resume/matches", "reads"),
        ("GET", "/documents/job", "reads"),
        ("GET", "/erasures/er-1", "reads"),
        ("GET", "/documents/job/j1/matches", "answers"),
        ("POST", "/search", "answers"),
        ("POST", "/calculate", "answers"),
        ("POST", "/statuses", "writes"),
        ("POST", "/erasures", "writes"),
        ("POST", "/reembed", "admin"),
        ("GET", "/storage", "admin"),
    ],
)
def test_each_call_is_of_one_kind(method: str, path: str, work: str) -> None:
    assert work_of(method, path) == work
