"""Calls between services: the next address on refusal, a deadline over all, nothing swallowed."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from libs.contracts.errors import BeingFilled, DependencyUnavailable
from libs.resilience.breaker import BreakerOpen, CircuitBreaker
from libs.resilience.inner_client import InnerClient

pytestmark = pytest.mark.unit


CUT_OFF = 0


class Server:
    """A real HTTP server that answers every request the same way, never (None), or breaks off (CUT_OFF)."""

    def __init__(self, status: int | None, body: bytes = b'{"detail":"said by the server"}') -> None:
        self.status = status
        self.body = body
        self.requests: list[str] = []

    async def __aenter__(self) -> "Server":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.status is None:
            await reader.read()
        elif self.status != CUT_OFF:
            head = f"HTTP/1.1 {self.status} X\r\nconnection: close\r\ncontent-length: {len(self.body)}\r\n\r\n"
            writer.write(head.encode() + self.body)
            await writer.drain()
        writer.close()


@pytest.fixture
def refusing() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
async def ok() -> AsyncIterator[Server]:
    async with Server(200) as server:
        yield server


async def test_the_next_address_is_tried_on_refusal(refusing, ok):
    client = InnerClient("matching", f"{refusing}, {ok.url}")
    assert (await client.request("GET", "/x")).status_code == 200
    assert ok.requests[0].startswith("GET /x ")
    assert "traceparent: 00-" in ok.requests[0].lower()
    await client.close()


@pytest.mark.parametrize(("method", "repeatable"), [("GET", False), ("POST", True)])
async def test_the_next_address_is_tried_when_an_answer_is_cut_off(ok, method, repeatable):
    async with Server(CUT_OFF) as dying:
        client = InnerClient("matching", f"{dying.url}, {ok.url}")
        assert (await client.request(method, "/x", repeatable=repeatable)).status_code == 200
        assert len(dying.requests) == len(ok.requests) == 1
        await client.close()


async def test_what_may_not_be_sent_twice_is_not(ok):
    async with Server(CUT_OFF) as dying:
        client = InnerClient("matching", f"{dying.url}, {ok.url}")
        with pytest.raises(DependencyUnavailable):
            await client.request("POST", "/x")
        assert ok.requests == []
        await client.close()


async def test_when_all_refuse_it_is_the_surroundings_fault_with_a_sentence(refusing):
    client = InnerClient("matching", refusing)
    with pytest.raises(DependencyUnavailable, match=r"matching: GET /x failed"):
        await client.request("GET", "/x")
    await client.close()


async def test_an_answer_of_5xx_is_a_fault_that_tells_what_was_said_and_4xx_an_answer():
    async with Server(503) as away, Server(404) as unknown:
        client = InnerClient("matching", away.url)
        with pytest.raises(DependencyUnavailable, match="503: said by the server"):
            await client.request("GET", "/x")
        await client.close()
        client = InnerClient("matching", unknown.url)
        assert (await client.request("GET", "/x")).status_code == 404
        await client.close()


async def test_the_deadline_holds_against_a_server_that_never_answers():
    async with Server(None) as silent:
        client = InnerClient("matching", silent.url)
        with pytest.raises(DependencyUnavailable, match=r"within 0\.1 s|failed"):
            await client.request("GET", "/x", timeout_seconds=0.1)
        await client.close()


async def test_after_failures_in_a_row_nobody_is_called(refusing):
    client = InnerClient("matching", refusing, breaker=CircuitBreaker("m", fail_max=1, reset_seconds=60))
    with pytest.raises(DependencyUnavailable):
        await client.request("GET", "/x")
    with pytest.raises(BreakerOpen):
        await client.request("GET", "/x")
    await client.close()


async def test_one_that_accepts_and_never_answers_costs_one_request_its_share_and_then_none(ok):
    async with Server(None) as frozen:
        client = InnerClient("matching", f"{frozen.url}, {ok.url}", timeout_seconds=2.0)
        for _ in range(4):
            assert (await client.request("POST", "/search", repeatable=True)).status_code == 200
        assert (len(frozen.requests), len(ok.requests)) == (1, 4)
        await client.close()


async def test_one_that_froze_after_it_was_preferred_is_left(ok):
    async with Server(200) as freezing:
        client = InnerClient("matching", f"{freezing.url}, {ok.url}", timeout_seconds=2.0)
        await client.request("GET", "/x")
        freezing.status = None
        for _ in range(3):
            assert (await client.request("GET", "/x")).status_code == 200
        assert (len(freezing.requests), len(ok.requests)) == (2, 3)
        await client.close()


async def test_what_may_not_be_sent_twice_is_not_after_a_time_out_either(ok):
    async with Server(None) as frozen:
        client = InnerClient("matching", f"{frozen.url}, {ok.url}", timeout_seconds=0.3)
        with pytest.raises(DependencyUnavailable, match="no answer"):
            await client.request("POST", "/x")
        assert ok.requests == []
        await client.close()


async def test_the_next_address_is_tried_on_503_whatever_the_method(ok):
    async with Server(503) as waiting:
        client = InnerClient("matching", f"{waiting.url}, {ok.url}")
        for _ in range(3):
            assert (await client.request("POST", "/x")).status_code == 200
        assert (len(waiting.requests), len(ok.requests)) == (1, 3)
        await client.close()


async def test_a_429_is_an_answer_that_says_nothing_against_the_service():
    breaker = CircuitBreaker("m", fail_max=1, reset_seconds=60)
    async with Server(429) as busy:
        client = InnerClient("matching", busy.url, breaker=breaker)
        for _ in range(3):
            assert (await client.request("GET", "/x")).status_code == 429
        await client.close()
    assert breaker.state == "closed"


async def test_one_that_is_being_filled_again_says_so_and_is_not_taken_for_one_that_fails(ok):
    breaker = CircuitBreaker("m", fail_max=1, reset_seconds=60)
    body = b'{"type":"urn:shortlist:problem:being_filled","detail":"it is being filled again"}'
    async with Server(503, body) as filling:
        client = InnerClient("matching", f"{filling.url}, {ok.url}", breaker=breaker)
        for _ in range(3):
            with pytest.raises(BeingFilled, match="being filled again"):
                await client.request("GET", "/x")
        assert (len(filling.requests), len(ok.requests)) == (3, 0)
        await client.close()
    assert breaker.state == "closed"
