"""Several gateways on one real broker: what one accepted, every other knows at once."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from httpx import AsyncClient, Response

from libs.contracts import topics
from libs.contracts.events import SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.reporting import status_record
from tests.fakes.matching_app import FakeMatching

pytestmark = pytest.mark.integration


async def able(client: AsyncClient) -> None:
    """Waits until a gateway can write and read statuses: an unknown document is 404, no longer 503."""
    async with asyncio.timeout(60):
        while True:
            parts = (await client.get("/health/ready")).json()["parts"]
            unknown = await client.get("/api/v1/resumes/nobody-at-all")
            if parts["broker"]["status"] == "ok" and unknown.status_code == 404:
                return
            await asyncio.sleep(0.05)


def new_key(kind: str = "resume") -> DocumentKey:
    return DocumentKey("default", kind, uuid.uuid4().hex)  # type: ignore[arg-type]


def url(key: DocumentKey) -> str:
    return f"/api/v1/{key.kind}s/{key.id}"


async def test_written_on_one_read_on_the_other_at_once(open_gateway: Any) -> None:
    async with open_gateway() as first, open_gateway() as second:
        await able(first)
        await able(second)
        revisions = []
        key = new_key()
        for turn in range(20):
            writer, reader = (first, second) if turn % 2 else (second, first)
            written = await writer.put(url(key), json={"text": f"A nurse, version {turn}"})
            assert written.status_code == 202, written.text
            read = await reader.get(url(key))
            assert (read.status_code, read.json()["status"]) == (200, "queued"), read.text
            revisions.append(Revision.parse(read.json()["revision"]))
        assert revisions == sorted(set(revisions)), "each read shows the submission before it"


async def test_many_reads_at_the_same_time_all_see_what_was_written_before_them(open_gateway: Any) -> None:
    async with open_gateway() as first, open_gateway() as second:
        await able(first)
        await able(second)

        async def write_and_read() -> Response:
            key = new_key("job")
            assert (await first.put(url(key), json={"title": "Nurse"})).status_code == 202
            return await second.get(url(key))

        answers = await asyncio.gather(*(write_and_read() for _ in range(40)))
        assert {answer.status_code for answer in answers} == {200}


async def test_deleted_on_one_gone_on_the_other_at_once(open_gateway: Any, matching: FakeMatching) -> None:
    async with open_gateway() as first, open_gateway() as second:
        await able(first)
        await able(second)
        key = new_key()
        written = await first.put(url(key), json={"text": "A nurse"})
        assert written.status_code == 202
        deleted = await second.delete(url(key))
        assert deleted.status_code == 202, deleted.text
        assert (await first.get(url(key))).status_code == 404
        assert (await second.get(url(key))).status_code == 404
        assert (await first.get(deleted.json()["links"]["receipt"])).status_code == 200
        again = await first.put(url(key), json={"text": "Somebody else"})
        assert again.status_code == 202
        assert (await second.get(url(key))).json()["status"] == "queued"


async def test_a_gateway_started_later_knows_what_matching_does_not(open_gateway: Any) -> None:
    key = new_key()
    async with open_gateway() as first:
        await able(first)
        assert (await first.put(url(key), json={"text": "A nurse"})).status_code == 202
    async with open_gateway() as late:
        await able(late)
        assert (await late.get(url(key))).json()["status"] == "queued"


async def test_waiting_ends_with_the_status_another_service_reports(
    open_gateway: Any, matching: FakeMatching, publisher: Any
) -> None:
    async with open_gateway() as first, open_gateway() as second:
        await able(first)
        await able(second)
        key = new_key()
        waiting = asyncio.create_task(first.put(url(key), json={"text": "A nurse"}, headers={"prefer": "wait=30"}))
        async with asyncio.timeout(30):
            while (read := await second.get(url(key))).status_code != 200:
                await asyncio.sleep(0.02)
        revision = read.json()["revision"]
        matching.index(key, revision)
        source = SourceEvent("/test", "1")
        await publisher.publish(status_record(key, Revision.parse(revision), Status.INDEXED, source_event=source))
        answer = await waiting
        assert (answer.status_code, answer.json()["indexed_revision"]) == (201, revision)


async def test_detailed_health_tells_of_the_broker_and_the_lag(open_gateway: Any) -> None:
    async with open_gateway() as client:
        await able(client)
        body = (await client.get("/api/v1/health/detailed")).json()
        assert body["parts"]["broker"]["status"] == "ok", body
        assert body["lag"][topics.SUBMITTED] >= 0
        assert set(body["lag"]) >= {topics.SUBMITTED, topics.TEXT, topics.STATUS}
