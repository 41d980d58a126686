"""More requests than a gateway can work on at once are told so, and its health is always answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response

from services.gateway.middleware.admission import Overload
from tests.fakes.collecting_work import until

pytestmark = pytest.mark.unit


class Held:
    """An application whose answers wait for a gate."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.inside = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].startswith("/health"):
            self.inside += 1
            await self.gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


@pytest.fixture
def held() -> Held:
    return Held()


def client(held: Held, **bounds: int) -> AsyncClient:
    given = {"requests": 2, "body_bytes": 1_000, "largest_body": 900, **bounds}
    return AsyncClient(transport=ASGITransport(Overload(**given)(held)), base_url="http://x")  # type: ignore[arg-type]


def is_overload(answer: Response) -> bool:
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) >= 1
    return bool(answer.json()["type"] == "urn:shortlist:problem:overloaded")


async def test_one_request_too_many_is_told_so_and_taken_when_another_is_done(held: Held) -> None:
    async with client(held) as door:
        inside = [asyncio.create_task(door.get("/jobs")) for _ in range(2)]
        await until(lambda: held.inside == 2)
        assert is_overload(await door.get("/jobs"))
        assert (await door.get("/health/live")).status_code == 200
        held.gate.set()
        assert [answer.status_code for answer in await asyncio.gather(*inside)] == [200, 200]
        assert (await door.get("/jobs")).status_code == 200


async def test_bodies_are_bounded_together_and_one_alone_is_always_taken(held: Held) -> None:
    async with client(held, requests=10) as door:
        inside = [asyncio.create_task(door.post("/resumes", content=b"x" * 5_000))]
        await until(lambda: held.inside == 1)
        assert is_overload(await door.post("/resumes", content=b"x" * 200))
        inside.append(asyncio.create_task(door.get("/resumes")))
        await until(lambda: held.inside == 2)
        held.gate.set()
        assert [answer.status_code for answer in await asyncio.gather(*inside)] == [200, 200]
