"""What happens is delivered, once where all goes well, and for three days where it does not."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.statuses import Status
from services.gateway.webhooks.messages import TYPES, message_id
from services.gateway.webhooks.outgoing.signing import shown
from tests.fakes.webhook_receiver import Answer, Receiver, receiving

pytestmark = pytest.mark.integration

PATIENCE = timedelta(hours=72)


async def test_an_event_is_delivered_once_and_can_be_verified(gateway: Any, receiver: Receiver) -> None:
    webhook = await gateway.make(receiver.url())
    (event,) = await gateway.happens(1)
    assert await gateway.deliver() == 1
    (came,) = receiver.received
    assert came.headers["webhook-id"] == message_id(webhook.id, event.id)
    assert came.verified_with(shown(webhook.secret)) == json.loads(event.body)
    held = await gateway.named(webhook)
    assert (held.pending, held.failed, held.failures, held.last_error) == (0, 0, 0, None)
    assert held.last_attempt is not None
    assert (held.last_attempt.message, held.last_attempt.status) == (came.headers["webhook-id"], 204)


async def test_the_same_status_read_again_is_not_delivered_again(gateway: Any, receiver: Receiver) -> None:
    await gateway.make(receiver.url())
    for _ in range(2):
        await gateway.happens(1, 2)
        await gateway.deliver()
    assert len(receiver.ids) == len(set(receiver.ids)) == 2


async def test_events_arrive_in_the_order_in_which_they_happened_where_one_is_sent_at_a_time(
    gateway: Any, receiver: Receiver
) -> None:
    await gateway.make(receiver.url(), types=TYPES)
    for status in (Status.QUEUED, Status.PARSED, Status.INDEXED):
        await gateway.happens(1, status=status)
        await gateway.deliver()
    assert [json.loads(each.body)["data"]["status"] for each in receiver.received] == ["queued", "parsed", "indexed"]


async def test_a_webhook_is_told_of_its_types_alone(gateway: Any, receiver: Receiver) -> None:
    await gateway.make(receiver.url("/failures"), types=("document.failed",))
    await gateway.make(receiver.url("/ends"))
    for status in Status:
        await gateway.happens(1, status=status)
    await gateway.deliver()
    told = {(each.path, json.loads(each.body)["type"]) for each in receiver.received}
    ends = {("/ends", f"document.{status}") for status in ("indexed", "failed", "superseded", "erased")}
    assert told == {("/failures", "document.failed"), *ends}


async def test_a_webhook_is_not_told_of_what_happened_before_it_was_made(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    await gateway.make(receiver.url("/first"))
    clock.advance(hours=-1)
    old = await gateway.happens(1)
    clock.advance(hours=1)
    await gateway.make(receiver.url("/second"))
    clock.advance(hours=-1)
    await gateway.events.store("default", old, clock())
    clock.advance(hours=1)
    assert await gateway.deliver() == 0


async def test_a_failed_delivery_is_tried_again_under_its_id_until_it_succeeds(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.answers = [Answer(500), Answer(then="reset"), Answer(302, {"location": "http://169.254.169.254/"})]
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    for failures in (1, 2, 3):
        assert await gateway.deliver() == 1
        held = await gateway.named(webhook)
        assert (held.failures, held.pending) == (failures, 1)
        assert held.last_error
        assert await gateway.deliver() == 0
        clock.advance(hours=1)
    assert await gateway.deliver() == 1
    assert (len(receiver.ids), len(set(receiver.ids))) == (4, 1)
    timestamps = [int(each.headers["webhook-timestamp"]) for each in receiver.received]
    assert timestamps == sorted(set(timestamps)), "each attempt has a timestamp of its own"
    held = await gateway.named(webhook)
    assert (held.failures, held.failing_since, held.pending) == (0, None, 0)


async def until_paused(gateway: Any, webhook: Any, clock: Any) -> Any:
    """Lets hours go by until a webhook is paused; the webhook as it is then."""
    for _ in range(100):
        if (held := await gateway.named(webhook)).state == "paused":
            return held
        await gateway.deliver()
        clock.advance(hours=1)
    raise AssertionError("it was never paused")


async def test_a_delivery_that_fails_for_three_days_is_given_up_and_its_endpoint_is_paused(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.usual = Answer(500)
    webhook, began = await gateway.make(receiver.url()), clock()
    await gateway.happens(1)
    held = await until_paused(gateway, webhook, clock)
    assert (clock() - began).total_seconds() >= 72 * 3600
    assert "3 days" in str(held.paused_for)
    assert (held.failed, held.pending) == (1, 0)
    (given_up,) = await gateway.webhooks.deliveries("default", webhook.id, "failed", 10)
    assert (given_up.last_status, given_up.attempts, given_up.ended_at is not None) == (500, 11, True)


async def test_a_paused_endpoint_gets_nothing_and_goes_on_where_it_stopped_when_it_is_resumed(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.usual = Answer(500)
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    await gateway.deliver()
    clock.advance(hours=71)
    await gateway.happens(2)
    held = await until_paused(gateway, webhook, clock)
    waiting, attempts = held.pending, len(receiver.received)
    assert waiting >= 1
    await gateway.happens(3)
    clock.advance(days=1)
    assert await gateway.deliver() == 0
    receiver.usual = Answer(204)
    await gateway.webhooks.resume("default", webhook.id, clock(), PATIENCE)
    assert await gateway.deliver() == waiting
    told = {json.loads(each.body)["data"]["id"] for each in receiver.received[attempts:]}
    assert "r-2" in told
    assert "r-3" not in told, "what happens while it is paused is for a replay"
    held = await gateway.named(webhook)
    assert (held.state, held.paused_for, held.failures, held.pending) == ("active", None, 0, 0)


async def test_gone_pauses_a_webhook_at_once(gateway: Any, receiver: Receiver, clock: Any) -> None:
    receiver.answers = [Answer(410)]
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    assert await gateway.deliver() == 1
    held = await gateway.named(webhook)
    assert (held.state, held.pending) == ("paused", 1)
    assert "410" in str(held.paused_for)
    clock.advance(days=2)
    assert await gateway.deliver() == 0


async def test_an_endpoint_that_asks_for_a_rest_gets_it_for_everything(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.answers = [Answer(429, {"Retry-After": "600"})]
    await gateway.make(receiver.url())
    await gateway.happens(1)
    assert await gateway.deliver() == 1
    await gateway.happens(2)
    clock.advance(seconds=599)
    assert await gateway.deliver() == 0
    clock.advance(seconds=1)
    assert await gateway.deliver() == 2


async def test_another_address_gets_at_once_what_the_one_before_did_not_take(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.answers = [Answer(429, {"Retry-After": "86400"})]
    webhook = await gateway.make(receiver.url("/old"))
    await gateway.happens(1)
    assert await gateway.deliver() == 1
    await gateway.change(webhook, url=receiver.url("/new"))
    assert await gateway.deliver() == 1
    assert [each.path for each in receiver.received] == ["/old", "/new"]
    assert (await gateway.named(webhook)).failures == 0


async def test_the_next_place_that_falls_free_goes_to_the_tenant_that_has_the_least_under_way(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    async with receiving() as busy:
        busy.gate = asyncio.Event()
        for tenant in ("busy", "busier"):
            for _ in range(4):
                await gateway.make(busy.url(), tenant=tenant)
            await gateway.happens(*range(50), tenant=tenant)
        assert await gateway.worker.look() == 16
        clock.advance(seconds=1)
        await gateway.make(receiver.url(), tenant="small")
        await gateway.happens(1, tenant="small")
        assert await gateway.worker.look() == 0, "every place is taken"
        next(iter(gateway.worker._sending)).cancel()
        async with asyncio.timeout(30):
            while not await gateway.worker.look():
                await asyncio.sleep(0.01)
            while not receiver.received:
                await asyncio.sleep(0.01)


async def test_one_slow_endpoint_holds_up_nobody_else_and_gets_no_more_at_once_than_it_may(
    gateway: Any, receiver: Receiver
) -> None:
    async with receiving() as slow:
        slow.gate = asyncio.Event()
        await gateway.make(slow.url())
        await gateway.make(receiver.url())
        await gateway.happens(*range(50))
        await gateway.worker.start()
        async with asyncio.timeout(60):
            while len(receiver.received) < 50 or slow.at_once < 4:
                await asyncio.sleep(0.02)
            assert len(slow.received) == 4
            slow.gate.set()
            while len(slow.received) < 50:
                await asyncio.sleep(0.02)
        assert slow.most_at_once == 4
        assert len(set(slow.ids)) == len(slow.ids) == 50


async def test_an_endpoint_that_fails_is_tried_with_one_delivery_at_a_time(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.usual = Answer(500)
    await gateway.make(receiver.url())
    await gateway.happens(*range(20))
    assert await gateway.deliver() == 4
    clock.advance(seconds=10)
    receiver.most_at_once = 0
    assert await gateway.deliver() == 1
    receiver.usual = Answer(204)
    clock.advance(seconds=120)
    await gateway.deliver()
    assert len(set(receiver.ids)) == 20


async def test_after_a_rotation_both_secrets_verify_for_a_day(gateway: Any, receiver: Receiver, clock: Any) -> None:
    old = await gateway.make(receiver.url())
    until = clock()
    new = await gateway.webhooks.rotate("default", old.id, until.replace(year=until.year + 1))
    assert new.secret != old.secret
    await gateway.happens(1)
    await gateway.deliver()
    for secret in (old.secret, new.secret):
        assert receiver.received[0].verified_with(shown(secret))
    await gateway.webhooks.rotate("default", old.id, clock())
    newest = await gateway.named(old)
    await gateway.happens(2)
    await gateway.deliver()
    assert receiver.received[1].verified_with(shown(newest.secret))
    assert len(receiver.received[1].headers["webhook-signature"].split(" ")) == 1


async def test_a_deleted_webhook_gets_nothing_more(gateway: Any, receiver: Receiver) -> None:
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    assert await gateway.webhooks.delete("default", webhook.id)
    assert await gateway.deliver() == 0
    assert not await gateway.webhooks.delete("default", webhook.id)
