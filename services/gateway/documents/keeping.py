"""Writes statuses straight into matching's table, those of a tenant that wait meanwhile together.

Each alone would take a connection of matching's database, of which there are few.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from libs.contracts.events import StatusEvent
from services.gateway.clients.matching import MatchingClient

AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class _Waiting:
    event: StatusEvent
    kept: asyncio.Future[None]


class Keeping:
    """One call to matching at a time for each tenant; the next takes all that came in between."""

    def __init__(self, matching: MatchingClient) -> None:
        self._matching = matching
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._writing: dict[str, asyncio.Task[None]] = {}

    async def keep(self, event: StatusEvent) -> None:
        """Returns once the status is in the database. Raises DependencyUnavailable, MatchingRefusal."""
        waiting = _Waiting(event, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(event.tenant, deque()).append(waiting)
        if event.tenant not in self._writing:
            self._writing[event.tenant] = asyncio.create_task(self._write(event.tenant), name="status-keeping")
        await waiting.kept

    async def _write(self, tenant: str) -> None:
        try:
            waiting = self._waiting[tenant]
            while waiting:
                await self._write_together(tenant, [waiting.popleft() for _ in range(min(len(waiting), AT_ONCE))])
        finally:
            del self._writing[tenant], self._waiting[tenant]

    async def _write_together(self, tenant: str, batch: list[_Waiting]) -> None:
        fault: Exception | None = None
        try:
            await self._matching.note_statuses(tenant, [each.event for each in batch])
        except Exception as error:
            fault = error
        for each in batch:
            # Whoever waited may have been cancelled.
            if each.kept.done():
                continue
            if fault is None:
                each.kept.set_result(None)
            else:
                each.kept.set_exception(fault)
