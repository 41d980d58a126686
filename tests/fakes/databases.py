"""Databases for one test each."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from libs.localstack.postgres.roles import OWNER, Dsns

ROLES = ("superuser", "owner", "matching", "gateway")


@asynccontextmanager
async def database_of_its_own(
    postgres: Dsns, *, copy_of: Dsns | None = None, locale: str | None = None
) -> AsyncIterator[Dsns]:
    """An empty database with pgvector, or a copy of one that nobody uses; gone afterwards.

    `locale`: one of the operating system's in place of the server's own.
    """
    name = f"matching_{uuid.uuid4().hex[:12]}"
    template = "template0" if copy_of is None else urlsplit(copy_of.superuser).path.lstrip("/")
    connection = await asyncpg.connect(postgres.superuser)
    try:
        ordered = "" if locale is None else f"LOCALE_PROVIDER libc LOCALE '{locale}'"
        await connection.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} ENCODING 'UTF8' {ordered}")
        found = replace(postgres, **{role: _named(getattr(postgres, role), name) for role in ROLES})
        inside = await asyncpg.connect(found.superuser)
        await inside.execute("CREATE EXTENSION IF NOT EXISTS vector")
        await inside.close()
        yield found
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def _named(dsn: str, database: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))
