"""What callers do with webhooks: making, changing, trying, replaying. Methods raise Problem, DependencyUnavailable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from libs.contracts.iso_dates import moment_of
from services.gateway.problems import RETRY_SECONDS, Problem
from services.gateway.webhooks.event_log import EventLog, Replay
from services.gateway.webhooks.messages import ENDS, message_id, new_test_event, parsed_types
from services.gateway.webhooks.outgoing.sender import Attempt, Sender
from services.gateway.webhooks.outgoing.targets import UnfitUrl, UrlRules
from services.gateway.webhooks.stored_webhooks import StoredDelivery, StoredWebhook, StoredWebhooks

MOST_WEBHOOKS = 20
MAX_DESCRIPTION_CHARS = 200
# After a rotation the old secret goes on signing for as long.
OLD_SECRET_SIGNS = timedelta(hours=24)
TESTS_AT_ONCE = 8
MOST_LISTED = 200
PAUSED_BY_CALLER = "it was paused by a call of the API"


@dataclass(frozen=True, slots=True)
class Storage:
    """Where webhooks and events are stored."""

    webhooks: StoredWebhooks
    events: EventLog


class ManagingWebhooks:
    """Manages a tenant's webhooks. Without `storage`, where the gateway has no database, every call says so."""

    def __init__(
        self,
        storage: Storage | None,
        sender: Sender,
        rules: UrlRules,
        *,
        patience: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._storage_or_none = storage
        self._sender = sender
        self._rules = rules
        self._patience = patience
        self._clock = clock
        self._testing = asyncio.Semaphore(TESTS_AT_ONCE)

    async def make(self, tenant: str, url: str, types: Sequence[str] | None, description: str) -> StoredWebhook:
        """A new webhook, with its secret."""
        checked = self._checked_url(url)
        wanted = _checked_types(ENDS if types is None else types)
        made = await self._storage.webhooks.make(
            tenant,
            url=checked,
            types=wanted,
            description=_checked_description(description),
            now=self._clock(),
            most=MOST_WEBHOOKS,
        )
        if made is None:
            raise Problem("too_many", f"there are {MOST_WEBHOOKS} webhooks already: delete one that is not needed")
        return made

    async def listed(self, tenant: str) -> list[StoredWebhook]:
        """All of a tenant's webhooks, the oldest first."""
        return await self._storage.webhooks.of_tenant(tenant)

    async def named(self, tenant: str, id: str) -> StoredWebhook:
        """One of them."""
        found = await self._storage.webhooks.named(tenant, id)
        if found is None:
            raise Problem("not_found", f"there is no webhook with the id {id[:80]}")
        return found

    async def change(
        self,
        tenant: str,
        id: str,
        *,
        url: str | None,
        types: Sequence[str] | None,
        description: str | None,
        state: Literal["active", "paused"] | None,
    ) -> StoredWebhook:
        """Changes what is not None; as it is then."""
        await self.named(tenant, id)
        checked = None if url is None else self._checked_url(url)
        wanted = None if types is None else _checked_types(types)
        text = None if description is None else _checked_description(description)
        webhooks = self._storage.webhooks
        await webhooks.change(
            tenant, id, url=checked, types=wanted, description=text, now=self._clock(), patience=self._patience
        )
        if state == "active":
            await webhooks.resume(tenant, id, self._clock(), self._patience)
        elif state == "paused":
            await webhooks.pause(tenant, id, self._clock(), PAUSED_BY_CALLER)
        return await self.named(tenant, id)

    async def rotate(self, tenant: str, id: str) -> StoredWebhook:
        """A new secret, with which it is signed from now on, beside the old one for OLD_SECRET_SIGNS."""
        await self.named(tenant, id)
        rotated = await self._storage.webhooks.rotate(tenant, id, self._clock() + OLD_SECRET_SIGNS)
        return rotated or await self.named(tenant, id)

    async def delete(self, tenant: str, id: str) -> StoredWebhook:
        """Deletes it, and what is on its way to it; as it was."""
        found = await self.named(tenant, id)
        await self._storage.webhooks.delete(tenant, id)
        return found

    async def replay(self, tenant: str, id: str, since: str, until: str | None) -> Replay:
        """Sends again what happened in [since, until) and is still kept, under the same ids as before."""
        begin, end = _moment("since", since), None if until is None else _moment("until", until)
        if end is not None and end <= begin:
            raise Problem("invalid_time", "until must be later than since")
        await self.named(tenant, id)
        return await self._storage.events.replay(tenant, id, begin, end, self._clock())

    async def deliveries(self, tenant: str, id: str, state: str | None, limit: int) -> list[StoredDelivery]:
        """What was and is to be delivered to it, the newest first."""
        if not 1 <= limit <= MOST_LISTED:
            raise Problem("invalid_limit", f"limit must be 1 to {MOST_LISTED}")
        if state not in (None, "pending", "delivered", "failed"):
            raise Problem("invalid_state", f"a delivery is pending, delivered or failed, not {str(state)[:40]!r}")
        await self.named(tenant, id)
        return await self._storage.webhooks.deliveries(tenant, id, state, limit)

    async def test(self, tenant: str, id: str) -> tuple[str, Attempt]:
        """Sends a test event now, whatever its state, and tells the message's id and what came back. Nothing of it is
        stored."""
        webhook = await self.named(tenant, id)
        if self._testing.locked():
            raise Problem(
                "overloaded",
                f"{TESTS_AT_ONCE} webhooks are being tried at this moment",
                headers={"Retry-After": str(RETRY_SECONDS)},
            )
        async with self._testing:
            now = self._clock()
            event = new_test_event(id, now)
            message = message_id(id, event.id)
            return message, await self._sender.send(webhook.url, message, event.body, webhook.keys(now), now)

    def _checked_url(self, url: str) -> str:
        try:
            return str(self._rules.check(url))
        except UnfitUrl as refusal:
            raise Problem("invalid_url", str(refusal)) from None

    @property
    def _storage(self) -> Storage:
        if self._storage_or_none is None:
            raise Problem(
                "not_supported",
                "this gateway has no database to keep webhooks in: set its DATABASE_URL, and start it again",
            )
        return self._storage_or_none


def _checked_types(types: Sequence[str]) -> list[str]:
    try:
        return parsed_types(types)
    except ValueError as error:
        raise Problem("invalid_body", str(error)) from None


def _checked_description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION_CHARS or not (text.isprintable() or text == ""):
        raise Problem("invalid_body", f"a description has at most {MAX_DESCRIPTION_CHARS} printable characters")
    return text


def _moment(name: str, text: str) -> datetime:
    moment = moment_of(text)
    if moment is None:
        raise Problem("invalid_time", f"{name} must be a time of RFC 3339, not {text[:60]!r}")
    return moment
