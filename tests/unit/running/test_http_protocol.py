"""A connection that does not say what it wants is closed; one that does is answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from libs.running.http_protocol import protocol_of
from libs.running.listening import Listening

pytestmark = pytest.mark.unit

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


IMPATIENT = Listening(head_seconds=0.2)


async def done(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(3 * IMPATIENT.head_seconds)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def listening(app: Any, bounds: Listening) -> AsyncIterator[Callable[[], Awaitable[Connection]]]:
    config = uvicorn.Config(app, log_config=None, lifespan="off")
    config.load()
    state, protocol = ServerState(), protocol_of(bounds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    opened: list[Connection] = []

    async def connect() -> Connection:
        opened.append(await asyncio.open_connection(*server.sockets[0].getsockname()))
        return opened[-1]

    async with server:
        try:
            yield connect
        finally:
            for _, writer in opened:
                writer.close()


@asynccontextmanager
async def connected() -> AsyncIterator[Connection]:
    async with listening(done, IMPATIENT) as connect:
        yield await connect()


@pytest.mark.parametrize("sent", [b"", REQUEST[:10]])
async def test_half_a_head_is_waited_for_no_longer_than_allowed(sent: bytes) -> None:
    async with connected() as (reader, writer), asyncio.timeout(20):
        writer.write(sent)
        assert await reader.read() == b""


async def test_half_a_head_after_an_answer_is_waited_for_no_longer() -> None:
    async with connected() as (reader, writer), asyncio.timeout(20):
        writer.write(REQUEST)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        writer.write(REQUEST[:10])
        assert await reader.read() == b""


async def test_work_that_takes_longer_than_a_head_may_is_answered() -> None:
    async with connected() as (reader, writer), asyncio.timeout(20):
        writer.write(REQUEST)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
        writer.write(REQUEST)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")


async def at_once(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def test_the_rest_of_a_body_that_nobody_reads_is_waited_for_no_longer_than_a_head() -> None:
    async with listening(at_once, IMPATIENT) as connect, asyncio.timeout(20):
        reader, writer = await connect()
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401")
        writer.write(b"x")  # ends the wait of uvicorn's own keep-alive limit
        assert await reader.read() == b""


@pytest.mark.parametrize("waits", ["before its head", "amid its head", "amid its body", "after its answer"])
async def test_of_too_many_connections_the_one_that_waits_longest_is_closed(waits: str) -> None:
    sent = {
        "before its head": b"",
        "amid its head": REQUEST[:10],
        "amid its body": b"POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx",
        "after its answer": REQUEST,
    }[waits]
    gate = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/held":
            await gate.wait()
        await at_once(scope, receive, send)

    async with listening(app, Listening(connections=8, head_seconds=600)) as connect, asyncio.timeout(20):
        worked_on = await connect()
        worked_on[1].write(b"GET /held HTTP/1.1\r\nhost: x\r\n\r\n")
        slow = [await connect() for _ in range(7)]
        for reader, writer in slow:
            writer.write(sent)
            if waits == "after its answer":
                await reader.readuntil(b"\r\n\r\n")
        others = [await connect() for _ in range(3)]
        for reader, _ in slow[:3]:
            assert await reader.read() == b""
        others[-1][1].write(REQUEST)
        assert (await others[-1][0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401")
        gate.set()
        assert (await worked_on[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, "invalid_request"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", 400, "invalid_request"),
        (b"GET / HTTP/1.1\r\nbad header\r\n\r\n", 400, "invalid_request"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "invalid_request"),
        (b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n", 400, "invalid_request"),
        (b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400, "invalid_request"),
        (b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * 70_000, 431, "head_too_large"),
    ],
)
async def test_what_is_no_request_is_refused_as_a_problem(sent: bytes, status: int, code: str) -> None:
    async with connected() as (reader, writer), asyncio.timeout(20):
        writer.write(sent)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"content-type: application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert (problem["type"], problem["status"]) == (f"urn:shortlist:problem:{code}", status)
    assert problem["detail"]
    assert len(problem["trace_id"]) == 32
