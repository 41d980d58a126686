"""Senders who begin a request and stop, over real connections: they are ended, and others do not notice them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.fakes.serving import serving

pytestmark = pytest.mark.unit

HALF_A_BODY = (
    b'POST /api/v1/resumes/ HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"te'
)


@contextmanager
def connections(url: str, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    address = urlsplit(url)
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            made.append(stack.enter_context(socket.create_connection((address.hostname, address.port), 30)))
            made[-1].sendall(sent)
        yield made


def everything_from(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    came = b""
    while piece := connection.recv(65_536):
        came += piece
    return came


async def test_half_sent_bodies_starve_nobody_and_are_told_408(open_door: Any) -> None:
    def stall_and_look(url: str) -> tuple[list[int], list[bytes], Any]:
        with connections(url, 20, HALF_A_BODY) as stalled:
            others = [httpx.get(f"{url}/openapi.json").status_code for _ in range(3)]
            ended = [everything_from(each) for each in stalled]
        refused = httpx.post(f"{url}/api/v1/resumes/", content=b"{", headers={"content-type": "application/json"})
        return others, ended, refused.json()

    async with open_door(requests_at_once=4, body_stall_seconds=1) as door:
        with serving(door.app) as url:
            others, ended, refused = await asyncio.to_thread(stall_and_look, url)
    assert others == [200, 200, 200]
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in ended)
    assert all(b"urn:shortlist:problem:request_timeout" in answer for answer in ended)
    assert refused["type"] == "urn:shortlist:problem:invalid_body"


async def test_a_body_that_comes_slowly_but_comes_is_read(open_door: Any) -> None:
    def send_slowly(url: str) -> bytes:
        with connections(url, 1, HALF_A_BODY) as (slow,):
            for _ in range(12):
                slow.settimeout(0.2)
                with pytest.raises(TimeoutError):  # no answer yet: it is still being read
                    slow.recv(1)
                slow.sendall(b"x")
            slow.settimeout(30)
            slow.sendall(b"x" * (1000 - 4 - 12))
            return slow.recv(65_536)

    async with open_door(body_stall_seconds=1) as door:
        with serving(door.app) as url:
            assert (await asyncio.to_thread(send_slowly, url)).startswith(b"HTTP/1.1 400 ")
