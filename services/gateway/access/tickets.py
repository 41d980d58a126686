"""Tickets: each lets a caller in once, where it cannot send its key, as a browser's EventSource cannot."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.gateway.access.caller import Caller
from services.gateway.access.key_form import digest_of
from services.gateway.access.scopes import Scope
from services.gateway.problems import Problem
from services.gateway.storage.database import GatewayDatabase

LIFE_SECONDS = 60
MAX_TICKET_CHARS = 100

_MAKE = """
INSERT INTO gateway.tickets (digest, tenant, key_id, scopes, actor, token_ends, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval) RETURNING expires_at
"""
# Used ones go with the expired ones.
_SWEEP = "DELETE FROM gateway.tickets WHERE tenant = $1 AND expires_at < now()"
_USE = """
UPDATE gateway.tickets SET used_at = now() WHERE digest = $1 AND used_at IS NULL AND expires_at > now()
RETURNING tenant, key_id, scopes, actor, token_ends
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket, seen only once, and until when it can be used."""

    ticket: str
    expires_at: datetime


class Tickets:
    """The tickets of all tenants, the same at every gateway.

    Methods raise Problem (`not_supported`) without a database, and DependencyUnavailable.
    """

    def __init__(self, database: GatewayDatabase | None) -> None:
        self._database_or_none = database

    async def make(self, caller: Caller) -> Ticket:
        """A ticket that opens what its caller's key opens; the tenant's expired ones are deleted."""
        ticket = f"st_{secrets.token_urlsafe(32)}"
        async with self._database.writing(caller.tenant) as connection:
            await connection.execute(_SWEEP, caller.tenant)
            whose = (caller.tenant, caller.key_id, sorted(caller.scopes), caller.actor, caller.expires_at)
            life = timedelta(seconds=LIFE_SECONDS)
            expires_at: datetime = await connection.fetchval(_MAKE, digest_of(ticket), *whose, life)
        return Ticket(ticket, expires_at)

    async def use(self, ticket: str) -> Caller | None:
        """Who made this ticket, the first time it is asked within its life; else None. Its key may be worthless now."""
        if not 0 < len(ticket) <= MAX_TICKET_CHARS:
            return None
        digest = digest_of(ticket)
        async with self._database.writing_shared() as connection:
            await connection.fetchval("SELECT set_config('shortlist.ticket', $1, true)", digest.hex())
            row = await connection.fetchrow(_USE, digest)
        return None if row is None else _holder(row)

    @property
    def _database(self) -> GatewayDatabase:
        if self._database_or_none is None:
            raise Problem(
                "not_supported",
                "this gateway has no database to keep tickets in: set its DATABASE_URL, and start it again; with the "
                "header Authorization events can be followed without a ticket",
            )
        return self._database_or_none


def _holder(row: Any) -> Caller:
    scopes = frozenset(Scope(name) for name in row["scopes"] if name in set(Scope))
    return Caller(row["tenant"], row["key_id"], scopes, actor=row["actor"], expires_at=row["token_ends"])
