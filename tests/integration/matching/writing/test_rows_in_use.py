"""Who comes to a document that another process is writing waits for it, and goes on from what the other left."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from services.matching.writing.metadata.rows import known_metadata
from tests.fakes.documents import key_of, report, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = key_of("default/resume/r1")
SECONDS = 20.0


async def test_metadata_that_another_writes_are_known_as_it_left_them(matching: Matching) -> None:
    await matching.index(vectors_event("default/resume/r1", Revision(1000, 1), "Nurse", metadata={"stage": "new"}))
    async with matching.database.writing("default") as first:
        await first.execute("""UPDATE matching.documents SET metadata = '{"stage": "hired"}' WHERE id = 'r1'""")
        waiting = asyncio.create_task(_known(matching))
        await _until_somebody_waits(matching.dsns.superuser)
        assert not waiting.done()
    assert await waiting == {"stage": "hired"}


async def _known(matching: Matching) -> dict[str, Any]:
    async with matching.database.writing("default") as second:
        known = await known_metadata(second, "default", [KEY])
    return dict(known[KEY].history.metadata)


async def _until_somebody_waits(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(SECONDS):
            while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


async def test_a_report_that_a_caller_waits_for_is_written_although_others_wait_for_it(matching: Matching) -> None:
    reports = []
    for number, name in enumerate(("r1", "r2"), start=1):
        key = f"default/resume/{name}"
        await matching.index(vectors_event(key, Revision(1000, number), "Nurse"))
        reports.append(report(key, Revision(2000, number), Status.QUEUED))
    other = await asyncpg.connect(matching.dsns.superuser)
    try:
        row = "SELECT FROM matching.documents WHERE id = $1 FOR UPDATE"
        async with other.transaction():
            await other.execute(row, "r2")
            # It holds the first, and waits for the second, for which this transaction is going to wait in turn.
            noted = asyncio.create_task(matching.writer.note("default", reports))
            await _until_somebody_waits(matching.dsns.superuser)
            await other.execute(row, "r1")
        async with asyncio.timeout(SECONDS):
            await noted
        stored = await other.fetch("SELECT id, status FROM matching.documents ORDER BY id")
    finally:
        await other.close()
    assert [tuple(each) for each in stored] == [("r1", "queued"), ("r2", "queued")]
