"""Keys as they are stored: made, listed, revoked, looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from libs.database.transactions import Reading
from services.gateway.access.key_form import NewKey, new_key
from services.gateway.access.scopes import Scope, with_held
from services.gateway.storage.database import GatewayDatabase

_COLUMNS = "id, tenant, digest, scopes, name, created_at, created_by, expires_at, revoked_at, last_used_at"
_MAKE = f"""
INSERT INTO gateway.keys (id, tenant, digest, scopes, name, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_COLUMNS}
"""
_OF_TENANT = f"SELECT {_COLUMNS} FROM gateway.keys WHERE tenant = $1 ORDER BY created_at, id"
_NAMED = f"SELECT {_COLUMNS} FROM gateway.keys WHERE id = $1"
_REVOKE = """
UPDATE gateway.keys SET revoked_at = coalesce(revoked_at, now()) WHERE tenant = $1 AND id = $2
"""
# At most once a minute, whatever the number of calls and gateways.
_USED = """
UPDATE gateway.keys SET last_used_at = now()
WHERE tenant = $1 AND id = $2 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
"""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key without its secret. Times are with a time zone."""

    id: str
    tenant: str
    digest: bytes
    scopes: frozenset[Scope]
    name: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens the door: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class StoredKeys:
    """The keys of all tenants. Every method raises DependencyUnavailable."""

    def __init__(self, database: GatewayDatabase) -> None:
        self._database = database

    async def make(
        self, tenant: str, scopes: frozenset[Scope], *, name: str, made_by: str, expires_at: datetime | None
    ) -> tuple[NewKey, StoredKey]:
        """A new key of a tenant: the only time that the key itself is seen."""
        made = new_key()
        async with self._database.writing(tenant) as connection:
            await connection.execute("INSERT INTO gateway.tenants VALUES ($1) ON CONFLICT DO NOTHING", tenant)
            values = (made.id, tenant, made.digest, sorted(scopes), name, made_by, expires_at)
            return made, _stored(await connection.fetchrow(_MAKE, *values))

    async def of_tenant(self, tenant: str) -> list[StoredKey]:
        """A tenant's keys, the oldest first, revoked ones too."""
        async with self._database.reading(tenant) as connection:
            return [_stored(row) for row in await connection.fetch(_OF_TENANT, tenant)]

    async def of_all(self) -> list[StoredKey]:
        """Every tenant's keys, by tenant."""
        async with self._database.reading_shared() as connection:
            rows: Sequence[Any] = await connection.fetch("SELECT tenant FROM gateway.tenants ORDER BY tenant")
        return [key for row in rows for key in await self.of_tenant(row["tenant"])]

    async def named(self, id: str) -> StoredKey | None:
        """The key with this id, whoever's."""
        async with self._database.reading_shared() as connection:
            await _name(connection, id)
            row = await connection.fetchrow(_NAMED, id)
        return None if row is None else _stored(row)

    async def revoke(self, tenant: str, id: str) -> bool:
        """Makes a tenant's key worthless; False where it has no such key. Again it changes nothing."""
        async with self._database.writing(tenant) as connection:
            return await connection.execute(_REVOKE, tenant, id) > 0

    async def note_use(self, key: StoredKey) -> None:
        """Notes that it was used just now."""
        async with self._database.writing(key.tenant) as connection:
            await connection.execute(_USED, key.tenant, key.id)


async def _name(connection: Reading, id: str) -> None:
    """Lets the transaction see the row with this id."""
    await connection.fetchval("SELECT set_config('shortlist.key_id', $1, true)", id)


def _stored(row: Any) -> StoredKey:
    return StoredKey(
        id=row["id"],
        tenant=row["tenant"],
        digest=row["digest"],
        # A scope of a later version opens nothing here.
        scopes=with_held(Scope(name) for name in row["scopes"] if name in set(Scope)),
        name=row["name"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
    )


def now() -> datetime:
    """This moment, with its time zone."""
    return datetime.now(UTC)
