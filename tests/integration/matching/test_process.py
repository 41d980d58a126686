"""The service as its own process on the real database and a real broker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.localstack.ports import free_port
from libs.localstack.postgres.roles import Dsns
from libs.messaging.publishing import KafkaPublisher
from libs.messaging.reporting import status_event_record, tombstone_record, vectors_record
from tests.both_brokers import Broker, settings_of
from tests.fakes.documents import DIMENSION, SPACE, key_of, report, source_event, vectors_event
from tests.fakes.matching_process import TENANT, MatchingProcess

pytestmark = pytest.mark.integration


@pytest.fixture
async def service(broker: Broker, dsns: Dsns, tmp_path: Path) -> AsyncIterator[MatchingProcess]:
    running = await MatchingProcess.start(broker, dsns.matching, dsns.owner, tmp_path / "matching.log")
    yield running
    await running.stop()


@pytest.fixture
async def publisher(broker: Broker) -> AsyncIterator[KafkaPublisher]:
    publisher = KafkaPublisher(settings_of(broker))
    await publisher.start()
    yield publisher
    await publisher.stop()


async def test_what_comes_by_the_topics_is_answered_over_http_until_it_is_erased(
    service: MatchingProcess, publisher: KafkaPublisher, broker: Broker, dsns: Dsns
) -> None:
    await service.answer("/health/ready", lambda answer: answer.status_code == 200)
    async with httpx.AsyncClient(base_url=service.url, headers=TENANT) as client:
        body = {"model": "hash", "dimension": DIMENSION}
        registered = (await client.put(f"/spaces/{SPACE}", json=body)).json()
    assert registered == {"topic": "documents.vectors.v1", "group": "shortlist.embedding", "state": "active"}

    key, revision = "default/resume/through-kafka", Revision(broker.stamp or 1, 1)
    path = "/documents/resume/through-kafka"
    await publisher.publish(status_event_record(report(key, revision, Status.QUEUED)))
    await service.answer(path, lambda answer: answer.status_code == 200 and answer.json()["status"] == "queued")
    event = vectors_event(key, revision)
    await publisher.publish(vectors_record(event, registered["topic"]))
    shown = await service.answer(path, lambda answer: answer.json()["status"] == "indexed")
    assert shown.json()["text"] == event.text

    connection = await asyncpg.connect(dsns.superuser)
    try:
        roles = await connection.fetch(
            "SELECT DISTINCT rolname, rolsuper, rolbypassrls FROM pg_stat_activity JOIN pg_roles ON rolname = usename"
            " WHERE application_name = 'shortlist-matching' AND datname = current_database()"
        )
    finally:
        await connection.close()
    assert [tuple(role) for role in roles] == [("shortlist_matching", False, False)]

    deleted = Revision(broker.stamp or 1, 2)
    await publisher.publish(tombstone_record(registered["topic"], key_of(key), deleted, source_event("d")))
    await service.answer(path, lambda answer: answer.status_code == 404)
    assert await service.stop() == 0


async def test_its_port_is_open_before_its_parts_are_there_and_ready_says_what_is_missing(
    broker: Broker, dsns: Dsns, tmp_path: Path
) -> None:
    nowhere = f"postgresql://shortlist_matching:x@127.0.0.1:{free_port()}/none"
    running = await MatchingProcess.start(broker, nowhere, nowhere, tmp_path / "matching.log")
    try:
        await running.answer("/health/live", lambda answer: answer.status_code == 200)
        waiting = await running.answer("/health/ready", lambda answer: answer.status_code == 503)
        assert "database" in waiting.text
        refused = await running.answer("/documents/resume/x", lambda answer: answer.status_code == 503)
        assert refused.headers["retry-after"]
    finally:
        assert await running.stop() == 0


async def test_it_does_not_start_as_a_superuser(broker: Broker, dsns: Dsns, tmp_path: Path) -> None:
    running = await MatchingProcess.start(broker, dsns.superuser, dsns.owner, tmp_path / "matching.log")
    assert await running.ended() != 0
    assert "NOSUPERUSER NOBYPASSRLS" in running.log.read_text()


async def test_a_score_that_was_shown_just_before_a_stop_is_in_the_log(
    service: MatchingProcess, publisher: KafkaPublisher, broker: Broker, dsns: Dsns
) -> None:
    await service.answer("/health/ready", lambda answer: answer.status_code == 200)
    async with httpx.AsyncClient(base_url=service.url, headers=TENANT) as client:
        registered = (await client.put(f"/spaces/{SPACE}", json={"model": "hash", "dimension": DIMENSION})).json()
        for offset, kind in enumerate(("job", "resume"), 1):
            event = vectors_event(f"default/{kind}/logged", Revision(broker.stamp or 1, offset))
            await publisher.publish(vectors_record(event, registered["topic"]))
            await service.answer(f"/documents/{kind}/logged", lambda answer: answer.status_code == 200)
        asked = await client.post("/calculate", json={"job_id": "logged", "resume_id": "logged"})
        assert asked.status_code == 200, asked.text
    assert await service.stop() == 0
    connection = await asyncpg.connect(dsns.superuser)
    try:
        rows = await connection.fetch("SELECT tenant, job_id, resume_id, score FROM matching.score_log")
    finally:
        await connection.close()
    assert [(row["tenant"], row["job_id"], row["resume_id"]) for row in rows] == [("default", "logged", "logged")]
    assert round(rows[0]["score"], 1) == asked.json()["score"]
