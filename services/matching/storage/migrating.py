"""Migrations of the schema and of the spaces' tables: applied in order, under one lock, by the owner role."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from libs.database.migrating import alone as alone_under
from libs.database.migrating import apply_missing, numbered, quoted, role_of
from services.matching.storage.pgvector_version import check_pgvector

# Any number: the same for all processes that migrate this schema.
LOCK = 7_203_911
_FOLDER: Traversable = resources.files("services.matching.storage") / "migrations"

# While a new version starts, a running one of before versions may make tables: as 1, and told to nobody.
_ADOPT = """
INSERT INTO matching.space_tables (space, version)
SELECT substr(relname::text, 9), 1 FROM pg_class
WHERE relnamespace = 'matching'::regnamespace AND relkind = 'r' AND relname ~ '^vectors_[0-9a-f]{8}$'
ON CONFLICT (space) DO NOTHING
"""
# The dimension stands in the table's own column: a space may not be registered yet.
_TABLES = """
SELECT space, version, a.atttypmod AS dimension FROM matching.space_tables
JOIN pg_attribute a ON a.attrelid = to_regclass('matching.vectors_' || space) AND a.attname = 'document'
ORDER BY space
"""
# A table that was made again for vectors of a retired space stays for as long once more.
_RETIRED = """
SELECT space FROM matching.spaces JOIN matching.space_tables USING (space)
WHERE state = 'retired' AND greatest(retired_at, made_at) < now() - make_interval(secs => $1) ORDER BY space
"""


async def migrate(owner_url: str, service_url: str) -> list[str]:
    """Applies what is missing of the schema, then of every space's table; returns the migrations' names.

    Raises DependencyUnavailable; OldPgvector where the server's is too old.
    """
    service = role_of(service_url)
    async with alone(owner_url) as connection:
        await check_pgvector(connection)
        done = await apply_missing(connection, "matching", _FOLDER, service)
        await connection.execute(_ADOPT)
        for row in await connection.fetch(_TABLES):
            values = {"service": quoted(service), "dimension": row["dimension"]}
            done += await _migrate_space(connection, row["space"], row["version"], **values)
    return done


async def make_space_table(owner_url: str, service_url: str, space: str, dimension: int) -> None:
    """Makes the table of a space where it is missing, as the newest version. Raises DependencyUnavailable.

    `dimension` counts for a space that is not known yet.
    """
    service = quoted(role_of(service_url))
    async with alone(owner_url) as connection:
        await connection.execute(_ADOPT)
        version = await connection.fetchval("SELECT version FROM matching.space_tables WHERE space = $1", space)
        if version is None:
            version = 0
            await connection.execute("INSERT INTO matching.space_tables (space, version) VALUES ($1, 0)", space)
        known = await connection.fetchval("SELECT dimension FROM matching.spaces WHERE space = $1", space)
        await _migrate_space(connection, space, version, service=service, dimension=int(known or dimension))


async def drop_retired_tables(owner_url: str, seconds: float) -> list[str]:
    """Drops the tables of spaces that retired so long ago; returns the spaces. Raises DependencyUnavailable."""
    async with alone(owner_url) as connection:
        # Nobody registers one of them meanwhile.
        await connection.execute("LOCK TABLE matching.spaces IN EXCLUSIVE MODE")
        spaces = [str(row["space"]) for row in await connection.fetch(_RETIRED, seconds)]
        for space in spaces:
            for table in ("vectors", "nearest", "cards"):
                await connection.execute(f"DROP TABLE IF EXISTS matching.{table}_{space}")
            await connection.execute("DELETE FROM matching.space_tables WHERE space = $1", space)
    return spaces


def alone(owner_url: str) -> AbstractAsyncContextManager[Any]:
    """A transaction of the owner role while no other process migrates. Raises DependencyUnavailable."""
    return alone_under(owner_url, LOCK)


async def _migrate_space(connection: Any, space: str, version: int, **values: object) -> list[str]:
    """Brings the table of a space from a version to the newest one. `values` are what the statements name."""
    done: list[str] = []
    for file in numbered(_FOLDER / "spaces"):
        number = int(file.name[:3])
        if number > version:
            await connection.execute(file.read_text(encoding="utf-8").format(space=space, **values))
            await connection.execute("UPDATE matching.space_tables SET version = $2 WHERE space = $1", space, number)
            done.append(f"{space}: {file.name}")
    return done
