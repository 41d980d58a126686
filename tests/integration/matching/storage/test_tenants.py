"""The tenant boundary lies in the database."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.database.transactions import WrongRole
from libs.localstack.postgres.roles import Dsns
from services.matching.storage.database import Database
from services.matching.storage.migrating import migrate
from tests.fakes.documents import SPACE, key_of, report, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

OURS, THEIRS = "default/resume/r1", "other/resume/r1"
FILLED = (
    "documents",
    "erasures",
    "events",
    "sent_events",
    "cards",
    "unpacked",
    f"vectors_{SPACE}",
    f"nearest_{SPACE}",
    f"cards_{SPACE}",
)
PARTITIONS = tuple(f"nearest_{SPACE}_{part}" for part in range(16))
TABLES = (
    *FILLED,
    "segments",
    "postings",
    "buried",
    "filter_values",
    "identity_terms",
    "nearest_shards",
    "metadata_changes",
    "standings",
    "expiries",
    "score_log",
)


@pytest.fixture
async def two_tenants(matching: Matching) -> Matching:
    for key in (OURS, THEIRS):
        await matching.index(vectors_event(key, Revision(1, 1), f"The text of {key}"))
        await matching.writer.erase(key_of(key.replace("r1", "gone")), Revision(1, 2))
    return matching


async def test_every_table_with_a_tenant_forces_row_level_security_on_its_owner_too(matching: Matching) -> None:
    connection = await asyncpg.connect(matching.dsns.superuser)
    try:
        rows = await connection.fetch(
            """SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class
               JOIN pg_attribute ON attrelid = pg_class.oid
               WHERE relkind IN ('r', 'p') AND attname = 'tenant' AND relnamespace = 'matching'::regnamespace"""
        )
    finally:
        await connection.close()
    assert {row["relname"]: row["forced"] for row in rows} == dict.fromkeys((*TABLES, *PARTITIONS), True)


@pytest.mark.parametrize("role", ["matching", "owner"])
async def test_without_a_tenant_no_row_is_seen(two_tenants: Matching, role: str) -> None:
    connection = await asyncpg.connect(getattr(two_tenants.dsns, role))
    try:
        counts = [await connection.fetchval(f"SELECT count(*) FROM matching.{table}") for table in TABLES]
    finally:
        await connection.close()
    assert counts == [0] * len(TABLES)


async def test_a_tenant_sees_and_reaches_its_own_rows_only(two_tenants: Matching) -> None:
    for table in FILLED:
        seen = await two_tenants.rows(f"SELECT DISTINCT tenant FROM matching.{table}", tenant="other")
        assert seen == [{"tenant": "other"}], table
    async with two_tenants.database.writing("other") as connection:
        assert await connection.execute("UPDATE matching.documents SET title = 'x' WHERE tenant = 'default'") == 0
        assert await connection.execute("DELETE FROM matching.documents WHERE tenant = 'default'") == 0
    assert (await two_tenants.service.document(key_of(OURS))).title == f"The text of {OURS}"


async def test_a_row_of_another_tenant_cannot_be_written(matching: Matching) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with matching.database.writing("other") as connection:
            await connection.execute(
                """INSERT INTO matching.erasures (tenant, receipt, kind, stamp, "offset")
                   VALUES ('default', 'x', 'job', 1, 1)"""
            )


async def test_a_pooled_connection_carries_no_tenant_over(
    two_tenants: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*args: object, **kwargs: object) -> None:
        return None

    # The pool's own RESET ALL would hide it; a pooler between us and the database may do none.
    monkeypatch.setattr(asyncpg.Connection, "reset", nothing)
    database = Database(two_tenants.dsns.matching, connections=1)
    await database.open()
    try:
        async with database.reading("default") as connection:
            process = await connection.fetchval("SELECT pg_backend_pid()")
            assert await connection.fetchval("SELECT count(*) FROM matching.documents") == 2
        async with database.reading_shared() as connection:
            assert await connection.fetchval("SELECT pg_backend_pid()") == process
            assert await connection.fetchval("SELECT count(*) FROM matching.documents") == 0
        with pytest.raises(ZeroDivisionError):
            async with database.writing("default") as connection:
                raise ZeroDivisionError
        async with database.reading_shared() as connection:
            assert not await connection.fetchval("SELECT current_setting('shortlist.tenant', true)")
    finally:
        await database.close()


async def test_a_reading_transaction_cannot_write(matching: Matching) -> None:
    async with matching.database.reading("default") as connection:
        assert await connection.fetchval("SHOW transaction_read_only") == "on"


async def test_a_live_connection_is_neither_superuser_nor_past_row_level_security(matching: Matching) -> None:
    rows = await matching.rows(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS too_much FROM pg_roles"
        " WHERE rolname = current_user"
    )
    assert rows == [{"too_much": False}]


async def test_a_superuser_is_refused_with_what_to_change(matching: Matching) -> None:
    database = Database(matching.dsns.superuser, connections=1)
    with pytest.raises(WrongRole, match=r"postgres is a superuser.*NOSUPERUSER NOBYPASSRLS"):
        await database.open()
    await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE matching.mine (x int)",
        "ALTER TABLE matching.documents NO FORCE ROW LEVEL SECURITY",
        "DROP TABLE matching.documents",
        "TRUNCATE matching.documents",
        "SELECT * FROM matching.migrations",
    ],
)
async def test_the_service_role_has_no_right_beyond_its_rows(matching: Matching, statement: str) -> None:
    connection = await asyncpg.connect(matching.dsns.matching)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_processes_that_start_together_migrate_once(dsns: Dsns) -> None:
    done = await asyncio.gather(*(migrate(dsns.owner, dsns.matching) for _ in range(3)))
    assert sorted(len(each) for each in done)[:2] == [0, 0]
    assert await migrate(dsns.owner, dsns.matching) == []


async def test_a_tenant_is_known_from_its_first_status_on(matching: Matching) -> None:
    await matching.writer.note("third", [report("third/job/j1", Revision(1, 1), Status.QUEUED)])
    assert await matching.database.tenants() == ["third"]
