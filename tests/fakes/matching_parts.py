"""matching without Kafka: its own parts over a real database and a log in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from libs.contracts import events
from libs.contracts.events import StatusEvent, VectorsEvent
from libs.contracts.topics import STATUS
from libs.localstack.postgres.roles import Dsns
from libs.messaging.records import Record
from services.matching.consumer import MatchingWork
from services.matching.service import MatchingService
from services.matching.spaces.lifecycle import Spaces
from services.matching.spaces.reembedding import Reembedding
from services.matching.storage.database import Database
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.stored_texts import Current, StoredTexts
from tests.fakes.documents import vectors_arrived
from tests.fakes.embedding_app import FakeEmbedding
from tests.fakes.in_memory_publisher import InMemoryPublisher


@dataclass
class Matching:
    """All of matching but the reading of Kafka."""

    dsns: Dsns
    database: Database
    publisher: InMemoryPublisher
    writer: DocumentWriter
    spaces: Spaces
    service: MatchingService
    embedding: FakeEmbedding
    made_topics: list[str] = field(default_factory=list)

    @property
    def work(self) -> MatchingWork:
        return MatchingWork(self.writer, self.spaces, self.publisher)

    def reembedding(self, current: Current | None = None) -> Reembedding:
        """As another process has it, too."""
        return Reembedding(self.database, StoredTexts(self.database, self.publisher), current)

    async def reembed(self, current: Current | None = None) -> None:
        """Sends every stored text again."""
        sending = self.reembedding(current)
        await sending.begin()
        while await sending.step():
            pass

    async def read(self, *records: Record) -> None:
        """Works on records as one batch."""
        await self.work.handle(list(records))

    async def index(self, *events: VectorsEvent) -> None:
        """Works on vectors events, each a batch of its own."""
        for event in events:
            await self.read(vectors_arrived(event))

    async def rows(self, statement: str, *values: Any, tenant: str = "default") -> list[dict[str, Any]]:
        """What a statement returns to the service role."""
        async with self.database.reading(tenant) as connection:
            return [dict(row) for row in await connection.fetch(statement, *values)]

    def statuses(self) -> list[tuple[str, str, str]]:
        """id, revision and status of all that was reported, in order."""
        found = [events.decode(record.value or b"", StatusEvent) for record in self.publisher.topics[STATUS]]
        return [(each.id, each.revision, str(each.status)) for each in found]
