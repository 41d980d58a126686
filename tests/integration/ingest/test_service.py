"""The service as its own process on a real broker, from a producer's record to what comes of it."""

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from libs.contracts import events
from libs.contracts.events import TYPE_DELETED, TYPE_SUBMITTED, StatusEvent, TextEvent
from libs.contracts.topics import STATUS, SUBMITTED, TEXT, TOPICS, Topic, dead_letters_topic, tenant_topic
from libs.localstack.ports import free_port
from libs.messaging.admin.topics import apply_topics, ensure_topic
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing
from tests.both_brokers import Broker, new_broker, settings_of
from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.integration

SECONDS = 60


class Service:
    """One ingest process."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.process = process
        self.url = url

    @classmethod
    async def start(cls, bootstrap: str, stamp: int | None, **environment: str) -> "Service":
        port = free_port()
        env = {**os.environ, "KAFKA_BOOTSTRAP": bootstrap, "PORT": str(port), "INGEST_PARSERS": "1", **environment}
        env.pop("TRYOUT_STAMP", None)
        env |= {"TRYOUT_STAMP": str(stamp)} if stamp is not None else {}
        env.setdefault("INGEST_BATCH_RECORDS", "16")
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.ingest", env=env)
        return cls(process, f"http://127.0.0.1:{port}")

    async def answer(self, path: str, status: int) -> httpx.Response:
        """The first answer of that status; an answer that never comes fails the test."""
        async with asyncio.timeout(SECONDS), httpx.AsyncClient() as client:
            while True:
                assert self.process.returncode is None, "the service ended"
                try:
                    answer = await client.get(self.url + path)
                    if answer.status_code == status:
                        return answer
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)

    async def stop(self) -> int:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self) -> int:
        """The exit code; a process that does not end is killed, and the test fails."""
        try:
            return await asyncio.wait_for(self.process.wait(), SECONDS)
        except TimeoutError:
            self.process.kill()
            raise


class Log:
    """Reads topics from their beginning."""

    def __init__(self, bootstrap: str, **login: str) -> None:
        self._bootstrap = bootstrap
        self._login = login
        self.records: list = []

    async def __aenter__(self) -> "Log":
        self._consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, fetch_max_wait_ms=100, **self._login)
        await self._consumer.start()
        partitions = [
            TopicPartition(topic, number)
            for topic in (TEXT, STATUS, dead_letters_topic("ingest"))
            for number in range(KafkaSettings(kafka_bootstrap="unused").topic_partitions)
        ]
        self._consumer.assign(partitions)
        await self._consumer.seek_to_beginning(*partitions)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def until(self, topic: str, key: bytes, count: int = 1) -> list:
        """That many records of a key in a topic."""
        async with asyncio.timeout(SECONDS):
            while True:
                found = [record for record in self.records if (record.topic, record.key) == (topic, key)]
                if len(found) >= count:
                    return found
                for batch in (await self._consumer.getmany(timeout_ms=200)).values():
                    self.records += batch


@pytest.fixture(scope="module")
async def service(broker: Broker) -> AsyncIterator[Service]:
    running = await Service.start(broker.bootstrap, broker.stamp)
    try:
        await running.answer("/health/ready", 200)
        yield running
    finally:
        await running.stop()


@pytest.fixture(scope="module")
async def publisher(broker: Broker) -> AsyncIterator[KafkaPublisher]:
    made = KafkaPublisher(settings_of(broker))
    await made.start()
    yield made
    await made.stop()


@pytest.fixture(scope="module")
async def log(broker: Broker) -> AsyncIterator[Log]:
    async with Log(broker.bootstrap) as opened:
        yield opened


def outgoing(
    key: bytes, value: bytes | None, *, type: str = TYPE_SUBMITTED, topic: str = SUBMITTED, **headers
) -> Outgoing:
    named = {
        "ce_specversion": "1.0",
        "ce_id": uuid.uuid4().hex,
        "ce_source": "/ats",
        "ce_type": type,
        "content-type": "application/json",
        **headers,
    }
    return Outgoing(topic, key, value, [(name, text.encode()) for name, text in named.items()])


def new_key(kind: str = "job", tenant: str = "default") -> bytes:
    return f"{tenant}/{kind}/{uuid.uuid4().hex}".encode()


async def test_a_record_becomes_text_and_status_of_its_revision(service, publisher, log, broker):
    key = new_key()
    placed = await publisher.publish(outgoing(key, json.dumps({"title": "Welder", "description": "Docks."}).encode()))
    (record,) = await log.until(TEXT, key)
    text = events.decode(record.value, TextEvent)
    assert (text.text, text.revision) == ("Welder\n\nDocks.", f"{broker.stamp or placed.timestamp}-{placed.offset}")
    (record,) = await log.until(STATUS, key)
    assert events.decode(record.value, StatusEvent).status == "parsed"


async def test_a_file_goes_through_the_sandbox(service, publisher, log):
    key = new_key("resume")
    record = outgoing(key, pdf_file(lines("Ada", "Welder")), **{"content-type": "application/pdf"})
    await publisher.publish(record)
    (found,) = await log.until(TEXT, key)
    assert events.decode(found.value, TextEvent).text == "Ada\nWelder"


async def test_deleting_updating_and_failing_follow_one_another_in_order(service, publisher, log):
    key = new_key()
    await publisher.publish(outgoing(key, b'{"description": "first"}'))
    await log.until(TEXT, key)
    await publisher.publish(outgoing(key, None, type=TYPE_DELETED))
    tombstone = (await log.until(TEXT, key, 2))[1]
    assert tombstone.value is None
    assert dict(tombstone.headers)["ce_type"].decode() == TYPE_DELETED
    await publisher.publish(outgoing(key, b""))
    failed = events.decode((await log.until(STATUS, key, 2))[1].value, StatusEvent)
    assert (str(failed.status), failed.error.code) == ("failed", "empty")


async def test_many_revisions_in_quick_succession_end_with_the_last_one(service, publisher, log):
    key = new_key()
    placed = [
        await publisher.publish(outgoing(key, json.dumps({"description": f"text {n}"}).encode())) for n in range(40)
    ]
    statuses = [events.decode(record.value, StatusEvent) for record in await log.until(STATUS, key, len(placed))]
    revisions = [event.parsed_revision.offset for event in statuses]
    assert revisions == [each.offset for each in placed]
    assert {str(event.status) for event in statuses} <= {"parsed", "superseded"}
    last = events.decode((await log.until(TEXT, key))[-1].value, TextEvent)
    assert (last.text, last.parsed_revision.offset) == ("text 39", placed[-1].offset)


async def test_a_null_value_without_the_deleted_type_is_set_aside_and_shows_as_failed(service, publisher, log):
    key = new_key()
    await publisher.publish(outgoing(key, None))
    (letter,) = await log.until(dead_letters_topic("ingest"), key)
    assert letter.value is None
    assert dict(letter.headers)["dead_letter_error_code"] == b"null_without_delete"
    (record,) = await log.until(STATUS, key)
    assert events.decode(record.value, StatusEvent).status == "failed"


async def test_a_tenants_topic_made_later_is_found_and_refuses_other_tenants(service, publisher, log, broker):
    own = Topic(f"{SUBMITTED}.acme", ("ATS",), ("ingest",), "delete", 12 * 1_048_576)
    await ensure_topic(settings_of(broker), own)
    good, foreign = new_key(tenant="acme"), new_key()
    await publisher.publish(outgoing(foreign, b'{"description": "x"}', topic=own.name))
    await publisher.publish(outgoing(good, b'{"description": "x"}', topic=own.name))
    await log.until(dead_letters_topic("ingest"), foreign)
    await log.until(STATUS, good)
    assert not [record for record in log.records if record.topic in (TEXT, STATUS) and record.key == foreign]


async def test_its_metrics_tell_what_it_did(service):
    body = (await service.answer("/metrics", 200)).text
    assert 'shortlist_ingest_documents_total{kind="job",outcome="parsed"}' in body


async def test_a_sigterm_ends_it_in_order_and_a_new_one_goes_on_where_it_left_off(service, publisher, log, broker):
    assert await service.stop() == 0
    key = new_key()
    await publisher.publish(outgoing(key, b'{"description": "while nobody listens"}'))
    second = await Service.start(broker.bootstrap, broker.stamp)
    try:
        await second.answer("/health/ready", 200)
        await log.until(TEXT, key)
    finally:
        assert await second.stop() == 0


async def test_a_sigterm_in_the_middle_of_the_start_ends_it_in_order_too(broker):
    starting = await Service.start(broker.bootstrap, broker.stamp)
    await starting.answer("/health/live", 200)
    assert await starting.stop() == 0


async def test_without_a_broker_it_is_live_and_says_what_it_waits_for():
    alone = await Service.start(f"127.0.0.1:{free_port()}", stamp=1)
    try:
        await alone.answer("/health/live", 200)
        async with asyncio.timeout(SECONDS):
            while "127.0.0.1" not in (answer := await alone.answer("/health/ready", 503)).text:
                await asyncio.sleep(0.1)
        assert answer.json()["parts"]["topics"]["status"] == "waiting"
    finally:
        assert await alone.stop() == 0


async def test_with_neither_a_stamp_nor_stamped_records_it_refuses_to_start(broker_kind, tmp_path):
    with new_broker(broker_kind, tmp_path) as other:
        settings = KafkaSettings(kafka_bootstrap=other.bootstrap, tryout_stamp=1, topic_partitions=1)
        unstamped = [
            replace(topic, extra={**topic.extra, "message.timestamp.type": "CreateTime"}) for topic in TOPICS.values()
        ]
        await apply_topics(settings, unstamped)
        refused = await Service.start(other.bootstrap, stamp=None)
        assert await refused.ended() == 1


@pytest.mark.real_kafka("the embedded broker stamps no record, whatever its topics say")
async def test_a_tenants_topic_without_stamps_is_said_while_the_others_are_served(broker_kind, tmp_path):
    with new_broker(broker_kind, tmp_path) as other:
        settings = KafkaSettings(kafka_bootstrap=other.bootstrap, topic_partitions=1)
        own = tenant_topic("acme")
        await apply_topics(settings)
        await apply_topics(settings, [replace(own, extra={"message.timestamp.type": "CreateTime"})])
        service = await Service.start(other.bootstrap, stamp=None)
        try:
            async with asyncio.timeout(SECONDS):
                while not (parts := (await service.answer("/health/ready", 200)).json()["parts"]).get("tenants"):
                    await asyncio.sleep(0.1)
            assert parts["tenants"]["status"] == "degraded"
            assert f"{own.name} has message.timestamp.type=CreateTime" in parts["tenants"]["reason"]
        finally:
            assert await service.stop() == 0


async def test_settings_that_cannot_be_stop_the_start():
    refused = await Service.start("127.0.0.1:1", stamp=1, INGEST_BATCH_RECORDS="500")
    assert await refused.ended() == 2
