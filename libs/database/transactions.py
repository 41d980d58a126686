"""PostgreSQL through asyncpg: transactions that see one tenant, reads of one moment, errors in the two families."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg

from libs.contracts.errors import DependencyUnavailable, ErrorCode, Overloaded, RecordRejected
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.calling import calling
from libs.running.cannot_start import CannotStart

STATEMENT_SECONDS = 60.0
CONNECT_SECONDS = 10.0
CLOSE_SECONDS = 5.0
# The longest a caller waits for one of the connections that others use, and what nobody waits for.
WAIT_SECONDS = 1.0
PATIENT_SECONDS = 5.0

# SQLSTATE classes that say something of the record's own data: data exception, integrity violation, a limit
# of the server's own (a value too large for an index row).
_OF_THE_RECORD = ("22", "23", "54")
# Classes and states that say the server is away, full, locked or not set up: waited out, whatever the record.
_OF_THE_SERVER = ("08", "25006", "28", "3D", "3F", "40", "42501", "42P01", "53", "55", "57", "58")
_ROW_SECURITY = "row-level security"

# When the task asked the database for what it has not answered yet; None where it has answered everything.
_SENT: ContextVar[float | None] = ContextVar("sent", default=None)


def silent_seconds() -> float:
    """For how long the database has owed an answer to the task that asks; 0 where it owes none."""
    sent = _SENT.get()
    return 0.0 if sent is None else time.monotonic() - sent


@contextmanager
def sending() -> Iterator[None]:
    """The block asks the database and ends with its answer. One that is cancelled or times out leaves it owed."""
    _SENT.set(time.monotonic())
    try:
        yield
    except (asyncio.CancelledError, TimeoutError):
        raise
    except BaseException:
        _SENT.set(None)
        raise
    _SENT.set(None)


class Deadlocked(DependencyUnavailable):
    """Transactions waited for each other, and the server ended this one: tried again it finds the others done."""


class WrongRole(CannotStart):
    """The database role could see past row level security; the message says what to change."""


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turns the database's errors into RecordRejected (its data) or DependencyUnavailable (server away or not set up).

    Others pass: they are faults of our own statements, and must not be tried for ever.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        state = error.sqlstate or ""
        if state.startswith(_OF_THE_RECORD):
            raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the database refuses the document: {error}") from error
        if isinstance(error, asyncpg.DeadlockDetectedError):
            raise Deadlocked("database", "transactions waited for each other") from error
        if state.startswith(_OF_THE_SERVER) and _ROW_SECURITY not in str(error):
            raise DependencyUnavailable("database", f"{type(error).__name__}: {error}") from error
        raise
    except asyncpg.InterfaceError as error:
        # asyncpg has one class for "connection is closed" and for a wrong number of arguments.
        if "clos" not in str(error):
            raise
        raise DependencyUnavailable("database", str(error)) from error
    except (OSError, TimeoutError) as error:
        raise DependencyUnavailable("database", f"{type(error).__name__}: {error}") from error


class Reading:
    """A transaction that reads: all its statements see the same moment. The server refuses to write in it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        """All rows."""
        with sending():
            rows: Sequence[Any] = await self._connection.fetch(statement, *values)
        return rows

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        """The first row, or None."""
        with sending():
            return await self._connection.fetchrow(statement, *values)

    async def fetchval(self, statement: str, *values: Any) -> Any:
        """The first row's first value, or None."""
        with sending():
            return await self._connection.fetchval(statement, *values)


class Writing(Reading):
    """A transaction that reads and writes; committed where its block ends without an error."""

    async def execute(self, statement: str, *values: Any) -> int:
        """How many rows the statement wrote."""
        done: str = await self._connection.execute(statement, *values)
        count = done.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def executemany(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Runs the statement once for each row of values."""
        await self._connection.executemany(statement, rows)


class TenantDatabase:
    """Connections for one kind of work, as a service's role; another kind has its own, so that neither waits for the
    other. `service` is shown by the server as the connections' name, `purpose` names them in the breaker; `set_up` runs
    once on each new connection. Transactions raise DependencyUnavailable and RecordRejected, and Overloaded where no
    connection becomes free within WAIT_SECONDS, or PATIENT_SECONDS for a `patient` kind of work, which nobody waits
    for.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str,
        connections: int,
        purpose: str | None = None,
        patient: bool = False,
        set_up: Callable[[Any], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        self._url = url
        self._service = service
        self._patient = patient
        self._set_up = set_up
        self.connections = connections
        self._free = asyncio.Semaphore(connections)
        self._pool: Any = None
        name = "database" if purpose is None else f"database-{purpose}"
        self.breaker = CircuitBreaker(name, fail_max=5, reset_seconds=1.0)

    async def open(self) -> None:
        """Connects.

        Raises DependencyUnavailable while the server is away, WrongRole for a role with too many rights.
        """
        await self.close()
        with translated_errors():
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=self.connections,
                timeout=CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                init=self._set_up,
                reset=_left_as_it_is,
                server_settings={"application_name": f"shortlist-{self._service}"},
            )
        await self._check_role()

    async def close(self) -> None:
        """Closes the pool; what still runs has CLOSE_SECONDS."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), CLOSE_SECONDS)
        except TimeoutError:
            pool.terminate()

    @asynccontextmanager
    async def reading(self, tenant: str) -> AsyncIterator[Reading]:
        """A transaction that sees rows of one tenant only, as they were at its first statement."""
        async with self._transaction(tenant, readonly=True) as connection:
            yield Reading(connection)

    @asynccontextmanager
    async def writing(self, tenant: str) -> AsyncIterator[Writing]:
        """A transaction that sees and writes rows of one tenant only."""
        async with self._transaction(tenant, readonly=False) as connection:
            yield Writing(connection)

    @asynccontextmanager
    async def reading_shared(self) -> AsyncIterator[Reading]:
        """A transaction without a tenant: it sees tables that belong to none."""
        async with self._transaction(None, readonly=True) as connection:
            yield Reading(connection)

    @asynccontextmanager
    async def writing_shared(self) -> AsyncIterator[Writing]:
        """A transaction without a tenant: it writes tables that belong to none."""
        async with self._transaction(None, readonly=False) as connection:
            yield Writing(connection)

    async def answers(self) -> None:
        """Returns where the database answers. Raises DependencyUnavailable."""
        async with self.reading_shared() as connection:
            await connection.fetchval("SELECT 1")

    @asynccontextmanager
    async def _transaction(self, tenant: str | None, *, readonly: bool) -> AsyncIterator[Any]:
        if self._pool is None:
            raise DependencyUnavailable("database", "is not connected yet")
        with translated_errors():
            isolation = "repeatable_read" if readonly else "read_committed"
            async with AsyncExitStack() as stack:
                with sending():
                    connection = await stack.enter_async_context(self._connection(self._pool))
                    await stack.enter_async_context(connection.transaction(isolation=isolation, readonly=readonly))
                    if tenant is not None:
                        await see_one_tenant(connection, tenant)
                yield connection

    @asynccontextmanager
    async def _connection(self, pool: Any) -> AsyncIterator[Any]:
        """Only the connecting is guarded by the breaker: neither a full pool nor a failed statement says that the
        server is away."""
        await self._wait_for_turn()
        try:
            async with calling("database", CONNECT_SECONDS, self.breaker):
                connection = await pool.acquire()
            try:
                yield connection
            finally:
                await pool.release(connection)
        finally:
            self._free.release()

    async def _wait_for_turn(self) -> None:
        seconds = PATIENT_SECONDS if self._patient else WAIT_SECONDS
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError:
            raise Overloaded("database", f"all {self.connections} connections were in use for {seconds:g} s") from None

    async def _check_role(self) -> None:
        async with self.reading_shared() as connection:
            row = await connection.fetchrow(
                "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
        if row["rolsuper"] or row["rolbypassrls"]:
            raise WrongRole(
                f"the database role {row['rolname']} is a superuser or bypasses row level security, so tenants would "
                "not be kept apart: let DATABASE_URL name a role with NOSUPERUSER NOBYPASSRLS"
            )


async def see_one_tenant(connection: Any, tenant: str) -> None:
    """Until its transaction ends the connection sees one tenant: back in the pool it carries none over."""
    await connection.execute("SELECT set_config('shortlist.tenant', $1, true)", tenant)


async def _left_as_it_is(connection: Any) -> None:
    """All that is set ends with its transaction, which asyncpg sees to: no further statement has to reset anything."""
