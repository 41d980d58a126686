"""How a stream is told that it is to end."""

from __future__ import annotations

import asyncio
from enum import StrEnum


class EndReason(StrEnum):
    """Why a stream ended, where its reader did not leave by itself."""

    SLOW = "slow"
    KEY = "key"
    STOPPING = "stopping"
    INTERRUPTED = "interrupted"
    BEHIND = "behind"


class Ending:
    """Whether one stream is to end. `woken` is set whenever its stream has something to look at, the end included."""

    def __init__(self) -> None:
        self.reason: EndReason | None = None
        self.woken = asyncio.Event()
        self._told = asyncio.Event()

    def end(self, reason: EndReason) -> None:
        """Has the stream end; the first reason counts."""
        if self.reason is None:
            self.reason = reason
            self._told.set()
            self.woken.set()

    async def told(self) -> None:
        """Waits until the stream is to end."""
        await self._told.wait()
