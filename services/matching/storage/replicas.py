"""Reads from replicas of PostgreSQL: each serves a tenant only once it knows of the tenant's last erasure.

The primary is asked for that before each read, so a replica is never trusted to know by itself. What lags otherwise,
such as a document that was indexed a moment ago, may be missing for as long as the replica is behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.database.transactions import Reading, see_one_tenant, sending, translated_errors
from libs.running.cannot_start import CannotStart
from libs.telemetry.logs import get_logger
from services.matching.metrics import REPLICA_LAG, REPLICA_READS
from services.matching.storage.database import Database
from services.matching.storage.erasure_positions import last_erasure

log = get_logger(__name__)

# How often each replica is looked at; one that failed is passed over until then.
LOOK_SECONDS = 2.0
# A server that is no replica (any more) replays nothing, and its position says nothing.
_HAS = "SELECT pg_is_in_recovery() AND ($1::text IS NULL OR pg_last_wal_replay_lsn() >= $1::text::pg_lsn)"
_REPLAYED = """
SELECT (SELECT system_identifier FROM pg_control_system()) AS cluster,
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END AS position
"""
_BEHIND = """
SELECT (SELECT system_identifier FROM pg_control_system()) AS cluster,
    greatest(0, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::text::pg_lsn))::float8 AS bytes
"""


class ReplicaBehind(Exception):
    """The replica does not know yet of an erasure that the primary has."""


class Replica(Database):
    """Connections to one replica. `name` is its host and port."""

    def __init__(self, url: str, *, connections: int, purpose: str) -> None:
        self.name = urlsplit(url).netloc.rpartition("@")[2]
        super().__init__(url, connections=connections, purpose=f"{purpose}-{self.name}")
        # What keeps it from serving; None where nothing does, as far as it was looked at.
        self.trouble: str | None = "it was not looked at yet"

    @asynccontextmanager
    async def reading_since(self, tenant: str, position: str | None) -> AsyncIterator[Reading]:
        """As `reading`, of a moment at which the log was replayed up to `position`.

        Raises ReplicaBehind, and DependencyUnavailable as `reading` does.
        """
        if self._pool is None:
            raise DependencyUnavailable("database", f"the replica {self.name} is not connected")
        with translated_errors():
            async with AsyncExitStack() as stack:
                with sending():
                    connection = await stack.enter_async_context(self._connection(self._pool))
                    # Before the transaction, whose moment must not lie before the position that is looked at.
                    if not await connection.fetchval(_HAS, position):
                        raise ReplicaBehind(self.name)
                    await stack.enter_async_context(connection.transaction(isolation="repeatable_read", readonly=True))
                    await see_one_tenant(connection, tenant)
                yield Reading(connection)


class DatabaseWithReplicas(Database):
    """The primary, whose `reading` is done on a replica where one is there and far enough. All else is the primary's.

    `watch_forever` connects the replicas and must run; until it found one that can serve, the primary does.
    """

    def __init__(self, url: str, *, connections: int, purpose: str, replicas: Sequence[str]) -> None:
        super().__init__(url, connections=connections, purpose=purpose)
        self.replicas = [Replica(each, connections=connections, purpose=purpose) for each in replicas]
        self._turn = 0

    async def close(self) -> None:
        """Closes the connections to all of them."""
        await super().close()
        for replica in self.replicas:
            replica.trouble = "its connections are closed"
            await replica.close()

    @asynccontextmanager
    async def reading(self, tenant: str) -> AsyncIterator[Reading]:
        """A transaction that sees rows of one tenant only, of one moment, with all erasures before it."""
        async with AsyncExitStack() as stack:
            connection = await self._of_replica(stack, tenant)
            if connection is None:
                connection = await stack.enter_async_context(super().reading(tenant))
            yield connection

    async def watch_forever(self) -> None:
        """Looks at the replicas again and again; ends by cancellation."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Connects replicas that are not connected, and says which can serve. Never raises."""
        await asyncio.gather(*(self._look(replica) for replica in self.replicas))

    async def _of_replica(self, stack: AsyncExitStack, tenant: str) -> Reading | None:
        self._turn += 1
        first = self._turn % max(1, len(self.replicas))
        in_turn = [*self.replicas[first:], *self.replicas[:first]]
        usable = [replica for replica in in_turn if replica.trouble is None]
        if not usable:
            return None
        position = await last_erasure(self, tenant)
        for replica in usable:
            try:
                connection = await stack.enter_async_context(replica.reading_since(tenant, position))
            except ReplicaBehind:
                REPLICA_READS.labels(replica.name, "behind").inc()
            except Overloaded:
                REPLICA_READS.labels(replica.name, "busy").inc()
            except DependencyUnavailable as fault:
                REPLICA_READS.labels(replica.name, "away").inc()
                _note(replica, fault.message)
            else:
                REPLICA_READS.labels(replica.name, "served").inc()
                return connection
        return None

    async def _look(self, replica: Replica) -> None:
        try:
            if replica.trouble is not None:
                await replica.open()
            _note(replica, await self._trouble(replica))
        except Overloaded:
            return  # it works, and is busy
        except (DependencyUnavailable, CannotStart) as fault:
            _note(replica, str(fault))
        except Exception as error:
            # A fault of our own must not end the looking for as long as the process lives.
            log.error("replica_not_looked_at", replica=replica.name, exc_info=error)
            _note(replica, f"looking at it failed: {type(error).__name__}")

    async def _trouble(self, replica: Replica) -> str | None:
        """Why the server at a replica's address is none of this primary; sets how far it is behind where it is."""
        async with replica.reading_shared() as connection:
            there = await connection.fetchrow(_REPLAYED)
        if there["position"] is None:
            return "it is no replica: it replays nothing"
        async with self.writing_shared() as connection:
            here = await connection.fetchrow(_BEHIND, there["position"])
        if here["cluster"] != there["cluster"]:
            return "it is a replica of another server than DATABASE_URL names"
        REPLICA_LAG.labels(replica.name).set(here["bytes"])
        return None


def _note(replica: Replica, trouble: str | None) -> None:
    """Says it once where it changes."""
    if trouble is not None and trouble != replica.trouble:
        log.warning("replica_serves_nobody", replica=replica.name, reason=trouble)
    elif trouble is None and replica.trouble is not None:
        log.info("replica_serves", replica=replica.name)
    replica.trouble = trouble
