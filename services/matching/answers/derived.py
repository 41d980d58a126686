"""Whether an answer can find all that a tenant has: not while the database is filled again, or cards are made."""

from __future__ import annotations

import time

from services.matching.storage.database import Reading
from services.matching.topics.positions import is_being_filled

# So long a database that was whole is taken to be so still: it is filled again only after matching was started anew.
_REMEMBERED_SECONDS = 5.0


class DerivedTenants:
    """Remembers the tenants of whom all is derived: what is not yet is of the time before the cards, and gets less."""

    def __init__(self) -> None:
        self._done: set[str] = set()
        self._whole_until = 0.0

    async def is_done(self, connection: Reading, tenant: str) -> bool:
        """Whether all documents of the tenant can be found. Until then answers are `degraded`."""
        return await self._is_whole(connection) and await self._is_derived(connection, tenant)

    async def _is_whole(self, connection: Reading) -> bool:
        now = time.monotonic()
        if now >= self._whole_until:
            if await is_being_filled(connection):
                return False
            self._whole_until = now + _REMEMBERED_SECONDS
        return True

    async def _is_derived(self, connection: Reading, tenant: str) -> bool:
        if tenant in self._done:
            return True
        missing = await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM matching.cards WHERE tenant = $1 AND reading_version = 0)", tenant
        )
        if not missing:
            self._done.add(tenant)
        return not missing
