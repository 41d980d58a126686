"""Looking at the parts that matching stands on, so that `ready` says what is missing."""

from __future__ import annotations

import asyncio

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.breaker import CircuitBreaker
from libs.telemetry.health import Health
from services.matching.storage.database import Database

LOOK_SECONDS = 5.0


async def watch(database: Database, embedding: CircuitBreaker, health: Health) -> None:
    """Keeps `health` true of database and embedding; ends by cancellation.

    Without the database nothing can be answered; without embedding, queries are answered by words alone.
    """
    while True:
        try:
            await database.answers()
            health.ok("database")
        except DependencyUnavailable as fault:
            health.waits_for("database", fault.message)
        if embedding.state == "open":
            health.degraded("embedding", "it does not answer: queries are answered by words alone")
        else:
            health.ok("embedding")
        await asyncio.sleep(LOOK_SECONDS)
