"""Which process does a kind of work in the background that one at a time may do."""

from __future__ import annotations

import uuid
from typing import Literal

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.logs import get_logger
from services.matching.storage.database import Database

log = get_logger(__name__)


class Claim:
    """One process's claim on the only row of a table with `worker` and `seen_at`. A worker that was not heard of for
    `seconds` is dead, and another goes on."""

    def __init__(
        self, database: Database, table: Literal["derivation", "reading_derivation"], *, seconds: float
    ) -> None:
        self._database = database
        self._table = f"matching.{table}"
        self._seconds = seconds
        self._name = uuid.uuid4().hex

    async def take(self) -> bool:
        """Whether this process is the worker, for `seconds` from now on. Raises DependencyUnavailable."""
        async with self._database.writing_shared() as connection:
            claimed = await connection.execute(
                f"""
                UPDATE {self._table} SET worker = $1, seen_at = now()
                WHERE worker IS NULL OR worker = $1 OR seen_at < now() - make_interval(secs => $2)
                """,
                self._name,
                self._seconds,
            )
        return claimed > 0

    async def release(self) -> None:
        """Lets another process begin at once; where the database is away, it begins after `seconds`."""
        try:
            async with self._database.writing_shared() as connection:
                await connection.execute(f"UPDATE {self._table} SET worker = NULL WHERE worker = $1", self._name)
        except DependencyUnavailable as fault:
            log.info("claim_not_released", table=self._table, reason=str(fault), taken_over_after_seconds=self._seconds)
