"""The ingest service's work over fakes."""

from __future__ import annotations

from libs.contracts import events
from libs.contracts.events import StatusEvent, TextEvent
from libs.contracts.topics import STATUS, TEXT, dead_letters_topic
from libs.messaging.records import Record
from services.ingest.consumer import IngestWork
from services.ingest.service import IngestService
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.in_process_parser import InProcessParser

DEAD_LETTERS = dead_letters_topic("ingest")


class Ingest:
    """The work over fakes, and what came of it."""

    def __init__(self, tryout_stamp: int | None = None) -> None:
        self.publisher = InMemoryPublisher()
        self.parser = InProcessParser()
        self.work = IngestWork(IngestService(self.parser), self.publisher, tryout_stamp=tryout_stamp)

    async def take(self, *records: Record) -> Ingest:
        """Hands records over as one batch."""
        await self.work.handle(records)
        return self

    @property
    def statuses(self) -> list[StatusEvent]:
        """All statuses in the order of publishing."""
        return [events.decode(record.value, StatusEvent) for record in self.publisher.topics[STATUS]]

    @property
    def steps(self) -> list[tuple[str, str, str | None]]:
        """(document, status, error code) in the order of publishing."""
        return [(str(event.key), str(event.status), event.error and event.error.code) for event in self.statuses]

    @property
    def texts(self) -> list[TextEvent]:
        """What the topic of texts holds, tombstones aside."""
        return [events.decode(record.value, TextEvent) for record in self.publisher.topics[TEXT] if record.value]

    @property
    def dead_letters(self) -> list[str]:
        """Their error codes."""
        return [
            dict(record.headers)["dead_letter_error_code"].decode() for record in self.publisher.topics[DEAD_LETTERS]
        ]
