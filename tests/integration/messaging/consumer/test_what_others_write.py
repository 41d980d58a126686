"""Records as other producers write them: compressed, in transactions, aborted; and what cannot be dead-lettered."""

import uuid

import pytest
from confluent_kafka import Producer

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.topics import MIB, Topic
from libs.messaging.admin.lag import group_lag
from libs.messaging.admin.topics import apply_topics
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.dead_letters import LEFT_OUT
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.telemetry.health import Health
from tests.both_brokers import settings_of
from tests.fakes.collecting_work import Collecting, until

pytestmark = pytest.mark.integration


@pytest.fixture
def settings(broker):
    return settings_of(broker)


@pytest.fixture
async def topic(settings) -> str:
    made = Topic(f"test.{uuid.uuid4().hex}", ("x",), ("y",), "delete", MIB)
    await apply_topics(settings, [made])
    return made.name


@pytest.fixture
async def reading(settings, topic):
    """Starts members of one group on the topic, and stops them."""
    group = f"test.{uuid.uuid4().hex}"
    members = []

    async def start(work: Collecting) -> Consumer:
        member = Consumer(settings, work, Health("x"), group=group, topics=[topic])
        members.append(member)
        await member.start()
        return member

    yield start
    for member in members:
        await member.stop()


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd", "snappy"])
async def test_a_compressed_record_arrives(settings, topic, reading, codec):
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap, "compression.type": codec, "linger.ms": 50})
    values = [f"{number} {'a text that is worth compressing ' * 50}".encode() for number in range(5)]
    for value in values:
        producer.produce(topic, value, b"default/job/1")
    assert producer.flush(30) == 0
    work = Collecting()
    await reading(work)
    await until(lambda: work.values == values)


@pytest.mark.real_kafka("the embedded broker has no transactions")
async def test_an_aborted_transaction_is_never_seen_and_the_lag_ends_at_0(settings, topic, reading):
    producer = Producer({"bootstrap.servers": settings.kafka_bootstrap, "transactional.id": uuid.uuid4().hex})
    producer.init_transactions(30)
    for value, ends in ((b"good", producer.commit_transaction), (b"aborted", producer.abort_transaction)):
        producer.begin_transaction()
        producer.produce(topic, value, b"default/job/1")
        producer.flush(30)
        ends(30)
    work = Collecting()
    member = await reading(work)
    await until(lambda: b"good" in work.values)
    await until(lambda: set(member.lag().values()) == {0} and not member._worker._interrupted.is_set())
    await until(lambda: max(member._committed.values()) == 4)
    assert await group_lag(settings, member.group, [topic]) == {topic: 0}
    assert work.values == [b"good"]


class Unpublishable(Collecting):
    """Refuses one value, and cannot dead-letter it while `broken`; with its value never."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = True
        self.tries = 0

    async def handle(self, records) -> None:
        if any(record.value == b"refused" for record in records):
            raise RecordRejected(ErrorCode.TOO_LARGE, "too large")
        await super().handle(records)

    async def dead_letter(self, record, fault, attempts) -> None:
        self.tries += 1
        if self.broken or record.value:
            raise RecordRejected(ErrorCode.TOO_LARGE, "the broker refuses a record of this size")
        self.refused.append(record.header(LEFT_OUT))


async def test_a_record_that_cannot_be_set_aside_is_passed_by_nobody_and_goes_without_its_value(
    settings, topic, reading
):
    publisher = KafkaPublisher(settings)
    await publisher.start()
    sent = [b"first", b"refused", b"last"]
    await publisher.publish_all([Outgoing(topic, b"default/job/1", value, []) for value in sent])
    work = Unpublishable()
    member = await reading(work)
    await until(lambda: work.tries >= 6)
    await publisher.publish(Outgoing(topic, b"default/job/1", b"later", []))
    part = member._health.parts["consumer"]
    assert part.status == "degraded"
    assert "cannot even be dead-lettered" in (part.reason or "")
    assert b"later" not in work.values
    work.broken = False
    await until(lambda: {b"first", b"last", b"later"} <= set(work.values))
    assert work.refused == ["7 bytes: too_large: the broker refuses a record of this size"] or "7 bytes" in str(
        work.refused[0]
    )
    await until(lambda: member._health.parts["consumer"].status == "ok")
    await publisher.stop()
