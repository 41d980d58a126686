"""Indexes in which many rows died are built anew, by one process at a time, by the service role."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import numpy as np
import pytest
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from libs.localstack.postgres.roles import Dsns
from services.matching.index.vectors import nearest_upkeep
from services.matching.index.vectors.nearest_upkeep import NearestUpkeep
from services.matching.index.vectors.spreading import Spreading
from services.matching.storage import index_maintenance
from services.matching.storage.index_maintenance import IndexMaintenance
from tests.fakes.documents import DIMENSION, SPACE
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

ROWS = 600
TABLE = f"nearest_{SPACE}"


@pytest.fixture
def maintenance(matching: Matching) -> IndexMaintenance:
    return IndexMaintenance(matching.dsns.matching, matching.dsns.owner, 64)


@pytest.fixture
def upkeep(matching: Matching, maintenance: IndexMaintenance, monkeypatch: pytest.MonkeyPatch) -> NearestUpkeep:
    monkeypatch.setattr(nearest_upkeep, "DEAD_ROWS", 100)
    return NearestUpkeep(Spreading(matching.database, 200_000), maintenance, 3600.0)


@pytest.fixture
async def partition(matching: Matching) -> str:
    """The name of a partition with ROWS resumes of `default`."""
    vectors = np.random.default_rng(5).standard_normal((ROWS, DIMENSION))
    connection = await asyncpg.connect(matching.dsns.superuser)
    await register_vector(connection)
    await connection.copy_records_to_table(
        TABLE,
        schema_name="matching",
        columns=["tenant", "kind", "shard", "number", "document"],
        records=[("default", "resume", 0, number + 1, HalfVector(each)) for number, each in enumerate(vectors)],
    )
    name = await connection.fetchval(f"SELECT tableoid::regclass::text FROM matching.{TABLE} LIMIT 1")
    await connection.close()
    return str(name.removeprefix("matching."))


async def _fetch(dsns: Dsns, statement: str, *values: Any) -> list[Any]:
    connection = await asyncpg.connect(dsns.superuser)
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


async def _delete(matching: Matching, partition: str, last: int) -> None:
    """Deletes numbers up to `last`, and waits until the server's statistics have it."""
    await _fetch(matching.dsns, f"DELETE FROM matching.{TABLE} WHERE number <= $1", last)
    await _until_dead(matching.dsns, partition, last)


async def _until_dead(dsns: Dsns, partition: str, dead: int) -> None:
    async with asyncio.timeout(60):
        while await _dead(dsns, partition) != dead:
            await asyncio.sleep(0.05)


async def _dead(dsns: Dsns, partition: str) -> int:
    (row,) = await _fetch(dsns, "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = $1", partition)
    return int(row["n_dead_tup"])


async def _files(dsns: Dsns, partition: str) -> dict[str, int]:
    """The indexes of vectors, each with the file it lies in: another one when it was built anew."""
    rows = await _fetch(
        dsns,
        """SELECT relname, relfilenode FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am a ON a.oid = relam
           WHERE indrelid = ('matching.' || $1)::regclass AND amname = 'hnsw'""",
        partition,
    )
    return {row["relname"]: row["relfilenode"] for row in rows}


async def test_after_many_deletes_the_index_is_built_anew_and_the_dead_are_taken_out(
    matching: Matching, upkeep: NearestUpkeep, partition: str
) -> None:
    assert await upkeep.step() == []
    before = await _files(matching.dsns, partition)
    await _delete(matching, partition, 200)
    assert await upkeep.step() == [partition]
    after = await _files(matching.dsns, partition)
    assert after.keys() == before.keys()
    assert not set(after.values()) & set(before.values())
    await _until_dead(matching.dsns, partition, 0)
    whole = f"matching.{TABLE}_resumes"
    (row,) = await _fetch(matching.dsns, "SELECT count(*) FROM pg_inherits WHERE inhparent = $1::text::regclass", whole)
    assert row["count"] == 16, "the index is not the partitioned one's any more"
    assert await upkeep.step() == []


async def test_after_few_deletes_it_is_left_until_a_day_is_over_and_then_vacuumed_alone(
    matching: Matching, upkeep: NearestUpkeep, partition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _fetch(matching.dsns, f"VACUUM matching.{partition}")
    before = await _files(matching.dsns, partition)
    await _delete(matching, partition, 5)
    assert await upkeep.step() == []
    assert await _dead(matching.dsns, partition) == 5
    monkeypatch.setattr(nearest_upkeep, "VACUUM_SECONDS", 0.0)
    assert await upkeep.step() == []
    await _until_dead(matching.dsns, partition, 0)
    assert await _files(matching.dsns, partition) == before


async def test_what_a_broken_off_rebuilding_left_is_dropped(
    matching: Matching, upkeep: NearestUpkeep, partition: str
) -> None:
    connection = await asyncpg.connect(matching.dsns.superuser)
    await connection.execute(
        f"CREATE INDEX left_ccnew ON matching.{partition}"
        " USING hnsw (document halfvec_cosine_ops) WHERE kind = 'resume'"
    )
    await connection.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'matching.left_ccnew'::regclass"
    )
    await connection.close()
    await _delete(matching, partition, 200)
    assert await upkeep.step() == [partition]
    assert "left_ccnew" not in await _files(matching.dsns, partition)


async def test_one_process_at_a_time_is_at_it(
    upkeep: NearestUpkeep, maintenance: IndexMaintenance, matching: Matching, partition: str
) -> None:
    await _delete(matching, partition, 200)
    async with maintenance.alone() as first:
        assert first is not None
        async with maintenance.alone() as second:
            assert second is None
        assert await upkeep.step() == []
    assert await upkeep.step() == [partition]


@pytest.mark.parametrize("maintain_since", [170_000, 990_000])
async def test_the_service_role_does_it_where_the_server_can_let_it_else_the_owner(
    matching: Matching,
    upkeep: NearestUpkeep,
    maintenance: IndexMaintenance,
    partition: str,
    maintain_since: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_maintenance, "MAINTAIN_SINCE", maintain_since)
    (version,) = await _fetch(matching.dsns, "SELECT current_setting('server_version_num')::int AS number")
    expected = "shortlist_matching" if version["number"] >= maintain_since else "shortlist_owner"
    async with maintenance.alone() as maintaining:
        assert maintaining is not None
        assert await maintaining._connection.fetchval("SELECT current_user") == expected
    await _delete(matching, partition, 200)
    assert await upkeep.step() == [partition]


async def test_a_fault_does_not_end_it(upkeep: NearestUpkeep, monkeypatch: pytest.MonkeyPatch) -> None:
    done = asyncio.Event()
    steps = 0

    async def step() -> list[str]:
        nonlocal steps
        steps += 1
        if steps == 1:
            raise KeyError("a fault of our own")
        done.set()
        return []

    monkeypatch.setattr(upkeep, "step", step)
    monkeypatch.setattr(upkeep, "_every_seconds", 0.0)
    running = asyncio.create_task(upkeep.run_forever())
    await asyncio.wait_for(done.wait(), 30)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
