"""Who asks beyond what matching may do at once is told to come again; plain reads and indexing go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.database import transactions as database_module
from services.matching.answers.bounds import limits as limits_module
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.storage_report.stored import StoredFigures
from services.matching.api import Api, Parts, routes
from services.matching.metrics import ANSWER_BYTES, ANSWERS_AT_WORK, ANSWERS_REFUSED
from services.matching.refusals import exception_handlers
from services.matching.scoring import calculate, search
from services.matching.service import MatchingService
from services.matching.storage.databases import Databases
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
TEXT = "Registered nurse for intensive care\nYou must have experience in ventilation\nDocumentation in English"
CONNECTIONS = 8
AT_ONCE = 8
OF_ONE_TENANT = 6
MANY = 20


@pytest.fixture
async def databases(matching: Matching) -> AsyncIterator[Databases]:
    """As the service has them: connections of its own for each kind of work."""
    found = Databases.of(matching.dsns.matching, CONNECTIONS)
    for each in found.all():
        await each.open()
    yield found
    for each in found.all():
        await each.close()


@pytest.fixture
async def parted(matching: Matching, databases: Databases) -> Matching:
    """matching with a document of each kind, wired as its pipeline does it."""
    await matching.index(vectors_event("default/job/ward", REVISION, TEXT))
    await matching.index(vectors_event("default/resume/nurse", REVISION, TEXT))
    service = MatchingService(
        databases.asked,
        matching.service._search._embedding,
        answering=databases.answering,
        limits=AnswerLimits(at_once=AT_ONCE, turns=databases.answering.connections, seconds=60.0),
    )
    return replace(matching, service=service, writer=DocumentWriter(databases.consuming, cache_seconds=1))


@pytest.fixture
async def client(parted: Matching, databases: Databases) -> AsyncIterator[AsyncClient]:
    api = Api()
    writer = DocumentWriter(databases.asked, cache_seconds=1)
    api.parts = Parts(parted.service, writer, parted.spaces, parted.reembedding(), StoredFigures(databases.background))
    app = Litestar(routes(api), exception_handlers=exception_handlers(), openapi_config=None, logging_config=None)
    headers = {"Shortlist-Tenant": "default"}
    async with AsyncClient(transport=ASGITransport(app), base_url="http://matching", headers=headers) as client:
        yield client


@contextmanager
def _scoring_stands_still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Scoring and ranking wait until the block ends."""
    goes_on = threading.Event()
    measure, meaning = calculate.measure, search._meaning

    def slow_measure(*values: object) -> object:
        assert goes_on.wait(60)
        return measure(*values)  # type: ignore[arg-type]

    def slow_meaning(*values: object) -> object:
        assert goes_on.wait(60)
        return meaning(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(calculate, "measure", slow_measure)
    monkeypatch.setattr(search, "_meaning", slow_meaning)
    monkeypatch.setattr(limits_module, "WAIT_SECONDS", 60.0)
    try:
        yield
    finally:
        goes_on.set()


async def test_while_searches_stand_still_documents_are_read_and_indexed_and_erased(
    parted: Matching, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _scoring_stands_still(monkeypatch):
        asked = [
            asyncio.create_task(client.post("/search", json={"query": "nurse", "kind": "resume"}))
            for _ in range(OF_ONE_TENANT)
        ]
        async with asyncio.timeout(60):
            while parted.service._matches._limits.at_work < OF_ONE_TENANT:
                await asyncio.sleep(0)
            for number in range(MANY):
                await parted.index(vectors_event(f"default/resume/r{number}", REVISION, TEXT))
                shown = await client.get(f"/documents/resume/r{number}")
                assert (shown.status_code, shown.json()["status"]) == (200, Status.INDEXED)
            assert len((await client.get("/documents/resume")).json()["items"]) == MANY + 1
            body = {"kind": "resume", "id": "r0", "revision": "1001-1"}
            assert (await client.post("/erasures", json=body)).status_code == 200
        assert not any(each.done() for each in asked)
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}


async def test_who_asks_beyond_the_answers_at_once_is_told_to_come_again(
    parted: Matching, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused_before = ANSWERS_REFUSED.labels("tenant")._value.get()
    with _scoring_stands_still(monkeypatch):
        asked = [asyncio.create_task(client.get("/documents/job/ward/matches")) for _ in range(OF_ONE_TENANT)]
        async with asyncio.timeout(20):
            while parted.service._matches._limits.at_work < OF_ONE_TENANT:
                await asyncio.sleep(0)
        assert ANSWERS_AT_WORK._value.get() == OF_ONE_TENANT
        refused = await client.post("/calculate", json={"job_id": "ward", "resume_id": "nurse"})
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert refused.json()["type"] == "urn:shortlist:problem:overloaded"
        assert ANSWERS_REFUSED.labels("tenant")._value.get() == refused_before + 1
    await asyncio.gather(*asked)
    assert ANSWERS_AT_WORK._value.get() == 0
    assert (await client.post("/calculate", json={"job_id": "ward", "resume_id": "nurse"})).status_code == 200


async def test_waiting_for_a_connection_is_overload_and_not_a_database_that_is_away(
    parted: Matching, databases: Databases, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "WAIT_SECONDS", 0.05)
    async with databases.asked.reading("default"), databases.asked.reading("default"):
        for _ in range(MANY):
            refused = await client.get("/documents/resume/nurse")
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert databases.asked.breaker.state == "closed"
    assert (await client.get("/documents/resume/nurse")).status_code == 200


async def test_an_answer_that_is_late_says_whether_there_was_too_much_to_do_or_the_database_was_silent(
    matching: Matching,
) -> None:
    limits = AnswerLimits(seconds=0.5)
    async with matching.database.reading("default") as connection:
        await connection.fetchval("SELECT 1")
        with pytest.raises(Overloaded):
            async with limits.answer("default"):
                await asyncio.Event().wait()
    with pytest.raises(DependencyUnavailable, match="has not answered") as silent:
        async with limits.answer("default"), matching.database.reading("default") as connection:
            await connection.fetchval("SELECT pg_sleep(60)")
    assert not isinstance(silent.value, Overloaded)
    await limits.stop()


async def test_memory_is_reserved_in_order_and_who_waits_too_long_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = AnswerLimits(mebibytes=100)
    mebibyte = limits_module.MEBIBYTE
    order: list[str] = []

    async def reserve(name: str, wanted: int) -> None:
        async with limits.memory("default", wanted * mebibyte):
            order.append(name)

    async with limits.memory("default", 60 * mebibyte):
        large, small = asyncio.create_task(reserve("large", 1000)), asyncio.create_task(reserve("small", 1))
        await asyncio.sleep(0)
        monkeypatch.setattr(limits_module, "WAIT_SECONDS", 0.05)
        with pytest.raises(Overloaded):
            await reserve("late", 1)
        assert order == []
    await asyncio.gather(large, small)
    assert order == ["large", "small"]
    assert ANSWER_BYTES._value.get() == 0
    async with limits.memory("default", 100 * mebibyte):
        pass


async def test_a_document_that_may_come_while_the_database_is_filled_is_told_apart_from_a_failure(
    matching: Matching, client: AsyncClient
) -> None:
    async with matching.database.writing_shared() as connection:
        await connection.execute(
            "INSERT INTO matching.positions (topic, number, next, read_before) VALUES ('documents.vectors.v1', 0, 1, 9)"
        )
    for method, path, body in (
        ("GET", "/documents/resume/unknown", None),
        ("GET", "/documents/resume/unknown/matches", None),
        ("POST", "/calculate", {"job_id": "ward", "resume_id": "unknown"}),
    ):
        answer = await client.request(method, path, json=body)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["type"] == "urn:shortlist:problem:being_filled"
