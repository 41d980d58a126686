"""Sending texts from PostgreSQL onto the text topic again, at their own revisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from libs.messaging.publishing import Publisher
from libs.messaging.reporting import text_record
from services.matching.storage.database import Database
from services.matching.writing.statuses import await_newer
from services.matching.writing.stored_document import COLUMNS, StoredDocument, held_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A document in the order of sending: by tenant, kind and id."""

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
        total, after = 0, Place()
        while True:
            sent, last = await self.send_page(after, condition)
            total += sent
            if last is None:
                return total
            after = last

    async def send_page(
        self, after: Place, condition: str = "TRUE", *, recompute: bool = False
    ) -> tuple[int, Place | None]:
        """Sends the next PAGE behind a place: how many, and the place of the last, None where none is left.

        A text that a newer one on its way will replace is not sent behind that one. `recompute`: vectors in the cache
        are not to be taken for them. Raises DependencyUnavailable.
        """
        for tenant in await self._database.tenants():
            if tenant < after.tenant:
                continue
            page = await self._page(tenant, condition, after if tenant == after.tenant else Place())
            if page:
                sent = [held for held in page if not await self._will_be_replaced(held)]
                await self._publisher.publish_all(
                    [text_record(held.text_event(), recompute=recompute) for held in sent]
                )
                last = page[-1].key
                return len(sent), Place(last.tenant, last.kind, last.id)
        return 0, None

    async def _page(self, tenant: str, condition: str, after: Place) -> Sequence[StoredDocument]:
        async with self._database.reading(tenant) as connection:
            rows = await connection.fetch(
                f"""
                SELECT {COLUMNS} FROM matching.documents d
                WHERE d.tenant = $1 AND d.indexed_stamp IS NOT NULL AND (d.kind, d.id) > ($2, $3) AND {condition}
                ORDER BY d.kind, d.id LIMIT {PAGE}
                """,
                tenant,
                after.kind,
                after.id,
            )
        return [held_of(row) for row in rows]

    async def _will_be_replaced(self, held: StoredDocument) -> bool:
        if held.indexed is None or held.row["status"] not in ("queued", "parsed"):
            return False
        async with self._database.writing(held.key.tenant) as connection:
            return await await_newer(connection, held.key, held.indexed)
