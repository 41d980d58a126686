"""The same request under the same key: one effect and one answer, whatever happens in between."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import uuid
from typing import Any

import asyncpg
import httpx
import pytest
from httpx import AsyncClient

from libs.contracts.topics import SUBMITTED
from libs.localstack.ports import free_port
from libs.localstack.postgres.roles import Dsns
from libs.messaging.connection.settings import KafkaSettings
from services.gateway.idempotency.once import derived_id
from tests.e2e.topic_reading import records
from tests.integration.gateway.access.conftest import (
    BOOTSTRAP_KEY,
    Locked,
    bearer,
    made,
    opened_again,
    shut,
    with_database,
)

pytestmark = pytest.mark.integration

BODY = {"text": "Registered nurse, six years of intensive care."}


def keyed(name: str, key: str = BOOTSTRAP_KEY) -> dict[str, str]:
    return {**bearer(key), "idempotency-key": name}


async def able(client: AsyncClient) -> None:
    """Waits until the gateway can write."""
    await with_database(client)
    async with asyncio.timeout(60):
        while (await client.get("/health/ready")).json()["parts"]["broker"]["status"] != "ok":
            await asyncio.sleep(0.05)


async def published(kafka: KafkaSettings, key: str) -> list[Any]:
    """The submitted events of a document."""
    return [each for each in await records(kafka.kafka_bootstrap, SUBMITTED) if each.key == key.encode()]


async def test_sent_twice_it_is_done_once_and_answered_alike_at_any_gateway(
    open_locked: Locked, embedded: KafkaSettings
) -> None:
    async with open_locked() as first, open_locked() as second:
        await able(first)
        await able(second)
        name = uuid.uuid4().hex
        answers = [await client.post("/api/v1/resumes/", json=BODY, headers=keyed(name)) for client in (first, second)]
        assert [answer.status_code for answer in answers] == [202, 202], answers[1].text
        assert answers[0].json() == answers[1].json()
        assert answers[0].headers["location"] == answers[1].headers["location"]
        assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true"]
        assert len(await published(embedded, f"default/resume/{answers[0].json()['id']}")) == 1


async def test_forms_are_the_same_whatever_their_boundaries(open_locked: Locked, embedded: KafkaSettings) -> None:
    async with open_locked() as client:
        await able(client)
        name = uuid.uuid4().hex
        file = {"file": ("cv.txt", b"Registered nurse, six years of intensive care.", "text/plain")}
        ids = {(await client.post("/api/v1/resumes/", files=file, headers=keyed(name))).json()["id"] for _ in range(2)}
        assert len(ids) == 1
        assert len(await published(embedded, f"default/resume/{ids.pop()}")) == 1


async def test_another_request_under_the_key_is_refused_and_another_tenant_has_keys_of_its_own(
    open_locked: Locked,
) -> None:
    async with open_locked() as client:
        await able(client)
        name = uuid.uuid4().hex
        assert (await client.put("/api/v1/resumes/i1", json=BODY, headers=keyed(name))).status_code == 202
        for method, path, body in (
            ("PUT", "/resumes/i1", {"text": "Another text of a nurse."}),
            ("PUT", "/resumes/i2", BODY),
            ("POST", "/jobs/", {"title": "Nurse"}),
            ("DELETE", "/resumes/i1", None),
        ):
            refused = await client.request(method, f"/api/v1{path}", json=body, headers=keyed(name))
            assert refused.status_code == 422, (method, path, refused.text)
            assert refused.json()["type"] == "urn:shortlist:problem:idempotency_key_used"
        theirs = (await made(client, tenant="bolt", scopes=["write"]))["key"]
        assert (await client.put("/api/v1/resumes/i1", json=BODY, headers=keyed(name, theirs))).status_code == 202


async def test_while_the_first_is_worked_on_the_second_is_told_to_come_again(
    open_locked: Locked, embedded: KafkaSettings
) -> None:
    async with open_locked() as client:
        await able(client)
        name = uuid.uuid4().hex
        # Nothing indexes here, so that it waits.
        waiting = {**keyed(name), "prefer": "wait=60"}
        first = asyncio.create_task(client.put("/api/v1/resumes/i3", json=BODY, headers=waiting))
        async with asyncio.timeout(30):
            while not await published(embedded, "default/resume/i3"):
                await asyncio.sleep(0.05)
        second = await client.put("/api/v1/resumes/i3", json=BODY, headers=waiting)
        assert (second.status_code, second.json()["type"]) == (409, "urn:shortlist:problem:idempotency_in_progress")
        assert second.headers["retry-after"]
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_while_the_database_is_away_nothing_is_written_rather_than_twice(
    locked: AsyncClient, dsns: Dsns, embedded: KafkaSettings
) -> None:
    await able(locked)
    await shut(dsns)
    try:
        answer = await locked.put("/api/v1/resumes/i4", json=BODY, headers=keyed(uuid.uuid4().hex))
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert await published(embedded, "default/resume/i4") == []
        assert (await locked.put("/api/v1/resumes/i4", json=BODY, headers=bearer(BOOTSTRAP_KEY))).status_code == 202
    finally:
        await opened_again(dsns)


async def test_no_text_of_a_document_is_remembered(locked: AsyncClient, dsns: Dsns) -> None:
    await able(locked)
    assert (await locked.put("/api/v1/resumes/i5", json=BODY, headers=keyed(uuid.uuid4().hex))).status_code == 202
    connection = await asyncpg.connect(dsns.superuser)
    rows = await connection.fetch("SELECT idempotency::text AS row FROM gateway.idempotency")
    await connection.close()
    assert rows
    assert not any("intensive care" in row["row"] for row in rows)


async def test_killed_between_the_brokers_word_and_the_answer_a_repeat_hits_the_same_document(
    dsns: Dsns, embedded: KafkaSettings, fake_matching_url: str
) -> None:
    name = uuid.uuid4().hex
    first, url = await _gateway(dsns, embedded, fake_matching_url)
    sent = {"json": BODY, "headers": {**keyed(name), "prefer": "wait=60"}}
    async with AsyncClient(base_url=url, timeout=90) as client:
        # It waits for an end that nobody reports: its event is in the log, and its answer is not there.
        unanswered = asyncio.create_task(client.post("/api/v1/resumes/", **sent))  # type: ignore[arg-type]
        async with asyncio.timeout(60):
            while not (events := await _of_key(embedded, name)):
                await asyncio.sleep(0.1)
        os.kill(first.pid, signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            await unanswered
    await first.wait()
    second, url = await _gateway(dsns, embedded, fake_matching_url)
    try:
        async with AsyncClient(base_url=url, timeout=90) as client:
            again = {"json": BODY, "headers": keyed(name)}
            async with asyncio.timeout(90):
                while (answer := await client.post("/api/v1/resumes/", **again)).status_code == 409:  # type: ignore[arg-type]
                    await asyncio.sleep(0.5)
        assert answer.status_code == 202, answer.text
        events = await _of_key(embedded, name)
        assert {event.key for event in events} == {f"default/resume/{answer.json()['id']}".encode()}
        assert len({dict(event.headers)["ce_id"] for event in events}) == 1, "the same event, which counts once"
    finally:
        second.send_signal(signal.SIGTERM)
        await second.wait()


async def _gateway(dsns: Dsns, kafka: KafkaSettings, matching_url: str) -> tuple[asyncio.subprocess.Process, str]:
    """A gateway as a process of its own, and its address; it can write."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")},
        "KAFKA_BOOTSTRAP": kafka.kafka_bootstrap,
        "TRYOUT_STAMP": str(kafka.tryout_stamp),
        "MATCHING_URLS": matching_url,
        "EMBEDDING_URLS": "http://127.0.0.1:9",
        "PORT": str(port),
        "DATABASE_URL": dsns.gateway,
        "DATABASE_MIGRATION_URL": dsns.owner,
        "SHORTLIST_BOOTSTRAP_KEY": BOOTSTRAP_KEY,
        "WEBHOOKS": "off",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.gateway", env=environment)
    url = f"http://127.0.0.1:{port}"
    async with AsyncClient(base_url=url, timeout=10) as client, asyncio.timeout(90):
        while True:
            try:
                await able(client)
            except httpx.TransportError:
                assert process.returncode is None, "the gateway ended"
                await asyncio.sleep(0.1)
                continue
            return process, url


async def _of_key(kafka: KafkaSettings, name: str) -> list[Any]:
    """The events of the document whose id comes of an Idempotency-Key."""
    return await published(kafka, f"default/resume/{derived_id('default', 'resume', name)}")
