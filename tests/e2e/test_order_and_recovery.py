"""What must hold while several workers share the work, services die, and the model changes."""

from __future__ import annotations

import json
import os
import signal
import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaProducer

from libs.contracts.revision import Revision
from tests.e2e.running_stack import RunningStack, until
from tests.e2e.topic_reading import last_value
from tests.fakes.tiny_models import make_tiny_model

pytestmark = pytest.mark.e2e

KEY = "default/job/busy"
UPDATES = 50


@pytest.fixture(scope="module")
def stack(broker_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    folder = tmp_path_factory.mktemp("stack") / "data"
    running = RunningStack(folder, "--broker", broker_kind, "--embedding-workers", "3")
    yield running
    assert running.stop() == 0


async def test_of_fifty_updates_by_two_ways_the_last_one_stays_in_database_and_topics(stack: RunningStack) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.info["kafka_bootstrap"], acks="all")
    await producer.start()
    try:
        for number in range(UPDATES):
            body = {"title": "Busy job", "description": f"Revision marker {number}.", "requirements": "Patience"}
            if number % 2:
                answer = stack.http.put("/jobs/busy", json=body)
                assert answer.status_code == 202, answer.text
            else:
                await producer.send_and_wait(
                    "documents.submitted.v1", json.dumps(body).encode(), key=KEY.encode(), headers=_headers()
                )
    finally:
        await producer.stop()
    last = f"Revision marker {UPDATES - 1}."
    held = stack.ended("job", "busy", last)
    assert held["revision"] == held["indexed_revision"]
    revision = Revision.parse(held["revision"])

    connection = await asyncpg.connect(stack.info["postgres_dsn"])
    try:
        row = await connection.fetchrow("SELECT * FROM matching.documents WHERE id = 'busy'")
        assert last in row["text"]
        assert (row["indexed_stamp"], row["indexed_offset"]) == (revision.stamp, revision.offset)
        tables = await connection.fetch("SELECT space FROM matching.spaces")
        for table in tables:
            vectors = await connection.fetch(f"SELECT * FROM matching.vectors_{table['space']} WHERE id = 'busy'")
            assert [(row["stamp"], row["offset"]) for row in vectors] == [(revision.stamp, revision.offset)]
    finally:
        await connection.close()
    for topic in ("documents.text.v1", "documents.vectors.v1"):
        last = await last_value(stack.info["kafka_bootstrap"], topic, KEY)
        assert json.loads(last or b"{}")["revision"] == str(revision)


async def test_no_live_connection_can_see_past_row_level_security(stack: RunningStack) -> None:
    connection = await asyncpg.connect(stack.info["postgres_dsn"])
    try:
        rows = await connection.fetch(
            """SELECT DISTINCT usename, rolsuper, rolbypassrls FROM pg_stat_activity JOIN pg_roles ON rolname = usename
               WHERE application_name LIKE 'shortlist%'"""
        )
    finally:
        await connection.close()
    assert {row["usename"] for row in rows} == {"shortlist_matching", "shortlist_gateway"}
    assert not any(row["rolsuper"] or row["rolbypassrls"] for row in rows)


@pytest.mark.parametrize("service", ["ingest", "embedding", "matching", "gateway"])
def test_a_killed_service_is_started_again_and_nothing_accepted_is_lost(stack: RunningStack, service: str) -> None:
    accepted = [f"{service}-{number}" for number in range(6)]
    for number, name in enumerate(accepted):
        if number == 3:
            process = json.loads(stack.stack_file.read_text())["services"][service][0]
            os.kill(process["pid"], signal.SIGKILL)
        until(lambda name=name: _put(stack, name), f"{name} to be accepted")
    for name in accepted:
        assert stack.ended("resume", name)["status"] == "indexed"

    def running_again() -> bool:
        listed = json.loads(stack.stack_file.read_text())["services"][service]
        return all(_ready(entry["url"]) for entry in listed) and len(listed) == (3 if service == "embedding" else 1)

    until(running_again, f"{service} to be ready again")


def test_after_a_restart_the_model_computes_nothing_again(stack: RunningStack) -> None:
    assert stack.stop() == 0
    stack.start()
    assert stack.ended("job", "busy")["status"] == "indexed"
    computed = 0.0
    for entry in stack.info["services"]["embedding"]:
        for line in httpx.get(f"{entry['url']}/metrics").text.splitlines():
            if line.startswith("shortlist_embedding_texts_computed_total"):
                computed += float(line.split()[-1])
    assert computed == 0


def test_another_model_of_the_same_dimension_takes_over_by_itself(stack: RunningStack, tmp_path: Any) -> None:
    before = stack.ended("job", "busy")["embedding"]
    assert stack.stop() == 0
    folder = make_tiny_model(tmp_path / "tiny", dimension=before["dimension"])
    stack.environment |= {"EMBEDDING_ENGINE": "torch", "EMBEDDING_MODEL_NAME": str(folder)}
    stack.start()

    def taken_over() -> bool:
        embedding = (stack.document("job", "busy") or {}).get("embedding")
        return embedding is not None and embedding["space"] != before["space"]

    until(taken_over, "the new space to be the active one", 90)
    answer = stack.http.post("/matching/similarity-search", json={"query": "patience", "kind": "job"}).json()
    assert answer["degraded"] is False
    assert "busy" in {result["id"] for result in answer["results"]}


def _headers() -> list[tuple[str, bytes]]:
    named = {
        "ce_specversion": "1.0",
        "ce_id": uuid.uuid4().hex,
        "ce_source": "/ats",
        "ce_type": "shortlist.document.submitted.v1",
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in named.items()]


def _put(stack: RunningStack, name: str) -> bool:
    try:
        answer = stack.http.put(f"/resumes/{name}", json={"text": f"A resume called {name}.\nTen years of sailing."})
    except httpx.TransportError:
        return False
    assert answer.status_code in (202, 503, 429), answer.text
    return answer.status_code == 202


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False
