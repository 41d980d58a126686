"""What is stored of requests with an Idempotency-Key: who works on one, and what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.gateway.storage.database import GatewayDatabase

# For how long an answer is remembered.
KEPT_HOURS = 24
# A gateway that dies leaves its work to whoever asks again, after this time; one that works on renews it in time.
LEASE_SECONDS = 15.0

# Wins where nobody has the key, where it is over, and where whoever had it for the same request has died.
_BEGIN = """
INSERT INTO gateway.idempotency (tenant, key, request, leased_until, lease, expires_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4), $5, now() + make_interval(hours => $6))
ON CONFLICT (tenant, key) DO UPDATE SET
    request = excluded.request, leased_until = excluded.leased_until, lease = excluded.lease,
    expires_at = excluded.expires_at, status = NULL, headers = NULL, body = NULL
WHERE idempotency.expires_at < now()
    OR (idempotency.status IS NULL AND idempotency.leased_until < now() AND idempotency.request = excluded.request)
RETURNING lease
"""
_FOUND = "SELECT request, status, headers, body FROM gateway.idempotency WHERE tenant = $1 AND key = $2"
_RENEW = """
UPDATE gateway.idempotency SET leased_until = now() + make_interval(secs => $4)
WHERE tenant = $1 AND key = $2 AND lease = $3 AND status IS NULL
"""
_END = """
UPDATE gateway.idempotency SET status = $4, headers = $5::jsonb, body = $6::jsonb
WHERE tenant = $1 AND key = $2 AND lease = $3
"""
_GIVE_UP = "DELETE FROM gateway.idempotency WHERE tenant = $1 AND key = $2 AND lease = $3 AND status IS NULL"
_FORGET = "DELETE FROM gateway.idempotency WHERE tenant = $1 AND expires_at < now()"


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What came of a request. `body` is JSON, or None where the document is shown as it is now."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a request."""

    tenant: str
    key: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Found:
    """A request that somebody else has: the same one or another (`is_same`), and its answer where there is one."""

    is_same: bool
    answer: StoredAnswer | None


class StoredRequests:
    """Of all tenants. Every method raises DependencyUnavailable."""

    def __init__(self, database: GatewayDatabase, lease_seconds: float = LEASE_SECONDS) -> None:
        self._database = database
        self.lease_seconds = lease_seconds

    async def begin(self, tenant: str, key: str, request: bytes) -> Lease | Found:
        """The right to work on it, or what is known of it. `request`: SHA-256 of what is asked for."""
        id = uuid.uuid4()
        async with self._database.writing(tenant) as connection:
            await connection.execute("INSERT INTO gateway.tenants VALUES ($1) ON CONFLICT DO NOTHING", tenant)
            values = (tenant, key, request, self.lease_seconds, id, KEPT_HOURS)
            if await connection.fetchval(_BEGIN, *values) is not None:
                return Lease(tenant, key, id)
            row = await connection.fetchrow(_FOUND, tenant, key)
        if row is None:  # given up in this very moment
            return Found(is_same=True, answer=None)
        is_same = bytes(row["request"]) == request
        return Found(is_same, _answer(row) if is_same and row["status"] is not None else None)

    async def renew(self, lease: Lease) -> None:
        """Keeps the right for LEASE_SECONDS more."""
        async with self._database.writing(lease.tenant) as connection:
            await connection.execute(_RENEW, lease.tenant, lease.key, lease.id, self.lease_seconds)

    async def end(self, lease: Lease, answer: StoredAnswer) -> None:
        """Keeps the answer."""
        headers = msgspec.json.encode(answer.headers).decode()
        body = None if answer.body is None else msgspec.json.encode(answer.body).decode()
        async with self._database.writing(lease.tenant) as connection:
            await connection.execute(_END, lease.tenant, lease.key, lease.id, answer.status, headers, body)

    async def give_up(self, lease: Lease) -> None:
        """Lets the next who asks do it."""
        async with self._database.writing(lease.tenant) as connection:
            await connection.execute(_GIVE_UP, lease.tenant, lease.key, lease.id)

    async def forget(self) -> int:
        """Removes what is over, of every tenant; how many."""
        async with self._database.reading_shared() as connection:
            tenants = [row["tenant"] for row in await connection.fetch("SELECT tenant FROM gateway.tenants")]
        removed = 0
        for tenant in tenants:
            async with self._database.writing(tenant) as connection:
                removed += await connection.execute(_FORGET, tenant)
        return removed


def _answer(row: Any) -> StoredAnswer:
    body = None if row["body"] is None else msgspec.json.decode(row["body"])
    return StoredAnswer(row["status"], msgspec.json.decode(row["headers"]), body)
