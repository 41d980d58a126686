"""What is kept of what happened: for whom, for how long, and how it is sent again."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest

from libs.contracts.statuses import Status
from libs.localstack.postgres.roles import Dsns
from services.gateway.webhooks import event_log
from services.gateway.webhooks.messages import TYPES
from tests.fakes.webhook_receiver import Answer, Receiver

pytestmark = pytest.mark.integration

TABLES = ("webhooks", "webhook_events", "webhook_deliveries")


async def rows(dsns: Dsns, table: str) -> int:
    """How many rows a table has, whosever."""
    connection = await asyncpg.connect(dsns.superuser)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM gateway.{table}"))
    finally:
        await connection.close()


async def test_for_a_tenant_without_webhooks_nothing_is_stored(gateway: Any, dsns: Dsns, receiver: Receiver) -> None:
    await gateway.make(receiver.url(), tenant="acme")
    assert await gateway.events.with_webhooks(["acme", "default"]) == {"acme"}
    await gateway.happens(1, 2, tenant="default")
    await gateway.happens(1, tenant="acme", status=Status.PARSED)
    assert [await rows(dsns, table) for table in TABLES] == [1, 0, 0]


async def test_an_event_is_kept_once_for_all_webhooks_that_want_it(
    gateway: Any, dsns: Dsns, receiver: Receiver
) -> None:
    for _ in range(3):
        await gateway.make(receiver.url())
    await gateway.happens(1)
    assert [await rows(dsns, table) for table in TABLES] == [3, 1, 3]


@pytest.mark.parametrize("table", TABLES)
async def test_the_database_shows_no_tenant_what_is_anothers(
    gateway: Any, dsns: Dsns, receiver: Receiver, table: str
) -> None:
    for tenant in ("default", "acme"):
        await gateway.make(receiver.url(), tenant=tenant)
        await gateway.happens(1, tenant=tenant)
    connection = await asyncpg.connect(dsns.gateway)
    try:
        assert await connection.fetchval(f"SELECT count(*) FROM gateway.{table}") == 0
        await connection.execute("SELECT set_config('shortlist.tenant', 'acme', false)")
        assert [row["tenant"] for row in await connection.fetch(f"SELECT tenant FROM gateway.{table}")] == ["acme"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(
                "INSERT INTO gateway.webhook_events VALUES ('default', 'e', 't', now(), '', now())"
            )
    finally:
        await connection.close()
    owner = await asyncpg.connect(dsns.owner)
    try:
        assert await owner.fetchval(f"SELECT count(*) FROM gateway.{table}") == 0
    finally:
        await owner.close()


async def test_a_tenants_events_go_to_its_own_webhooks_alone(gateway: Any, receiver: Receiver) -> None:
    for tenant in ("default", "acme"):
        await gateway.make(receiver.url(f"/{tenant}"), tenant=tenant)
    await gateway.happens(1, tenant="acme")
    await gateway.deliver()
    assert [each.path for each in receiver.received] == ["/acme"]


async def test_a_replay_sends_again_what_happened_in_a_time_under_the_same_ids(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    webhook = await gateway.make(receiver.url())
    moments = []
    for number in (1, 2, 3):
        moments.append(clock())
        await gateway.happens(number)
        await gateway.deliver()
        clock.advance(hours=1)
    first = receiver.ids
    replay = await gateway.events.replay("default", webhook.id, moments[1], None, clock())
    assert (replay.events, replay.next_since) == (2, None)
    assert await gateway.deliver() == 2
    assert receiver.ids[3:] == first[1:]
    replay = await gateway.events.replay("default", webhook.id, moments[0], moments[1], clock())
    assert replay.events == 1
    await gateway.deliver()
    assert receiver.ids[5:] == first[:1]


async def test_a_replay_brings_what_was_missed_while_a_webhook_was_paused(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    receiver.answers = [Answer(410)]
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1)
    await gateway.deliver()
    since = clock()
    clock.advance(minutes=1)
    await gateway.happens(2, 3)
    await gateway.webhooks.resume("default", webhook.id, clock(), event_log.CLOCKS_DIFFER)
    replay = await gateway.events.replay("default", webhook.id, since, None, clock())
    assert replay.events == 3
    await gateway.deliver()
    assert {json.loads(each.body)["data"]["id"] for each in receiver.received[1:]} == {"r-1", "r-2", "r-3"}


async def test_a_replay_gives_up_deliveries_another_chance_and_does_not_double_what_is_pending(
    gateway: Any, dsns: Dsns, receiver: Receiver, clock: Any
) -> None:
    webhook = await gateway.make(receiver.url())
    await gateway.happens(1, 2)
    for _ in range(2):
        await gateway.events.replay("default", webhook.id, clock(), None, clock())
    assert await rows(dsns, "webhook_deliveries") == 2
    assert await gateway.deliver() == 2


async def test_a_replay_keeps_to_the_types_that_a_webhook_wants_now(
    gateway: Any, receiver: Receiver, clock: Any
) -> None:
    webhook = await gateway.make(receiver.url(), types=TYPES)
    for status in (Status.PARSED, Status.INDEXED):
        await gateway.happens(1, status=status)
    await gateway.deliver()
    await gateway.change(webhook, types=["document.parsed"])
    assert (await gateway.events.replay("default", webhook.id, clock(), None, clock())).events == 1


async def test_a_long_replay_says_where_to_go_on(
    gateway: Any, receiver: Receiver, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_REPLAYED", 2)
    webhook, since = await gateway.make(receiver.url()), clock()
    for number in range(5):
        await gateway.happens(number)
        clock.advance(seconds=1)
    await gateway.deliver()
    before, seen = len(receiver.ids), 0
    while since is not None:
        replay = await gateway.events.replay("default", webhook.id, since, None, clock())
        seen, since = seen + replay.events, replay.next_since
    await gateway.deliver()
    assert seen == 5
    assert sorted(receiver.ids[before:]) == sorted(receiver.ids[:before])


async def test_old_events_go_with_their_deliveries_but_not_while_they_are_on_their_way(
    gateway: Any, dsns: Dsns, receiver: Receiver, clock: Any
) -> None:
    await gateway.make(receiver.url())
    await gateway.happens(1)
    await gateway.deliver()
    receiver.usual = Answer(500)
    await gateway.happens(2)
    await gateway.deliver()
    clock.advance(hours=1)
    assert await gateway.events.remove_old("default", clock(), clock()) == 1
    assert [await rows(dsns, table) for table in TABLES] == [1, 1, 1]
    clock.advance(days=30)
    assert await gateway.events.remove_old("default", clock(), clock()) == 1
    assert [await rows(dsns, table) for table in TABLES] == [1, 0, 0]
