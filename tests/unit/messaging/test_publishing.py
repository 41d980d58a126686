"""Publishing: how long the broker took to acknowledge is told, failures apart from successes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata, TopicPartition
from prometheus_client import REGISTRY

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing

pytestmark = pytest.mark.unit

ACKNOWLEDGED = RecordMetadata("t", 0, TopicPartition("t", 0), 0, 1, 1, 0)


class Producer:
    """An aiokafka producer whose broker answers as it is told."""

    def __init__(self, answer: Callable[[], RecordMetadata]) -> None:
        self._answer = answer

    async def send(self, *_: object, **__: object) -> asyncio.Task[RecordMetadata]:
        async def acknowledge() -> RecordMetadata:
            return self._answer()

        return asyncio.create_task(acknowledge())


def publisher(answer: Callable[[], RecordMetadata]) -> KafkaPublisher:
    made = KafkaPublisher(KafkaSettings(kafka_bootstrap="127.0.0.1:9"))
    made._producer = Producer(answer)
    return made


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("shortlist_publish_seconds_count", {"outcome": outcome}) or 0.0


async def test_an_acknowledgement_is_timed_once_for_all_records_of_a_call() -> None:
    before = counted("acknowledged")
    await publisher(lambda: ACKNOWLEDGED).publish_all([Outgoing("t", b"k", b"v")] * 3)
    assert counted("acknowledged") == before + 1


@pytest.mark.parametrize(
    ("error", "raised", "outcome"),
    [
        (KafkaConnectionError("away"), DependencyUnavailable, "unavailable"),
        (MessageSizeTooLargeError("large"), RecordRejected, "refused"),
    ],
)
async def test_what_the_broker_did_not_take_is_timed_apart(
    error: Exception, raised: type[Exception], outcome: str
) -> None:
    def fail() -> RecordMetadata:
        raise error

    before, acknowledged = counted(outcome), counted("acknowledged")
    with pytest.raises(raised):
        await publisher(fail).publish(Outgoing("t", b"k", b"v"))
    assert counted(outcome) == before + 1
    assert counted("acknowledged") == acknowledged
