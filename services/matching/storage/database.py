"""Matching's connections to PostgreSQL, which know pgvector's types."""

from __future__ import annotations

from pgvector.asyncpg import register_vector

from libs.database.transactions import TenantDatabase


class Database(TenantDatabase):
    """Connections of matching's role for one kind of work."""

    def __init__(self, url: str, *, connections: int, purpose: str | None = None, patient: bool = False) -> None:
        super().__init__(
            url,
            service="matching",
            connections=connections,
            purpose=purpose,
            patient=patient,
            set_up=register_vector,
        )

    async def tenants(self) -> list[str]:
        """All tenants that ever had a document."""
        async with self.reading_shared() as connection:
            return [row["name"] for row in await connection.fetch("SELECT name FROM matching.tenants ORDER BY name")]
