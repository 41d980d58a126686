"""The documented way to another number of partitions: new topics, and a replay from PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from libs.contracts.topics import TOPICS
from libs.localstack.kafka import Kafka
from libs.messaging.admin.cluster import admin_client, partitions
from tests.both_brokers import settings_of
from tests.e2e.running_stack import RunningStack, until
from tests.e2e.topic_reading import records

pytestmark = [pytest.mark.e2e, pytest.mark.real_kafka("the embedded broker keeps no topic over a restart")]


async def test_after_new_topics_and_a_replay_everything_is_there_and_updates_go_on(
    broker_kind: str, tmp_path: Path
) -> None:
    with Kafka(tmp_path / "kafka") as kafka:
        stack = RunningStack(tmp_path / "data", KAFKA_BOOTSTRAP=kafka.bootstrap)
        for number in range(30):
            stack.http.put(f"/resumes/kept-{number}", json={"text": f"Carpenter number {number}."})
        for number in range(30):
            stack.ended("resume", f"kept-{number}")
        refused = stack.command("topics", "apply", "--partitions", "5")
        assert refused.returncode == 1
        assert "has 12 partitions, not 5" in refused.stderr
        # Nothing on the way any more; then the services stop.
        until(lambda: _all_read(stack), "no record waiting")
        assert stack.stop() == 0

        async with admin_client(settings_of(kafka)) as admin:
            await admin.delete_topics(list(TOPICS))
            async with asyncio.timeout(30):
                while set(TOPICS) & set(await admin.list_topics()):
                    await asyncio.sleep(0.1)
        stack.environment["TOPIC_PARTITIONS"] = "5"
        stack.start()
        assert {len(found) for name, found in (await partitions(settings_of(kafka))).items() if name in TOPICS} == {5}
        assert stack.ended("resume", "kept-7")["text"] == "Carpenter number 7."
        assert stack.command("reembed").returncode == 0
        until(lambda: _all_read(stack), "no record waiting")
        for topic in ("documents.text.v1", "documents.vectors.v1"):
            keys = {record.key.decode() for record in await records(kafka.bootstrap, topic)}
            assert keys == {f"default/resume/kept-{number}" for number in range(30)}
        answer = stack.http.put("/resumes/kept-7", json={"text": "A joiner now."}, headers={"Prefer": "wait=60"})
        assert answer.status_code == 200, answer.text
        assert stack.stop() == 0


def _all_read(stack: RunningStack) -> bool:
    result = stack.command("lag", "--json")
    assert result.returncode == 0, result.stderr
    return sum(sum(topics.values()) for topics in json.loads(result.stdout).values()) == 0
