"""What the command asks Kafka itself: dead letters and putting them back, lag, topics."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import pytest
from aiokafka.conn import AIOKafkaConnection
from aiokafka.protocol.fetch import FetchRequest
from typer.testing import CliRunner

from libs.contracts import topics
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.dead_letters import dead_letter
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.messaging.records import Record
from services.cli.app import main
from services.cli.dead_letters.reading import Reference, read_all
from tests.both_brokers import Broker, settings_of

pytestmark = pytest.mark.integration

HEADERS: tuple[tuple[str, bytes | None], ...] = (("ce_type", b"odd"), ("revision", b"5-7"), ("x", None), ("y", b"\xff"))


@pytest.fixture
async def settings(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> KafkaSettings:
    monkeypatch.delenv("SHORTLIST_STACK", raising=False)
    monkeypatch.setenv("KAFKA_BOOTSTRAP", broker.bootstrap)
    settings = settings_of(broker)
    await apply_topics(settings)
    return settings


@pytest.fixture
async def lettered(settings: KafkaSettings) -> str:
    """Puts a dead letter on the topic of embedding; its key."""
    key = f"default/job/{uuid.uuid4().hex}"
    record = Record(topics.TEXT, 3, 14, 1, 1, key.encode(), b"\xfe bytes", HEADERS)
    await _publish(settings, dead_letter(record, "embedding", RecordRejected(ErrorCode.INTERNAL, "broke [thrice]"), 3))
    return key


async def test_a_dead_letter_is_listed_with_its_reason(lettered: str) -> None:
    (row,) = [row for row in await _listed() if row["key"] == lettered]
    assert (row["code"], row["message"], row["attempts"]) == ("internal", "broke [thrice]", "3")
    assert row["source"] == f"{topics.TEXT}/3/14"
    shown = await _run("dead-letters", "list", "--service", "embedding")
    assert row["reference"] in shown.stdout
    assert lettered not in (await _run("dead-letters", "list", "--service", "ingest")).stdout


async def test_a_dead_letter_is_shown_whole(lettered: str) -> None:
    (row,) = [row for row in await _listed() if row["key"] == lettered]
    shown = json.loads((await _run("dead-letters", "show", row["reference"], "--json")).stdout)
    assert ["revision", "5-7"] in shown["headers"]
    assert "bytes that are no text" in (await _run("dead-letters", "show", row["reference"])).stdout


async def test_a_dead_letter_that_is_named_is_read_where_it_lies_and_nothing_before_it(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(topics.TEXT, 3, 14, 1, 1, f"default/job/{uuid.uuid4().hex}".encode(), b"x", HEADERS)
    letter = dead_letter(record, "embedding", RecordRejected(ErrorCode.INTERNAL, "broke"), 3)
    for _ in range(4):
        await _publish(settings, letter)
    rows = [row for row in await _listed() if row["key"] == record.key.decode()]  # type: ignore[union-attr]
    _, partition, last = rows[-1]["reference"].split("/")
    asked: list[int] = []
    place = topics.dead_letters_topic("embedding"), int(partition)
    send = AIOKafkaConnection.send

    def noted(connection: AIOKafkaConnection, request: Any, *rest: Any, **named: Any) -> Any:
        if isinstance(request, FetchRequest):
            # Other consumers of this process, which may be ending still, ask for other places.
            places = [(topic, *each) for topic, several in request.topics for each in several]
            asked.extend(offset for topic, number, offset, _ in places if (topic, number) == place)
        return send(connection, request, *rest, **named)

    monkeypatch.setattr(AIOKafkaConnection, "send", noted)
    shown = json.loads((await _run("dead-letters", "show", rows[-1]["reference"], "--json")).stdout)
    assert shown["reference"] == f"embedding/{partition}/{last}"
    assert int(last) >= 3
    assert min(asked) == int(last)
    # Several are told in the order in which they were named, and one of them that is missing is named alone.
    named = [rows[2]["reference"], rows[0]["reference"]]
    told = json.loads((await _run("dead-letters", "replay", "--dry-run", *named, "--json")).stdout)
    assert [row["reference"] for row in told] == named
    missing = await _run("dead-letters", "replay", "--dry-run", *named, "embedding/0/999999", "nobody/0/1")
    assert missing.exit_code == 1
    assert "no such dead letter: embedding/0/999999, nobody/0/1" in missing.stderr


async def test_a_large_dead_letter_is_shown_whole(settings: KafkaSettings) -> None:
    record = Record(topics.TEXT, 3, 14, 1, 1, f"default/job/{uuid.uuid4().hex}".encode(), b"x" * 6_000_000, HEADERS)
    await _publish(settings, dead_letter(record, "embedding", RecordRejected(ErrorCode.INTERNAL, "broke"), 3))
    (row,) = [row for row in await _listed() if row["key"] == record.key.decode()]  # type: ignore[union-attr]
    shown = json.loads((await _run("dead-letters", "show", row["reference"], "--json")).stdout)
    assert len(shown["value_base64"]) == 8_000_000


async def test_a_replayed_record_is_back_on_its_topic_as_it_was(
    settings: KafkaSettings, lettered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No service is here that could answer.
    monkeypatch.setattr("services.cli.dead_letters.replaying.ANSWER_SECONDS", 1.0)
    (row,) = [row for row in await _listed() if row["key"] == lettered]
    result = await _run("dead-letters", "replay", row["reference"])
    assert result.exit_code == 0, result.stderr
    record = await _last_of(settings, topics.TEXT, lettered)
    assert record.value == b"\xfe bytes"
    assert tuple(record.headers) == HEADERS


@pytest.mark.parametrize("reference", ["nonsense", "embedding/0/999999"])
async def test_a_dead_letter_that_is_not_there_is_said(settings: KafkaSettings, reference: str) -> None:
    result = await _run("dead-letters", "show", reference)
    assert result.exit_code == 1
    assert "dead letter" in result.stderr


async def test_replay_wants_to_know_what(settings: KafkaSettings) -> None:
    assert (await _run("dead-letters", "replay")).exit_code == 2


async def test_reading_dead_letters_leaves_them_there(settings: KafkaSettings, lettered: str) -> None:
    first = {str(Reference.of(record)) async for record in read_all(settings, None)}
    second = {str(Reference.of(record)) async for record in read_all(settings, None)}
    assert first
    assert first == second


async def test_lag_counts_what_no_group_has_read(settings: KafkaSettings) -> None:
    await _publish(settings, Outgoing(topics.SUBMITTED, b"default/job/1", b"{}", []))
    lags = json.loads((await _run("lag", "--json")).stdout)
    assert lags[topics.GROUP_INGEST][topics.SUBMITTED] >= 1
    assert topics.GROUP_MATCHING in (await _run("lag")).stdout


async def test_a_broker_that_is_away_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHORTLIST_STACK", raising=False)
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "127.0.0.1:9")
    result = await _run("lag")
    assert result.exit_code == 1
    assert "127.0.0.1:9" in result.stderr


async def _run(*arguments: str) -> Any:
    # In a thread: the command runs an event loop of its own.
    return await asyncio.to_thread(CliRunner().invoke, main, list(arguments))


async def _listed() -> list[dict[str, Any]]:
    result = await _run("dead-letters", "list", "--json")
    assert result.exit_code == 0, result.stderr
    return list(json.loads(result.stdout))


async def _publish(settings: KafkaSettings, record: Outgoing) -> None:
    publisher = KafkaPublisher(settings)
    await publisher.start()
    try:
        await publisher.publish(record)
    finally:
        await publisher.stop()


async def _last_of(settings: KafkaSettings, topic: str, key: str) -> Any:
    from aiokafka import AIOKafkaConsumer

    consumer = AIOKafkaConsumer(topic, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with asyncio.timeout(20):
            async for record in consumer:
                if record.key == key.encode():
                    return record
    finally:
        await consumer.stop()
