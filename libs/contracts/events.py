"""The values of the inner topics, and how they are written and read.

JSON in UTF-8. Unknown fields are ignored, so that a newer producer can add some.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.documents import DocumentError, Metadata, Note, Span, day_of
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.metadata_patch import MetadataPatch
from libs.contracts.revision import Revision
from libs.contracts.sequence import INTEGER, EventSequence, read_sequence
from libs.contracts.standing import Standing, StandingFields, standing_fields
from libs.contracts.statuses import Status
from libs.contracts.structure import (
    STRUCTURE_NOTES,
    DisclaimedSpan,
    Entry,
    IdentitySpan,
    LineStyle,
    Mention,
    Requirement,
    Section,
    Structure,
)
from libs.contracts.vectors import PackedVectors

TYPE_SUBMITTED = "shortlist.document.submitted.v1"
TYPE_DELETED = "shortlist.document.deleted.v1"
# A change of a document's metadata alone: from outside its value is the merge patch itself.
TYPE_METADATA_CHANGED = "shortlist.document.metadata-changed.v1"
# A document's whole metadata.
TYPE_METADATA = "shortlist.document.metadata.v1"
# A tombstone that erases nothing: the topic's last text failed further on, and nothing older of it is stored.
TYPE_WITHDRAWN = "shortlist.document.withdrawn.v1"
# Of no document: a record that lets a quiet partition of a compacted topic be cleaned. Nobody works on it.
TYPE_HEARTBEAT = "shortlist.heartbeat.v1"
TYPE_TEXT = "shortlist.document.text.v1"
TYPE_VECTORS = "shortlist.document.vectors.v1"


def status_type(status: Status) -> str:
    """The CloudEvents type of a status event."""
    return f"shortlist.document.{status}.v1"


class SourceEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """`ce_source` and `ce_id` of the submitted event that a document came from, and its `ce_sequence` where it has one;
    `sequence_type` is `Integer` where it is one, else null."""

    source: Annotated[str, Meta(description="`ce_source` of the event: who sent it")]
    id: Annotated[str, Meta(description="`ce_id` of the event, its sender's own")]
    sequence: Annotated[
        str | None, Meta(description="`ce_sequence` of the event: its place among its sender's own")
    ] = None
    sequence_type: Annotated[
        str | None, Meta(description="`Integer` where sequences are compared as whole numbers, else as text")
    ] = None

    def is_named_as(self, other: SourceEvent) -> bool:
        """Whether both have one source and one id."""
        return (self.source, self.id) == (other.source, other.id)

    @property
    def place(self) -> EventSequence | None:
        """Its sequence, to be compared; None where it has none."""
        if self.sequence is None:
            return None
        return EventSequence(self.source, self.id or None, self.sequence, self.sequence_type == INTEGER)


class TextEvent(StandingFields, msgspec.Struct, frozen=True, kw_only=True):
    """A document's stored text, made by ingest: the value of documents.text.v1.

    `description` and `requirements` are a job's, as given (None for a file or a resume). `submitted_at` is RFC 3339;
    `as_of`, `YYYY-MM-DD`, is the day that "present" means in the text: that of the metadata, else of the submission.
    What is found in the text has the `structure_version` of who found it, 0 in events from before there was one;
    `line_styles` are how the text's lines that hold something stood on their page, empty where there was no page.
    `content_hash` is sha256 of the text in UTF-8, hex. `metadata_revision` is that of the submission that named the
    metadata: empty where it is this one, null where no submission did, so that what is stored already stays. Until when
    the document is kept, and a job's state: see StandingFields.
    """

    tenant: str
    kind: Kind
    id: str
    revision: str
    source_event: SourceEvent
    text: str
    title: str | None = None
    description: str | None = None
    requirements: str | list[str] | None = None
    metadata: Metadata = {}
    metadata_revision: str | None = ""
    language: str | None = None
    sections: list[Section] = []
    identity_spans: list[IdentitySpan] = []
    entries: list[Entry] = []
    mentions: list[Mention] = []
    disclaimed_spans: list[DisclaimedSpan] = []
    requirements_found: list[Requirement] = []
    structure_version: int = 0
    line_styles: list[LineStyle] = []
    notes: list[Note] = []
    as_of: str
    submitted_at: str = ""
    content_hash: str

    @property
    def key(self) -> DocumentKey:
        """The document's identity."""
        return DocumentKey(self.tenant, self.kind, self.id)

    @property
    def hidden_spans(self) -> list[Span]:
        """What is neither embedded nor scored of the text."""
        return [*self.identity_spans, *self.disclaimed_spans]

    @property
    def parsed_revision(self) -> Revision:
        """`revision` as a pair that can be compared. Raises ValueError where it is not `STAMP-OFFSET`."""
        return Revision.parse(self.revision)

    @property
    def named_metadata_at(self) -> Revision | None:
        """The revision of the submission that named the metadata; None where none did. Raises as `parsed_revision`."""
        if self.metadata_revision is None:
            return None
        return Revision.parse(self.metadata_revision or self.revision)

    @property
    def standing(self) -> Standing:
        """What its submission, or those before it that nobody works on any more, named of the standing. Raises as
        `parsed_revision`."""
        return self.standing_at(self.parsed_revision)


def with_structure(event: TextEvent, structure: Structure) -> TextEvent:
    """The text event with what is found in its text; notes of an earlier structure go, the parser's stay."""
    return msgspec.structs.replace(
        event,
        title=structure.title,
        language=structure.language,
        sections=structure.sections,
        identity_spans=structure.identity_spans,
        entries=structure.entries,
        mentions=structure.mentions,
        disclaimed_spans=structure.disclaimed_spans,
        requirements_found=structure.requirements_found,
        structure_version=structure.version,
        notes=[note for note in event.notes if note.code not in STRUCTURE_NOTES] + structure.notes,
    )


class Stretches(msgspec.Struct, frozen=True):
    """Stretches of the stored text and one vector for each, in the same order."""

    spans: list[Span]
    vectors: PackedVectors


class Embedding(msgspec.Struct, frozen=True, kw_only=True):
    """What the embedding service made of a text. `space` is 8 hex digits."""

    space: str
    model: str
    dimension: int
    windows: Stretches
    units: Stretches


class VectorsEvent(TextEvent, frozen=True, kw_only=True):
    """A document's text and vectors together: the value of a vectors topic."""

    embedding: Embedding


class StatusEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of one revision: the value of documents.status.v1. `at` is RFC 3339, UTC.

    `published` goes with a failure: whether the text topic, or a vectors topic too, holds a record of the revision,
    which is then not to be the last of its key. `superseded_by` is the revision of an event of the same source
    that came before, though its sequence is not lower: what was reported of `revision` so far counts no more.
    """

    tenant: str
    kind: Kind
    id: str
    revision: str
    status: Status
    error: DocumentError | None = None
    published: bool = False
    superseded_by: str | None = None
    source_event: SourceEvent
    at: str

    @property
    def key(self) -> DocumentKey:
        """The identity of the document that the status is of."""
        return DocumentKey(self.tenant, self.kind, self.id)

    @property
    def parsed_revision(self) -> Revision:
        """See `TextEvent.parsed_revision`."""
        return Revision.parse(self.revision)


class MetadataChange(StandingFields, frozen=True, kw_only=True):
    """A change of a document's metadata alone: the value of documents.metadata-changes.v1. `metadata` is the JSON merge
    patch (RFC 7396) as it was submitted: null removes a name. `submitted_at` is RFC 3339. What it names of the
    standing: see StandingFields.

    With `expired_revision` it changes nothing: the document is to be erased where it is still expired when this is
    read, and nothing newer than that revision was submitted.
    """

    tenant: str
    kind: Kind
    id: str
    revision: str
    source_event: SourceEvent
    metadata: MetadataPatch
    submitted_at: str
    expired_revision: str | UnsetType = UNSET

    @property
    def key(self) -> DocumentKey:
        """The identity of the document that the change is of."""
        return DocumentKey(self.tenant, self.kind, self.id)

    @property
    def parsed_revision(self) -> Revision:
        """See `TextEvent.parsed_revision`."""
        return Revision.parse(self.revision)

    @property
    def standing(self) -> Standing:
        """What it names of the standing. Raises as `parsed_revision`."""
        return self.standing_at(self.parsed_revision)

    @property
    def expired(self) -> Revision | None:
        """`expired_revision` as a pair; None for a change. Raises as `parsed_revision`."""
        return None if self.expired_revision is UNSET else Revision.parse(self.expired_revision)


class WholeMetadata(StandingFields, frozen=True, kw_only=True):
    """A document's whole metadata and standing, as matching holds them: the value of documents.metadata.v1. `revision`
    is that of the submission or change that made them so; `metadata_revision` that of the metadata alone: absent where
    it is the same, null where nobody ever named any."""

    tenant: str
    kind: Kind
    id: str
    revision: str
    metadata: Metadata
    metadata_revision: str | UnsetType | None = UNSET

    @property
    def key(self) -> DocumentKey:
        """The document's identity."""
        return DocumentKey(self.tenant, self.kind, self.id)

    @property
    def parsed_revision(self) -> Revision:
        """See `TextEvent.parsed_revision`."""
        return Revision.parse(self.revision)

    @property
    def named_metadata_at(self) -> Revision | None:
        """See `TextEvent.named_metadata_at`."""
        if self.metadata_revision is None:
            return None
        return Revision.parse(self.revision if self.metadata_revision is UNSET else self.metadata_revision)

    @property
    def standing(self) -> Standing:
        """The whole standing. Raises as `parsed_revision`."""
        return self.standing_at(self.parsed_revision)


def text_of(event: VectorsEvent) -> TextEvent:
    """The text event inside a vectors event."""
    return TextEvent(**{name: getattr(event, name) for name in TextEvent.__struct_fields__})


def with_embedding(event: TextEvent, embedding: Embedding) -> VectorsEvent:
    """The vectors event of a text event."""
    return VectorsEvent(**{name: getattr(event, name) for name in TextEvent.__struct_fields__}, embedding=embedding)


Text = TypeVar("Text", TextEvent, VectorsEvent)


def with_metadata_of(event: Text, older: TextEvent) -> Text:
    """The event that replaces an `older` one of its document, which nobody works on any more: with the metadata and the
    standing that the older one named, where it names none itself."""
    event = with_standing(event, older.standing)
    named = older.named_metadata_at
    if event.metadata_revision is not None or named is None:
        return event
    return msgspec.structs.replace(event, metadata=older.metadata, metadata_revision=str(named))


def with_standing(event: Text, older: Standing) -> Text:
    """The event with what older ones named of the standing, where it names that not itself."""
    joined = event.standing.joined(older)
    if joined == event.standing:
        return event
    return msgspec.structs.replace(event, **standing_fields(joined, event.parsed_revision))


Event = TypeVar("Event", TextEvent, VectorsEvent, StatusEvent, MetadataChange, WholeMetadata)


def encode(event: TextEvent | StatusEvent | MetadataChange | WholeMetadata) -> bytes:
    """The record value. Raises ValueError where a text holds a lone surrogate."""
    return msgspec.json.encode(event)


def decode(value: bytes, kind: type[Event]) -> Event:
    """Reads a record value; checks forms as well as types.

    Raises RecordRejected (`invalid_content`) with a sentence where it is not such an event.
    """
    try:
        event = msgspec.json.decode(value, type=kind)
        _ = (event.key, event.parsed_revision)
        if not isinstance(event, StatusEvent):
            _ = event.standing
        if isinstance(event, TextEvent | WholeMetadata):
            _ = event.named_metadata_at
        if isinstance(event, MetadataChange):
            _ = event.expired
        if not isinstance(event, WholeMetadata):
            read_sequence(event.source_event.sequence, event.source_event.sequence_type)
        if isinstance(event, TextEvent) and not event.submitted_at:
            # Before texts had a structure, `as_of` was the moment of submission.
            event = msgspec.structs.replace(event, submitted_at=event.as_of, as_of=day_of(event.metadata, event.as_of))
    except (msgspec.MsgspecError, ValueError) as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the value is no {kind.__name__}: {error}") from error
    return event
