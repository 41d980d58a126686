"""Following statuses: each once, in order, at any gateway, whoever comes and goes meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from libs.contracts.documents import DocumentError
from libs.contracts.statuses import Status
from libs.messaging.publishing import KafkaPublisher
from tests.fakes.event_stream import Event, EventReader, ServedGateway

pytestmark = pytest.mark.integration


async def test_what_is_published_once_the_stream_is_open_comes_as_the_topic_has_it(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member = await new_member()
    await publisher.publish(member.status("before", 1))
    async with gateways[0].stream(key=member.key) as stream:
        await stream.opened()
        error = DocumentError("encrypted", "the PDF is encrypted; send it without a password")
        for number, status in enumerate((Status.QUEUED, Status.PARSED, Status.INDEXED), 1):
            await publisher.publish(member.status("ada", number, status))
        await publisher.publish(member.status("ada", 4, Status.FAILED, error=error))
        events = await stream.take(4)
    assert [event.name for event in events] == ["status"] * 4
    assert [event.data["status"] for event in events] == ["queued", "parsed", "indexed", "failed"]
    at = events[3].data.pop("at")
    assert at.endswith("Z")
    assert events[3].data == {
        "kind": "resume",
        "id": "ada",
        "revision": "1-4",
        "status": "failed",
        "error": {"code": error.code, "message": error.message},
        "source_event": {"source": "/test", "id": "1"},
    }


async def test_a_reader_goes_on_at_another_gateway_with_what_it_missed_and_what_comes(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member, reader, seen = await new_member(), EventReader(), []
    async with gateways[0].stream(reader, key=member.key) as stream:
        await stream.opened()
        await publisher.publish_all([member.status(f"r{number}", number) for number in range(20)])
        seen += await stream.take(10)
    await publisher.publish_all([member.status(f"r{number}", number) for number in range(20, 1_200)])
    async with gateways[1].stream(reader, key=member.key) as stream:
        seen += await stream.take(1_190)
        await publisher.publish_all([member.status(f"r{number}", number) for number in range(1_200, 1_210)])
        seen += await stream.take(10)
    assert sorted(numbers(seen)) == list(range(1_210))


async def test_events_of_other_tenants_never_come_and_move_the_id_on(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member, other, reader = await new_member(), await new_member(), EventReader()
    async with gateways[0].stream(reader, key=member.key) as stream:
        await stream.opened()
        begun = reader.last_id
        await publisher.publish_all([other.status(f"r{number}", number) for number in range(50)])
        assert await stream.heartbeat() != begun
        await publisher.publish(member.status("own", 1))
        (event,) = await stream.take(1)
    assert event.data["id"] == "own"
    resumed = EventReader(last_id=begun)
    async with gateways[1].stream(resumed, key=member.key) as stream:
        (event,) = await stream.take(1)
        assert event.data["id"] == "own"


async def test_kinds_and_statuses_can_be_chosen_live_and_in_what_was_missed(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member, reader = await new_member(), EventReader()
    chosen = {"key": member.key, "kind": "job", "status": "indexed,failed"}
    steps = [(name, status) for name in ("a", "b") for status in (Status.QUEUED, Status.INDEXED)]
    async with gateways[0].stream(reader, **chosen) as stream:
        await stream.opened()
        begun = reader.last_id
        for kind in ("resume", "job"):
            for number, (name, status) in enumerate(steps):
                await publisher.publish(member.status(f"{kind}-{name}", number, status, kind=kind))
        live = await stream.take(2)
    async with gateways[1].stream(EventReader(last_id=begun), **chosen) as stream:
        missed = await stream.take(2)
    for found in (live, missed):
        assert sorted((event.data["id"], event.data["status"]) for event in found) == [
            ("job-a", "indexed"),
            ("job-b", "indexed"),
        ]
    for wrong, code in ((("kind", "cv"), "invalid_kind"), (("status", "indexed,done"), "invalid_status")):
        answer = await gateways[0].refusal(key=member.key, **dict([wrong]))
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (400, code)


async def test_readers_that_come_and_go_at_random_get_every_event_of_their_tenant_once(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    chance = random.Random(20_261_201)
    members = [await new_member(), await new_member()]
    count = 1_500
    readers = [(member, EventReader(), []) for member in members for _ in range(4)]
    for member, reader, _ in readers:
        async with gateways[0].stream(reader, key=member.key) as stream:
            await stream.opened()

    async def write() -> None:
        for first in range(0, count, 30):
            numbered = range(first, min(first + 30, count))
            await publisher.publish_all(
                [member.status(f"r{number % 17}", number) for number in numbered for member in members]
            )

    async def follow(member: Any, reader: EventReader, seen: list[Event]) -> None:
        while len(seen) < count:
            wanted = chance.randint(1, 300)
            async with chance.choice(gateways).stream(reader, key=member.key) as stream:
                while wanted and len(seen) < count:
                    event = await stream.next()
                    if event is None:
                        break
                    seen.append(event)
                    wanted -= 1

    async with asyncio.timeout(240), asyncio.TaskGroup() as group:
        group.create_task(write())
        for each in readers:
            group.create_task(follow(*each))
    for _, _, seen in readers:
        assert sorted(numbers(seen)) == list(range(count)), "each once"
        by_document = defaultdict(list)
        for event in seen:
            by_document[event.data["id"]].append(number_of(event))
        assert all(order == sorted(order) for order in by_document.values())


def number_of(event: Event) -> int:
    return int(event.data["revision"].partition("-")[2])


def numbers(events: Sequence[Event]) -> list[int]:
    return [number_of(event) for event in events]
