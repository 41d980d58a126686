"""What a record of documents.submitted.v1 asks for, by the table of what comes in and where it ends.

Lenient where nothing is lost by it. An event without `ce_source` counts as from its topic, one without
`ce_id` is named by its place in the topic, a field or header nobody knows is passed over, and a
deletion is carried out whatever its value holds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec

from libs.contracts import cloudevents
from libs.contracts.cloudevents import CloudEvent
from libs.contracts.documents import Metadata, day_of
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.events import TYPE_DELETED, TYPE_METADATA_CHANGED, TYPE_SUBMITTED, SourceEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.json_reading import UnreadableJson, read_json
from libs.contracts.metadata_patch import MetadataPatch, check_patch
from libs.contracts.revision import Revision, revision_of
from libs.contracts.standing import EXPIRED_REVISION_ATTRIBUTE, InvalidStanding, NamedStanding, named_by
from libs.contracts.text_preparation import without_forbidden
from libs.contracts.topics import SUBMITTED
from libs.messaging.dead_letters import REPLAYED_REVISION
from libs.messaging.records import Record
from libs.messaging.reporting import now
from services.ingest.parsing.content import Content
from services.ingest.records.submission import Change, Deletion, Expiry, Reading, Refusal, Subject, Submission

_OUR_TYPE: Final = re.compile(r"shortlist\.document\.(submitted|deleted|metadata-changed)\.v\d+")
_Rfc3339 = Annotated[datetime, msgspec.Meta(tz=True)]
_MAX_ATTRIBUTE_CHARS = 1_000


def read_record(record: Record, tryout_stamp: int | None) -> Reading:
    """Blocks for as long as a structured event of 12 MiB takes to decode."""
    try:
        event: CloudEvent | None = cloudevents.read(record.value, record.headers)
        fault: RecordRejected | None = None
    except RecordRejected as unreadable:
        event, fault = None, unreadable
    named = named_key(record.key, event)
    tenant = tenant_of_topic(record.topic)
    if tenant is not None and named is not None and named.tenant != tenant:
        refused = RecordRejected(
            ErrorCode.INVALID_KEY, f"{record.topic} is tenant {tenant}'s; the key is of another one"
        )
        return Refusal(refused, None, dead_letter=True)
    try:
        subject = _subject(named, record, event, tryout_stamp)
    except RecordRejected as without_revision:
        return Refusal(without_revision, None, dead_letter=True)
    try:
        # A fault in reading the event weighs more than one in its key.
        if event is None:
            raise fault or AssertionError("an event that could not be read has a fault")
        cloudevents.identity(record.key, event)
        _check_type(record, event)
    except RecordRejected as refused:
        return Refusal(refused, subject, dead_letter=True)
    assert subject is not None  # identity() would have raised
    if event.type == TYPE_DELETED:
        return _deletion(subject, event, record)
    try:
        standing, submitted_at = _standing(event, subject.key), _submitted_at(event, record)
        if event.type == TYPE_METADATA_CHANGED:
            return Change(subject, _patch(event, may_be_empty=bool(standing)), submitted_at, standing)
        metadata = _metadata(event)
        content = _content(subject.key, event, day_of(metadata or {}, submitted_at))
        return Submission(subject, content, metadata, submitted_at, standing)
    except RecordRejected as invalid:
        return Refusal(invalid, subject, dead_letter=False)


def _subject(
    key: DocumentKey | None, record: Record, event: CloudEvent | None, tryout_stamp: int | None
) -> Subject | None:
    if key is None:
        return None
    return Subject(key, _revision(record, tryout_stamp), _source_event(record, event))


def subject_by_key(record: Record, tryout_stamp: int | None) -> Subject | None:
    """The document that a record's key names, without a look at the rest; None where it names none."""
    key = named_key(record.key, None)
    tenant = tenant_of_topic(record.topic)
    if key is None or (tenant is not None and key.tenant != tenant):
        return None
    try:
        return _subject(key, record, None, tryout_stamp)
    except RecordRejected:
        return None


def tenant_of_topic(topic: str) -> str | None:
    """The tenant whose own topic this is; None for the shared one."""
    return topic.removeprefix(f"{SUBMITTED}.") if topic.startswith(f"{SUBMITTED}.") else None


def named_key(key: bytes | None, event: CloudEvent | None) -> DocumentKey | None:
    """The document that the record's key names, or without a key its `partitionkey`, whatever else is wrong."""
    try:
        if key:
            return DocumentKey.decode(key)
        return DocumentKey.parse(event.partition_key) if event and event.partition_key else None
    except ValueError:
        return None


def _revision(record: Record, tryout_stamp: int | None) -> Revision:
    """The record's own, or the older one it had before it was dead-lettered and replayed."""
    own = _own_revision(record, tryout_stamp)
    replayed = record.header(REPLAYED_REVISION)
    if replayed is None:
        return own
    try:
        return min(own, Revision.parse(replayed))
    except ValueError as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the header {REPLAYED_REVISION}: {error}") from error


def _own_revision(record: Record, tryout_stamp: int | None) -> Revision:
    try:
        return revision_of(
            timestamp=record.timestamp,
            timestamp_type=record.timestamp_type,
            offset=record.offset,
            tryout_stamp=tryout_stamp,
        )
    except ValueError as error:
        # Waiting would not help: a record keeps the kind of its timestamp when its topic is corrected.
        raise RecordRejected(ErrorCode.INTERNAL, f"{record.topic}: {error}; then replay this record") from error


def _source_event(record: Record, event: CloudEvent | None) -> SourceEvent:
    source = event.source if event else record.header("ce_source")
    event_id = event.id if event else record.header("ce_id")
    return SourceEvent(
        _attribute(source) or record.topic, _attribute(event_id) or f"{record.partition}-{record.offset}"
    )


def _attribute(text: str | None) -> str:
    return without_forbidden(text or "")[:_MAX_ATTRIBUTE_CHARS]


def _check_type(record: Record, event: CloudEvent) -> None:
    if record.value is None and event.type != TYPE_DELETED:
        raise RecordRejected(
            ErrorCode.NULL_WITHOUT_DELETE, f"a null value deletes only with the type {TYPE_DELETED}, not {event.type!r}"
        )
    if event.type in (TYPE_SUBMITTED, TYPE_METADATA_CHANGED, TYPE_DELETED):
        return
    known = f"{TYPE_SUBMITTED}, {TYPE_METADATA_CHANGED} and {TYPE_DELETED} are known"
    if _OUR_TYPE.fullmatch(event.type):
        raise RecordRejected(ErrorCode.UNKNOWN_VERSION, f"the version of the type {event.type!r} is unknown; {known}")
    raise RecordRejected(ErrorCode.UNKNOWN_TYPE, f"the type {event.type[:120]!r} is unknown; {known}")


def _deletion(subject: Subject, event: CloudEvent, record: Record) -> Reading:
    about = event.attributes.get(EXPIRED_REVISION_ATTRIBUTE)
    if about is None:
        return Deletion(subject)
    try:
        return Expiry(subject, Revision.parse(about), _submitted_at(event, record))
    except ValueError as error:
        # What is to be erased on a condition is not erased without it, and its document has not failed.
        refused = RecordRejected(ErrorCode.INVALID_CONTENT, f"ce_{EXPIRED_REVISION_ATTRIBUTE}: {error}")
        return Refusal(refused, None, dead_letter=True)


def _content(key: DocumentKey, event: CloudEvent, as_of: str) -> Content:
    if not event.data:
        raise RecordRejected(ErrorCode.EMPTY, "the event holds nothing: its value is empty")
    return Content(
        kind=key.kind, data=event.data, as_of=as_of, content_type=event.content_type, filename=event.filename
    )


def _metadata(event: CloudEvent) -> Metadata | None:
    named = event.metadata()
    return None if named is None else {without_forbidden(name): _cleaned(value) for name, value in named.items()}


def _standing(event: CloudEvent, key: DocumentKey) -> NamedStanding:
    try:
        return named_by(event.attributes, key.kind)
    except InvalidStanding as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, without_forbidden(str(error))) from error


def _patch(event: CloudEvent, *, may_be_empty: bool) -> MetadataPatch:
    """The change that an event asks for: its value is the patch itself, or has it as its only field, `metadata`."""
    if not event.data and may_be_empty:
        return {}
    if not event.data:
        raise RecordRejected(ErrorCode.EMPTY, "the event holds no change of metadata: its value is empty")
    try:
        value = read_json(event.data, refuses_repeats=False)
        # No metadata hold an object, so nothing else can be meant.
        wrapped = isinstance(value, dict) and list(value) == ["metadata"] and isinstance(value["metadata"], dict)
        patch = value["metadata"] if wrapped else value
        if isinstance(patch, dict):
            patch = {without_forbidden(name): _cleaned(entry) for name, entry in patch.items()}
        return check_patch(patch)
    except UnreadableJson as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the change of metadata {error}") from None
    except ValueError as error:
        raise RecordRejected(ErrorCode.INVALID_CONTENT, f"the change of metadata: {str(error)[:400]}") from None


def _cleaned(value: Any) -> Any:
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return without_forbidden(value) if isinstance(value, str) else value


def _submitted_at(event: CloudEvent, record: Record) -> str:
    """When it was submitted: as the sender says, else as the broker stamped it, else now."""
    try:
        moment = msgspec.convert(event.attributes.get("time"), _Rfc3339, strict=False)
        return _utc(moment)
    except (msgspec.ValidationError, OverflowError):
        if record.timestamp_type != 1:
            return now()
        return _utc(datetime.fromtimestamp(record.timestamp / 1000, UTC))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
