"""Webhooks as they are stored: made, listed, changed, deleted. Nothing here sends."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libs.database.transactions import TenantDatabase, Writing
from services.gateway.webhooks.event_log import wake
from services.gateway.webhooks.messages import message_id
from services.gateway.webhooks.outgoing.signing import new_secret

# Counting goes no further: who has more waiting is told so many.
MOST_COUNTED = 10_000
_ID_CHARS = 16
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"

_COLUMNS = """
    id, url, types, description, created_at, secret, previous_secret, previous_until, state, paused_at, paused_for,
    failures, failing_since, last_attempt_at, last_message, last_type, last_status, last_error, last_error_at
"""
_IN_STATE = f"""
    (SELECT count(*) FROM (
        SELECT 1 FROM gateway.webhook_deliveries delivery
        WHERE delivery.tenant = webhook.tenant AND delivery.webhook_id = webhook.id AND delivery.state = '%s'
        LIMIT {MOST_COUNTED}
    ) counted)
"""
_SHOWN = f"""
SELECT {_COLUMNS}, {_IN_STATE % "pending"} AS pending, {_IN_STATE % "failed"} AS failed
FROM gateway.webhooks webhook WHERE tenant = $1
"""
_MAKE = """
INSERT INTO gateway.webhooks (tenant, id, url, types, description, created_at, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_CHANGE = """
UPDATE gateway.webhooks
SET url = coalesce($3, url), types = coalesce($4, types), description = coalesce($5, description)
WHERE tenant = $1 AND id = $2
"""
# Another address has done nothing wrong yet.
_FORGIVE = """
UPDATE gateway.webhooks SET failures = 0, failing_since = NULL, not_before = NULL WHERE tenant = $1 AND id = $2
"""
_PAUSE = """
UPDATE gateway.webhooks SET state = 'paused', paused_at = $3, paused_for = $4
WHERE tenant = $1 AND id = $2 AND state = 'active'
"""
_RESUME = """
UPDATE gateway.webhooks
SET state = 'active', paused_at = NULL, paused_for = NULL, failures = 0, failing_since = NULL, not_before = NULL
WHERE tenant = $1 AND id = $2 AND state = 'paused'
"""
# What waited begins anew, with all of its attempts before it.
_BEGIN_ANEW = """
UPDATE gateway.webhook_deliveries SET due_at = $3, give_up_at = $4, attempts = 0, claim = NULL
WHERE tenant = $1 AND webhook_id = $2 AND state = 'pending' AND (claim IS NULL OR due_at <= $3)
"""
_ROTATE = """
UPDATE gateway.webhooks SET previous_secret = secret, previous_until = $4, secret = $3
WHERE tenant = $1 AND id = $2
"""
_DELETE = "DELETE FROM gateway.webhooks WHERE tenant = $1 AND id = $2"
_DELIVERIES = """
SELECT delivery.event_id, event.type, event.at, event.body, delivery.state, delivery.attempts, delivery.created_at,
       delivery.due_at, delivery.ended_at, delivery.last_status, delivery.last_error
FROM gateway.webhook_deliveries delivery
JOIN gateway.webhook_events event ON event.tenant = delivery.tenant AND event.id = delivery.event_id
WHERE delivery.tenant = $1 AND delivery.webhook_id = $2 AND ($3::text IS NULL OR delivery.state = $3)
ORDER BY delivery.number DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The last attempt at a webhook: of which message, and the status of the answer, None where none came."""

    at: datetime
    message: str
    type: str
    status: int | None


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A webhook with its secrets; `previous_secret` signs too until `previous_until`."""

    id: str
    url: str
    types: tuple[str, ...]
    description: str
    created_at: datetime
    secret: bytes
    previous_secret: bytes | None
    previous_until: datetime | None
    state: str
    paused_at: datetime | None
    paused_for: str | None
    failures: int
    failing_since: datetime | None
    last_attempt: LastAttempt | None
    last_error: str | None
    last_error_at: datetime | None
    pending: int
    failed: int

    def keys(self, now: datetime) -> Sequence[bytes]:
        """The secrets to sign with, the newest first."""
        return signing_keys(self.secret, self.previous_secret, self.previous_until, now)


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """One event on its way to a webhook, or at its end. `body` is what is sent."""

    message: str
    type: str
    at: datetime
    body: bytes
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    last_status: int | None
    last_error: str | None


class StoredWebhooks:
    """The webhooks of all tenants. Every method raises DependencyUnavailable."""

    def __init__(self, database: TenantDatabase) -> None:
        self._database = database

    async def make(
        self, tenant: str, *, url: str, types: Sequence[str], description: str, now: datetime, most: int
    ) -> StoredWebhook | None:
        """A new webhook with a new secret; None where the tenant has `most` of them already."""
        id = "wh_" + "".join(secrets.choice(_ALPHABET) for _ in range(_ID_CHARS))
        async with self._database.writing(tenant) as connection:
            await connection.execute("INSERT INTO gateway.tenants VALUES ($1) ON CONFLICT DO NOTHING", tenant)
            # Its lock makes those who make one at the same time count one after the other.
            await wake(connection, tenant, None)
            count = await connection.fetchval("SELECT count(*) FROM gateway.webhooks WHERE tenant = $1", tenant)
            if count >= most:
                return None
            await connection.execute(_MAKE, tenant, id, url, list(types), description, now, new_secret())
            return await _named(connection, tenant, id)

    async def of_tenant(self, tenant: str) -> list[StoredWebhook]:
        """A tenant's webhooks, the oldest first."""
        async with self._database.reading(tenant) as connection:
            rows = await connection.fetch(f"{_SHOWN} ORDER BY created_at, id", tenant)
        return [_stored(row) for row in rows]

    async def named(self, tenant: str, id: str) -> StoredWebhook | None:
        """A tenant's webhook by its id."""
        async with self._database.reading(tenant) as connection:
            row = await connection.fetchrow(f"{_SHOWN} AND id = $2", tenant, id)
        return None if row is None else _stored(row)

    async def change(
        self,
        tenant: str,
        id: str,
        *,
        url: str | None,
        types: Sequence[str] | None,
        description: str | None,
        now: datetime,
        patience: timedelta,
    ) -> None:
        """Changes what is not None; what is on its way goes to a new URL at once."""
        async with self._database.writing(tenant) as connection:
            await connection.execute(_CHANGE, tenant, id, url, None if types is None else list(types), description)
            if url is not None:
                await connection.execute(_FORGIVE, tenant, id)
                await connection.execute(_BEGIN_ANEW, tenant, id, now, now + patience)
                await wake(connection, tenant, now)

    async def pause(self, tenant: str, id: str, now: datetime, why: str) -> None:
        """Sends nothing to it any more. One that is paused stays as it is."""
        async with self._database.writing(tenant) as connection:
            await connection.execute(_PAUSE, tenant, id, now, why)

    async def resume(self, tenant: str, id: str, now: datetime, patience: timedelta) -> None:
        """Sends to it again, what was pending first. One that is active stays as it is."""
        async with self._database.writing(tenant) as connection:
            if await connection.execute(_RESUME, tenant, id):
                await connection.execute(_BEGIN_ANEW, tenant, id, now, now + patience)
                await wake(connection, tenant, now)

    async def rotate(self, tenant: str, id: str, previous_until: datetime) -> StoredWebhook | None:
        """A new secret; the one before signs too until then, the one before that no more."""
        async with self._database.writing(tenant) as connection:
            await connection.execute(_ROTATE, tenant, id, new_secret(), previous_until)
            return await _named(connection, tenant, id)

    async def delete(self, tenant: str, id: str) -> bool:
        """Deletes it, and what is on its way to it; False where there is none."""
        async with self._database.writing(tenant) as connection:
            return await connection.execute(_DELETE, tenant, id) > 0

    async def deliveries(self, tenant: str, id: str, state: str | None, limit: int) -> list[StoredDelivery]:
        """What was and is to be delivered, the newest first."""
        async with self._database.reading(tenant) as connection:
            rows = await connection.fetch(_DELIVERIES, tenant, id, state, limit)
        return [_delivery(id, row) for row in rows]


def signing_keys(
    secret: bytes, previous_secret: bytes | None, previous_until: datetime | None, now: datetime
) -> Sequence[bytes]:
    """The secrets to sign with at a moment, the newest first."""
    if previous_secret is None or previous_until is None or previous_until <= now:
        return [secret]
    return [secret, previous_secret]


async def _named(connection: Writing, tenant: str, id: str) -> StoredWebhook | None:
    row = await connection.fetchrow(f"{_SHOWN} AND id = $2", tenant, id)
    return None if row is None else _stored(row)


def _stored(row: Any) -> StoredWebhook:
    last = None
    if row["last_attempt_at"] is not None:
        last = LastAttempt(row["last_attempt_at"], row["last_message"], row["last_type"], row["last_status"])
    same = (
        "id", "url", "description", "created_at", "secret", "previous_secret", "previous_until", "state", "paused_at",
        "paused_for", "failures", "failing_since", "last_error", "last_error_at", "pending", "failed",
    )  # fmt: skip
    return StoredWebhook(types=tuple(row["types"]), last_attempt=last, **{name: row[name] for name in same})


def _delivery(webhook_id: str, row: Any) -> StoredDelivery:
    same = (
        "type", "at", "body", "state", "attempts", "created_at", "due_at", "ended_at", "last_status", "last_error",
    )  # fmt: skip
    return StoredDelivery(message=message_id(webhook_id, row["event_id"]), **{name: row[name] for name in same})
