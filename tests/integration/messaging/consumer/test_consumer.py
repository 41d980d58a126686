"""Reading and publishing on a real broker: committed only when done, nothing lost, nothing stops the rest."""

import asyncio
import uuid

import pytest

from libs.contracts import topics
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import MIB, Topic
from libs.messaging.admin.cluster import partitions
from libs.messaging.admin.lag import group_lag
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer import batches, polling
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.heartbeats import heartbeat_record
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.telemetry.health import Health
from tests.both_brokers import settings_of
from tests.fakes.collecting_work import Collecting, until

pytestmark = pytest.mark.integration


class Faulty:
    """Positions that fail twice, for a fault of our own, when everything below an offset is done."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.faults = [KeyError("ours"), KeyError("ours")]

    async def begin(self, committed, firsts):
        return {}

    async def done(self, offsets) -> None:
        if self.at in offsets.values() and self.faults:
            raise self.faults.pop()


class Gated(Collecting):
    """Works at one value until the gate is opened."""

    def __init__(self, at: bytes) -> None:
        super().__init__()
        self.at = at
        self.gate = asyncio.Event()

    async def handle(self, records) -> None:
        await super().handle(records)
        if self.at in [record.value for record in records]:
            await self.gate.wait()


@pytest.fixture
def settings(broker) -> KafkaSettings:
    return settings_of(broker)


@pytest.fixture
async def publisher(settings):
    publisher = KafkaPublisher(settings)
    await publisher.start()
    yield publisher
    await publisher.stop()


async def send(publisher: KafkaPublisher, values: list[bytes | None], headers=(), key=b"default/job/1") -> None:
    await publisher.publish_all([Outgoing(topics.TEXT, key, value, list(headers)) for value in values])


async def test_a_batch_is_committed_only_after_it_is_done_and_comes_again_to_the_next_member(settings, publisher):
    group = f"test.{uuid.uuid4().hex}"
    mine = [uuid.uuid4().bytes for _ in range(20)]
    await send(publisher, mine)
    stuck = Collecting()
    stuck.away = True
    first = Consumer(settings, stuck, Health("x"), group=group, topics=[topics.TEXT])
    await first.start()
    await until(lambda: first._idle.is_set() is False)
    first._worker.interrupt()
    await first.stop()
    assert (await group_lag(settings, group, [topics.TEXT]))[topics.TEXT] >= len(mine)

    work = Collecting()
    second = Consumer(settings, work, Health("x"), group=group, topics=[topics.TEXT])
    await second.start()
    await until(lambda: set(mine) <= set(work.values))
    await until(lambda: second.lag().get(topics.TEXT) == 0)
    await second.stop()
    assert [value for value in work.values if value in set(mine)] == mine
    assert (await group_lag(settings, group, [topics.TEXT]))[topics.TEXT] == 0


async def test_heartbeats_are_committed_and_worked_on_by_nobody(settings, publisher):
    group, mine = f"test.{uuid.uuid4().hex}", uuid.uuid4().bytes
    places = (await partitions(settings))[topics.TEXT]
    await publisher.publish_all([heartbeat_record(topics.TEXT, place.partition) for place in places])
    await send(publisher, [mine])
    await publisher.publish_all([heartbeat_record(topics.TEXT, place.partition) for place in places])
    work = Collecting()
    consumer = Consumer(settings, work, Health("x"), group=group, topics=[topics.TEXT])
    await consumer.start()
    await until(lambda: mine in work.values and consumer.lag().get(topics.TEXT) == 0)
    await consumer.stop()
    assert b"{}" not in work.values
    assert (await group_lag(settings, group, [topics.TEXT]))[topics.TEXT] == 0


async def test_a_stop_ends_the_records_in_hand_and_leaves_the_rest_of_the_batch_to_the_next_member(settings, publisher):
    group, key = f"test.{uuid.uuid4().hex}", uuid.uuid4().hex.encode()
    topic = Topic(f"test.{uuid.uuid4().hex}", ("x",), ("y",), "delete", MIB)
    await apply_topics(settings, [topic])
    values = [str(number).encode() for number in range(6)]
    await publisher.publish_all([Outgoing(topic.name, key, value) for value in values])

    work = Gated(at=values[2])
    first = Consumer(settings, work, Health("x"), group=group, topics=[topic.name], commit_every=2)
    await first.start()
    await until(lambda: values[2] in work.values)
    stopping = asyncio.create_task(first.stop())
    await asyncio.sleep(0)
    work.gate.set()
    await stopping
    assert work.values == values[:4]

    rest = Collecting()
    second = Consumer(settings, rest, Health("x"), group=group, topics=[topic.name])
    await second.start()
    await until(lambda: values[-1] in rest.values)
    await second.stop()
    assert rest.values == values[4:]


async def test_null_values_and_headers_that_are_not_utf8_arrive_as_they_were_and_a_bug_stops_nothing(
    settings, publisher
):
    work = Collecting()
    consumer = Consumer(settings, work, Health("x"), group=f"test.{uuid.uuid4().hex}", topics=[topics.TEXT])
    odd = [("x-null", None), ("x-bytes", b"\xff\xfe")]
    key, last = uuid.uuid4().hex.encode(), uuid.uuid4().bytes
    await send(publisher, [b"before", b"bug", None, last], odd, key=key)
    await consumer.start()
    await until(lambda: last in work.values)
    await consumer.stop()
    assert work.refused == [b"bug"]
    mine = [record for record in work.records if record.key == key]
    assert [record.value for record in mine] == [b"before", None, last]
    for record in mine:
        assert odd[1] in record.headers
        assert ("x-null", None) in record.headers or ("x-null", b"") in record.headers


async def test_no_broker_is_the_surroundings_fault_with_a_sentence():
    nobody = KafkaSettings(kafka_bootstrap="127.0.0.1:1", tryout_stamp=1)
    with pytest.raises(DependencyUnavailable, match=r"127\.0\.0\.1:1"):
        await KafkaPublisher(nobody).start()
    with pytest.raises(DependencyUnavailable):
        await group_lag(nobody, "g", [topics.TEXT])


async def test_a_fault_outside_of_the_work_passes_over_nothing(settings, publisher):
    group, key = f"test.{uuid.uuid4().hex}", uuid.uuid4().hex.encode()
    topic = Topic(f"test.{uuid.uuid4().hex}", ("x",), ("y",), "delete", MIB)
    await apply_topics(settings, [topic])
    values = [str(number).encode() for number in range(6)]
    await publisher.publish_all([Outgoing(topic.name, key, value) for value in values])
    work, health = Collecting(), Health("x")
    positions = Faulty(at=4)
    consumer = Consumer(settings, work, health, group=group, topics=[topic.name], commit_every=2, positions=positions)
    await consumer.start()
    await until(lambda: values[-1] in work.values)
    await consumer.stop()
    assert work.values == [*values[:4], *values[2:4], *values[2:]]
    assert (await group_lag(settings, group, [topic.name]))[topic.name] == 0


async def test_a_fault_of_our_own_between_readings_loses_nothing_and_reading_goes_on(settings, publisher, monkeypatch):
    topic = Topic(f"test.{uuid.uuid4().hex}", ("x",), ("y",), "delete", MIB)
    await apply_topics(settings, [topic])
    values = [str(number).encode() for number in range(3)]
    await publisher.publish_all([Outgoing(topic.name, b"one key", value) for value in values])
    told, faults = batches.lag_by_topic, [KeyError("ours")]

    def faulty(client, committed):
        if faults:
            raise faults.pop()
        return told(client, committed)

    monkeypatch.setattr(batches, "lag_by_topic", faulty)
    work, health = Collecting(), Health("x")
    consumer = Consumer(settings, work, health, group=f"test.{uuid.uuid4().hex}", topics=[topic.name])
    await consumer.start()
    # On a crowded machine a broker has let several attempts to go back time out.
    await until(lambda: work.values == values, 180)
    await until(lambda: health.parts[polling.PART].status == "ok")
    await consumer.stop()
    assert not faults
