"""Documents that the full overlay has forgotten: asked after without a new connection to Kafka for each."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.publishing import KafkaPublisher
from libs.messaging.reporting import status_record
from services.gateway.statuses import reader

pytestmark = pytest.mark.integration

REMEMBERED = 100


class Counted(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka has no types
    """Counts the clients that were made and those that were closed."""

    made = 0
    closed = 0

    def __init__(self, *topics: str, **options: Any) -> None:
        super().__init__(*topics, **options)
        Counted.made += 1

    async def stop(self) -> None:
        await super().stop()
        Counted.closed += 1


async def test_reads_of_forgotten_documents_open_no_more_clients_and_all_are_closed_at_the_end(
    open_gateway: Any, publisher: KafkaPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "AIOKafkaConsumer", Counted)
    source = SourceEvent("/test", "1")
    async with open_gateway(overlay_documents=REMEMBERED, catch_up_ms=5_000) as client:
        async with asyncio.timeout(60):
            while (await client.get("/api/v1/resumes/nobody")).status_code != 404:
                await asyncio.sleep(0.05)
        keys = [DocumentKey("default", "resume", f"r{number}") for number in range(REMEMBERED + 50)]
        records = [status_record(key, Revision(1, 1), Status.QUEUED, source_event=source) for key in keys]
        await publisher.publish_all(records)
        before = Counted.made
        for _ in range(20):
            answer = await client.get("/api/v1/resumes/nobody")
            assert (answer.status_code, "matching has yet to store" in answer.text) == (503, True)
        assert Counted.made == before
    assert Counted.closed == Counted.made
