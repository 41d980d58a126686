"""Any number of gateways deliver together: each event once, and one that dies loses nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from services.gateway.webhooks.deliveries import LEASE
from tests.fakes.webhook_receiver import Receiver

pytestmark = pytest.mark.integration


async def test_two_gateways_deliver_each_event_once_and_no_more_at_once_than_an_endpoint_may_get(
    gateway: Any, another: Any, receiver: Receiver
) -> None:
    for tenant in ("default", "acme"):
        await gateway.make(receiver.url(f"/{tenant}"), tenant=tenant)
        await gateway.happens(*range(150), tenant=tenant)
    async with another() as second:
        for each in (gateway, second):
            await each.worker.start()
        async with asyncio.timeout(120):
            while len(receiver.received) < 300:
                await asyncio.sleep(0.05)
    assert len(set(receiver.ids)) == len(receiver.ids) == 300
    assert receiver.most_at_once <= 8


async def test_what_a_gateway_that_was_killed_had_claimed_is_delivered_by_another(
    gateway: Any, another: Any, receiver: Receiver, clock: Any
) -> None:
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1, 2, 3)
    receiver.gate = asyncio.Event()
    async with another() as doomed:
        # It dies with three requests under way: nothing it learns of them is ever written.
        assert await doomed.worker.look() == 3
        async with asyncio.timeout(30):
            while receiver.at_once < 3:
                await asyncio.sleep(0.01)
        for task in list(doomed.worker._sending):
            task.cancel()
        await asyncio.gather(*doomed.worker._sending, return_exceptions=True)
    assert await gateway.deliver() == 0, "for all that others know they are still being sent"
    receiver.gate.set()
    clock.now += LEASE
    assert await gateway.deliver() == 3
    assert sorted(receiver.ids[:3]) == sorted(receiver.ids[3:])
    held = await gateway.named(webhook)
    assert (held.pending, held.failures) == (0, 0)


async def test_a_gateway_that_was_too_slow_changes_nothing_of_what_another_noted(
    gateway: Any, another: Any, receiver: Receiver, clock: Any
) -> None:
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    receiver.gate = asyncio.Event()
    async with another() as slow:
        assert await slow.worker.look() == 1
        clock.now += LEASE
        (again,) = await gateway.deliveries.claim("default", clock(), 10)
        receiver.gate.set()
        await slow.worker.idle()
    held = await gateway.named(webhook)
    assert (held.pending, held.last_attempt) == (1, None)
    assert again.attempts == 2


async def test_an_outage_of_the_database_loses_nothing_that_was_delivered_meanwhile(
    gateway: Any, receiver: Receiver
) -> None:
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    receiver.gate = asyncio.Event()
    assert await gateway.worker.look() == 1
    await gateway.database.close()
    receiver.gate.set()
    async with asyncio.timeout(30):
        while receiver.at_once:
            await asyncio.sleep(0.01)
    await gateway.database.open()
    await gateway.worker.idle()
    assert (await gateway.named(webhook)).pending == 0
    assert len(receiver.received) == 1
