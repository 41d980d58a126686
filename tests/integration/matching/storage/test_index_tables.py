"""Documents that were stored before there were tables to find them by are found after the upgrade, at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import numpy as np
import pytest
from pgvector import HalfVector
from pgvector.asyncpg import register_vector

from libs.contracts.identifiers import Kind
from libs.database import migrating as schema_migrating
from libs.database.migrating import numbered
from libs.localstack.postgres.roles import Dsns
from services.matching.index.vectors.nearest import nearest
from services.matching.storage import migrating
from services.matching.storage.database import Database
from services.matching.storage.migrating import make_space_table, migrate
from services.matching.storage.spaces_table import active_space
from tests.fakes.documents import DIMENSION, SPACE, embed
from tests.fakes.stored_nearest import vector_of

pytestmark = pytest.mark.integration

# What the last version without them had.
SCHEMA, OF_SPACES = "008", "002"
DOCUMENTS: list[tuple[str, Kind, str]] = [
    ("acme", "resume", "nurse"),
    ("acme", "resume", "welder"),
    ("acme", "job", "nurse"),
    ("other", "resume", "nurse"),
]


@pytest.fixture
async def of_before(dsns: Dsns, monkeypatch: pytest.MonkeyPatch) -> Dsns:
    """A database as the version before left it: DOCUMENTS with vectors, one without, and one that was erased."""

    def as_before(folder: Any) -> list[Any]:
        last = OF_SPACES if folder.name == "spaces" else SCHEMA
        return [each for each in numbered(folder) if each.name[:3] <= last]

    with monkeypatch.context() as patch:
        patch.setattr(schema_migrating, "numbered", as_before)
        patch.setattr(migrating, "numbered", as_before)
        await migrate(dsns.owner, dsns.matching)
        await make_space_table(dsns.owner, dsns.matching, SPACE, DIMENSION)
    connection = await asyncpg.connect(dsns.superuser)
    await register_vector(connection)
    await connection.execute(
        "INSERT INTO matching.spaces (space, model, dimension, topic, reading_group, state) VALUES"
        " ($1, 'model', $2, 'documents.vectors.v1', 'shortlist.embedding', 'active')",
        SPACE,
        DIMENSION,
    )
    for tenant, kind, name in DOCUMENTS:
        await _document(connection, tenant, kind, name)
        await connection.execute(
            f"""INSERT INTO matching.vectors_{SPACE} (tenant, kind, id, stamp, "offset", document, windows,
                window_spans, units, unit_scales, unit_spans) VALUES ($1, $2, $3, 1, 1, $4, '', '', '', '', '')""",
            tenant,
            kind,
            name,
            HalfVector(embed(name)),
        )
    await _document(connection, "acme", "resume", "without-vectors")
    await connection.execute(
        """INSERT INTO matching.documents (tenant, kind, id, status, rank, stamp, "offset", erased_stamp, erased_offset)
           VALUES ('acme', 'resume', 'erased', 'erased', 4, 1, 1, 1, 1)"""
    )
    await connection.close()
    return dsns


async def _document(connection: asyncpg.Connection, tenant: str, kind: str, name: str) -> None:
    await connection.execute(
        """INSERT INTO matching.documents (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp,
           indexed_offset, indexed_at, text) VALUES ($1, $2, $3, 'indexed', 3, 1, 1, 1, 1, now(), $3)""",
        tenant,
        kind,
        name,
    )


@pytest.fixture
async def database(of_before: Dsns) -> AsyncIterator[Database]:
    """After the upgrade."""
    done = await migrate(of_before.owner, of_before.matching)
    assert {"009_index.sql", f"{SPACE}: 003_index.sql"} <= set(done)
    database = Database(of_before.matching, connections=1)
    await database.open()
    yield database
    await database.close()


async def test_every_document_has_a_number_of_its_own_and_is_found_by_its_vector(database: Database) -> None:
    numbers: list[int] = []
    for tenant, kind, name in DOCUMENTS:
        async with database.reading(tenant) as connection:
            space = await active_space(connection)
            assert space is not None
            (found,) = await nearest(connection, space, tenant, kind, HalfVector(embed(name)), 1)
            assert found.value == pytest.approx(1.0, abs=1e-3)
            card = "SELECT id, kind, reading_version FROM matching.cards WHERE tenant = $1 AND number = $2"
            assert dict(await connection.fetchrow(card, tenant, found.number)) == {
                "id": name,
                "kind": kind,
                "reading_version": 0,
            }
            stored = await vector_of(connection, space, tenant, kind, found.number)
            assert stored is not None
            assert stored.to_numpy() == pytest.approx(embed(name).astype(np.float32), abs=1e-3)
            numbers.append(found.number)
    assert len(set(numbers)) == len(DOCUMENTS)


async def test_one_without_vectors_waits_with_a_card_and_an_erased_one_has_none(database: Database) -> None:
    async with database.reading("acme") as connection:
        rows = await connection.fetch("SELECT id FROM matching.cards WHERE kind = 'resume' ORDER BY id")
        vectors = await connection.fetchval(f"SELECT count(*) FROM matching.nearest_{SPACE} WHERE kind = 'resume'")
    assert ([row["id"] for row in rows], vectors) == (["nurse", "welder", "without-vectors"], 2)


async def test_the_vectors_have_an_index_of_each_kind_in_every_partition(of_before: Dsns, database: Database) -> None:
    connection = await asyncpg.connect(of_before.superuser)
    try:
        count = await connection.fetchval(
            """SELECT count(*) FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_am a ON a.oid = c.relam
               WHERE amname = 'hnsw' AND c.relkind = 'i' AND indisvalid AND indrelid::regclass::text LIKE $1""",
            f"matching.nearest_{SPACE}_%",
        )
    finally:
        await connection.close()
    assert count == 2 * 16
