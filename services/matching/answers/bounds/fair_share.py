"""Something that answers share out between them, such as memory: whose tenant holds the least is served next."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple


class _Waiting(NamedTuple):
    amount: int
    turn: asyncio.Future[None]


class FairShare:
    """An `amount` of something. Who comes while it is all in use waits; what becomes free goes to the waiting tenant
    that holds the least, among equals to the one that has waited longest. Within a tenant first come, first served.

    Nobody is passed over because more is wanted than is free: it is kept for who is next until it suffices. A tenant
    that holds `of_one_tenant` gets nothing more meanwhile.
    """

    def __init__(self, amount: int, *, of_one_tenant: int | None = None) -> None:
        self.amount = amount
        self._of_one_tenant = amount if of_one_tenant is None else of_one_tenant
        self.free = amount
        self._held: Counter[str] = Counter()
        # In the order in which the first of each tenant began to wait.
        self._queues: dict[str, deque[_Waiting]] = {}

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(queue) for queue in self._queues.values())

    @asynccontextmanager
    async def reserved(self, tenant: str, amount: int, *, seconds: float) -> AsyncIterator[None]:
        """Reserves `amount`, at most all there is, for the block. Raises TimeoutError where it cannot be had in time.

        Enter it once for an answer: one that holds some and waits for more could wait for ever.
        """
        amount = min(amount, self.amount)
        await self._reserve(tenant, amount, seconds)
        try:
            yield
        finally:
            self._give_back(tenant, amount)

    async def _reserve(self, tenant: str, amount: int, seconds: float) -> None:
        entry = _Waiting(amount, asyncio.get_running_loop().create_future())
        self._queues.setdefault(tenant, deque()).append(entry)
        self._let_in()
        try:
            async with asyncio.timeout(seconds):
                await entry.turn
        except BaseException:
            if entry in self._queues.get(tenant, ()):
                self._leave(tenant, entry)
            else:
                self._give_back(tenant, amount)  # its turn came at the very moment it left
            raise

    def _leave(self, tenant: str, entry: _Waiting) -> None:
        self._queues[tenant].remove(entry)
        if not self._queues[tenant]:
            del self._queues[tenant]
        self._let_in()

    def _give_back(self, tenant: str, amount: int) -> None:
        self.free += amount
        self._held[tenant] -= amount
        if not self._held[tenant]:
            del self._held[tenant]
        self._let_in()

    def _let_in(self) -> None:
        while waiting := [
            tenant
            for tenant, queue in self._queues.items()
            if not self._held[tenant] or self._held[tenant] + queue[0].amount <= self._of_one_tenant
        ]:
            tenant = min(waiting, key=lambda name: self._held[name])
            queue = self._queues[tenant]
            if queue[0].amount > self.free:
                return
            amount, turn = queue.popleft()
            # Whoever of the tenant comes next is behind the tenants that wait already.
            del self._queues[tenant]
            if queue:
                self._queues[tenant] = queue
            self.free -= amount
            self._held[tenant] += amount
            if not turn.done():  # else whoever waited has just left, and gives it back
                turn.set_result(None)
