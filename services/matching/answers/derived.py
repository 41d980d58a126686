"""Whether everything that candidates are found by is derived from a tenant's documents already."""

from __future__ import annotations

from services.matching.storage.database import Reading


class DerivedTenants:
    """Remembers the tenants of whom all is derived: what is not yet is of the time before the cards, and gets less."""

    def __init__(self) -> None:
        self._done: set[str] = set()

    async def is_done(self, connection: Reading, tenant: str) -> bool:
        """Whether all documents of the tenant can be found. Until then answers are `degraded`."""
        if tenant in self._done:
            return True
        missing = await connection.fetchval(
            "SELECT EXISTS (SELECT 1 FROM matching.cards WHERE tenant = $1 AND reading_version = 0)", tenant
        )
        if not missing:
            self._done.add(tenant)
        return not missing
