"""Text events of measured documents, spread evenly over a topic's partitions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import count

from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.messaging.partitioning import partition_of

TENANT = "default"
KIND: Kind = "resume"
_FIRST_MS = 1_764_000_000_000
_numbers = count()


def text_event(text: str, document_id: str) -> TextEvent:
    """A document's text at a revision of its own, above all made before."""
    number = next(_numbers)
    return TextEvent(
        tenant=TENANT,
        kind=KIND,
        id=document_id,
        revision=f"{_FIRST_MS + number}-0",
        source_event=SourceEvent("bench", str(number)),
        text=text,
        as_of="2026-01-01",
        submitted_at="2026-01-01T00:00:00Z",
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


class EvenKeys:
    """New document ids such that every partition gets about as much to compute, whoever reads it."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._numbers = count()

    def __len__(self) -> int:
        return self._partitions

    def ids(self, sizes: Sequence[int]) -> list[str]:
        """An id for each document, in order; the largest are dealt out first."""
        loads = [0] * self._partitions
        chosen = [""] * len(sizes)
        for index in sorted(range(len(sizes)), key=lambda each: -sizes[each]):
            partition = loads.index(min(loads))
            loads[partition] += sizes[index]
            chosen[index] = self._id_in(partition)
        return chosen

    def _id_in(self, partition: int) -> str:
        while True:
            document_id = f"bench-{next(self._numbers)}"
            if partition_of(DocumentKey(TENANT, KIND, document_id).encode(), self._partitions) == partition:
                return document_id
