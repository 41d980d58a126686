"""The tables of spaces are migrated like the schema, and dropped some time after their space retired."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from libs.contracts.errors import RecordRejected
from libs.contracts.revision import Revision
from libs.contracts.topics import TEXT, VECTORS, vectors_topic
from libs.localstack.postgres.roles import Dsns
from libs.messaging.publishing import Outgoing
from services.matching.spaces.lifecycle import Spaces
from services.matching.storage import migrating
from services.matching.storage.migrating import make_space_table, migrate
from tests.fakes.documents import DIMENSION, SPACE, key_of, tombstone_arrived, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

KEY = "default/resume/r1"
FIRST, SECOND, THIRD = (Revision(1000, offset) for offset in (1, 2, 3))
OTHER, NEW = "00000002", "00000003"
MIGRATIONS = Path(migrating.__file__).parent / "migrations"
NEXT = """
ALTER TABLE matching.vectors_{space} DROP COLUMN unit_spans;
ALTER TABLE matching.vectors_{space} ADD COLUMN note text;
ALTER TABLE matching.vectors_{space} ADD COLUMN unit_spans bytea;
"""


async def _fetch(dsns: Dsns, statement: str, *values: Any) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(dsns.superuser)
    try:
        return [dict(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


async def _tables(dsns: Dsns) -> list[str]:
    rows = await _fetch(dsns, "SELECT relname FROM pg_class WHERE relname ~ '^vectors_[0-9a-f]{8}$' ORDER BY relname")
    return [row["relname"] for row in rows]


async def _columns(dsns: Dsns, space: str) -> list[str]:
    rows = await _fetch(
        dsns,
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position",
        f"vectors_{space}",
    )
    return [row["column_name"] for row in rows]


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """What a later version of the software brings; its name."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    name = "900_next.sql"
    (folder / "spaces" / name).write_text(NEXT)
    monkeypatch.setattr(migrating, "_FOLDER", folder)
    return name


async def test_every_space_that_exists_gets_the_next_version_once_and_goes_on_to_be_written(
    matching: Matching, request: pytest.FixtureRequest
) -> None:
    await matching.spaces.register(OTHER, "another", DIMENSION)
    await matching.index(vectors_event(KEY, FIRST))
    name = request.getfixturevalue("next_version")
    assert await migrate(matching.dsns.owner, matching.dsns.matching) == [f"{OTHER}: {name}", f"{SPACE}: {name}"]
    assert await migrate(matching.dsns.owner, matching.dsns.matching) == []
    await matching.spaces.register(NEW, "a third", DIMENSION)
    for space in (SPACE, OTHER, NEW):
        assert (await _columns(matching.dsns, space))[-2:] == ["note", "unit_spans"]
    await matching.index(vectors_event(KEY, SECOND, "One line\nand another"))
    rows = await matching.rows(f'SELECT "offset", note, length(unit_spans) / 8 AS units FROM matching.vectors_{SPACE}')
    assert rows == [{"offset": SECOND.offset, "note": None, "units": 2}]


async def test_a_database_of_before_versions_is_brought_up_to_date(dsns: Dsns) -> None:
    connection = await asyncpg.connect(dsns.owner)
    values = {"service": "shortlist_matching", "space": SPACE, "dimension": DIMENSION}
    await connection.execute("CREATE SCHEMA matching")
    await connection.execute("CREATE TABLE matching.migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())")
    old = sorted(MIGRATIONS.glob("00[1-4]_*.sql"))
    for file in [*old, MIGRATIONS / "spaces" / "001_vectors.sql"]:
        await connection.execute(file.read_text().format(**values))
    await connection.executemany("INSERT INTO matching.migrations VALUES ($1)", [(file.name,) for file in old])
    await connection.close()
    done = await migrate(dsns.owner, dsns.matching)
    assert f"{SPACE}: 002_order_of_names.sql" in done
    (row,) = await _fetch(dsns, "SELECT space, version FROM matching.space_tables")
    assert row == {"space": SPACE, "version": 4}
    await make_space_table(dsns.owner, dsns.matching, SPACE, DIMENSION)
    assert await _tables(dsns) == [f"vectors_{SPACE}"]

    # An old process that still runs makes one meanwhile.
    connection = await asyncpg.connect(dsns.owner)
    statement = (MIGRATIONS / "spaces" / "001_vectors.sql").read_text()
    await connection.execute(statement.format(**{**values, "space": OTHER}))
    await connection.close()
    await make_space_table(dsns.owner, dsns.matching, OTHER, DIMENSION)
    rows = await _fetch(dsns, "SELECT space, version FROM matching.space_tables ORDER BY space")
    assert rows == [{"space": OTHER, "version": 4}, {"space": SPACE, "version": 4}]


async def test_a_table_that_a_process_of_before_versions_makes_meanwhile_is_taken_over(matching: Matching) -> None:
    """It migrated before, and runs on while the new version starts."""
    connection = await asyncpg.connect(matching.dsns.owner)
    values = {"service": "shortlist_matching", "space": OTHER, "dimension": DIMENSION}
    await connection.execute((MIGRATIONS / "spaces" / "001_vectors.sql").read_text().format(**values))
    await connection.close()
    await matching.spaces.register(OTHER, "another", DIMENSION)
    rows = await _fetch(matching.dsns, "SELECT version FROM matching.space_tables WHERE space = $1", OTHER)
    assert rows == [{"version": 4}]


async def test_the_dropped_table_of_a_known_space_is_made_again_with_its_own_dimension_whatever_an_event_says(
    matching: Matching, retired: Spaces
) -> None:
    await retired.drop_retired()
    with pytest.raises(RecordRejected):
        await matching.index(vectors_event(KEY, SECOND, space=SPACE, dimension=DIMENSION + 1))
    await matching.index(vectors_event(KEY, THIRD))
    assert len(await matching.rows(f"SELECT FROM matching.vectors_{SPACE}")) == 1


@pytest.fixture
async def retired(matching: Matching) -> Spaces:
    """OTHER answers, SPACE retired, and both have the vectors of KEY; what drops at once what is retired."""
    await matching.index(vectors_event(KEY, FIRST))
    await matching.spaces.register(OTHER, "another", DIMENSION)
    await matching.read(vectors_arrived(vectors_event(KEY, FIRST, space=OTHER), vectors_topic(OTHER).name))
    building = await matching.spaces.building()
    assert building is not None
    await matching.spaces.build(building, 0)
    return _dropping(matching, 1e-6)


async def test_the_table_of_a_space_that_retired_long_ago_is_dropped_and_writes_pass_it_by(
    matching: Matching, retired: Spaces
) -> None:
    await _dropping(matching, 3600.0).drop_retired()
    assert await _tables(matching.dsns) == [f"vectors_{OTHER}", f"vectors_{SPACE}"]
    await retired.drop_retired()
    assert await _tables(matching.dsns) == [f"vectors_{OTHER}"]
    await matching.read(
        vectors_arrived(vectors_event(KEY, SECOND, "A new text", space=OTHER), vectors_topic(OTHER).name)
    )
    shown = await matching.service.document(key_of(KEY))
    assert shown is not None
    assert (shown.text, shown.embedding and shown.embedding.space) == ("A new text", OTHER)


async def test_an_erasure_still_empties_the_topic_of_a_space_without_a_table(
    matching: Matching, retired: Spaces
) -> None:
    await retired.drop_retired()
    await matching.read(tombstone_arrived(KEY, SECOND, topic=vectors_topic(OTHER).name))
    assert _gone(matching, VECTORS) == [KEY.encode()]
    assert await matching.service.document(key_of(KEY)) is None


async def test_a_space_that_was_dropped_and_registers_again_keeps_its_topic_and_is_built_anew(
    matching: Matching, retired: Spaces
) -> None:
    await retired.drop_retired()
    again = await matching.spaces.register(SPACE, f"model-{SPACE}", DIMENSION)
    assert (again.topic, again.state) == (VECTORS, "building")
    assert await matching.spaces.missing(again) == 1
    await matching.spaces.build(again, 1)
    assert [record.key for record in matching.publisher.topics[TEXT]] == [KEY.encode()]
    await matching.index(vectors_event(KEY, FIRST))
    assert await matching.spaces.missing(again) == 0
    await matching.spaces.build(again, 0)
    await retired.drop_retired()
    assert await _tables(matching.dsns) == [f"vectors_{SPACE}"]


async def test_vectors_of_a_dropped_space_that_somebody_still_computes_are_kept_for_as_long_once_more(
    matching: Matching, retired: Spaces
) -> None:
    await retired.drop_retired()
    await matching.index(vectors_event(KEY, SECOND))
    assert len(await matching.rows(f"SELECT FROM matching.vectors_{SPACE}")) == 1
    await _dropping(matching, 3600.0).drop_retired()
    assert await _tables(matching.dsns) == [f"vectors_{OTHER}", f"vectors_{SPACE}"]


def _gone(matching: Matching, topic: str) -> list[bytes | None]:
    found: list[Outgoing] = matching.publisher.topics[topic]
    return [record.key for record in found if record.value is None]


def _dropping(matching: Matching, seconds: float) -> Spaces:
    async def nothing(topic: object) -> None:
        return None

    return Spaces(
        matching.database,
        matching.publisher,
        nothing,
        nothing,
        owner_url=matching.dsns.owner,
        service_url=matching.dsns.matching,
        retired_seconds=seconds,
    )
