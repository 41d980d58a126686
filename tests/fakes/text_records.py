"""Records of the topic of texts, and what came to the topics behind it."""

from __future__ import annotations

from typing import Any

from libs.contracts import events
from libs.contracts.events import SourceEvent, StatusEvent, TextEvent, VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.topics import STATUS, TEXT, VECTORS
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import text_record, tombstone_record
from tests.fakes.in_memory_publisher import InMemoryPublisher

SOURCE = SourceEvent("/ats", "event-1")
TEXT_OF_A_NURSE = "Registered nurse. Intensive care for five years."


def event(text: str = TEXT_OF_A_NURSE, *, id: str = "7", offset: int = 1, **fields: Any) -> TextEvent:
    """A resume's text, the nurse's unless told otherwise."""
    return TextEvent(
        tenant="acme",
        kind="resume",
        id=id,
        revision=f"1764000000000-{offset}",
        source_event=fields.pop("source_event", SOURCE),
        text=text,
        as_of="2026-01-01",
        submitted_at="2026-01-01T00:00:00Z",
        content_hash="0" * 64,
        **fields,
    )


def read(outgoing: Outgoing) -> Record:
    """What is published as a member of the group reads it."""
    return Record(TEXT, 3, 11, 1, 1, outgoing.key, outgoing.value, tuple(outgoing.headers))


def record(text: str = TEXT_OF_A_NURSE, *, id: str = "7", offset: int = 1, **fields: Any) -> Record:
    """The record of `event`."""
    return read(text_record(event(text, id=id, offset=offset, **fields)))


def tombstone(id: str = "7", offset: int = 1, source: SourceEvent = SOURCE) -> Record:
    """The record of a deletion."""
    return read(tombstone_record(TEXT, DocumentKey("acme", "resume", id), Revision(1_764_000_000_000, offset), source))


def vectors_of(publisher: InMemoryPublisher) -> list[VectorsEvent]:
    """What the vectors topic holds, tombstones aside."""
    return [events.decode(outgoing.value or b"", VectorsEvent) for outgoing in publisher.topics[VECTORS]]


def statuses(publisher: InMemoryPublisher) -> list[tuple[str, str, str | None]]:
    """(status, revision, error code) in the order of publishing."""
    found = [events.decode(outgoing.value or b"", StatusEvent) for outgoing in publisher.topics[STATUS]]
    return [(status.status.value, status.revision, status.error and status.error.code) for status in found]


def header(outgoing: Outgoing, name: str) -> str | None:
    """A header of what is published."""
    return read(outgoing).header(name)
