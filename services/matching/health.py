"""Looking at the parts that matching stands on, so that `ready` says what is missing."""

from __future__ import annotations

import asyncio

from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.resilience.breaker import CircuitBreaker
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.matching.spaces.lifecycle import Spaces
from services.matching.storage.database import Database

log = get_logger(__name__)

LOOK_SECONDS = 5.0


async def watch(database: Database, spaces: Spaces, embedding: CircuitBreaker, health: Health) -> None:
    """Keeps `health` true of the database, the space being built and embedding; ends by cancellation.

    Without the database nothing can be answered; without embedding, or while it computes another space than the active
    one, queries are answered by words alone.
    """
    while True:
        try:
            await look(database, spaces, health)
        except DependencyUnavailable as fault:
            health.waits_for("database", fault.message)
        if embedding.state == "open":
            health.degraded("embedding", "it does not answer: queries are answered by words alone")
        else:
            health.ok("embedding")
        await asyncio.sleep(LOOK_SECONDS)


async def look(database: Database, spaces: Spaces, health: Health) -> None:
    """Asks the database once. Raises DependencyUnavailable; Overloaded, where it works but is busy, changes nothing."""
    try:
        await database.answers()
        health.ok("database")
        building = await spaces.building()
        if building is None:
            health.ok("space")
            return
        missing = await spaces.missing(building)
    except Overloaded as busy:
        log.warning("database_not_checked", reason=str(busy))
        return
    health.degraded(
        "space",
        f"the space {building.name} (model {building.model}) is being built, {missing} documents lack its vectors: "
        "until it is done, searches are answered by words alone where embedding computes only the new space",
    )
