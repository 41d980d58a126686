"""A gateway that outlives its broker: what it can't tell it doesn't guess, and it comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from httpx import AsyncClient

from libs.contracts import topics
from libs.contracts.identifiers import DocumentKey
from libs.messaging.admin.topics import apply_topics
from libs.messaging.connection.settings import KafkaSettings
from tests.both_brokers import Broker, new_broker
from tests.fakes.matching_app import FakeMatching

pytestmark = pytest.mark.integration


@pytest.fixture
def broker(broker_kind: str, tmp_path: Path) -> Iterator[Broker]:
    """A broker of one's own: these tests stop it, and commit in matching's name."""
    with new_broker(broker_kind, tmp_path) as own:
        yield own


async def answers(client: AsyncClient, path: str, status: int, seconds: float = 60) -> None:
    """Waits until a GET answers with a status."""
    async with asyncio.timeout(seconds):
        while (await client.get(path)).status_code != status:
            await asyncio.sleep(0.05)


async def test_without_the_broker_unknown_is_503_known_is_told_and_writes_say_come_back(
    open_gateway, broker: Broker, matching: FakeMatching
) -> None:
    async with open_gateway() as client:
        await answers(client, "/api/v1/resumes/nobody", 404)
        await answers(client, "/health/ready", 200)
        assert (await client.put("/api/v1/resumes/r1", json={"text": "A nurse"})).status_code == 202
        matching.index(DocumentKey("default", "resume", "old"), "1-1")
        broker.kill()
        unknown = await client.get("/api/v1/resumes/nobody")
        assert unknown.status_code == 503
        assert unknown.headers["retry-after"]
        assert (await client.get("/api/v1/resumes/r1")).json()["status"] == "queued"
        assert (await client.get("/api/v1/resumes/old")).json()["status"] == "indexed"
        assert (await client.get("/health/ready")).status_code == 200
        detailed = (await client.get("/api/v1/health/detailed")).json()
        assert (detailed["status"], detailed["parts"]["broker"]["status"]) == ("degraded", "down")


async def test_started_before_the_broker_it_becomes_able_by_itself(
    open_gateway, broker: Broker, kafka: KafkaSettings
) -> None:
    broker.stop()
    async with open_gateway() as client:
        assert (await client.get("/health/live")).status_code == 200
        refused = await client.put("/api/v1/resumes/r1", json={"text": "A nurse"})
        assert refused.status_code == 503
        broker.start()
        await apply_topics(kafka)
        await answers(client, "/api/v1/resumes/nobody", 404)
        async with asyncio.timeout(60):
            while (await client.put("/api/v1/resumes/r1", json={"text": "A nurse"})).status_code != 202:
                await asyncio.sleep(0.05)


async def test_it_starts_reading_where_matching_stands(open_gateway, broker: Broker, matching: FakeMatching) -> None:
    async with open_gateway() as client:
        await answers(client, "/api/v1/resumes/nobody", 404)
        assert (await client.put("/api/v1/resumes/stored", json={"text": "A nurse"})).status_code == 202
    member = AIOKafkaConsumer(
        topics.STATUS, bootstrap_servers=broker.bootstrap, group_id=topics.GROUP_MATCHING, enable_auto_commit=False
    )
    await member.start()
    ends = await member.end_offsets([TopicPartition(topics.STATUS, number) for number in range(12)])
    await member.commit(ends)
    await member.stop()
    async with open_gateway() as client:
        await answers(client, "/api/v1/resumes/nobody", 404)
        # Matching stored it and has, say, erased it for good since: the topic's past must not bring it back.
        assert (await client.get("/api/v1/resumes/stored")).status_code == 404
        assert (await client.put("/api/v1/resumes/newer", json={"text": "A nurse"})).status_code == 202
        assert (await client.get("/api/v1/resumes/newer")).json()["status"] == "queued"
