"""The gateway's tables keep tenants apart themselves, whatever a statement forgets."""

from __future__ import annotations

import asyncpg
import pytest
from httpx import AsyncClient

from libs.localstack.postgres.roles import Dsns
from tests.integration.gateway.access.conftest import made

pytestmark = pytest.mark.integration

# Names and times only, so that work over all tenants knows which there are.
OF_NOBODY = {"tenants", "webhook_tenants"}


async def test_every_table_with_a_tenant_forces_row_level_security(locked: AsyncClient, dsns: Dsns) -> None:
    connection = await asyncpg.connect(dsns.superuser)
    rows = await connection.fetch(
        """SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class
           JOIN pg_attribute ON attrelid = pg_class.oid
           WHERE relkind IN ('r', 'p') AND attname = 'tenant' AND relnamespace = 'gateway'::regnamespace"""
    )
    await connection.close()
    found = {row["relname"]: row["forced"] for row in rows}
    assert set(found) >= {"keys", "idempotency", "tickets"} | OF_NOBODY
    assert {name for name, forced in found.items() if not forced} == OF_NOBODY


@pytest.mark.parametrize("role", ["gateway", "owner"])
async def test_a_statement_without_its_filter_shows_nothing_of_others(
    locked: AsyncClient, dsns: Dsns, role: str
) -> None:
    for tenant in ("acme", "bolt"):
        await made(locked, tenant=tenant)
    connection = await asyncpg.connect(getattr(dsns, role))
    try:
        assert await connection.fetch("SELECT tenant FROM gateway.keys") == []
        async with connection.transaction():
            await connection.execute("SELECT set_config('shortlist.tenant', 'acme', true)")
            assert {row["tenant"] for row in await connection.fetch("SELECT tenant FROM gateway.keys")} == {"acme"}
            assert await connection.execute("UPDATE gateway.keys SET name = 'mine' WHERE tenant = 'bolt'") == "UPDATE 0"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _give_another_a_key(connection)
    finally:
        await connection.close()


async def _give_another_a_key(connection: asyncpg.Connection) -> None:
    async with connection.transaction():
        await connection.execute("SELECT set_config('shortlist.tenant', 'acme', true)")
        await connection.execute(
            "INSERT INTO gateway.keys (id, tenant, digest, scopes, name, created_by) "
            "VALUES ('0000000000', 'bolt', sha256('x'), '{admin}', '', '')"
        )
