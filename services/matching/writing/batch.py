"""Which vectors events of a batch are worth writing, and in which order."""

from __future__ import annotations

from dataclasses import replace

from libs.contracts.events import with_metadata_of
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.matching.writing.arrivals import VectorsArrival

# A batch may hold one document's vectors in two spaces.
DocumentInSpace = tuple[DocumentKey, str]


class Batch:
    """Vectors events of a batch: of each document and space the newest, and those that newer ones outdated."""

    def __init__(self) -> None:
        self.outdated: list[VectorsArrival] = []
        self._newest: dict[DocumentInSpace, VectorsArrival] = {}
        # Older than one before them: the log ends on them, which only the comparison with what is stored repairs.
        self._late: list[VectorsArrival] = []

    def __contains__(self, key: DocumentKey) -> bool:
        """Whether it holds an event of the document, in any space."""
        return any(document[0] == key for document in self._newest)

    def add(self, arrival: VectorsArrival) -> None:
        """The next event in the log's order."""
        document = (arrival.key, arrival.event.embedding.space)
        newest = self._newest.get(document)
        if newest is not None and newest.revision > arrival.revision:
            self._late.append(arrival)
            return
        if newest is not None and newest.revision < arrival.revision:
            self.outdated.append(newest)
            arrival = replace(arrival, event=with_metadata_of(arrival.event, newest.event))
        self._newest[document] = arrival

    def outdate(self, key: DocumentKey, revision: Revision) -> bool:
        """Outdates what a tombstone erases; False, and nothing done, where something newer than it came before it."""
        documents = [document for document in self._newest if document[0] == key]
        if any(self._newest[document].revision > revision for document in documents):
            return False
        self.outdated += [self._newest.pop(document) for document in documents]
        return True

    def rounds(self) -> list[dict[DocumentKey, VectorsArrival]]:
        """What is to be written, each document at most once in a round."""
        rounds: list[dict[DocumentKey, VectorsArrival]] = []
        for arrival in [*self._newest.values(), *self._late]:
            last = max((number for number, each in enumerate(rounds) if arrival.key in each), default=-1)
            if last + 1 == len(rounds):
                rounds.append({})
            rounds[last + 1][arrival.key] = arrival
        return rounds
