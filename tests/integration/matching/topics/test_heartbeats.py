"""Heartbeats go to every partition of the compacted topics, once an interval, whoever sends them."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import TopicPartition

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import STATUS, SUBMITTED, TEXT, VECTORS, vectors_topic
from libs.messaging.heartbeats import is_heartbeat
from libs.messaging.records import Record
from services.matching.topics.heartbeats import Heartbeats
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

SECOND = vectors_topic("0000000a").name


async def _three_of_each() -> dict[str, list[TopicPartition]]:
    topics = (STATUS, SUBMITTED, TEXT, VECTORS, SECOND, "dead-letters.ingest.v1", "somebody.elses")
    return {topic: [TopicPartition(topic, number) for number in range(3)] for topic in topics}


def _heartbeats(matching: Matching, interval: float = 3600.0) -> Heartbeats:
    return Heartbeats(_three_of_each, matching.database, matching.publisher, interval=interval)


def _sent(matching: Matching) -> dict[str, list[int | None]]:
    return {topic: [one.partition for one in sent] for topic, sent in matching.publisher.topics.items() if sent}


async def test_every_partition_of_the_compacted_topics_gets_one_and_no_other_topic(matching: Matching) -> None:
    assert await _heartbeats(matching).send_due() == 9
    assert _sent(matching) == {topic: [0, 1, 2] for topic in (TEXT, VECTORS, SECOND)}
    for one in matching.publisher.topics[TEXT]:
        assert is_heartbeat(Record(TEXT, one.partition or 0, 1, 1, 1, one.key, one.value, tuple(one.headers)))


async def test_of_several_processes_one_sends(matching: Matching) -> None:
    sent = await asyncio.gather(*(_heartbeats(matching).send_due() for _ in range(4)))
    assert sum(sent) == 9
    assert await _heartbeats(matching).send_due() == 0


async def test_after_the_interval_they_are_sent_again(matching: Matching) -> None:
    await _heartbeats(matching).send_due()
    assert await _heartbeats(matching, interval=0.000001).send_due() == 9


async def test_what_the_broker_did_not_take_is_still_due(matching: Matching) -> None:
    matching.publisher.away[VECTORS] = "no leader"
    with pytest.raises(DependencyUnavailable):
        await _heartbeats(matching).send_due()
    matching.publisher.away.clear()
    await _heartbeats(matching).send_due()
    assert VECTORS in _sent(matching)
