"""The writer of documents: what matching does with statuses, vectors and erasures, each batch in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from libs.contracts.erasures import Receipt
from libs.contracts.errors import ErrorCode
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.topics import SUBMITTED, TOPICS
from libs.database.transactions import Deadlocked, Writing
from libs.telemetry.logs import get_logger
from services.matching.retention import ALL_STAY, Retention
from services.matching.storage.database import Database
from services.matching.writing import erasures
from services.matching.writing.arrivals import ExpiryArrival, MetadataArrival, StatusArrival, VectorsTopicArrival
from services.matching.writing.expiries import erase_expired
from services.matching.writing.metadata.arrivals import write_changes
from services.matching.writing.metadata.forgetting import join_old
from services.matching.writing.replays import find_replays, forget_sent
from services.matching.writing.status_batch import write_statuses
from services.matching.writing.statuses import apply_statuses, fail_lost, remember_tenant, repair_done
from services.matching.writing.vectors_batch import write_vectors
from services.matching.writing.written import Written

log = get_logger(__name__)

# How long a submitted record can be replayed from its topic.
SUBMITTED_SECONDS = TOPICS[SUBMITTED].longest_ms / 1000
# What a caller waits for is tried so often where transactions wait for each other.
_TRIES = 3

Done = TypeVar("Done")

LOST = "lost with the try-out broker, send it again"


class DocumentWriter:
    """Writes to the database, one transaction for each tenant of a batch."""

    def __init__(
        self,
        database: Database,
        *,
        cache_seconds: float,
        heartbeat_seconds: float = 86_400.0,
        retention: Retention = ALL_STAY,
    ) -> None:
        self._database = database
        self._retention = retention
        self._seconds = {"cache": cache_seconds, "heartbeat": heartbeat_seconds}
        self._tenants: set[str] = set()

    async def note(self, tenant: str, reports: Sequence[StatusEvent]) -> None:
        """Applies status reports that a gateway sent here as well as to the status topic.

        Publishing what follows from them is left to the consumer, which reads them from that topic. Raises
        DependencyUnavailable, RecordRejected.
        """

        async def apply(connection: Writing) -> None:
            replays = await find_replays(connection, reports)
            await apply_statuses(connection, replays.others)

        await self._written(tenant, apply)

    async def write_statuses(self, tenant: str, arrivals: Sequence[StatusArrival]) -> Written:
        """Writes reports of one tenant in one transaction; returns what is to be published.

        Raises DependencyUnavailable, RecordRejected.
        """
        async with self._writing(tenant) as connection:
            return await write_statuses(connection, arrivals)

    async def write_vectors(self, tenant: str, arrivals: Sequence[VectorsTopicArrival]) -> Written:
        """Writes what came of one tenant on vectors topics in one transaction; returns what is to be published.

        Raises RecordRejected, DependencyUnavailable, of these UnknownSpace where a space is not registered.
        """
        async with self._writing(tenant) as connection:
            return await write_vectors(connection, arrivals)

    async def write_changes(self, tenant: str, arrivals: Sequence[MetadataArrival]) -> Written:
        """Writes what came of one tenant on the topics of metadata in one transaction; returns what is to be published.

        Raises RecordRejected, DependencyUnavailable.
        """
        async with self._writing(tenant) as connection:
            return await write_changes(connection, tenant, arrivals)

    async def erase_expired(self, tenant: str, arrivals: Sequence[ExpiryArrival]) -> Written:
        """Erases what is still expired of one tenant in one transaction; returns what is to be published.

        Raises DependencyUnavailable.
        """
        async with self._writing(tenant) as connection:
            return await erase_expired(connection, tenant, arrivals, self._retention)

    async def note_published(self, tenant: str, written: Written) -> None:
        """Sets the marks that say that the broker has what was to be published. Raises DependencyUnavailable."""
        async with self._database.writing(tenant) as connection:
            for each in written.emptied:
                await erasures.topics_are_empty(
                    connection, each.key, each.revision, each.topic, forgotten=each.forgotten
                )
            for key in written.repaired:
                await repair_done(connection, key)

    async def forget_sent(self) -> None:
        """Removes the marks of events that the submitted topics do not hold any more, in small transactions.

        Raises DependencyUnavailable.
        """
        for tenant in await self._database.tenants():
            while True:
                async with self._database.writing(tenant) as connection:
                    if not await forget_sent(connection, tenant, SUBMITTED_SECONDS):
                        break

    async def join_old_metadata(self) -> None:
        """Joins changes of metadata so old that nothing can come between them. Raises DependencyUnavailable."""
        await join_old(self._database)

    async def erase(self, key: DocumentKey, revision: Revision) -> Receipt:
        """Erases a document and returns the receipt. Idempotent. Raises DependencyUnavailable."""

        async def erase(connection: Writing) -> Receipt:
            receipt = await erasures.erase(connection, key, revision)
            found = await erasures.receipt(connection, receipt, **self._seconds)
            if found is None:
                raise AssertionError("an erasure leaves a receipt")
            return found

        return await self._written(key.tenant, erase)

    async def receipt(self, tenant: str, receipt: str) -> Receipt | None:
        """An erasure's receipt; None where the tenant has no such one. Raises DependencyUnavailable."""
        async with self._database.reading(tenant) as connection:
            return await erasures.receipt(connection, receipt, **self._seconds)

    async def fail_lost(self, stamp: int) -> int:
        """Shows what an earlier try-out broker took with it as failed; returns how many.

        Raises DependencyUnavailable.
        """
        lost = 0
        for tenant in await self._database.tenants():
            async with self._database.writing(tenant) as connection:
                code = str(ErrorCode.LOST_WITH_TRYOUT_BROKER)
                lost += await fail_lost(connection, tenant, Revision(stamp, 0), code, LOST)
        return lost

    async def _written(self, tenant: str, write: Callable[[Writing], Awaitable[Done]]) -> Done:
        """Writes in a transaction, once more where it was ended since others waited for it: nobody else tries what a
        caller waits for again, as consumers do with records."""
        for _ in range(_TRIES - 1):
            try:
                async with self._writing(tenant) as connection:
                    return await write(connection)
            except Deadlocked as fault:
                log.warning("write_tried_again", tenant=tenant, reason=str(fault))
        async with self._writing(tenant) as connection:
            return await write(connection)

    @asynccontextmanager
    async def _writing(self, tenant: str) -> AsyncIterator[Writing]:
        """A transaction after which the tenant is among the known ones."""
        async with self._database.writing(tenant) as connection:
            if tenant not in self._tenants:
                await remember_tenant(connection, tenant)
            yield connection
        self._tenants.add(tenant)
