"""PostgreSQL through asyncpg: transactions that see one tenant, and errors in the two families."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from pgvector.asyncpg import register_vector

from libs.contracts.errors import ErrorCode, RecordFault, SurroundingsFault

Connection = Any  # asyncpg's pool hands out a proxy of its Connection
STATEMENT_SECONDS = 60.0
CONNECT_SECONDS = 10.0

# SQLSTATE classes that say something of the record's own data: data exception, integrity violation.
_OF_THE_RECORD = ("22", "23")


class WrongRole(Exception):
    """The database role could see past row level security; the message says what to change."""


@contextmanager
def told_apart() -> Iterator[None]:
    """Turns the database's errors into RecordFault (its data) or SurroundingsFault (everything else)."""
    try:
        yield
    except asyncpg.PostgresError as error:
        if (error.sqlstate or "").startswith(_OF_THE_RECORD):
            raise RecordFault(ErrorCode.INVALID_CONTENT, f"the database refuses the document: {error}") from error
        raise SurroundingsFault("database", f"{type(error).__name__}: {error}") from error
    except (asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise SurroundingsFault("database", f"{type(error).__name__}: {error}") from error


class Database:
    """A pool of connections as the service role."""

    def __init__(self, url: str, *, connections: int) -> None:
        self._url = url
        self._connections = connections
        self._pool: Any = None

    async def open(self) -> None:
        """Connects. Raises SurroundingsFault while the server is away, WrongRole for a role with too many rights."""
        with told_apart():
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=self._connections,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                init=register_vector,
                server_settings={"application_name": "shortlist-matching"},
            )
        await self._check_role()

    async def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()

    @asynccontextmanager
    async def tenant(self, tenant: str) -> AsyncIterator[Connection]:
        """A transaction that sees and writes rows of one tenant only. Raises SurroundingsFault, RecordFault."""
        async with self.any_tenant() as connection:
            await connection.execute("SELECT set_config('shortlist.tenant', $1, true)", tenant)
            yield connection

    @asynccontextmanager
    async def any_tenant(self) -> AsyncIterator[Connection]:
        """A transaction without a tenant: it sees tables that belong to none."""
        if self._pool is None:
            raise SurroundingsFault("database", "is not connected yet")
        with told_apart():
            async with self._pool.acquire(timeout=CONNECT_SECONDS) as connection, connection.transaction():
                yield connection

    async def tenants(self) -> list[str]:
        """All tenants that ever had a document."""
        async with self.any_tenant() as connection:
            return [row["tenant"] for row in await connection.fetch("SELECT tenant FROM matching.tenants ORDER BY 1")]

    async def _check_role(self) -> None:
        async with self.any_tenant() as connection:
            row = await connection.fetchrow(
                "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
        if row["rolsuper"] or row["rolbypassrls"]:
            raise WrongRole(
                f"the database role {row['rolname']} is a superuser or bypasses row level security, so tenants would "
                "not be kept apart: let DATABASE_URL name a role with NOSUPERUSER NOBYPASSRLS"
            )
