"""However many ask at once, and however long the documents are, matching's memory stays below its limit."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from libs.contracts.revision import Revision
from libs.localstack.postgres.roles import Dsns
from services.matching.spaces.lifecycle import Spaces
from services.matching.storage.database import Database
from services.matching.storage.migrating import migrate
from services.matching.writing.document_writer import DocumentWriter
from tests.both_brokers import Broker, kinds
from tests.fakes.documents import SPACE
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.long_documents import CHARACTERS, DIMENSION, long_vectors_event
from tests.fakes.matching_arrivals import vectors_arrival
from tests.fakes.matching_process import TENANT, MatchingProcess

pytestmark = pytest.mark.integration

RESUMES = 100
DIFFERENT = 4
CALLERS = 64
MOST_BYTES = 600 * 1024 * 1024
SECONDS = 300.0


async def test_many_callers_who_ask_about_the_longest_documents_do_not_fill_the_memory(
    broker_of: Callable[[str], Broker], dsns: Dsns, tmp_path: Path
) -> None:
    # Nothing of it comes through the broker, so that one of them will do.
    broker = broker_of(kinds()[0])
    await _store_long_documents(dsns)
    # Fewer are scored for one answer than by default, which changes the time it takes and not the memory.
    fewer = dict.fromkeys(("MATCHES_NEAREST", "MATCHES_WORDS", "SEARCH_NEAREST", "SEARCH_WORDS"), "10")
    service = await MatchingProcess.start(
        broker, dsns.matching, dsns.owner, tmp_path / "matching.log", MATCHING_ANSWER_SECONDS="300", **fewer
    )
    try:
        await service.answer("/health/ready", lambda answer: answer.status_code == 200)
        async with httpx.AsyncClient(base_url=service.url, headers=TENANT, timeout=SECONDS) as client:
            # Other tests used this broker: matching reads their records again first, and says so in its answers.
            async with asyncio.timeout(SECONDS):
                while (await _ask(client, 0)).json()["degraded"]:
                    pass
            alone = [(await _ask(client, number)).json() for number in range(len(QUESTIONS))]
            answers = await asyncio.gather(*(_ask(client, number) for number in range(CALLERS)))
            metrics = (await client.get("/metrics")).text
        assert service.peak_memory() < MOST_BYTES
    finally:
        await service.stop()
    for number, answer in enumerate(answers):
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) >= 1
        else:
            assert (answer.status_code, answer.json()) == (200, alone[number % len(QUESTIONS)])
    told = Counter(answer.status_code for answer in answers)
    assert told[200] >= 1, told
    assert "shortlist_matching_answers_at_work 0.0" in metrics
    assert "shortlist_matching_answer_bytes 0.0" in metrics


PAIR = {"job_id": "long", "resume_id": "r1"}
QUESTIONS: list[tuple[str, str, Any]] = [
    ("GET", "/documents/job/long/matches?limit=3", None),
    ("GET", "/documents/resume/r2/matches?limit=3", None),
    ("POST", "/calculate", PAIR),
    ("POST", "/search", {"query": "w0001 w0002 w0003 w0004 w0005 w0006 w0007 w0008 w0009", "kind": "resume"}),
]


async def _ask(client: httpx.AsyncClient, number: int) -> httpx.Response:
    method, path, body = QUESTIONS[number % len(QUESTIONS)]
    return await client.request(method, path, json=body)


async def _store_long_documents(dsns: Dsns) -> None:
    await migrate(dsns.owner, dsns.matching)
    database = Database(dsns.matching, connections=2)
    await database.open()
    publisher = InMemoryPublisher()
    spaces = Spaces(database, publisher, _nothing, _nothing, owner_url=dsns.owner, service_url=dsns.matching)
    await spaces.register(SPACE, f"model-{SPACE}", DIMENSION)
    writer = DocumentWriter(database, cache_seconds=1)
    for number, key in enumerate(["default/job/long", *(f"default/resume/r{n}" for n in range(DIFFERENT))]):
        event = long_vectors_event(key, Revision(1, number), number)
        assert len(event.text) == CHARACTERS - 1
        await writer.write_vectors("default", [vectors_arrival(event)])
    await database.close()
    await _copy_resumes(dsns)


CARD_COLUMNS = "vectors, unit_signs, roles, text_bytes, stored_bytes, units"
_COPIES = [
    f"""
    INSERT INTO matching.cards (tenant, kind, number, id, version, reading_version, length, terms)
    SELECT tenant, kind, nextval('matching.document_numbers'), id || '-' || n, nextval('matching.card_versions'),
        reading_version, length, terms
    FROM matching.cards, generate_series(1, {RESUMES // DIFFERENT - 1}) n WHERE kind = 'resume'
    """,
    """
    INSERT INTO matching.unpacked (tenant, kind, number, version)
    SELECT tenant, kind, number, version FROM matching.cards WHERE id LIKE '%-%'
    """,
    *(
        f"""
        INSERT INTO matching.{table}_{SPACE} (tenant, kind, number, {columns})
        SELECT copy.tenant, copy.kind, copy.number, {columns}
        FROM matching.cards copy
        JOIN matching.cards one ON one.kind = copy.kind AND one.id = split_part(copy.id, '-', 1)
        JOIN matching.{table}_{SPACE} v ON v.kind = one.kind AND v.number = one.number
        WHERE copy.id LIKE '%-%'
        """
        for table, columns in (("nearest", "document"), ("cards", CARD_COLUMNS))
    ),
]


async def _copy_resumes(dsns: Dsns) -> None:
    connection = await asyncpg.connect(dsns.superuser)
    try:
        for table in ("matching.documents", f"matching.vectors_{SPACE}"):
            await connection.execute(
                f"""
                INSERT INTO {table} SELECT (jsonb_populate_record(d, jsonb_build_object('id', d.id || '-' || n))).*
                FROM {table} d, generate_series(1, {RESUMES // DIFFERENT - 1}) n WHERE d.kind = 'resume'
                """
            )
        for statement in _COPIES:
            await connection.execute(statement)
        for table in ("documents", "cards", f"nearest_{SPACE}", f"cards_{SPACE}"):
            count = await connection.fetchval(f"SELECT count(*) FROM matching.{table} WHERE kind = 'resume'")
            assert count == RESUMES, table
    finally:
        await connection.close()


async def _nothing(_: object) -> None:
    return None
