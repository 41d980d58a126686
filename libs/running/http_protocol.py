"""uvicorn's HTTP protocol, with bounds on connections that wait for their senders, and refusals as problems.

uvicorn itself waits for ever for the end of a request's head (its first line and headers), and for the rest of a body
after its answer.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from typing import Any, ClassVar, Final

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from libs.contracts.inner.problems import PROBLEM_JSON, TYPE_PREFIX
from libs.running.listening import Listening
from libs.telemetry.logs import get_logger

# By the status that the parser hints at: code, title, and a sentence.
_REFUSALS: Final = {
    400: ("invalid_request", "The request cannot be read", "what came is no HTTP/1.1 request that can be read"),
    431: (
        "head_too_large",
        "The address and the headers are too long",
        "the first line and the headers of a request may have 16,384 bytes together",
    ),
}
_HEADERS = (
    (b"content-type", PROBLEM_JSON.encode()),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"connection", b"close"),
)

log = get_logger(__name__)


class BoundedProtocol(H11Protocol):
    """Closes a connection that sends no whole request head within `head_seconds` of connecting.

    On a connection that is kept alive, the time counts from the first byte after the answer before; without a byte
    uvicorn's own keep-alive limit counts. Of more connections than are allowed at once that one is closed which has
    waited longest for its sender: for a head, for the rest of a body, or for the next request.
    """

    listening = Listening()
    # In the order in which they began to wait; a class made by protocol_of has one of its own.
    _waiting: ClassVar[dict[BoundedProtocol, None]] = {}
    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A connection was opened: its first head is awaited from now on."""
        super().connection_made(transport)
        self._await_head()
        self._waiting[self] = None
        self._make_room()

    def data_received(self, data: bytes) -> None:
        """Bytes came: they end the wait for a head, go on with it, or begin the next one."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        elif self.conn.their_state is h11.SEND_BODY and self.cycle.response_complete:
            self._await_head()  # the rest of a body that nobody reads any more
        else:
            self._stop_awaiting()
        if self.conn.their_state in (h11.DONE, h11.MUST_CLOSE):
            self._waiting.pop(self, None)

    def on_response_complete(self) -> None:
        """An answer went: the sender's next request is waited for."""
        self._waiting.pop(self, None)
        self._waiting[self] = None
        super().on_response_complete()
        if not self.cycle.response_complete:
            self._waiting.pop(self, None)  # it has sent that already

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed; nothing is awaited any more."""
        self._stop_awaiting()
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no request, as a problem. uvicorn calls it while it handles the parser's exception."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()  # amid an answer, or after one
            return
        status = getattr(sys.exc_info()[1], "error_status_hint", 400)
        status = status if status in _REFUSALS else 400
        trace_id = uuid.uuid4().hex
        log.info("request_unreadable", status=status, trace_id=trace_id, client=self.client[0] if self.client else None)
        for event in _refusal(status, trace_id):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _make_room(self) -> None:
        excess = len(self.connections) - self.listening.connections_at_most()
        for longest in list(self._waiting)[: max(excess, 0)]:
            self._waiting.pop(longest, None)
            longest.transport.close()

    def _await_head(self) -> None:
        if self._closing is None:
            self._closing = self.loop.call_later(self.listening.head_seconds, self.transport.close)

    def _stop_awaiting(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None


def protocol_of(listening: Listening) -> type[BoundedProtocol]:
    """The protocol with these bounds."""
    bounds: dict[str, Any] = {"listening": listening, "_waiting": {}}
    return type("Protocol", (BoundedProtocol,), bounds)


def _refusal(status: int, trace_id: str) -> tuple[h11.Response, h11.Data, h11.EndOfMessage]:
    code, title, detail = _REFUSALS[status]
    problem = {"type": TYPE_PREFIX + code, "title": title, "status": status, "detail": detail, "trace_id": trace_id}
    body = msgspec.json.encode(problem)
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    return h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()
