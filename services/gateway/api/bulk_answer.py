"""The answer to a request of many lines: goes out line by line, while the request still comes in."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from libs.running.cutting_off import cut_off
from services.gateway.bulk.intake import Intake
from services.gateway.limits.fair_shares import FairShares
from services.gateway.problems import RETRY_SECONDS, Problem

if TYPE_CHECKING:
    from litestar.types import Message, Receive, Scope, Send

NDJSON = "application/x-ndjson"
# How long a caller may take nothing of its answer while nothing of its body comes either.
STALL_SECONDS = 30.0
_HEADERS = (
    (b"content-type", NDJSON.encode()),
    (b"cache-control", b"no-store"),
    # Proxies that gather an answer before they pass it on would show it at its end only.
    (b"x-accel-buffering", b"no"),
)


class BulkAnswer:
    """An ASGI answer over an intake, which is counted in `places`; what is raised before its first line is answered
    instead."""

    def __init__(self, intake: Intake, places: FairShares, tenant: str) -> None:
        self._intake = intake
        self._places = places
        self._tenant = tenant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers until every line was. Raises Problem (`overloaded`) where too many such requests are taken."""
        if not self._places.take(self._tenant):
            raise Problem(
                "overloaded",
                "this gateway takes as many bulk requests as it can, or as many of yours as leave room for others; "
                "nothing was done of this one, try again shortly",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        try:
            if not await self._sent(send):
                cut_off(scope)
        finally:
            self._places.give_back(self._tenant)

    async def _sent(self, send: Send) -> bool:
        """False where the caller takes nothing of it."""
        has_begun = False
        async with aclosing(self._intake.answers()) as answers:
            async for lines in answers:
                if not has_begun:
                    await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
                    has_begun = True
                if not await self._is_taken(send, {"type": "http.response.body", "body": lines, "more_body": True}):
                    return False
        return await self._is_taken(send, {"type": "http.response.body", "body": b"", "more_body": False})

    async def _is_taken(self, send: Send, message: Message) -> bool:
        """Sends; False where nothing of it, and nothing of the body, moved for so long.

        Most callers send all of their body before they look at the answer.
        """
        sending = asyncio.ensure_future(send(message))
        try:
            lines_read = self._intake.lines_read
            while not (await asyncio.wait({sending}, timeout=STALL_SECONDS))[0]:
                if self._intake.lines_read == lines_read:
                    return False
                lines_read = self._intake.lines_read
            await sending
            return True
        finally:
            sending.cancel()
