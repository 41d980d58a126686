"""Building indexes of vectors anew and vacuuming their tables: by one process, outside of transactions.

Of an index in which many rows died a vacuum takes minutes, and the index built anew seconds: so first the one, then the
other, which then finds nothing to take out (pgvector's advice for HNSW).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from libs.database.transactions import translated_errors

# Any number: the same for all processes that tend this schema's indexes.
LOCK = 7_203_913
# From here on a role other than the owner can be let to reindex and vacuum: it has MAINTAIN.
MAINTAIN_SINCE = 170_000
# The longest that one statement may take: a million vectors are built in some minutes.
LONGEST = "2h"

_TABLES = r"""
SELECT relname AS name, n_live_tup AS live, n_dead_tup AS dead,
    coalesce(extract(epoch FROM now() - greatest(last_vacuum, last_autovacuum)), 1e9)::float8 AS since_vacuum
FROM pg_stat_user_tables WHERE schemaname = 'matching' AND relname ~ '^nearest_[0-9a-f]{8}_\d+$' ORDER BY relname
"""
_INDEXES = """
SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am a ON a.oid = relam
WHERE indrelid = ('matching.' || $1)::regclass AND amname = 'hnsw' ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class VectorTable:
    """A partition of vectors, as the server's statistics show it. `since_vacuum`: seconds."""

    name: str
    live: int
    dead: int
    since_vacuum: float


class IndexMaintenance:
    """What is done to the partitions of vectors, over connections of its own.

    They are the service role's where the server can let it (PostgreSQL 17), else the owner's. `build_mib`: memory that
    the building of an index may take, MiB. Methods raise DependencyUnavailable.
    """

    def __init__(self, service_url: str, owner_url: str, build_mib: int) -> None:
        self._service_url = service_url
        self._owner_url = owner_url
        self._build_mib = build_mib

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Maintaining | None]:
        """The work on the partitions; None while another process is at it."""
        with translated_errors():
            connection = await self._connected()
            try:
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                    yield Maintaining(connection, self._owner_url)
                else:
                    yield None
            finally:
                await connection.close()

    async def _connected(self) -> Any:
        connection = await self._connect(self._service_url)
        if connection.get_server_version() >= (MAINTAIN_SINCE // 10_000, 0):
            return connection
        await connection.close()
        return await self._connect(self._owner_url)

    async def _connect(self, url: str) -> Any:
        settings = {
            "application_name": "shortlist-upkeep",
            "maintenance_work_mem": f"{self._build_mib}MB",
            "statement_timeout": LONGEST,
        }
        return await asyncpg.connect(url, timeout=10, server_settings=settings)


class Maintaining:
    """The one who tends the partitions."""

    def __init__(self, connection: Any, owner_url: str) -> None:
        self._connection = connection
        self._owner_url = owner_url

    async def tables(self) -> list[VectorTable]:
        """Every partition of every space."""
        return [VectorTable(**dict(row)) for row in await self._connection.fetch(_TABLES)]

    async def rebuild(self, table: str) -> None:
        """Builds the indexes of a partition anew, while it is read and written. Takes up to some minutes."""
        await self._drop_remains(table)
        for row in await self._connection.fetch(_INDEXES, table):
            await self._connection.execute(f"REINDEX INDEX CONCURRENTLY matching.{row['relname']}")

    async def vacuum(self, table: str) -> None:
        """Frees what dead rows take."""
        await self._connection.execute(f"VACUUM (ANALYZE) matching.{table}")

    async def _drop_remains(self, table: str) -> None:
        """What a rebuilding that was broken off left: every write goes on to fill it. Only the owner can drop it."""
        remains = [row["relname"] for row in await self._connection.fetch(_INDEXES, table) if not row["indisvalid"]]
        if not remains:
            return
        owner = await asyncpg.connect(self._owner_url, timeout=10, server_settings={"lock_timeout": "5s"})
        try:
            for name in remains:
                await owner.execute(f"DROP INDEX IF EXISTS matching.{name}")
        finally:
            await owner.close()
