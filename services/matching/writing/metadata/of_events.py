"""What a vectors event says of its document's metadata, and whether the topics tell what came of it."""

from __future__ import annotations

from libs.contracts.events import MetadataChange, VectorsEvent, WholeMetadata
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.messaging.publishing import Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import metadata_change_record, metadata_record
from services.matching.writing.metadata.history import History, Statement
from services.matching.writing.written import Outcome, RefusedChange


def said_by(
    event: VectorsEvent, outcome: Outcome, history: History, *, indexed: Revision | None, kept_at: Revision | None
) -> list[Statement]:
    """What the event says, where `outcome` is what becomes of it. `indexed`: the revision that is stored; `kept_at`:
    the newest revision at which the same event was kept before."""
    revision, named = event.parsed_revision, event.named_metadata_at
    if outcome in (Outcome.ERASED, Outcome.REPLAYED):
        return []
    is_repeated = indexed is not None and kept_at == indexed < revision
    if outcome is Outcome.RESTORED or (outcome is Outcome.INDEXED and is_repeated):
        # Sent again by its producer: what is stored stays, changes since included, and takes the revision.
        return [] if history.at is None else [Statement(revision, {}, replaces=False)]
    if named is None:
        return []
    return [Statement(named, {**event.metadata}, replaces=True, source_event=event.source_event)]


def is_told_by(event: VectorsEvent, history: History) -> bool:
    """Whether a database that is filled from the vectors topic alone would have these metadata."""
    return history.at is None or (event.named_metadata_at, event.metadata) == (history.at, history.metadata)


def whole_record(key: DocumentKey, history: History) -> Outgoing:
    """The record of a document's metadata. Only where some were named."""
    if history.at is None:
        raise AssertionError("metadata that nobody named are not published")
    return metadata_record(
        WholeMetadata(tenant=key.tenant, kind=key.kind, id=key.id, revision=str(history.at), metadata=history.metadata)
    )


def record_of_change(change: RefusedChange) -> Record:
    """The record that a change came in, made anew from what was kept of it; its place is not known any more."""
    key, statement = change.key, change.refused.statement
    record = metadata_change_record(
        MetadataChange(
            tenant=key.tenant,
            kind=key.kind,
            id=key.id,
            revision=str(statement.revision),
            source_event=statement.source_event,
            metadata=statement.said,
            submitted_at=statement.submitted_at,
        )
    )
    return Record(record.topic, -1, -1, 0, 0, record.key, record.value, tuple(record.headers))
