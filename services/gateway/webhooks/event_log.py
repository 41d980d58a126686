"""What happened, kept for some days: each event once for a tenant, and on its way to each webhook that wants it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.database.transactions import TenantDatabase, Writing
from services.gateway.webhooks.messages import Event

# A webhook is told of what happened after it was made; clocks of services differ by less than this.
CLOCKS_DIFFER = timedelta(minutes=1)
# Events that one call sends again; who wants more goes on where it ended.
MOST_REPLAYED = 20_000
# Rows removed in one transaction.
_MOST_REMOVED = 5_000

_WAKE = """
INSERT INTO gateway.webhook_tenants AS known (tenant, due_at) VALUES ($1, $2)
ON CONFLICT (tenant) DO UPDATE SET due_at = least(known.due_at, excluded.due_at)
"""
_WANTED = "SELECT id, types, state, created_at FROM gateway.webhooks WHERE tenant = $1 ORDER BY id FOR KEY SHARE"
_STORE = """
INSERT INTO gateway.webhook_events (tenant, id, type, at, body, stored_at)
SELECT $1, told.id, told.type, told.at, told.body, $6
FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bytea[]) AS told (id, type, at, body)
ON CONFLICT DO NOTHING
"""
_SEND = """
INSERT INTO gateway.webhook_deliveries (tenant, webhook_id, event_id, created_at, due_at, give_up_at)
SELECT $1, told.webhook, told.event, $4, $4, $5
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS told (webhook, event, place)
ORDER BY told.place
ON CONFLICT DO NOTHING
"""
_REPLAYED = f"""
SELECT event.id, event.at FROM gateway.webhook_events event
JOIN gateway.webhooks webhook ON webhook.tenant = event.tenant AND webhook.id = $2
WHERE event.tenant = $1 AND event.at >= $3 AND ($4::timestamptz IS NULL OR event.at < $4)
  AND event.type = ANY (webhook.types)
ORDER BY event.at, event.id LIMIT {MOST_REPLAYED + 1}
"""
# What a gateway is sending at this moment need not be sent once more.
_SEND_AGAIN = """
INSERT INTO gateway.webhook_deliveries AS known (tenant, webhook_id, event_id, created_at, due_at, give_up_at)
SELECT $1, $2, told.event, $4, $4, $5
FROM unnest($3::text[]) WITH ORDINALITY AS told (event, place)
ORDER BY told.place
ON CONFLICT (tenant, webhook_id, event_id) DO UPDATE
SET state = 'pending', attempts = 0, due_at = excluded.due_at, give_up_at = excluded.give_up_at, claim = NULL,
    ended_at = NULL
WHERE known.claim IS NULL OR known.due_at <= excluded.due_at
"""
_OLD = f"""
DELETE FROM gateway.webhook_events WHERE tenant = $1 AND id IN (
    SELECT event.id FROM gateway.webhook_events event
    WHERE event.tenant = $1 AND event.stored_at < $2 AND NOT EXISTS (
        SELECT FROM gateway.webhook_deliveries delivery
        WHERE delivery.tenant = event.tenant AND delivery.event_id = event.id AND delivery.state = 'pending'
          AND delivery.give_up_at > $3
    )
    ORDER BY event.stored_at LIMIT {_MOST_REMOVED}
)
"""


@dataclass(frozen=True, slots=True)
class Replay:
    """How many events are sent again, and from when on there are more; None where those were all."""

    events: int
    next_since: datetime | None


class EventLog:
    """The events of all tenants. Every method raises DependencyUnavailable.

    `patience`: how long a delivery is tried.
    """

    def __init__(self, database: TenantDatabase, patience: timedelta) -> None:
        self._database = database
        self._patience = patience

    async def with_webhooks(self, tenants: Collection[str]) -> set[str]:
        """Those of the tenants that have, or had, a webhook."""
        async with self._database.reading_shared() as connection:
            rows = await connection.fetch(
                "SELECT tenant FROM gateway.webhook_tenants WHERE tenant = ANY ($1)", list(tenants)
            )
        return {row["tenant"] for row in rows}

    async def store(self, tenant: str, events: Sequence[Event], now: datetime) -> int:
        """Keeps the events that a webhook of the tenant wants, and sends them on their way to those that are active.

        How many new deliveries that makes; an event that is known makes none.
        """
        async with self._database.writing(tenant) as connection:
            webhooks = await connection.fetch(_WANTED, tenant)
            wanted = {type for webhook in webhooks for type in webhook["types"]}
            # In order of their ids, so that two who store the same events do not wait for each other in a circle.
            kept = sorted({event.id: event for event in events if event.type in wanted}.values(), key=lambda e: e.id)
            if not kept:
                return 0
            columns = ([e.id for e in kept], [e.type for e in kept], [e.at for e in kept], [e.body for e in kept])
            await connection.execute(_STORE, tenant, *columns, now)
            known = {event.id for event in kept}
            pairs = [
                (webhook["id"], event.id)
                for event in _in_order(events, known)
                for webhook in webhooks
                if webhook["state"] == "active"
                and event.type in webhook["types"]
                and event.at >= webhook["created_at"] - CLOCKS_DIFFER
            ]
            if not pairs:
                return 0
            webhook_ids, event_ids = zip(*pairs, strict=True)
            made = await connection.execute(
                _SEND, tenant, list(webhook_ids), list(event_ids), now, now + self._patience
            )
            if made:
                await wake(connection, tenant, now)
            return made

    async def replay(
        self, tenant: str, webhook_id: str, since: datetime, until: datetime | None, now: datetime
    ) -> Replay:
        """Sends again what is kept and happened in [since, until), the oldest first."""
        async with self._database.writing(tenant) as connection:
            # Settled deliveries wait for it, so that none is changed by both.
            await connection.execute(
                "SELECT FROM gateway.webhooks WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE", tenant, webhook_id
            )
            rows = await connection.fetch(_REPLAYED, tenant, webhook_id, since, until)
            again, more = rows[:MOST_REPLAYED], rows[MOST_REPLAYED:]
            if again:
                ids = [row["id"] for row in again]
                await connection.execute(_SEND_AGAIN, tenant, webhook_id, ids, now, now + self._patience)
                await wake(connection, tenant, now)
        return Replay(len(again), more[0]["at"] if more else None)

    async def tenants(self) -> list[str]:
        """The tenants that have, or had, a webhook."""
        async with self._database.reading_shared() as connection:
            rows = await connection.fetch("SELECT tenant FROM gateway.webhook_tenants ORDER BY tenant")
        return [row["tenant"] for row in rows]

    async def remove_old(self, tenant: str, before: datetime, now: datetime) -> int:
        """Removes events that were stored before then and are on their way no more; how many, at most a part."""
        async with self._database.writing(tenant) as connection:
            return await connection.execute(_OLD, tenant, before, now)


async def wake(connection: Writing, tenant: str, due_at: datetime | None) -> None:
    """Notes that the tenant has something due then, or at all. The last statement of a transaction that notes a time:
    others wait for it."""
    await connection.execute(_WAKE, tenant, due_at)


def _in_order(events: Sequence[Event], known: set[str]) -> list[Event]:
    """Those of the events that are known, each once, in the order in which they were read."""
    return list({event.id: event for event in events if event.id in known}.values())
