"""Lets a caller read an answer that was given before its whole body was read, as 413, 415 or 401 are.

Most clients send all of their body before they look at the answer; a connection closed meanwhile shows
them a reset instead of the reason. So the rest of a body is read and thrown away, within bounds.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage

DISCARDED_BYTES = 67_108_864
DISCARDING_SECONDS = 15.0


class EarlyAnswers(ASGIMiddleware):
    """Discards what is left of a request's body, up to 64 MiB and 15 s, before an answer begins."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on; its answer begins once the rest of the body was discarded."""
        body = _Body(receive)
        is_worth_it = _is_worth_discarding(Headers.from_scope(scope))

        async def send_after_body(message: Message) -> None:
            # After 408 there is nothing to wait for: the sender has stopped sending.
            if message["type"] == "http.response.start" and is_worth_it and message["status"] != 408:
                await body.discard()
            await send(message)

        await next_app(scope, body.receive, send_after_body)


class _Body:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_read = False

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        message = await self._receive()
        self._is_read = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        left = DISCARDED_BYTES
        try:
            async with asyncio.timeout(DISCARDING_SECONDS):
                while not self._is_read and left > 0:
                    message = await self.receive()
                    if message["type"] == "http.request":
                        left -= len(message["body"])
        except TimeoutError:
            return


def _is_worth_discarding(headers: Headers) -> bool:
    # Who expects 100 Continue has not begun to send.
    if "expect" in headers:
        return False
    # Where both are sent, the transfer coding counts, whatever the length says.
    if "transfer-encoding" in headers:
        return True
    length = headers.get("content-length", "")
    return length.isdecimal() and 0 < int(length) <= DISCARDED_BYTES
