"""A connection that tells how PostgreSQL runs each statement that it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from libs.database.transactions import Reading

PLANS = ("force_custom_plan", "force_generic_plan")
"""A statement that is prepared may be planned for its values or for any: both have to be good."""


class Explained(Reading):
    """Keeps the plan of each statement in `plans`."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.plans: list[str] = []

    async def fetch(self, statement: str, *values: Any) -> Sequence[Any]:
        await self._explain(statement, values)
        return await super().fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetchrow(statement, *values)

    async def fetchval(self, statement: str, *values: Any) -> Any:
        await self._explain(statement, values)
        return await super().fetchval(statement, *values)

    async def _explain(self, statement: str, values: Sequence[Any]) -> None:
        # EXPLAIN with parameters always plans for their values; EXECUTE of what was prepared does not.
        literals = ", ".join(_literal(value) for value in values)
        await self._connection.execute("DEALLOCATE ALL")
        await self._connection.execute(f"PREPARE explained AS {statement}")
        rows = await self._connection.fetch(f"EXPLAIN EXECUTE explained{f'({literals})' if literals else ''}")
        self.plans.append("\n".join(row[0] for row in rows))


@asynccontextmanager
async def explained(dsn: str, tenant: str, plan_cache_mode: str) -> AsyncIterator[Explained]:
    """A transaction as the service role, for one tenant."""
    # Without statements of asyncpg's own, which DEALLOCATE would take away.
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        async with connection.transaction(readonly=True):
            await connection.execute("SELECT set_config('shortlist.tenant', $1, true)", tenant)
            await connection.execute(f"SET LOCAL plan_cache_mode = {plan_cache_mode}")
            yield Explained(connection)
    finally:
        await connection.close()


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"ARRAY[{', '.join(_literal(each) for each in value)}]" if value else "'{}'"
    if isinstance(value, bytes):
        return _literal(value.decode())
    if isinstance(value, bool | int | float):
        return str(value)
    text = str(value).replace("'", "''")
    return f"'{text}'"
