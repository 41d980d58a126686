"""An answer without an end: goes on until its reader leaves, or the gateway has a reason to end it."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TYPE_CHECKING

from libs.running.cutting_off import cut_off
from services.gateway.streaming.stream import Stream

if TYPE_CHECKING:
    from litestar.types import Receive, Scope, Send

EVENT_STREAM = "text/event-stream"
# How long a reader may take nothing of what it is sent, and how long it has for the last of it.
STALL_SECONDS = 30.0
FAREWELL_SECONDS = 2.0
_HEADERS = (
    (b"content-type", EVENT_STREAM.encode()),
    (b"cache-control", b"no-store"),
    # Proxies that gather an answer before they pass it on would keep it for ever.
    (b"x-accel-buffering", b"no"),
)


class EventAnswer:
    """An ASGI answer over a stream that is opened when the answer begins; what is raised then is answered instead."""

    def __init__(self, opened: AbstractAsyncContextManager[Stream]) -> None:
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers until the stream ends."""
        async with self._opened as stream:
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            sending = asyncio.create_task(_send_all(stream, send), name="stream-sending")
            leaving = asyncio.create_task(_left(receive), name="stream-leaving")
            ending = asyncio.create_task(stream.ended(), name="stream-ending")
            try:
                await asyncio.wait((sending, leaving, ending), return_when=asyncio.FIRST_COMPLETED)
                if ending.done() and not leaving.done():
                    await asyncio.wait((sending, leaving), timeout=FAREWELL_SECONDS)
                if sending.done():
                    sending.result()
                elif not leaving.done():
                    # Its reader takes nothing: whatever it was sent would be kept until it does.
                    cut_off(scope)
            finally:
                for task in (sending, leaving, ending):
                    task.cancel()
                await asyncio.gather(sending, leaving, ending, return_exceptions=True)


async def _send_all(stream: Stream, send: Send) -> None:
    async with aclosing(stream.frames()) as frames:
        async for frame in frames:
            try:
                async with asyncio.timeout(STALL_SECONDS):
                    await send({"type": "http.response.body", "body": frame, "more_body": True})
            except TimeoutError:
                stream.end_as_slow()
                await asyncio.Event().wait()  # whoever waits for the end cuts off the connection
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
