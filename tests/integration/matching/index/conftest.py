"""A database with so many vectors that the index is worth its while: filled once for the whole run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import numpy as np
import pytest
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from libs.localstack.postgres.roles import Dsns
from services.matching.scoring.model import Vectors
from services.matching.storage.database import Database
from services.matching.storage.migrating import make_space_table, migrate
from services.matching.storage.spaces_table import Space
from tests.fakes.databases import database_of_its_own
from tests.fakes.mixed_vectors import MixedVectors

# Few numbers each, so that the index is filled in seconds.
DIMENSION = 24
SPACE = Space("00000a11", "mixed", DIMENSION, "documents.vectors.v1", "shortlist.embedding", "active")
LARGE, SMALL = 21_000, 400


@dataclass(frozen=True)
class Filled:
    """LARGE vectors of the tenant `large`, numbers 1 to LARGE in the order of their centres, and in the same partition
    SMALL of `small`, whose numbers follow. `queries` are vectors like them that are not stored."""

    dsns: Dsns
    database: Database
    vectors: Vectors
    small: str
    partition: str
    queries: Vectors

    def best(self, query: Vectors, numbers: np.ndarray, limit: int) -> list[float]:
        """The cosines of the nearest among some numbers of `large`, greatest first."""
        near = self.vectors[numbers - 1].astype(np.float16).astype(np.float32) @ query
        return sorted(near.tolist(), reverse=True)[:limit]


@pytest.fixture(scope="session")
async def filled(postgres: Dsns) -> AsyncIterator[Filled]:
    async with database_of_its_own(postgres) as dsns:
        await migrate(dsns.owner, dsns.matching)
        await make_space_table(dsns.owner, dsns.matching, SPACE.name, DIMENSION)
        mixed = MixedVectors(DIMENSION)
        vectors, queries = mixed.make(LARGE), mixed.make(60)
        connection = await asyncpg.connect(dsns.superuser)
        await register_vector(connection)
        table = f"nearest_{SPACE.name}"
        place = await _place(connection, table, "large")
        partition = f"{table}_{place}"
        names = [f"small{number}" for number in range(200)]
        small = [each for each in names if await _place(connection, table, each) == place].pop()
        async with _without_index(connection, table, place):
            await _copy(connection, partition, "large", vectors, first=1)
            await _copy(connection, partition, small, mixed.make(SMALL), first=LARGE + 1)
        await connection.execute(f"VACUUM ANALYZE matching.{partition}")
        await connection.close()
        database = Database(dsns.matching, connections=2)
        await database.open()
        yield Filled(dsns, database, vectors, small, partition, queries)
        await database.close()


async def _copy(connection: asyncpg.Connection, table: str, tenant: str, vectors: Vectors, *, first: int) -> None:
    await connection.copy_records_to_table(
        table,
        schema_name="matching",
        columns=["tenant", "kind", "shard", "number", "document"],
        records=[(tenant, "resume", 0, first + place, HalfVector(each)) for place, each in enumerate(vectors)],
    )


async def _place(connection: asyncpg.Connection, table: str, tenant: str) -> int:
    """Which partition holds a tenant's shard 0."""
    place = await connection.fetchval(
        f"""SELECT n FROM generate_series(0, 15) n
            WHERE satisfies_hash_partition('matching.{table}'::regclass, 16, n, $1::text COLLATE "C", 0::smallint)""",
        tenant,
    )
    return int(place)


@asynccontextmanager
async def _without_index(connection: asyncpg.Connection, table: str, place: int) -> AsyncIterator[None]:
    """Builds the index of resumes when all rows are there, which is ten times faster than row by row."""
    partition = f"matching.{table}_{place}"
    await connection.execute(f"ALTER TABLE matching.{table} DETACH PARTITION {partition}")
    name = await connection.fetchval(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = $1::text::regclass"
        " AND pg_get_indexdef(indexrelid) LIKE '%hnsw%resume%'",
        partition,
    )
    definition = await connection.fetchval("SELECT pg_get_indexdef($1::text::regclass)", name)
    await connection.execute(f"DROP INDEX {name}")
    yield
    await connection.execute("SET max_parallel_maintenance_workers = 0")
    await connection.execute(definition)
    await connection.execute(
        f"ALTER TABLE matching.{table} ATTACH PARTITION {partition} FOR VALUES WITH (MODULUS 16, REMAINDER {place})"
    )
