"""Sending every stored text through the model again, behind an answer that does not wait for it."""

from __future__ import annotations

import asyncio

from libs.contracts.errors import SurroundingsFault
from libs.resilience.retry import backoff_seconds
from libs.telemetry.logs import get_logger
from services.matching.spaces import Spaces

log = get_logger(__name__)


class Reembedding:
    """One sending at a time. It is lost with the process: begun again, it sends everything again, to no harm."""

    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> int:
        """How many documents are being sent; begins where no sending is under way. Raises SurroundingsFault."""
        documents = await self._spaces.count()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send(), name="reembedding")
        return documents

    async def ended(self) -> None:
        """Waits until what was begun is sent."""
        if self._task is not None:
            await self._task

    async def stop(self) -> None:
        """Leaves off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _send(self) -> None:
        attempt = 0
        while True:
            try:
                log.info("texts_sent_again", documents=await self._spaces.send_all())
                return
            except SurroundingsFault as fault:
                log.warning("reembedding_waits", reason=str(fault))
                await asyncio.sleep(backoff_seconds(attempt, cap=30.0))
                attempt += 1
            except Exception as error:
                log.error("reembedding_failed", exc_info=error)
                return
