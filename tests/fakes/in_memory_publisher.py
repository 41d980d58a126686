"""A Publisher that keeps what it was given: one log per topic, in order, as a broker that stamps its records would."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.publishing import Outgoing, Published

FIRST_STAMP = 1_764_000_000_000


class InMemoryPublisher:
    """`away` holds the topics that cannot be written, each with the reason."""

    def __init__(self) -> None:
        self.topics: defaultdict[str, list[Outgoing]] = defaultdict(list)
        self.away: dict[str, str] = {}
        self._stamp = FIRST_STAMP

    async def publish(self, record: Outgoing) -> Published:
        if record.topic in self.away:
            raise DependencyUnavailable("broker", self.away[record.topic])
        self.topics[record.topic].append(record)
        self._stamp += 1
        return Published(0, len(self.topics[record.topic]) - 1, self._stamp, 1)

    async def publish_all(self, records: Sequence[Outgoing]) -> list[Published]:
        return [await self.publish(record) for record in records]
