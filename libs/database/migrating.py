"""Migrations of a service's schema: numbered SQL files, applied in order under one lock by the owner role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources.abc import Traversable
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from libs.database.transactions import translated_errors

# Another process may hold the lock for long: the wait is told, and begun again, by whoever called.
LOCK_TIMEOUT = "30s"
_NUMBERED = re.compile(r"(\d{3})_.*\.sql")


@asynccontextmanager
async def alone(owner_url: str, lock: int) -> AsyncIterator[Any]:
    """A transaction of the owner role while no other process holds `lock`, any number of the schema's own.

    Raises DependencyUnavailable.
    """
    with translated_errors():
        connection = await asyncpg.connect(owner_url, timeout=10, server_settings={"lock_timeout": LOCK_TIMEOUT})
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", lock)
                yield connection
        finally:
            await connection.close()


async def apply_missing(connection: Any, schema: str, folder: Traversable, service_role: str) -> list[str]:
    """Applies the folder's files that the schema lacks, and notes them in its table `migrations`; their names.

    A file may name the service's role as `{service}`; other braces are doubled.
    """
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    await connection.execute(
        f"CREATE TABLE IF NOT EXISTS {schema}.migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())"
    )
    done: list[str] = []
    applied = {row["name"] for row in await connection.fetch(f"SELECT name FROM {schema}.migrations")}
    for file in numbered(folder):
        if file.name not in applied:
            await connection.execute(file.read_text(encoding="utf-8").format(service=quoted(service_role)))
            await connection.execute(f"INSERT INTO {schema}.migrations (name) VALUES ($1)", file.name)
            done.append(file.name)
    return done


def numbered(folder: Traversable) -> list[Traversable]:
    """The migrations of a folder, `NNN_what.sql`, in the order of their numbers."""
    return sorted((each for each in folder.iterdir() if _NUMBERED.fullmatch(each.name)), key=lambda each: each.name)


def role_of(url: str) -> str:
    """The role a DSN connects as."""
    return unquote(urlsplit(url).username or "postgres")


def quoted(role: str) -> str:
    """A role's name as SQL writes it."""
    return '"' + role.replace('"', '""') + '"'
