"""Lets a caller read an answer that was given before its whole body was read, as 413, 415 or 401 are.

The answer goes out at once, but most clients send all of their body before they look at it, and a connection closed
meanwhile shows them a reset instead of the reason. So the rest of the body is read and thrown away, within bounds,
before the connection closes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from services.gateway.body_stream import is_read_as_it_comes

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage

DISCARDED_BYTES = 67_108_864
DISCARDING_SECONDS = 15.0


class EarlyAnswers(ASGIMiddleware):
    """Discards what is left of a request's body, up to 64 MiB and 15 s: after a refusal, before any other answer.

    Where a route reads its body as it comes, the answer begins at once, and what is left is discarded at its end. The
    connection then closes, unless the body came to its end before the answer began.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on."""
        headers = Headers.from_scope(scope)
        body = _Body(receive, has_body=_has_body(headers))
        is_worth_it = _is_worth_discarding(headers)
        rest_follows = False

        async def send_around_body(message: Message) -> None:
            nonlocal rest_follows
            if message["type"] == "http.response.start" and not body.is_read:
                goes_beside = message["status"] < 400 and is_read_as_it_comes(scope)
                # After 408 there is nothing to wait for: the sender has stopped sending.
                rest_follows = goes_beside or (is_worth_it and 400 <= message["status"] != 408)
                if is_worth_it and message["status"] < 400 and not goes_beside:
                    await body.discard()
                if not body.is_read:
                    MutableScopeHeaders.from_message(message)["Connection"] = "close"
            if message["type"] == "http.response.body" and not message.get("more_body") and rest_follows:
                # With its length told, the answer is whole for its reader before the connection knows it.
                await send({**message, "more_body": True})
                await body.discard()
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await next_app(scope, body.receive, send_around_body)


class _Body:
    def __init__(self, receive: Receive, *, has_body: bool) -> None:
        self._receive = receive
        self.is_read = not has_body

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        message = await self._receive()
        self.is_read = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        left = DISCARDED_BYTES
        try:
            async with asyncio.timeout(DISCARDING_SECONDS):
                while not self.is_read and left > 0:
                    message = await self.receive()
                    if message["type"] == "http.request":
                        left -= len(message["body"])
        except TimeoutError:
            return


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip() not in ("", "0")


def _is_worth_discarding(headers: Headers) -> bool:
    # Who expects 100 Continue has not begun to send.
    if "expect" in headers:
        return False
    # Where both are sent, the transfer coding counts, whatever the length says.
    if "transfer-encoding" in headers:
        return True
    length = headers.get("content-length", "")
    return length.isdecimal() and len(length) <= 12 and 0 < int(length) <= DISCARDED_BYTES
