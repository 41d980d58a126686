"""One request more than the gateway takes at once is told to come again."""

import asyncio

import pytest
from httpx import ASGITransport, AsyncClient

from services.gateway.bounded import Bounded

pytestmark = pytest.mark.unit


async def test_one_request_too_many_is_answered_429_with_retry_after_and_health_still_answers():
    gate, inside = asyncio.Event(), asyncio.Event()

    async def app(scope, receive, send) -> None:
        if scope["path"] == "/held":
            inside.set()
            await gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with AsyncClient(transport=ASGITransport(Bounded(1)(app)), base_url="http://gateway") as client:
        held = asyncio.create_task(client.get("/held"))
        await inside.wait()
        refused = await client.get("/api/v1/jobs")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["type"].endswith(":overloaded")
        assert (await client.get("/health/ready")).status_code == 200
        gate.set()
        assert (await held).status_code == 200
        assert (await client.get("/api/v1/jobs")).status_code == 200
