"""The writer of documents: what matching does with statuses, vectors and erasures. Knows neither Kafka nor HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from libs.contracts.erasures import Receipt
from libs.contracts.errors import ErrorCode
from libs.contracts.events import StatusEvent, VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.topics import SUBMITTED, TOPICS
from services.matching.scoring.terms import terms_of
from services.matching.storage.database import Database
from services.matching.storage.packing import packed
from services.matching.writing import erasures
from services.matching.writing.indexing import Outcome, Prepared, index
from services.matching.writing.replays import SentEvent, find_replays, forget_sent
from services.matching.writing.sent_events import event_mark
from services.matching.writing.statuses import apply_statuses, await_newer, fail_lost, remember_tenant, repair_done
from services.matching.writing.stored_document import StoredDocument, held_documents

# How long a submitted record can be replayed from its topic.
SUBMITTED_SECONDS = TOPICS[SUBMITTED].longest_ms / 1000
LOST = "lost with the try-out broker, send it again"


class DocumentWriter:
    """Writes to the database, one transaction for each tenant of a batch."""

    def __init__(self, database: Database, *, cache_seconds: float, heartbeat_seconds: float = 86_400.0) -> None:
        self._database = database
        self._seconds = {"cache": cache_seconds, "heartbeat": heartbeat_seconds}
        self._tenants: set[str] = set()

    async def note(self, tenant: str, reports: Sequence[StatusEvent]) -> list[SentEvent]:
        """Applies status reports of one tenant. Raises DependencyUnavailable, RecordRejected.

        Returns the replays of erased events that ended by them: their documents are erased at those revisions.
        """
        await self._know(tenant)
        async with self._database.writing(tenant) as connection:
            found = await find_replays(connection, reports)
            await apply_statuses(connection, found.others)
            for each in sorted(found.ended, key=lambda each: each.key):
                await erasures.erase(connection, each.key, each.revision)
        return found.ended

    async def forget_sent(self) -> None:
        """Removes the marks of events that the submitted topics do not hold any more, in small transactions.

        Raises DependencyUnavailable.
        """
        for tenant in await self._database.tenants():
            while True:
                async with self._database.writing(tenant) as connection:
                    if not await forget_sent(connection, tenant, SUBMITTED_SECONDS):
                        break

    async def index(
        self, tenant: str, events: Sequence[VectorsEvent]
    ) -> dict[DocumentKey, tuple[Outcome, StoredDocument | None]]:
        """Writes documents of one tenant, one event for each key.

        Raises RecordRejected, DependencyUnavailable, of these UnknownSpace where a space is not registered.
        """
        await self._know(tenant)
        prepared = await asyncio.to_thread(lambda: [prepare(event) for event in events])
        async with self._database.writing(tenant) as connection:
            return await index(connection, prepared)

    async def erase(self, key: DocumentKey, revision: Revision) -> Receipt:
        """Erases a document and returns the receipt. Idempotent. Raises DependencyUnavailable."""
        await self._know(key.tenant)
        async with self._database.writing(key.tenant) as connection:
            receipt = await erasures.erase(connection, key, revision)
            found = await erasures.receipt(connection, receipt, **self._seconds)
        if found is None:
            raise AssertionError("an erasure leaves a receipt")
        return found

    async def bury(self, key: DocumentKey, revision: Revision, topic: str, *, forgotten: bool) -> StoredDocument | None:
        """The same for a tombstone that came on a vectors topic; returns what is held of the document after it.

        `forgotten`: whether it says that the cache of the topic's space forgot the document.
        """
        await self._know(key.tenant)
        async with self._database.writing(key.tenant) as connection:
            await erasures.erase(connection, key, revision)
            await erasures.topics_are_empty(connection, key, revision, topic, forgotten=forgotten)
            return (await held_documents(connection, [key])).get(key)

    async def held(self, key: DocumentKey) -> StoredDocument | None:
        """What is held of a document. Raises DependencyUnavailable."""
        async with self._database.reading(key.tenant) as connection:
            return (await held_documents(connection, [key])).get(key)

    async def awaits_newer(self, key: DocumentKey, revision: Revision) -> bool:
        """Whether a submission newer than the revision is on its way, which will end the logs; its failure is noted
        to need a repair then. Raises DependencyUnavailable."""
        async with self._database.writing(key.tenant) as connection:
            return await await_newer(connection, key, revision)

    async def repaired(self, key: DocumentKey) -> None:
        """No repair is owed any more. Raises DependencyUnavailable."""
        async with self._database.writing(key.tenant) as connection:
            await repair_done(connection, key)

    async def is_buried(self, key: DocumentKey, revision: Revision) -> bool:
        """Whether a tombstone of this erasure was met before. Raises DependencyUnavailable."""
        async with self._database.reading(key.tenant) as connection:
            return await erasures.are_topics_empty(connection, key, revision)

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

    async def _know(self, tenant: str) -> None:
        if tenant not in self._tenants:
            async with self._database.writing_shared() as connection:
                await remember_tenant(connection, tenant)
            self._tenants.add(tenant)


def prepare(event: VectorsEvent) -> Prepared:
    """What is computed of an event before the transaction. Blocks. Raises RecordRejected."""
    visible = event.text
    for span in event.identity_spans:
        visible = visible[: span.start] + " " * (span.end - span.start) + visible[span.end :]
    return Prepared(event, packed(event.embedding), terms_of(visible), event_mark(event))
