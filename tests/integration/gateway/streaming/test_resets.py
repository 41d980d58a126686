"""Where a stream cannot go on behind the id that was sent, it says why and goes on from now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from libs.contracts import topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher
from services.gateway.streaming.event_id import cluster_mark, read, written
from tests.fakes.event_stream import EventReader, ServedGateway

pytestmark = pytest.mark.integration


async def begun_id(gateway: ServedGateway, key: str) -> str:
    async with gateway.stream(reader := EventReader(), key=key) as stream:
        await stream.opened()
    return reader.last_id


async def assert_reset(gateway: ServedGateway, member: Any, publisher: KafkaPublisher, sent: str, reason: str) -> None:
    """The stream says why, its new id is good, and it goes on from now."""
    reader = EventReader()
    async with gateway.stream(reader, key=member.key, last_event_id=sent) as stream:
        (reset,) = await stream.take(1)
        assert (reset.name, reset.data["reason"]) == ("reset", reason)
        assert "read the documents anew" in reset.data["message"]
        await publisher.publish(member.status("after", 7))
        (event,) = await stream.take(1)
        assert (event.name, event.data["revision"]) == ("status", "1-7")
    again = EventReader(last_id=reset.id)
    async with gateway.stream(again, key=member.key) as stream:
        assert [event.data["revision"] for event in await stream.take(1)] == ["1-7"]


async def test_ids_that_no_gateway_made_of_another_broker_or_of_a_later_time_are_reset(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member = await new_member()
    good = read(await begun_id(gateways[0], member.key))
    elsewhere = replace(good, cluster=cluster_mark("kafka elsewhere"))
    fewer_now = replace(good, offsets=(*good.offsets, 0))
    later = replace(good, offsets=(good.offsets[0] + 100, *good.offsets[1:]))
    id = written(good)
    for sent, reason in (
        ("nonsense", "malformed"),
        (id[:-1], "malformed"),
        (id[:8] + ("A" if id[8] != "A" else "B") + id[9:], "malformed"),
        ("ü" * 40, "malformed"),
        (written(elsewhere), "other_broker"),
        (written(fewer_now), "other_broker"),
        (written(later), "ahead"),
    ):
        await assert_reset(gateways[1], member, publisher, sent, reason)


@pytest.mark.real_kafka("the embedded broker deletes no records")
async def test_an_id_that_the_topic_is_too_young_for_is_reset(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher, kafka: KafkaSettings
) -> None:
    member = await new_member()
    begun = await begun_id(gateways[0], member.key)
    published = await publisher.publish_all([member.status("gone", number) for number in range(3)])
    admin = AIOKafkaAdminClient(**kafka.client_options())
    await admin.start()
    try:
        end = max(record.offset for record in published) + 1
        partition = TopicPartition(topics.STATUS, published[0].partition)
        await admin.delete_records({partition: RecordsToDelete(before_offset=end)})
    finally:
        await admin.close()
    await assert_reset(gateways[0], member, publisher, begun, "expired")


async def test_partitions_that_were_made_since_are_read_from_their_beginning(
    gateways: Sequence[ServedGateway], new_member: Any, publisher: KafkaPublisher
) -> None:
    member = await new_member()
    await publisher.publish_all([member.status(f"r{number}", number) for number in range(60)])
    whole = read(await begun_id(gateways[0], member.key))
    before = replace(whole, offsets=whole.offsets[:-1])
    reader = EventReader(last_id=written(before))
    async with gateways[0].stream(reader, key=member.key) as stream, asyncio.timeout(60):
        found = [await stream.next()]
        await publisher.publish(member.status("last", 1_000))
        while (event := await stream.next()) is not None and event.data["id"] != "last":
            found.append(event)
    assert 0 < len(found) < 60
