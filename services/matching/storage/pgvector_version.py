"""Whether the server's pgvector is one that indexes can be trusted to."""

from __future__ import annotations

from typing import Any

from libs.running.cannot_start import CannotStart

# 0.8.4 mends a race of inserts with vacuum that leaves vectors unreachable in HNSW.
OLDEST = (0, 8, 4)


class OldPgvector(CannotStart):
    """The server has no pgvector, or one that is too old; the message says what to do."""


async def check_pgvector(connection: Any) -> None:
    """Raises OldPgvector. `connection` is asyncpg's; any role may ask.

    What counts is the version of the library, not that of the statements that a database was extended by.
    """
    version = await connection.fetchval("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    wanted = ".".join(map(str, OLDEST))
    if version is None:
        raise OldPgvector(f"the database server has no pgvector: install its extension vector, {wanted} or newer")
    if _numbers(version) < OLDEST:
        raise OldPgvector(
            f"the database server has pgvector {version}, whose index can lose vectors: install {wanted} or newer and "
            "run ALTER EXTENSION vector UPDATE as a superuser"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
