"""Reads from a real replica that streams from a real primary: used where it can be, and never behind an erasure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.localstack.ports import free_port
from libs.localstack.postgres.roles import Dsns, provision
from libs.localstack.postgres.server import Postgres
from services.matching.storage.database import Database
from services.matching.storage.erasure_positions import last_erasure
from services.matching.storage.migrating import make_space_table, migrate
from services.matching.storage.replicas import DatabaseWithReplicas
from services.matching.storage.spaces_table import Space, save_space
from services.matching.writing.arrivals import VectorsArrival, decode
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import DIMENSION, SPACE, vectors_arrived, vectors_event
from tests.fakes.streaming_replica import StreamingReplica, streaming_replica

_HERE = "SELECT pg_is_in_recovery()"
_TITLES = "SELECT id FROM matching.cards WHERE tenant = $1 ORDER BY id"


@pytest.fixture(scope="module")
def primary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dsns]:
    folder = tmp_path_factory.mktemp("primary")
    with Postgres(folder / "postgres") as server:
        yield provision(server.superuser_dsn, folder / "passwords.json")


@pytest.fixture(scope="module")
def replica(primary: Dsns, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreamingReplica]:
    with streaming_replica(primary.superuser, tmp_path_factory.mktemp("replica") / "postgres") as found:
        yield found


@pytest.fixture
async def writer(primary: Dsns, replica: StreamingReplica) -> AsyncIterator[DocumentWriter]:
    """Over the primary, migrated, with a space; the replica has all of it at first."""
    await migrate(primary.owner, primary.matching)
    await make_space_table(primary.owner, primary.matching, SPACE, DIMENSION)
    database = Database(primary.matching, connections=2)
    await database.open()
    async with database.writing_shared() as connection:
        await save_space(connection, Space(SPACE, "m", DIMENSION, "documents.vectors.v1", "g", "active"))
    replica.go_on(primary.superuser)
    yield DocumentWriter(database, cache_seconds=1)
    await database.close()
    replica.go_on(primary.superuser)


@pytest.fixture
async def database(
    primary: Dsns, replica: StreamingReplica, writer: DocumentWriter
) -> AsyncIterator[DatabaseWithReplicas]:
    found = DatabaseWithReplicas(
        primary.matching, connections=2, purpose="test", replicas=[replica.dsn(primary.matching)]
    )
    await found.open()
    await found.look()
    yield found
    await found.close()


async def index(writer: DocumentWriter, tenant: str, name: str, offset: int) -> None:
    arrival = decode(vectors_arrived(vectors_event(f"{tenant}/resume/{name}", Revision(1, offset))))
    assert isinstance(arrival, VectorsArrival)
    await writer.write_vectors(tenant, [arrival])


async def seen(database: Database, tenant: str) -> tuple[bool, list[str]]:
    """Whether a replica served, and the documents it showed."""
    async with database.reading(tenant) as connection:
        rows = await connection.fetch(_TITLES, tenant)
        return bool(await connection.fetchval(_HERE)), [row["id"] for row in rows]


async def test_a_replica_that_is_there_serves_each_tenant_its_own(
    primary: Dsns, replica: StreamingReplica, writer: DocumentWriter, database: DatabaseWithReplicas
) -> None:
    await index(writer, "reads", "r1", 1)
    await index(writer, "others", "r2", 2)
    replica.go_on(primary.superuser)
    assert await seen(database, "reads") == (True, ["r1"])


async def test_what_is_erased_is_shown_by_nobody_however_far_a_replica_is_behind(
    primary: Dsns, replica: StreamingReplica, writer: DocumentWriter, database: DatabaseWithReplicas
) -> None:
    for offset, name in enumerate(("r1", "r2"), 1):
        await index(writer, "erases", name, offset)
    await index(writer, "quiet", "q1", 3)
    replica.go_on(primary.superuser)
    replica.hold_back()
    await writer.erase(DocumentKey("erases", "resume", "r1"), Revision(2, 1))
    assert await seen(database, "erases") == (False, ["r2"])
    # Who erased nothing is served by it all the same.
    assert await seen(database, "quiet") == (True, ["q1"])
    replica.go_on(primary.superuser)
    assert await seen(database, "erases") == (True, ["r2"])
    # The next erasure counts anew.
    replica.hold_back()
    await writer.erase(DocumentKey("erases", "resume", "r2"), Revision(2, 2))
    assert await seen(database, "erases") == (False, [])


async def test_an_erasure_whose_process_died_right_after_it_counts_too(
    primary: Dsns, replica: StreamingReplica, writer: DocumentWriter, database: DatabaseWithReplicas
) -> None:
    await index(writer, "dies", "r1", 1)
    replica.go_on(primary.superuser)
    replica.hold_back()
    await writer.erase(DocumentKey("dies", "resume", "r1"), Revision(2, 1))
    async with database.writing("dies") as connection:
        # Nothing after the commit has been done for it.
        assert await connection.fetchval("SELECT position FROM matching.erasures WHERE tenant = 'dies'") is None
    first = await last_erasure(database, "dies")
    assert first is not None
    await index(writer, "dies", "r9", 9)
    # It stays where it was: later documents do not move it.
    assert await last_erasure(database, "dies") == first
    assert await seen(database, "dies") == (False, ["r9"])


async def test_a_replica_that_goes_away_is_passed_over_and_one_that_was_never_there_too(
    primary: Dsns, writer: DocumentWriter, tmp_path: Path
) -> None:
    await index(writer, "away", "r1", 1)
    nobody = primary.matching.replace(primary.matching.rpartition("@")[2].partition("/")[0], f"127.0.0.1:{free_port()}")
    with streaming_replica(primary.superuser, tmp_path / "second" / "postgres") as second:
        second.go_on(primary.superuser)
        found = DatabaseWithReplicas(
            primary.matching, connections=2, purpose="away", replicas=[nobody, second.dsn(primary.matching)]
        )
        await found.open()
        try:
            await found.look()
            assert [replica.trouble is None for replica in found.replicas] == [False, True]
            assert await seen(found, "away") == (True, ["r1"])
            second.stop()
            assert await seen(found, "away") == (False, ["r1"])
            assert found.replicas[1].trouble is not None
        finally:
            await found.close()


async def test_a_server_that_is_no_replica_of_the_primary_serves_nobody(
    primary: Dsns, writer: DocumentWriter, tmp_path: Path
) -> None:
    found = DatabaseWithReplicas(primary.matching, connections=2, purpose="itself", replicas=[primary.matching])
    await found.open()
    try:
        await found.look()
        assert found.replicas[0].trouble == "it is no replica: it replays nothing"
    finally:
        await found.close()


async def test_writing_and_what_belongs_to_no_tenant_stay_with_the_primary(
    writer: DocumentWriter, database: DatabaseWithReplicas
) -> None:
    async with database.writing("default") as connection:
        assert not await connection.fetchval(_HERE)
    async with database.reading_shared() as connection:
        assert not await connection.fetchval(_HERE)
