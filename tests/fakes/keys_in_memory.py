"""The keys of tenants in memory, in place of the gateway's database."""

from __future__ import annotations

from collections.abc import Iterable

from services.gateway.access.key_form import new_key
from services.gateway.access.scopes import Scope
from services.gateway.access.stored_keys import StoredKey, StoredKeys, now


class KeysInMemory(StoredKeys):
    """Keys that a test made; nothing is written down of their use."""

    def __init__(self) -> None:
        self._keys: dict[str, StoredKey] = {}

    def key_of(self, tenant: str, scopes: Iterable[Scope] = (Scope.READ, Scope.WRITE)) -> str:
        """A new key of a tenant."""
        made = new_key()
        self._keys[made.id] = StoredKey(
            id=made.id,
            tenant=tenant,
            digest=made.digest,
            scopes=frozenset(scopes),
            name="",
            created_at=now(),
            created_by="test",
            expires_at=None,
            revoked_at=None,
            last_used_at=None,
        )
        return made.key

    async def named(self, id: str) -> StoredKey | None:
        return self._keys.get(id)

    async def note_use(self, key: StoredKey) -> None:
        return None
