"""Deliveries that are due: claimed by one gateway at a time, sent, and settled.

A claim is a lease: where the gateway that has it dies, the delivery becomes due again when it ends. Whoever claims
holds the tenant's row in `webhook_tenants` meanwhile, so that no webhook is sent more at once than it may, by all
gateways together.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libs.database.transactions import TenantDatabase
from services.gateway.webhooks.event_log import wake
from services.gateway.webhooks.messages import message_id
from services.gateway.webhooks.outgoing.sender import Attempt
from services.gateway.webhooks.schedule import Standing, Verdict, judge
from services.gateway.webhooks.stored_webhooks import signing_keys

# Longer than an attempt and what is written of it may take.
LEASE = timedelta(seconds=60)

_DUE_TENANTS = "SELECT tenant, due_at FROM gateway.webhook_tenants WHERE due_at <= $1 ORDER BY due_at LIMIT $2"
_HOLD = "SELECT FROM gateway.webhook_tenants WHERE tenant = $1 AND due_at <= $2 FOR UPDATE SKIP LOCKED"
# A webhook whose last attempt failed is tried with one delivery at a time.
_FREE = """
    SELECT webhook.tenant, webhook.id, webhook.not_before,
           CASE WHEN webhook.failures > 0 THEN 1 ELSE $2::bigint END - (
               SELECT count(*) FROM gateway.webhook_deliveries sent
               WHERE sent.tenant = webhook.tenant AND sent.webhook_id = webhook.id AND sent.state = 'pending'
                 AND sent.claim IS NOT NULL AND sent.due_at > $3
           ) AS free
    FROM gateway.webhooks webhook WHERE webhook.tenant = $1 AND webhook.state = 'active'
"""
_CLAIM = f"""
WITH room AS ({_FREE}), due AS (
    SELECT chosen.event_id, chosen.webhook_id FROM room, LATERAL (
        SELECT delivery.event_id, delivery.webhook_id FROM gateway.webhook_deliveries delivery
        WHERE delivery.tenant = $1 AND delivery.webhook_id = room.id AND delivery.state = 'pending'
          AND delivery.due_at <= $3
        ORDER BY delivery.due_at, delivery.number LIMIT greatest(room.free, 0) FOR UPDATE SKIP LOCKED
    ) chosen
    WHERE room.not_before IS NULL OR room.not_before <= $3
    LIMIT $4
)
UPDATE gateway.webhook_deliveries delivery
SET claim = $5, due_at = $6, attempts = delivery.attempts + 1
FROM due, gateway.webhooks webhook, gateway.webhook_events event
WHERE delivery.tenant = $1 AND delivery.webhook_id = due.webhook_id AND delivery.event_id = due.event_id
  AND webhook.tenant = $1 AND webhook.id = due.webhook_id AND event.tenant = $1 AND event.id = due.event_id
RETURNING delivery.webhook_id, delivery.event_id, delivery.number, delivery.attempts, delivery.give_up_at, event.type,
          event.body, webhook.url, webhook.secret, webhook.previous_secret, webhook.previous_until
"""
# Where a webhook has no room, its next moment is the end of a lease: a delivery that is settled says so itself.
_NEXT = f"""
WITH room AS ({_FREE})
UPDATE gateway.webhook_tenants SET due_at = (
    SELECT min(greatest(room.not_before, (
        SELECT delivery.due_at FROM gateway.webhook_deliveries delivery
        WHERE delivery.tenant = $1 AND delivery.webhook_id = room.id AND delivery.state = 'pending'
          AND (room.free > 0 OR delivery.due_at > $3)
        ORDER BY delivery.due_at LIMIT 1
    ))) FROM room
    WHERE EXISTS (
        SELECT FROM gateway.webhook_deliveries waiting
        WHERE waiting.tenant = $1 AND waiting.webhook_id = room.id AND waiting.state = 'pending'
    )
)
WHERE tenant = $1
"""
_STANDING = """
SELECT state, failures, failing_since FROM gateway.webhooks WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE
"""
_NOTE_AT_WEBHOOK = """
UPDATE gateway.webhooks
SET failures = $3, failing_since = $4, not_before = $5, last_attempt_at = $6, last_message = $7, last_type = $8,
    last_status = $9, last_error = coalesce($10, last_error),
    last_error_at = CASE WHEN $10::text IS NULL THEN last_error_at ELSE $6 END,
    state = CASE WHEN $11::text IS NULL THEN state ELSE 'paused' END,
    paused_at = CASE WHEN $11::text IS NULL OR state = 'paused' THEN paused_at ELSE $6 END,
    paused_for = CASE WHEN $11::text IS NULL OR state = 'paused' THEN paused_for ELSE $11 END
WHERE tenant = $1 AND id = $2
"""
_SETTLE = """
UPDATE gateway.webhook_deliveries
SET state = $5, due_at = $6, claim = NULL, last_status = $7, last_error = $8,
    ended_at = CASE WHEN $5 = 'pending' THEN NULL ELSE $9::timestamptz END
WHERE tenant = $1 AND webhook_id = $2 AND event_id = $3 AND claim = $4
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this gateway sends, until the lease ends. `attempts` counts this one."""

    tenant: str
    webhook_id: str
    event_id: str
    claim: str
    leased_until: datetime
    attempts: int
    give_up_at: datetime
    url: str
    type: str
    body: bytes
    keys: Sequence[bytes]

    @property
    def message(self) -> str:
        """Its `webhook-id`."""
        return message_id(self.webhook_id, self.event_id)


@dataclass(frozen=True, slots=True)
class DueTenant:
    """A tenant that has something due, and since when."""

    tenant: str
    since: datetime


class Deliveries:
    """The deliveries of all tenants. Every method raises DependencyUnavailable.

    `per_webhook`: deliveries sent to one at the same time. `patience`: how long a webhook may fail.
    """

    def __init__(self, database: TenantDatabase, *, per_webhook: int, patience: timedelta) -> None:
        self._database = database
        self._per_webhook = per_webhook
        self._patience = patience

    async def due_tenants(self, now: datetime, most: int) -> list[DueTenant]:
        """Who has something due, those that waited longest first."""
        async with self._database.reading_shared() as connection:
            rows = await connection.fetch(_DUE_TENANTS, now, most)
        return [DueTenant(row["tenant"], row["due_at"]) for row in rows]

    async def claim(self, tenant: str, now: datetime, most: int) -> list[Claimed]:
        """At most `most` deliveries of a tenant that are due, the oldest first: they are this gateway's until LEASE is
        over. None where another gateway claims some of the tenant at this moment."""
        claim, until = secrets.token_hex(8), now + LEASE
        async with self._database.writing(tenant) as connection:
            if await connection.fetchrow(_HOLD, tenant, now) is None:
                return []
            rows = await connection.fetch(_CLAIM, tenant, self._per_webhook, now, most, claim, until)
            await connection.execute(_NEXT, tenant, self._per_webhook, now)
        ordered = sorted(rows, key=lambda row: row["number"])
        return [_claimed(tenant, claim, until, row, now) for row in ordered]

    async def settle(self, sent: Claimed, attempt: Attempt, now: datetime) -> Verdict | None:
        """Notes what came of an attempt, and what follows from it; None where the delivery is another's by now, or its
        webhook was deleted."""
        async with self._database.writing(sent.tenant) as connection:
            row = await connection.fetchrow(_STANDING, sent.tenant, sent.webhook_id)
            if row is None:
                return None
            verdict = judge(
                attempt,
                attempts=sent.attempts,
                give_up_at=sent.give_up_at,
                standing=Standing(row["failures"], row["failing_since"]),
                now=now,
                patience=self._patience,
            )
            outcome = (verdict.state, verdict.due_at, attempt.status, attempt.error, now)
            settled = await connection.execute(
                _SETTLE, sent.tenant, sent.webhook_id, sent.event_id, sent.claim, *outcome
            )
            if not settled:
                return None
            await connection.execute(
                _NOTE_AT_WEBHOOK,
                sent.tenant,
                sent.webhook_id,
                verdict.standing.failures,
                verdict.standing.failing_since,
                verdict.not_before,
                now,
                sent.message,
                sent.type,
                attempt.status,
                attempt.error,
                verdict.paused_for,
            )
            # Its webhook has room again: whoever claims next looks what is due.
            await wake(connection, sent.tenant, now)
        return verdict


def _claimed(tenant: str, claim: str, until: datetime, row: Any, now: datetime) -> Claimed:
    return Claimed(
        tenant=tenant,
        webhook_id=row["webhook_id"],
        event_id=row["event_id"],
        claim=claim,
        leased_until=until,
        attempts=row["attempts"],
        give_up_at=row["give_up_at"],
        url=row["url"],
        type=row["type"],
        body=row["body"],
        keys=signing_keys(row["secret"], row["previous_secret"], row["previous_until"], now),
    )
