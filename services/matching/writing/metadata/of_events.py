"""What a vectors event says of its document's metadata and standing, and whether the topics tell what came of it."""

from __future__ import annotations

from msgspec import UNSET

from libs.contracts.events import MetadataChange, VectorsEvent, WholeMetadata
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED, Named, Standing, standing_fields
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
    if _is_repeated(event, outcome, indexed, kept_at):
        # Sent again by its producer: what is stored stays, changes since included, and takes the revision.
        return [] if history.at is None else [Statement(revision, {}, replaces=False)]
    if named is None:
        return []
    return [Statement(named, {**event.metadata}, replaces=True, source_event=event.source_event)]


def standing_said_by(
    event: VectorsEvent, outcome: Outcome, history: History, *, indexed: Revision | None, kept_at: Revision | None
) -> Standing:
    """What the event names of the standing: see `said_by`."""
    if outcome in (Outcome.ERASED, Outcome.REPLAYED):
        return NEVER_NAMED
    if not _is_repeated(event, outcome, indexed, kept_at):
        return event.standing
    named, kept = event.standing, history.standing
    return Standing(_moved(named.expires_at, kept.expires_at), _moved(named.state, kept.state))


def _moved(named: Named | None, kept: Named | None) -> Named | None:
    """What is kept, at the revision at which it is named once more."""
    return None if named is None else Named(None if kept is None else kept.value, named.at)


def _is_repeated(event: VectorsEvent, outcome: Outcome, indexed: Revision | None, kept_at: Revision | None) -> bool:
    again = indexed is not None and kept_at == indexed < event.parsed_revision
    return outcome is Outcome.RESTORED or (outcome is Outcome.INDEXED and again)


def is_told_by(event: VectorsEvent, history: History) -> bool:
    """Whether a database that is filled from the vectors topic alone would have these metadata and this standing."""
    if event.standing != history.standing:
        return False
    return history.at is None or (event.named_metadata_at, event.metadata) == (history.at, history.metadata)


def whole_record(key: DocumentKey, history: History) -> Outgoing:
    """The record of a document's metadata and standing. Only where some were named."""
    newest = history.newest
    if newest is None:
        raise AssertionError("metadata that nobody named are not published")
    named_at = None if history.at is None else str(history.at)
    return metadata_record(
        WholeMetadata(
            tenant=key.tenant,
            kind=key.kind,
            id=key.id,
            revision=str(newest),
            metadata=history.metadata,
            metadata_revision=UNSET if history.at == newest else named_at,
            **standing_fields(history.standing, newest),
        )
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
