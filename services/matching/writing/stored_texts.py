"""Sending texts from PostgreSQL onto the text topic again, at their own revisions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from libs.contracts.events import TextEvent
from libs.contracts.statuses import Status
from libs.messaging.publishing import Publisher
from libs.messaging.reporting import text_record
from services.matching.storage.database import Database
from services.matching.writing.statuses import await_newer
from services.matching.writing.stored_document import TEXT, text_event_of

PAGE = 100

Current = Callable[[TextEvent], Awaitable[TextEvent]]


@dataclass(frozen=True, slots=True)
class PagePosition:
    """A document in the order of sending: by tenant, kind and id. Before all of them: the default."""

    tenant: str = ""
    kind: str = ""
    id: str = ""


class StoredTexts:
    """The texts of all indexed documents, of all tenants. Conditions are SQL on documents `d`, of our own making."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher

    async def count(self, condition: str = "TRUE") -> int:
        """How many there are. Raises DependencyUnavailable."""
        total = 0
        for tenant in await self._database.tenants():
            async with self._database.reading(tenant) as connection:
                total += await connection.fetchval(
                    "SELECT count(*) FROM matching.documents d"
                    f" WHERE d.tenant = $1 AND d.indexed_stamp IS NOT NULL AND {condition}",
                    tenant,
                )
        return total

    async def send(self, condition: str = "TRUE") -> int:
        """Sends all of them; returns how many. Raises DependencyUnavailable."""
        total, after = 0, PagePosition()
        while True:
            sent, last = await self.send_page(after, condition)
            total += sent
            if last is None:
                return total
            after = last

    async def send_page(
        self, after: PagePosition, condition: str = "TRUE", *, recompute: bool = False, current: Current | None = None
    ) -> tuple[int, PagePosition | None]:
        """Sends the next PAGE behind a position: how many, and that of the last, None where none is left.

        A text that a newer one on its way will replace is not sent behind that one. `recompute`: vectors in the cache
        are not to be taken for them. `current` brings each up to date before it is sent. Raises DependencyUnavailable.
        """
        for tenant in await self._database.tenants():
            if tenant < after.tenant:
                continue
            page = await self._page(tenant, condition, after if tenant == after.tenant else PagePosition())
            if page:
                events = [event for event, _ in page]
                if current is not None:
                    events = await asyncio.gather(*map(current, events))
                statuses = [status for _, status in page]
                sent = [
                    event
                    for event, status in zip(events, statuses, strict=True)
                    if not await self._will_be_replaced(event, status)
                ]
                await self._publisher.publish_all([text_record(event, recompute=recompute) for event in sent])
                last, _ = page[-1]
                return len(sent), PagePosition(last.tenant, last.kind, last.id)
        return 0, None

    async def _page(self, tenant: str, condition: str, after: PagePosition) -> list[tuple[TextEvent, str]]:
        """The next texts, each with the status of its document."""
        async with self._database.reading(tenant) as connection:
            rows = await connection.fetch(
                f"""
                SELECT {TEXT}, status FROM matching.documents d
                WHERE d.tenant = $1 AND d.indexed_stamp IS NOT NULL AND (d.kind, d.id) > ($2, $3) AND {condition}
                ORDER BY d.kind, d.id LIMIT {PAGE}
                """,
                tenant,
                after.kind,
                after.id,
            )
        return [(text_event_of(row), row["status"]) for row in rows]

    async def _will_be_replaced(self, event: TextEvent, status: str) -> bool:
        if status not in (Status.QUEUED, Status.PARSED):
            return False
        async with self._database.writing(event.tenant) as connection:
            return await await_newer(connection, event.key, event.parsed_revision)
