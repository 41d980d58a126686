"""A connection that does not say what it wants is closed; one that does is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from libs.telemetry.head_limit import HeadLimitedProtocol

pytestmark = pytest.mark.unit

REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Impatient(HeadLimitedProtocol):
    head_seconds = 0.2


async def done(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(3 * Impatient.head_seconds)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    config = uvicorn.Config(done, log_config=None, lifespan="off")
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Impatient(config, state, {}), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()


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
