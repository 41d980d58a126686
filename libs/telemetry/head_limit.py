"""uvicorn's HTTP protocol, with a bound on how long a connection may take to say what it wants."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# uvicorn itself waits for ever for the end of a request's head (its first line and headers).
HEAD_SECONDS = 10.0


class HeadLimitedProtocol(H11Protocol):
    """Closes a connection that sends no whole request head within `head_seconds` of connecting.

    On a connection that is kept alive, the time counts from the first byte after the answer before; without a byte
    uvicorn's own keep-alive limit counts.
    """

    head_seconds = HEAD_SECONDS
    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A connection was opened: its first head is awaited from now on."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Bytes came: they end the wait for a head, go on with it, or begin the next one."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._await_head()
        else:
            self._stop_awaiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed; nothing is awaited any more."""
        self._stop_awaiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        if self._closing is None:
            self._closing = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop_awaiting(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
