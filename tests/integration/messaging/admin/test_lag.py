"""The lag of all groups is told exactly, and asked of the broker in few requests however many tenants there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.conn import AIOKafkaConnection

from libs.contracts.topics import GROUP_EMBEDDING, GROUP_INGEST, GROUP_MATCHING, STATUS, SUBMITTED, TEXT, tenant_topic
from libs.messaging.admin.lag import all_lags, group_lag
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing
from tests.both_brokers import new_broker, settings_of

pytestmark = pytest.mark.integration

TENANTS = 100
PARTITIONS = 12
# Some for the connections, the topics and the groups; what grows with the topics is none.
MOST_REQUESTS = 30


class Requests:
    """Counts what goes over the wire to the broker."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kinds: list[str] = []
        send = AIOKafkaConnection.send

        def counted(connection: AIOKafkaConnection, request: object, *rest: object, **named: object) -> object:
            self.kinds.append(type(request).__name__)
            return send(connection, request, *rest, **named)

        monkeypatch.setattr(AIOKafkaConnection, "send", counted)


async def test_a_hundred_tenants_topics_cost_no_more_requests_than_none(
    broker_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_broker(broker_kind, tmp_path) as broker:
        settings = settings_of(broker).model_copy(update={"topic_partitions": PARTITIONS})
        await apply_topics(settings)
        tenants = [tenant_topic(f"tenant-{number}") for number in range(TENANTS)]
        await apply_topics(settings, tenants)
        await _publish(settings, tenants[7].name, 3)
        await _publish(settings, tenants[99].name, 2)
        await _commit(settings, GROUP_INGEST, tenants[7].name, 1)
        await _publish(settings, SUBMITTED, 1)

        requests = Requests(monkeypatch)
        lags = await all_lags(settings)
        assert len(requests.kinds) <= MOST_REQUESTS, requests.kinds
        assert {topic: behind for topic, behind in lags[GROUP_INGEST].items() if behind} == {
            tenants[7].name: 2,
            tenants[99].name: 2,
            SUBMITTED: 1,
        }
        assert set(lags[GROUP_INGEST]) == {SUBMITTED, *(topic.name for topic in tenants)}
        assert lags[GROUP_EMBEDDING] == {TEXT: 0}
        assert lags[GROUP_MATCHING][STATUS] == 0
        requests.kinds.clear()
        assert (await group_lag(settings, GROUP_INGEST, [tenants[7].name])) == {tenants[7].name: 2}
        assert len(requests.kinds) <= MOST_REQUESTS, requests.kinds


async def test_the_lag_of_no_topic_is_none(broker_kind: str, tmp_path: Path) -> None:
    with new_broker(broker_kind, tmp_path) as broker:
        settings = settings_of(broker)
        await apply_topics(settings)
        assert await group_lag(settings, GROUP_INGEST, []) == {}
        assert await group_lag(settings, GROUP_INGEST, ["not-there"]) == {"not-there": 0}


async def _publish(settings: KafkaSettings, topic: str, records: int) -> None:
    publisher = KafkaPublisher(settings)
    await publisher.start()
    try:
        for _ in range(records):
            await publisher.publish(Outgoing(topic, b"same/job/key", b"{}", []))
    finally:
        await publisher.stop()


async def _commit(settings: KafkaSettings, group: str, topic: str, offset: int) -> None:
    """The group has done the records below `offset` of the partition that `_publish` wrote into."""
    consumer = AIOKafkaConsumer(**settings.client_options(), group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        every = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(every)
        ends = await consumer.end_offsets(every)
        await consumer.commit({one: offset for one in every if ends[one]})
    finally:
        await consumer.stop()
