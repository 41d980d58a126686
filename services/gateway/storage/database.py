"""The gateway's connections to its own schema: opened beside the requests, for as long as it takes."""

from __future__ import annotations

import asyncio
import signal
from importlib import resources
from importlib.resources.abc import Traversable

import asyncpg

from libs.contracts.errors import DependencyUnavailable
from libs.database.migrating import alone, apply_missing, numbered, role_of
from libs.database.transactions import CONNECT_SECONDS, TenantDatabase, WrongRole, translated_errors
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

PART = "database"
# Any number: the same for all gateways, another one than matching's.
LOCK = 7_203_912
LONGEST_WAIT_SECONDS = 5.0
_FOLDER: Traversable = resources.files("services.gateway.storage") / "migrations"

log = get_logger(__name__)


async def migrate(owner_url: str, service_url: str) -> list[str]:
    """Applies what is missing of the schema `gateway`; the migrations' names. Raises DependencyUnavailable.

    Where nothing is missing, no right of an owner is needed.
    """
    if await _is_current(service_url):
        return []
    async with alone(owner_url, LOCK) as connection:
        return await apply_missing(connection, "gateway", _FOLDER, role_of(service_url))


async def _is_current(service_url: str) -> bool:
    with translated_errors():
        connection = await asyncpg.connect(service_url, timeout=CONNECT_SECONDS)
        try:
            if await connection.fetchval("SELECT to_regclass('gateway.migrations')") is None:
                return False
            applied = {row["name"] for row in await connection.fetch("SELECT name FROM gateway.migrations")}
        finally:
            await connection.close()
    return {file.name for file in numbered(_FOLDER)} <= applied


class GatewayDatabase(TenantDatabase):
    """Connections of the gateway's role. While the database is away the gateway goes on with what it knows."""

    def __init__(self, url: str, owner_url: str | None, health: Health, *, connections: int) -> None:
        super().__init__(url, service="gateway", connections=connections)
        self._owner_url = owner_url or url
        self._health = health
        self._opening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to migrate and to connect; does not wait for the database."""
        self._health.degraded(PART, "the gateway has not reached it yet")
        self._opening = asyncio.create_task(self._open_when_there(), name="database")

    async def stop(self) -> None:
        """Ends the task and closes the connections."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        await self.close()

    async def _open_when_there(self) -> None:
        attempt = 0
        while True:
            try:
                done = await migrate(self._owner_url, self._url)
                await self.open()
            except DependencyUnavailable as fault:
                log.warning("waits_for_part", part=PART, reason=str(fault), attempt=attempt)
                self._health.degraded(PART, str(fault))
            except WrongRole as refusal:
                log.error("cannot_start", reason=str(refusal))
                signal.raise_signal(signal.SIGTERM)
                return
            else:
                log.info("database_open", migrations=done)
                self._health.ok(PART)
                return
            await asyncio.sleep(backoff_seconds(attempt, cap=LONGEST_WAIT_SECONDS))
            attempt += 1
