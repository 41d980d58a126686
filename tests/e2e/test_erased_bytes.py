"""An erased document's bytes leave every store: Kafka's files, PostgreSQL's rows, Valkey's keys; and do not return."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
import redis
from aiokafka import AIOKafkaProducer
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from libs.localstack.kafka import Kafka
from libs.localstack.postgres.roles import run_sql
from tests.both_brokers import skip_in_containers
from tests.chaos.log_tail import Entry, LogTail
from tests.e2e.running_stack import RunningStack, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.real_kafka("the embedded broker holds its records in memory and removes none"),
]

MARKER = "Xqzzyplugh"
TEXT = f"{MARKER} is a registered nurse.\nFive years of intensive care."
KEY = b"default/resume/erased"
# The same as in production, but for the times.
SOON = {"log.cleaner.backoff.ms": "300", "log.retention.check.interval.ms": "500", "log.initial.task.delay.ms": "500"}
TIMES = {"segment.ms": "2000", "file.delete.delay.ms": "500"}
COMPACTED = {**TIMES, "max.compaction.lag.ms": "2000"}
DELETED = {**TIMES, "retention.ms": "3000"}


def test_the_bytes_of_an_erased_document_are_nowhere_and_do_not_come_back(broker_kind: str, tmp_path: Path) -> None:
    skip_in_containers(broker_kind)
    with Kafka(tmp_path / "kafka", settings=SOON) as kafka:
        stack = RunningStack(tmp_path / "data", KAFKA_BOOTSTRAP=kafka.bootstrap, HEARTBEAT_SECONDS="1")
        tail = LogTail(kafka.bootstrap)
        tail.start()
        try:
            stack.http.put("/resumes/erased", json={"text": TEXT, "metadata": {"note": MARKER}}).raise_for_status()
            assert stack.ended("resume", "erased")["status"] == "indexed"
            changed = stack.http.patch(
                "/resumes/erased",
                content=json.dumps({"metadata": {"nickname": MARKER}}),
                headers={"content-type": "application/merge-patch+json", "prefer": "wait=60"},
            )
            assert (changed.status_code, changed.json()["metadata"]) == (200, {"note": MARKER, "nickname": MARKER})
            until(lambda: tail.records("documents.metadata.v1"), "the whole metadata in their topic")
            asyncio.run(_send(kafka, "documents.submitted.v1", TEXT.encode(), {"ce_type": "of.nobody.v1"}))
            until(lambda: tail.records("dead-letters.ingest.v1"), "the dead letter")
            text = until(lambda: _text_of(tail), "the text in its topic")
            held = _files_with_marker(kafka)
            assert {folder.rpartition("-")[0] for folder in held} == {
                "documents.submitted.v1",
                "documents.text.v1",
                "documents.vectors.v1",
                "documents.metadata-changes.v1",
                "documents.metadata.v1",
                "dead-letters.ingest.v1",
            }
            assert _cached(stack)

            answer = stack.http.delete("/resumes/erased", headers={"prefer": "wait=60"})
            assert (answer.status_code, answer.json()["status"]) == (200, "done")
            assert _cached(stack) == []
            _shorten(kafka)
            until(lambda: not _files_with_marker(kafka), "the erased bytes to leave Kafka's files", 90)
            assert _rows_with_marker(stack) == []

            repairs = _repairs(stack)
            asyncio.run(_send(kafka, text.topic, text.value or b"", dict(text.headers)))
            until(lambda: _repairs(stack) > repairs, "matching to put the tombstone back")
            until(lambda: not _cached(stack), "the cache to forget once more")
            until(lambda: not _files_with_marker(kafka), "the late event's bytes to leave Kafka's files", 90)
            assert _rows_with_marker(stack) == []
            assert stack.http.get("/resumes/erased").status_code == 404
            receipt = stack.http.get(answer.json()["links"]["receipt"].removeprefix("/api/v1")).json()
            assert receipt["status"] == "done"
            assert MARKER not in json.dumps(receipt)
            assert _mark(stack) == receipt["revision"]
            # Dozens of heartbeats came by.
            assert tail.records("dead-letters.embedding.v1") == tail.records("dead-letters.matching.v1") == []
        finally:
            tail.stop()
            stack.stop()


async def _send(kafka: Kafka, topic: str, value: bytes, headers: dict[str, bytes | str | None]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    await producer.start()
    encoded = [(name, text.encode() if isinstance(text, str) else text or b"") for name, text in headers.items()]
    try:
        await producer.send_and_wait(topic, value, key=KEY, headers=encoded)
    finally:
        await producer.stop()


def _text_of(tail: LogTail) -> Entry | None:
    return next((entry for entry in tail.records("documents.text.v1") if entry.value), None)


def _files_with_marker(kafka: Kafka) -> set[str]:
    """The folders, TOPIC-PARTITION, of files that hold the marker."""
    found = set()
    for file in (kafka.folder / "data").rglob("*"):
        try:
            if file.is_file() and MARKER.encode() in file.read_bytes():
                found.add(file.parent.name)
        except FileNotFoundError:
            continue  # Kafka removed it meanwhile
    return found


def _shorten(kafka: Kafka) -> None:
    """Times of seconds on all topics, as Kafka's own tool would set them."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    resources = []
    for name in admin.list_topics(timeout=10).topics:
        if name.startswith(("documents.", "dead-letters.")):
            compacted = name.startswith(("documents.text.", "documents.vectors.", "documents.metadata."))
            entries = [
                ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
                for setting, value in (COMPACTED if compacted else DELETED).items()
            ]
            resources.append(ConfigResource(ResourceType.TOPIC, name, incremental_configs=entries))
    for done in admin.incremental_alter_configs(resources).values():
        done.result()


def _cached(stack: RunningStack) -> list[bytes]:
    with redis.from_url(stack.info["redis_url"]) as client:
        return sorted(client.scan_iter("*"))


def _rows_with_marker(stack: RunningStack) -> list[str]:
    """Tables of ours that hold the marker in some row."""
    listed = _sql(
        stack,
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'",
    )
    tables = listed.split()
    assert "matching.documents" in tables
    return [name for name in tables if _sql(stack, f"SELECT 1 FROM {name} t WHERE t::text LIKE '%{MARKER}%' LIMIT 1")]


def _mark(stack: RunningStack) -> str:
    return _sql(stack, "SELECT erased_stamp || '-' || erased_offset FROM matching.documents WHERE id = 'erased'")


def _sql(stack: RunningStack, statement: str) -> str:
    return run_sql(str(stack.info["postgres_dsn"]), statement).strip()


def _repairs(stack: RunningStack) -> float:
    (matching,) = stack.info["services"]["matching"]
    page = httpx.get(f"{matching['url']}/metrics", timeout=10).text
    return sum(
        float(line.rpartition(" ")[2])
        for line in page.splitlines()
        if line.startswith("shortlist_matching_repairs_total ")
    )
