"""A database that is empty, or an older one put back, is filled again from the topics, and nobody else hears of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import RecordsToDelete

from libs.contracts.documents import DocumentError, Note
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.contracts.structure import (
    AskedNumber,
    DisclaimedSpan,
    Entry,
    IdentitySpan,
    LineStyle,
    Mention,
    Requirement,
    RequirementPart,
    Section,
)
from libs.contracts.topics import STATUS, TEXT, VECTORS, dead_letters_topic
from libs.localstack.postgres.roles import Dsns
from libs.messaging.admin.cluster import admin_client, partitions
from libs.messaging.heartbeats import is_heartbeat
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.messaging.records import record_of
from libs.messaging.reporting import status_event_record, tombstone_record, vectors_record
from tests.both_brokers import EMBEDDED, Broker, settings_of
from tests.e2e.topic_reading import records
from tests.fakes.databases import database_of_its_own
from tests.fakes.documents import DIMENSION, SPACE, key_of, report, source_event, vectors_event
from tests.fakes.matching_process import SECONDS, TENANT, MatchingProcess

pytestmark = pytest.mark.integration

R1, R2, R3, R4 = (Revision(1_764_000_000_000, offset) for offset in (1, 2, 3, 4))
OTHERS = (TEXT, STATUS, dead_letters_topic("matching"))
# All that the vectors topic tells; when something was written is the database's own.
STORED = f"""
SELECT tenant, kind, id, indexed_stamp, indexed_offset, source, source_id, title, text, description,
       requirements::text, metadata::text, sections::text, identity_spans::text, entries::text, mentions::text,
       disclaimed_spans::text, requirements_found::text, structure_version, line_styles::text, notes::text, as_of,
       submitted_at, content_hash,
       c.terms, c.length, erased_stamp, erased_offset,
       v.stamp, v."offset", n.document::text AS document, v.windows, v.window_spans,
       v.units, v.unit_scales, v.unit_spans
FROM matching.documents d LEFT JOIN matching.vectors_{SPACE} v USING (tenant, kind, id)
    LEFT JOIN matching.cards c USING (tenant, kind, id)
    LEFT JOIN matching.nearest_{SPACE} n USING (tenant, kind, number)
WHERE id LIKE $1 AND (indexed_stamp IS NOT NULL OR erased_stamp IS NOT NULL) ORDER BY tenant, kind, id
"""


def _end(mark: str) -> dict[str, str | None]:
    """The texts that the history ends with; None for what is erased."""
    return {
        f"default/resume/kept-{mark}": "Registered nurse",
        f"default/job/updated-{mark}": "Another text\nof two lines",
        f"default/resume/erased-{mark}": None,
        f"default/resume/again-{mark}": "Another person",
        f"other/resume/kept-{mark}": "Carpenter",
    }


def _vectors(key: str, revision: Revision, text: str, **fields: Any) -> Outgoing:
    return vectors_record(vectors_event(key, revision, text, **fields), VECTORS)


def _gone(key: str, revision: Revision) -> Outgoing:
    return tombstone_record(VECTORS, key_of(key), revision, source_event("d"))


# Of a text that says more than is found in it here.
STRUCTURE: dict[str, Any] = {
    "sections": [Section(0, 16, "Registered nurse", "experience")],
    "identity_spans": [IdentitySpan(11, 16, "name")],
    "entries": [Entry(start=0, end=16, type="work", title="Nurse", from_="2016-03", in_progress=True)],
    "mentions": [Mention(start=0, end=10, type="licence", name="RN", state="expired")],
    "disclaimed_spans": [DisclaimedSpan(0, 10, "denied")],
    "requirements_found": [
        Requirement(
            start=0,
            end=16,
            text="Registered nurse",
            numbers=[AskedNumber(start=0, end=4, value=2.5, unit="years")],
            parts=[RequirementPart(start=0, end=10, text="Registered", necessity="nice")],
        )
    ],
    "structure_version": 1,
    "line_styles": [LineStyle(size=1.5, bold=True, gap=0.25)],
    "notes": [Note("requirements_left_out", "7 requirements were left out.")],
    "as_of": "2025-06-30",
    "submitted_at": "2026-11-01T10:11:12.345Z",
}


def _history(mark: str) -> list[Outgoing]:
    """A document, one updated, one erased, one erased and sent again, one of another tenant; an update that failed."""
    failure = DocumentError("internal", "a fault of our own")
    return [
        _vectors(f"default/resume/kept-{mark}", R1, "Registered nurse", metadata={"city": "K\u00f6ln"}, **STRUCTURE),
        _vectors(f"default/job/updated-{mark}", R1, "A text of one line"),
        _vectors(f"default/job/updated-{mark}", R2, "Another text\nof two lines", requirements=["one", "two"]),
        _vectors(f"default/resume/erased-{mark}", R1, "Xenobia Quux"),
        _gone(f"default/resume/erased-{mark}", R2),
        _vectors(f"default/resume/again-{mark}", R1, "Xenobia Quux"),
        _gone(f"default/resume/again-{mark}", R2),
        _vectors(f"default/resume/again-{mark}", R3, "Another person"),
        _vectors(f"other/resume/kept-{mark}", R1, "Carpenter"),
        status_event_record(report(f"default/resume/kept-{mark}", R4, Status.FAILED, failure, published=True)),
    ]


async def _stored(dsns: Dsns, mark: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(dsns.superuser)
    try:
        return [dict(row) for row in await connection.fetch(STORED, f"%-{mark}")]
    except asyncpg.UndefinedTableError:
        return []
    finally:
        await connection.close()


async def _until(dsns: Dsns, mark: str, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """What is stored, once it is what is wanted."""
    held: list[dict[str, Any]] = []
    try:
        async with asyncio.timeout(SECONDS):
            while not wanted(held):
                await asyncio.sleep(0.1)
                held = await _stored(dsns, mark)
        return held
    except TimeoutError:
        raise AssertionError(f"not stored in time; stored is {[(row['id'], row['text']) for row in held]}") from None


def _texts(held: list[dict[str, Any]]) -> dict[str, str | None]:
    """The texts by tenant/kind/id; None where it is erased."""
    return {f"{row['tenant']}/{row['kind']}/{row['id']}": row["text"] for row in held}


def _holding(texts: dict[str, str | None]) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda held: texts.items() <= _texts(held).items()


async def _said(broker: Broker) -> dict[str, int]:
    """How many records the topics hold that matching publishes to; a heartbeat says nothing of a document."""
    return {
        topic: sum(not is_heartbeat(record_of(each)) for each in await records(broker.bootstrap, topic))
        for topic in OTHERS
    }


@asynccontextmanager
async def _running(broker: Broker, dsns: Dsns, log: Path) -> AsyncIterator[MatchingProcess]:
    running = await MatchingProcess.start(broker, dsns.matching, dsns.owner, log)
    try:
        await running.answer("/health/ready", lambda answer: answer.status_code == 200)
        yield running
    finally:
        assert await running.stop() == 0


@pytest.fixture
def mark() -> str:
    """Tells this test's documents from those of others on the same broker."""
    return uuid.uuid4().hex[:12]


@pytest.fixture
async def publisher(broker: Broker) -> AsyncIterator[KafkaPublisher]:
    publisher = KafkaPublisher(settings_of(broker))
    await publisher.start()
    yield publisher
    await publisher.stop()


@pytest.fixture
async def filled(
    mark: str, broker: Broker, dsns: Dsns, publisher: KafkaPublisher, tmp_path: Path
) -> list[dict[str, Any]]:
    """What is stored of the history; matching is stopped."""
    async with _running(broker, dsns, tmp_path / "first.log") as running:
        async with httpx.AsyncClient(base_url=running.url, headers=TENANT) as client:
            body = {"model": f"model-{SPACE}", "dimension": DIMENSION}
            assert (await client.put(f"/spaces/{SPACE}", json=body)).json()["topic"] == VECTORS
        for record in _history(mark):
            await publisher.publish(record)
        path = f"/documents/resume/kept-{mark}"
        await running.answer(path, lambda answer: answer.status_code == 200 and answer.json()["status"] == "failed")
        await _until(dsns, mark, _holding(_end(mark)))
        await running.answer("/figures", lambda answer: not any(answer.json()["lag"].values()))
    return await _stored(dsns, mark)


async def test_an_empty_database_becomes_what_the_old_one_was_from_the_vectors_topic_alone(
    mark: str,
    broker: Broker,
    broker_kind: str,
    postgres: Dsns,
    filled: list[dict[str, Any]],
    publisher: KafkaPublisher,
    tmp_path: Path,
) -> None:
    if broker_kind != EMBEDDED:
        await _empty(broker, STATUS)
    before = await _said(broker)
    async with (
        database_of_its_own(postgres) as empty,
        _running(broker, empty, tmp_path / "second.log") as running,
    ):
        # Embedding registered its space at its own start, with the database that is gone.
        await _until(empty, mark, lambda held: held == filled)
        await running.answer("/figures", lambda answer: not any(answer.json()["lag"].values()))
        shown = await running.answer(f"/documents/job/updated-{mark}", lambda answer: answer.status_code == 200)
        assert shown.json()["embedding"]["space"] == SPACE
        await running.answer(f"/documents/resume/erased-{mark}", lambda answer: answer.status_code == 404)
        assert await _said(broker) == before, "something was published of what is read again"

        # What comes now is news again.
        await publisher.publish(_vectors(f"default/resume/kept-{mark}", R4, "A newer text"))
        await _until(empty, mark, _holding({f"default/resume/kept-{mark}": "A newer text"}))
        async with asyncio.timeout(SECONDS):
            while (await _said(broker))[STATUS] == before[STATUS]:
                await asyncio.sleep(0.1)


async def test_an_older_database_that_was_put_back_gets_what_it_lacks(
    mark: str,
    broker: Broker,
    postgres: Dsns,
    dsns: Dsns,
    filled: list[dict[str, Any]],
    publisher: KafkaPublisher,
    tmp_path: Path,
) -> None:
    async with database_of_its_own(postgres, copy_of=dsns) as older:
        async with _running(broker, dsns, tmp_path / "second.log") as running:
            await publisher.publish(_vectors(f"default/job/updated-{mark}", R3, "A third text"))
            await publisher.publish(_gone(f"other/resume/kept-{mark}", R2))
            await _until(
                dsns, mark, _holding({f"default/job/updated-{mark}": "A third text", f"other/resume/kept-{mark}": None})
            )
            await running.answer("/figures", lambda answer: not any(answer.json()["lag"].values()))
        newest = await _stored(dsns, mark)
        assert newest != filled
        before = await _said(broker)
        async with _running(broker, older, tmp_path / "third.log"):
            await _until(older, mark, lambda held: held == newest)
            assert await _said(broker) == before


async def _empty(broker: Broker, topic: str) -> None:
    """Removes all records, as retention would."""
    found = (await partitions(settings_of(broker)))[topic]
    reader = AIOKafkaConsumer(**settings_of(broker).client_options())
    await reader.start()
    try:
        ends = await reader.end_offsets(found)
    finally:
        await reader.stop()
    async with admin_client(settings_of(broker)) as admin:
        await admin.delete_records({one: RecordsToDelete(before_offset=end) for one, end in ends.items()})
