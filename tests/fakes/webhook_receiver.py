"""A real HTTP server that webhooks are sent to, and that answers as badly as it is told to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from standardwebhooks import Webhook


@dataclass
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified_with(self, secret: str) -> object:
        """The body, as the public library reads it. Raises WebhookVerificationError."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Answer:
    """What is answered. `then`: `reset` cuts the connection before an answer, `hang` never answers, `endless` answers
    without an end, `half` ends in the middle."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    then: str = ""


@dataclass
class Receiver:
    """`answers` are given one each, then `usual`. `gate`, where it is set, holds answers back until it is opened."""

    port: int = 0
    scheme: str = "http"
    usual: Answer = field(default_factory=Answer)
    answers: list[Answer] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    gate: asyncio.Event | None = None
    at_once: int = 0
    most_at_once: int = 0
    written: int = 0

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        """The `webhook-id` of everything that came."""
        return [each.headers["webhook-id"] for each in self.received]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.received.append(Received(head[0].split(" ")[1], headers, body))
        answer = self.answers.pop(0) if self.answers else self.usual
        if self.gate is not None:
            await self.gate.wait()
        if answer.then == "reset":
            writer.transport.abort()
            return
        if answer.then == "hang":
            await reader.read()
            return
        length = str(len(answer.body) + (1 if answer.then == "half" else 0))
        lines = [f"HTTP/1.1 {answer.status} Told", *(f"{name}: {value}" for name, value in answer.headers.items())]
        lines += ["transfer-encoding: chunked"] if answer.then == "endless" else [f"content-length: {length}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
        while answer.then == "endless":
            writer.write(b"4000\r\n" + bytes(0x4000) + b"\r\n")
            self.written += 0x4000
            await writer.drain()
        await writer.drain()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a free port of 127.0.0.1."""
    receiver = Receiver(scheme="http" if tls is None else "https")
    server = await asyncio.start_server(receiver.handle, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        if receiver.gate is not None:
            receiver.gate.set()
        server.close()
