"""How far a replica must be: told from one row, whatever was erased before."""

from __future__ import annotations

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.matching.storage.erasure_positions import last_erasure
from tests.fakes.documents import vectors_event
from tests.fakes.matching_parts import Matching

_MANY = """
INSERT INTO matching.erasures (tenant, receipt, kind, stamp, "offset", position)
SELECT $1, 'er-' || n, 'resume', 1, n, pg_current_wal_insert_lsn() FROM generate_series(1, 3000) AS n
"""
_LAST = """
EXPLAIN SELECT position::text AS position FROM matching.erasures
WHERE tenant = $1 ORDER BY position DESC NULLS FIRST LIMIT 1
"""


async def test_a_tenant_without_erasures_asks_nothing_of_a_replica(matching: Matching) -> None:
    await matching.index(vectors_event("default/resume/r1", Revision(1, 1)))
    assert await last_erasure(matching.database, "default") is None


async def test_each_erasure_asks_for_more_and_those_of_others_for_nothing(matching: Matching) -> None:
    positions = []
    for offset in range(2):
        key = DocumentKey("default", "resume", f"r{offset}")
        await matching.index(vectors_event(str(key), Revision(1, offset)))
        await matching.writer.erase(key, Revision(2, offset))
        positions.append(await last_erasure(matching.database, "default"))
    first, second = positions
    rows = await matching.rows("SELECT $1::text::pg_lsn < $2::text::pg_lsn AS grew", first, second)
    assert rows[0]["grew"]
    assert await last_erasure(matching.database, "other") is None


async def test_the_position_of_an_erasure_that_is_repeated_is_that_of_its_last_time(matching: Matching) -> None:
    key = DocumentKey("default", "resume", "r1")
    await matching.writer.erase(key, Revision(2, 1))
    first = await last_erasure(matching.database, "default")
    await matching.writer.erase(key, Revision(2, 1))
    second = await last_erasure(matching.database, "default")
    assert first != second


async def test_it_is_read_from_an_index(matching: Matching) -> None:
    async with matching.database.writing("default") as connection:
        await connection.execute(_MANY, "default")
    plan = await matching.rows(_LAST, "default")
    assert "erasures_by_position" in " ".join(str(row) for row in plan)
