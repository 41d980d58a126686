"""Whether an answer can find all that a tenant has: not while the database is filled again, or cards are made."""

from __future__ import annotations

import time

from libs.database.transactions import Reading
from services.matching.topics.positions import is_being_filled

# So long a database that was whole is taken to be so still: it is filled again only after matching was started anew.
_REMEMBERED_SECONDS = 5.0


class Completeness:
    """Remembers that the database is whole for some seconds, and for good the tenants that have all their cards: those
    that lack some had documents before there were cards, and lack fewer and fewer."""

    def __init__(self) -> None:
        self._with_cards: set[str] = set()
        self._whole_until = 0.0

    async def is_whole(self, connection: Reading, tenant: str) -> bool:
        """Whether all documents of the tenant can be found. Until then answers are `degraded`."""
        return await self._is_filled(connection) and await self._has_cards(connection, tenant)

    async def _is_filled(self, connection: Reading) -> bool:
        now = time.monotonic()
        if now >= self._whole_until:
            if await is_being_filled(connection):
                return False
            self._whole_until = now + _REMEMBERED_SECONDS
        return True

    async def _has_cards(self, connection: Reading, tenant: str) -> bool:
        if tenant in self._with_cards:
            return True
        missing = await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM matching.cards WHERE tenant = $1 AND reading_version = 0)", tenant
        )
        if not missing:
            self._with_cards.add(tenant)
        return not missing
