"""A reader of server-sent events, as the HTML standard's processing model has it; and gateways over real HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from libs.running.listening import Listening
from libs.running.serving import Server, served
from services.gateway.app import create_app
from services.gateway.settings import GatewaySettings

START_SECONDS = 30.0
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Event:
    """One event as it is dispatched: `id` is the last event id at that moment."""

    name: str
    data: dict[str, Any]
    id: str


@dataclass
class EventReader:
    """One reader, with what it remembers over its connections: the last event id and when to come back."""

    last_id: str = ""
    retry_ms: int | None = None
    _lines: list[str] = field(default_factory=list)
    _rest: str = ""

    def feed(self, text: str) -> Iterator[Event]:
        """The events in what came; a block that has not ended waits for the rest."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line:
                self._lines.append(line)
            else:
                yield from self._block()

    def interrupted(self) -> None:
        """The connection is gone: a block that did not end is thrown away."""
        self._lines, self._rest = [], ""

    def _block(self) -> Iterator[Event]:
        name, data = "message", []
        for line in self._lines:
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if key == "event":
                name = value
            elif key == "data":
                data.append(value)
            elif key == "id":
                self.last_id = value
            elif key == "retry":
                self.retry_ms = int(value)
        self._lines = []
        if data:
            yield Event(name, json.loads("\n".join(data)), self.last_id)


class OpenStream:
    """One connection of a reader. `ended`: the gateway ended the answer, in order."""

    def __init__(self, reader: EventReader, answer: httpx.Response) -> None:
        self.reader = reader
        self.answer = answer
        self.ended = False
        self._text = answer.aiter_text()
        self._waiting: list[Event] = []
        self._taken_id = reader.last_id

    async def opened(self) -> None:
        """Waits for the first block: what is published from then on comes."""
        while not self.reader.last_id or self.reader.retry_ms is None:
            await self._more()
        self._taken_id = self._taken_id or self.reader.last_id

    async def next(self) -> Event | None:
        """The next event; None where the answer has ended."""
        while not self._waiting and not self.ended:
            await self._more()
        if not self._waiting:
            return None
        self._taken_id = self._waiting[0].id
        return self._waiting.pop(0)

    async def take(self, count: int) -> list[Event]:
        """The next events."""
        found: list[Event] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found) < count:
                event = await self.next()
                assert event is not None, f"the stream ended after {len(found)}"
                found.append(event)
        return found

    def left(self) -> None:
        """The connection is gone: a block that did not end, and events that nobody took, never came."""
        self.reader.interrupted()
        if self._waiting:
            self.reader.last_id = self._taken_id

    async def until_ended(self) -> list[Event]:
        """All that comes until the answer ends."""
        found = []
        while (event := await self.next()) is not None:
            found.append(event)
        return found

    async def heartbeat(self) -> str:
        """Waits until the id moves on without an event; the id."""
        before = self.reader.last_id
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.reader.last_id == before and not self.ended:
                await self._more()
        assert not self._waiting
        return self.reader.last_id

    async def _more(self) -> None:
        try:
            text = await anext(self._text)
        except StopAsyncIteration:
            self.ended = True
        else:
            self._waiting += self.reader.feed(text)


@dataclass
class ServedGateway:
    """A gateway over real HTTP, in a thread of its own."""

    url: str
    server: Server
    client: httpx.AsyncClient

    @asynccontextmanager
    async def stream(
        self, reader: EventReader | None = None, *, key: str | None = None, **params: str
    ) -> AsyncIterator[OpenStream]:
        """One more connection; a reader that was here before sends its last id."""
        reader = reader or EventReader()
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        if reader.last_id and "last_event_id" not in params:
            headers["last-event-id"] = reader.last_id
        async with self.client.stream("GET", "/api/v1/events", headers=headers, params=params) as answer:
            if answer.status_code != 200:
                await answer.aread()
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"] == "text/event-stream"
            stream = OpenStream(reader, answer)
            try:
                yield stream
            finally:
                stream.left()

    async def refusal(self, *, key: str | None = None, **params: str) -> httpx.Response:
        """The answer in place of a stream."""
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        async with self.client.stream("GET", "/api/v1/events", headers=headers, params=params) as answer:
            assert answer.status_code != 200, "a stream was opened"
            await answer.aread()
        return answer


@asynccontextmanager
async def served_gateway(settings: GatewaySettings) -> AsyncIterator[ServedGateway]:
    """Serves a gateway as its process does, on a free port of 127.0.0.1."""
    with _serving(settings) as (server, url):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False, limits=limits) as client:
            yield ServedGateway(url, server, client)


@contextmanager
def _serving(settings: GatewaySettings) -> Iterator[tuple[Server, str]]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        app = create_app(settings)
        server = Server(served(app, settings, Listening()), app)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            assert time.monotonic() < deadline, "the gateway did not start"
            time.sleep(0.01)
        try:
            yield server, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
