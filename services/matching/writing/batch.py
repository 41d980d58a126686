"""Which vectors events of a batch are worth writing, and in which order."""

from __future__ import annotations

from libs.contracts.events import VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.messaging.records import Record

Entry = tuple[Record, VectorsEvent]
# A document in a space: a batch may hold one document's vectors in two.
Place = tuple[DocumentKey, str]


class Batch:
    """Vectors events of a batch: of each document and space the newest, and those that newer ones outdated."""

    def __init__(self) -> None:
        self.outdated: list[Entry] = []
        self._newest: dict[Place, Entry] = {}
        # Older than one before them: the log ends on them, which only the comparison with what is held repairs.
        self._late: list[Entry] = []

    def add(self, record: Record, event: VectorsEvent) -> None:
        place = (event.key, event.embedding.space)
        held = self._newest.get(place)
        if held is not None and held[1].parsed_revision > event.parsed_revision:
            self._late.append((record, event))
            return
        if held is not None and held[1].parsed_revision < event.parsed_revision:
            self.outdated.append(held)
        self._newest[place] = (record, event)

    def outdate(self, key: DocumentKey, revision: Revision) -> bool:
        """Sets aside what a tombstone outdates; False where something newer than it came before it."""
        places = [place for place in self._newest if place[0] == key]
        if any(self._newest[place][1].parsed_revision > revision for place in places):
            return False
        self.outdated += [self._newest.pop(place) for place in places]
        return True

    def rounds(self) -> list[dict[DocumentKey, Entry]]:
        """What is to be written, each document at most once in a round."""
        rounds: list[dict[DocumentKey, Entry]] = []
        for entry in [*self._newest.values(), *self._late]:
            key = entry[1].key
            last = max((number for number, each in enumerate(rounds) if key in each), default=-1)
            if last + 1 == len(rounds):
                rounds.append({})
            rounds[last + 1][key] = entry
        return rounds
