"""Making, listing and revoking keys: who may do what with whose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from libs.contracts.identifiers import TENANT_PATTERN, is_tenant
from services.gateway.access.caller import Caller
from services.gateway.access.key_form import NewKey, is_key_id
from services.gateway.access.known_keys import KnownKeys
from services.gateway.access.scopes import parsed_scopes
from services.gateway.access.stored_keys import StoredKey, StoredKeys, now
from services.gateway.problems import Problem

MAX_NAME_CHARS = 200


class ManagingKeys:
    """Manages keys for a caller who may: an admin those of its own tenant, the operator all.

    Methods raise Problem and DependencyUnavailable.
    """

    def __init__(self, stored: StoredKeys | None, known: KnownKeys | None) -> None:
        self._stored_or_none = stored
        self._known = known

    async def make(
        self, caller: Caller, tenant: str | None, scopes: Sequence[str], *, name: str, expires_at: datetime | None
    ) -> tuple[NewKey, StoredKey]:
        """A new key, which nobody sees again. It holds no scope that the caller lacks."""
        owner = _tenant_of(caller, tenant)
        try:
            wanted = parsed_scopes(scopes)
        except ValueError as error:
            raise Problem("invalid_body", str(error)) from None
        if beyond := sorted(wanted - caller.scopes):
            raise Problem("forbidden", f"your key does not hold {', '.join(beyond)}, so it cannot give that to another")
        if len(name) > MAX_NAME_CHARS or not (name.isprintable() or name == ""):
            raise Problem("invalid_body", f"a key's name has at most {MAX_NAME_CHARS} printable characters")
        if expires_at is not None and expires_at <= now():
            raise Problem("invalid_body", "expires_at is over already: name a time to come, or none")
        return await self._stored.make(owner, wanted, name=name, made_by=caller.key_id, expires_at=expires_at)

    async def listed(self, caller: Caller, tenant: str | None) -> list[StoredKey]:
        """The keys of a tenant; to the operator, who names none, those of all."""
        if tenant is None and caller.is_operator:
            return await self._stored.of_all()
        return await self._stored.of_tenant(_tenant_of(caller, tenant))

    async def revoke(self, caller: Caller, id: str) -> StoredKey:
        """Makes a key worthless, here at once and at other gateways within seconds; the key as it is then."""
        if not is_key_id(id):
            raise Problem("invalid_id", f"{id[:80]!r} is not a key's id: take it from the list of keys")
        found = await self._stored.named(id)
        if found is None or not (caller.is_operator or found.tenant == caller.tenant):
            raise Problem("not_found", f"there is no key with the id {id[:80]}")
        await self._stored.revoke(found.tenant, id)
        if self._known is not None:
            self._known.forget(id)
        return await self._stored.named(id) or found

    @property
    def _stored(self) -> StoredKeys:
        if self._stored_or_none is None:
            raise Problem(
                "not_supported",
                "this gateway has no database to keep keys in: set its DATABASE_URL, and start it again",
            )
        return self._stored_or_none


def _tenant_of(caller: Caller, tenant: str | None) -> str:
    """The tenant that is meant. Raises Problem where the caller has nothing to do with it."""
    if tenant is None:
        return caller.tenant
    if not is_tenant(tenant):
        raise Problem("invalid_body", f"the tenant {tenant[:80]!r} is not of the form {TENANT_PATTERN}")
    if tenant != caller.tenant and not caller.is_operator:
        raise Problem("forbidden", "keys of other tenants take the operator's bootstrap key")
    return tenant
