"""Delivers what is due: looks, claims, sends side by side, and notes what came of it."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Callable
from datetime import datetime

from prometheus_client import Counter, Gauge

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.gateway.webhooks.deliveries import Claimed, Deliveries
from services.gateway.webhooks.outgoing.sender import WHOLE_SECONDS, Attempt, Sender

ENDED = Counter(
    "shortlist_gateway_webhook_deliveries_ended_total",
    "Deliveries of webhooks that ended, by outcome: delivered, or failed (given up)",
    ["outcome"],
)
PAUSED = Counter(
    "shortlist_gateway_webhook_paused_total",
    "Webhooks that were paused by themselves, by reason: gone (410), or failing (for WEBHOOK_RETRY_HOURS)",
    ["reason"],
)
OLDEST_DUE = Gauge(
    "shortlist_gateway_webhook_oldest_due_seconds",
    "For how long the delivery of a webhook has been due that waits longest; 0 where none waits",
)

PART = "deliveries"
# How often it is looked for what others made due.
LOOK_SECONDS = 1.0
# Tenants whose deliveries are claimed at one look.
TENANTS_AT_ONCE = 256
# How long a stop waits for attempts under way; what it cuts off is sent again by another gateway.
STOP_SECONDS = WHOLE_SECONDS + 1

log = get_logger(__name__)


class DeliveryWorker:
    """Sends at most `at_once` deliveries at the same time, of one tenant at most half of them."""

    def __init__(
        self,
        deliveries: Deliveries,
        sender: Sender,
        health: Health,
        *,
        at_once: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._deliveries = deliveries
        self._sender = sender
        self._health = health
        self._at_once = at_once
        self._of_one_tenant = max(1, at_once // 2)
        self._clock = clock
        self._woken = asyncio.Event()
        self._sending: dict[asyncio.Task[None], str] = {}
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look for what is due."""
        self._looking = asyncio.create_task(self._run(), name="webhooks")

    async def stop(self) -> None:
        """Claims nothing more; attempts under way have STOP_SECONDS."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        if self._sending:
            await asyncio.wait(self._sending, timeout=STOP_SECONDS)
        for task in list(self._sending):
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def wake(self) -> None:
        """Looks at once: something is due, or there is room again."""
        self._woken.set()

    async def look(self) -> int:
        """Claims what is due and there is room for, and begins to send it; how many deliveries that are.

        Raises DependencyUnavailable.
        """
        now, begun = self._clock(), 0
        due = await self._deliveries.due_tenants(now, TENANTS_AT_ONCE)
        OLDEST_DUE.set(max(((now - each.since).total_seconds() for each in due), default=0.0))
        held = Tally(self._sending.values())
        # Who has the least under way comes first: a tenant with a long queue must not take every place that falls free.
        for each in sorted(due, key=lambda one: (held[one.tenant], one.since)):
            room = min(self._at_once - len(self._sending), self._of_one_tenant - held[each.tenant])
            for claimed in await self._deliveries.claim(each.tenant, now, room) if room > 0 else ():
                self._begin(claimed)
                begun += 1
        return begun

    async def idle(self) -> None:
        """Returns once nothing is being sent."""
        while self._sending:
            await asyncio.wait(self._sending)

    def _begin(self, claimed: Claimed) -> None:
        task = asyncio.create_task(self._deliver(claimed), name="webhook")
        self._sending[task] = claimed.tenant
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("webhook_not_settled", exc_info=error)
        self.wake()

    async def _run(self) -> None:
        attempt = 0
        while True:
            self._woken.clear()
            try:
                begun = await self.look()
            except DependencyUnavailable as fault:
                self._health.degraded(PART, f"nothing is delivered until it is back: {fault}")
                log.warning("webhooks_not_looked_at", reason=str(fault))
            except Exception as error:  # without the task nothing would be delivered until a restart
                self._health.degraded(PART, f"looking for what is due failed: {type(error).__name__}")
                log.error("webhooks_not_looked_at", exc_info=error)
            else:
                self._health.ok(PART)
                attempt = 0
                if not begun:
                    await self._rest()
                continue
            await asyncio.sleep(backoff_seconds(attempt))
            attempt += 1

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _deliver(self, claimed: Claimed) -> None:
        attempt = await self._sender.send(claimed.url, claimed.message, claimed.body, claimed.keys, self._clock())
        tries = 0
        while True:
            try:
                await self._settle(claimed, attempt)
                return
            except DependencyUnavailable as fault:
                # When the lease is over it is another's; its receiver knows it by its id if it comes again.
                if self._clock() >= claimed.leased_until:
                    log.warning("webhook_not_settled", message=claimed.message, reason=str(fault))
                    return
            await asyncio.sleep(backoff_seconds(tries))
            tries += 1

    async def _settle(self, claimed: Claimed, attempt: Attempt) -> None:
        verdict = await self._deliveries.settle(claimed, attempt, self._clock())
        if verdict is None:
            return
        if verdict.state != "pending":
            ENDED.labels(verdict.state).inc()
        told = {"webhook": claimed.webhook_id, "message": claimed.message, "attempt": claimed.attempts}
        if attempt.error is not None:
            log.info("webhook_attempt_failed", **told, reason=attempt.error, ends=verdict.state)
        if verdict.paused_for is not None:
            PAUSED.labels("gone" if attempt.is_gone else "failing").inc()
            log.warning("webhook_paused", **told, reason=verdict.paused_for)
