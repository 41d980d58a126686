"""What comes of a batch that was written: records to publish, and marks to set once the broker has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.messaging.publishing import Outgoing
from services.matching.writing.metadata.history import Refused


class Outcome(StrEnum):
    """What became of a vectors event."""

    INDEXED = "indexed"
    # An older event of the document, sent again by its producer: what was stored stays, at the new revision.
    RESTORED = "restored"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    # An event of a document that was erased since, sent again: the document is erased at its revision too.
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Emptied:
    """An erasure whose tombstone came on a vectors topic; `forgotten`: with word that the cache forgot."""

    key: DocumentKey
    revision: Revision
    topic: str
    forgotten: bool


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change of a document's metadata that was left out, and why."""

    key: DocumentKey
    refused: Refused


@dataclass(slots=True)
class Written:
    """What one transaction leaves to its caller.

    `topics` are vectors topics that must exist before `outgoing` is published to them. Once that is acknowledged,
    `emptied` and `repaired` are to be noted: noted before, a crash in between would skip them for good. What was
    `refused` is to be dead-lettered. `expired` are documents that were erased since their time was over.
    """

    outgoing: list[Outgoing] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    emptied: list[Emptied] = field(default_factory=list)
    repaired: list[DocumentKey] = field(default_factory=list)
    outcomes: list[tuple[DocumentKey, Revision, Outcome]] = field(default_factory=list)
    repairs: int = 0
    refused: list[RefusedChange] = field(default_factory=list)
    expired: list[tuple[DocumentKey, Revision]] = field(default_factory=list)

    def repair(self, records: Sequence[Outgoing]) -> None:
        """Adds what puts a topic's end right; nothing where there is nothing to be put right."""
        self.outgoing += records
        self.repairs += len(records)
