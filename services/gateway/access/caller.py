"""Who calls, once that is known."""

from __future__ import annotations

from dataclasses import dataclass

from libs.contracts.identifiers import DEFAULT_TENANT
from services.gateway.access.scopes import ALL_SCOPES, Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a key or token. `key_id` is its public id, for logs, never the key itself.

    `is_operator`: whether calls that cross tenants are its business. `actor` is the person whom a token names; None
    where whoever calls may name one. `expires_at`: when a token ends, in seconds since 1970; None for a key, of which
    that is looked up.
    """

    tenant: str
    key_id: str
    scopes: frozenset[Scope] = ALL_SCOPES
    is_operator: bool = False
    actor: str | None = None
    expires_at: float | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the key holds a scope."""
        return scope in self.scopes


ANYONE = Caller(DEFAULT_TENANT, "open", is_operator=True)
BOOTSTRAP = Caller(DEFAULT_TENANT, "bootstrap", is_operator=True)
