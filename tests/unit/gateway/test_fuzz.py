"""The fuzz tool finds what it looks for, sends the same again, and finds nothing at our own door."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import pytest
import uvicorn

from libs.running.serving import served
from services.gateway.__main__ import listening_of
from services.gateway.settings import GatewaySettings
from tests.fakes.serving import serving
from tests.fuzz.hostile_requests import hostile_request
from tests.fuzz.uploads import Outcome, run

pytestmark = pytest.mark.unit


def test_a_number_is_always_the_same_request() -> None:
    for number in range(50):
        assert hostile_request(3, number, None) == hostile_request(3, number, None)
    assert len({hostile_request(3, number, None).pieces for number in range(50)}) > 40
    assert b"Authorization: Bearer k" in b"".join(hostile_request(3, 1, "k").pieces)


def answering(status: int, *headers: tuple[bytes, bytes], body: bytes = b"{}", is_ready: bool = True) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        found, said = status, body
        if scope["path"].endswith("/health/ready"):
            found = 200 if is_ready else 503
            said = json.dumps({"parts": {"broker": {"status": "ok" if is_ready else "waiting"}}}).encode()
        if found == 0:
            raise SystemExit
        lengths = [(b"content-length", str(len(said)).encode()), *headers]
        await send({"type": "http.response.start", "status": found, "headers": lengths})
        await send({"type": "http.response.body", "body": said})

    return app


async def outcome_of(app: Any, count: int = 20) -> Outcome:
    with serving(app) as url:
        return await asyncio.wait_for(run(url, None, 1, range(count), 4), 60)


RETRY = (b"retry-after", b"2")


@pytest.mark.parametrize(
    ("app", "is_fault"),
    [
        (answering(202), False),
        (answering(400), False),
        (answering(500), True),
        (answering(501), True),
        (answering(503), True),
        (answering(503, RETRY), True),
        (answering(503, RETRY, is_ready=False), False),
        (answering(400, body=b'{"detail":"Expected `str`, got `int`"}'), True),
    ],
)
async def test_it_tells_faults_from_refusals(app: Any, is_fault: bool) -> None:
    outcome = await outcome_of(app)
    assert bool(outcome.faults) is is_fault
    assert sum(outcome.statuses.values()) == 20
    assert "all" in outcome.table()


async def test_an_answer_that_does_not_come_is_a_fault() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        outcome = await run(f"http://127.0.0.1:{port}", None, 1, range(5), 2)
    assert len(outcome.faults) == 5


async def test_our_own_door_bears_it(open_door: Any) -> None:
    settings = GatewaySettings(kafka_bootstrap="127.0.0.1:9", matching_urls="http://x", embedding_urls="http://x")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        async with open_door() as door:
            # In this event loop, which the door's clients of matching belong to.
            server = uvicorn.Server(served(door.app, settings, listening_of(settings)))
            server.config.lifespan = "off"
            task = asyncio.create_task(server.serve([listener]))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            outcome = await asyncio.wait_for(run(url, None, 11, range(300), 8), 120)
            server.should_exit = True
            await task
    assert outcome.faults == []
    assert {status for _, status in outcome.statuses} >= {202, 400, 404, 413, 415}
