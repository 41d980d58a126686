"""Migrations: applied at start, in order, under a lock, by the owner role."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from services.matching.storage.database import told_apart

# Any number: the same for all processes that migrate this schema.
LOCK = 7_203_911
# Another process may hold the lock for long: the wait is told, and begun again, by whoever called.
LOCK_TIMEOUT = "30s"
_NUMBERED = re.compile(r"(\d{3})_.*\.sql")
_FOLDER = resources.files("services.matching.storage") / "migrations"


async def migrate(owner_url: str, service_url: str) -> list[str]:
    """Applies the migrations that are missing; returns their names. Raises DependencyUnavailable."""
    service = role_of(service_url)
    with told_apart():
        connection = await asyncpg.connect(owner_url, timeout=10, server_settings={"lock_timeout": LOCK_TIMEOUT})
        try:
            return await _apply(connection, service)
        finally:
            await connection.close()


async def make_space_table(owner_url: str, service_url: str, space: str, dimension: int) -> None:
    """Makes the table of a space where it is missing. Raises DependencyUnavailable."""
    statement = (_FOLDER / "space.sql").read_text(encoding="utf-8")
    filled = statement.format(space=space, dimension=int(dimension), service=_quoted(role_of(service_url)))
    with told_apart():
        connection = await asyncpg.connect(owner_url, timeout=10, server_settings={"lock_timeout": LOCK_TIMEOUT})
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
                if await connection.fetchval("SELECT to_regclass($1)", f"matching.vectors_{space}") is None:
                    await connection.execute(filled)
        finally:
            await connection.close()


def role_of(url: str) -> str:
    """The role a DSN connects as."""
    return unquote(urlsplit(url).username or "postgres")


async def _apply(connection: Any, service: str) -> list[str]:
    done: list[str] = []
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        await connection.execute("CREATE SCHEMA IF NOT EXISTS matching")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS matching.migrations (name text PRIMARY KEY, at timestamptz DEFAULT now())"
        )
        applied = {row["name"] for row in await connection.fetch("SELECT name FROM matching.migrations")}
        files = sorted((f for f in _FOLDER.iterdir() if _NUMBERED.fullmatch(f.name)), key=lambda f: f.name)
        for file in files:
            if file.name not in applied:
                await connection.execute(file.read_text(encoding="utf-8").format(service=_quoted(service)))
                await connection.execute("INSERT INTO matching.migrations (name) VALUES ($1)", file.name)
                done.append(file.name)
    return done


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'
