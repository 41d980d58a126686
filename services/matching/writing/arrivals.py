"""What arrives on the topics that matching reads, decoded: reports, vectors and tombstones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from libs.contracts import events, topics
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.events import MetadataChange, SourceEvent, StatusEvent, VectorsEvent, WholeMetadata
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.messaging.records import Record
from libs.messaging.reporting import (
    REVISION,
    SOURCE_EVENT_ID,
    SOURCE_EVENT_SOURCE,
    is_forgotten,
    is_withdrawal,
)
from services.matching.index.derived import Derived, derive
from services.matching.scoring.covered_languages import is_covered
from services.matching.scoring.model import ScoredDocument
from services.matching.storage.packing import PackedDocument, packed, unpacked_units, unpacked_windows
from services.matching.writing.sent_events import event_mark


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose record it is, of which revision, and of which submitted event."""

    key: DocumentKey
    revision: Revision
    source_event: SourceEvent


@dataclass(frozen=True, slots=True)
class Origin:
    """The record that said it. `is_replay`: only the database lacks it; what comes of it was published before."""

    record: Record
    is_replay: bool

    @property
    def topic(self) -> str:
        """The topic the record was read from."""
        return self.record.topic


@dataclass(frozen=True, slots=True)
class StatusArrival:
    """A step of a revision that somebody reports."""

    report: StatusEvent
    origin: Origin

    @property
    def key(self) -> DocumentKey:
        """The document that the report is of."""
        return self.report.key

    @property
    def identity(self) -> Identity:
        """The document, revision and submitted event that the report is of."""
        return Identity(self.report.key, self.report.parsed_revision, self.report.source_event)


@dataclass(frozen=True, slots=True)
class VectorsArrival:
    """A document's text and vectors, ready to be written. `mark`: see `event_mark`."""

    event: VectorsEvent
    origin: Origin
    revision: Revision
    packed: PackedDocument
    derived: Derived
    mark: bytes | None

    @property
    def key(self) -> DocumentKey:
        """The document that the vectors are of."""
        return self.event.key

    @property
    def identity(self) -> Identity:
        """The document, revision and submitted event that the vectors are of."""
        return Identity(self.event.key, self.revision, self.event.source_event)


@dataclass(frozen=True, slots=True)
class TombstoneArrival:
    """A record without a value. `withdrawn`: it erases nothing. `forgotten`: embedding's cache forgot the document."""

    identity: Identity
    origin: Origin
    withdrawn: bool
    forgotten: bool

    @property
    def key(self) -> DocumentKey:
        """The document that the tombstone is of."""
        return self.identity.key


@dataclass(frozen=True, slots=True)
class ChangeArrival:
    """A change of a document's metadata alone."""

    change: MetadataChange
    origin: Origin
    revision: Revision

    @property
    def key(self) -> DocumentKey:
        """The document that the change is of."""
        return self.change.key


@dataclass(frozen=True, slots=True)
class ExpiryArrival:
    """A document is to be erased if it is still expired, and nothing newer than `about` was submitted."""

    key: DocumentKey
    about: Revision
    source_event: SourceEvent
    origin: Origin


@dataclass(frozen=True, slots=True)
class WholeArrival:
    """A document's whole metadata and standing, as this service published them; None for a tombstone."""

    key: DocumentKey
    revision: Revision
    whole: WholeMetadata | None
    origin: Origin


VectorsTopicArrival = VectorsArrival | TombstoneArrival
MetadataArrival = ChangeArrival | WholeArrival
Arrival = StatusArrival | VectorsTopicArrival | MetadataArrival | ExpiryArrival


def decoded(records: Sequence[tuple[Record, bool]]) -> list[Arrival | RecordRejected]:
    """What each record says, in the same order; beside each, whether it is a replay.

    Blocks, for tens of milliseconds where an event has megabytes.
    """
    return [_decoded(record, is_replay) for record, is_replay in records]


def decode(record: Record, *, is_replay: bool = False) -> Arrival:
    """What a record says. Blocks. Raises RecordRejected where it cannot be read or contradicts itself."""
    origin = Origin(record, is_replay)
    if record.topic == topics.STATUS:
        return StatusArrival(events.decode(record.value or b"", StatusEvent), origin)
    if record.topic == topics.METADATA_CHANGES:
        change = events.decode(record.value or b"", MetadataChange)
        if (about := change.expired) is not None:
            return ExpiryArrival(change.key, about, change.source_event, origin)
        return ChangeArrival(change, origin, change.parsed_revision)
    if record.topic == topics.METADATA and record.value is not None:
        whole = events.decode(record.value, WholeMetadata)
        return WholeArrival(whole.key, whole.parsed_revision, whole, origin)
    if record.value is not None:
        return _prepared(events.decode(record.value, VectorsEvent), origin)
    identity = identity_of(record)
    if identity is None:
        raise RecordRejected(ErrorCode.INVALID_KEY, "the tombstone names no document")
    if record.topic == topics.METADATA:
        return WholeArrival(identity.key, identity.revision, None, origin)
    return TombstoneArrival(identity, origin, is_withdrawal(record), is_forgotten(record))


def identity_of(record: Record) -> Identity | None:
    """Whose record it is, by key and headers; None where that cannot be told."""
    try:
        key = DocumentKey.decode(record.key or b"")
        revision = Revision.parse(record.header(REVISION) or "")
    except ValueError:
        return None
    source_event = SourceEvent(record.header(SOURCE_EVENT_SOURCE) or "", record.header(SOURCE_EVENT_ID) or "")
    return Identity(key, revision, source_event)


def _decoded(record: Record, is_replay: bool) -> Arrival | RecordRejected:
    try:
        return decode(record, is_replay=is_replay)
    except RecordRejected as fault:
        return fault


def _prepared(event: VectorsEvent, origin: Origin) -> VectorsArrival:
    """With all that is computed of an event before the transaction."""
    vectors = packed(event.embedding)
    derived = derive(
        event.id, _scored(event, vectors), event.metadata, event.identity_spans, event.standing.state_of(event.kind)
    )
    return VectorsArrival(event, origin, event.parsed_revision, vectors, derived, event_mark(event))


def _scored(event: VectorsEvent, vectors: PackedDocument) -> ScoredDocument:
    """The document as it will be read from its row: with vectors as they lie there."""
    dimension = event.embedding.dimension
    return ScoredDocument(
        kind=event.kind,
        title=event.title,
        text=event.text,
        sections=event.sections,
        identity_spans=event.identity_spans,
        language=event.language,
        windows=unpacked_windows(vectors.windows, vectors.window_spans, dimension),
        units=unpacked_units(vectors.units, vectors.unit_scales, vectors.unit_spans, dimension),
        requirements=event.requirements,
        requirements_found=event.requirements_found,
        structure_version=event.structure_version,
        disclaimed_spans=event.disclaimed_spans,
        entries=event.entries,
        mentions=event.mentions,
        as_of=event.as_of,
        note_codes=[note.code for note in event.notes],
        is_covered=is_covered(event.embedding.model, event.language),
    )
