"""What webhooks tell: types of events, and an event as the body that is sent. Knows nothing of how it is delivered."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from libs.contracts.documents import DocumentError
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.identifiers import Kind
from libs.contracts.iso_dates import moment_of
from libs.contracts.statuses import Status

_DOCUMENT = "document."
TEST_TYPE: Final = "webhook.test"
TYPES: Final = tuple(f"{_DOCUMENT}{status}" for status in Status)
"""Every type that a webhook may ask for."""
ENDS: Final = tuple(
    f"{_DOCUMENT}{status}" for status in (Status.INDEXED, Status.FAILED, Status.SUPERSEDED, Status.ERASED)
)
"""The types in which a submission ends: what a webhook is told that asks for nothing else."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a tenant. `id` is the same however often it is read; `body` is what is sent."""

    id: str
    type: str
    at: datetime
    body: bytes


class DocumentData(msgspec.Struct, omit_defaults=True):
    """`data` of an event about a document. `revision` is the submission's that reached the status."""

    kind: Kind
    id: str
    revision: str
    status: Status
    error: DocumentError | None = None
    source_event: SourceEvent | None = None


class TrialData(msgspec.Struct):
    """`data` of a test event."""

    webhook_id: str
    message: str


class Body(msgspec.Struct):
    """The body of a webhook. `timestamp` is when it happened (RFC 3339), not when it is sent."""

    type: str
    timestamp: str
    data: DocumentData | TrialData


def type_of(status: Status) -> str:
    """The type of the event that a submission has reached a status."""
    return f"{_DOCUMENT}{status}"


def event_of(report: StatusEvent, read_at: datetime) -> Event:
    """The event that a status tells. `read_at` stands for the time of one that names none that can be read.

    Its id is made of what it says, not of its record: a status that is published twice is one event.
    """
    data = DocumentData(
        kind=report.kind,
        id=report.id,
        revision=report.revision,
        status=report.status,
        error=report.error,
        source_event=report.source_event,
    )
    return Event(
        id=_digest(report.tenant, report.kind, report.id, report.revision, report.status),
        type=type_of(report.status),
        at=moment_of(report.at) or read_at,
        body=msgspec.json.encode({"type": type_of(report.status), "timestamp": report.at, "data": data}),
    )


def new_test_event(webhook_id: str, at: datetime) -> Event:
    """An event that says nothing but that the webhook works."""
    body = {
        "type": TEST_TYPE,
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": TrialData(webhook_id, "this event was asked for to try the webhook"),
    }
    return Event(secrets.token_hex(16), TEST_TYPE, at, msgspec.json.encode(body))


def message_id(webhook_id: str, event_id: str) -> str:
    """`webhook-id`: the same for one event and webhook at every attempt and replay, and without a full stop."""
    return f"msg_{_digest(webhook_id, event_id)}"


def _digest(*parts: str) -> str:
    """26 characters of a hash of the parts, none of which holds a line break."""
    return b32encode(hashlib.sha256("\n".join(parts).encode()).digest()[:16]).decode().rstrip("=").lower()


def parsed_types(names: Iterable[str]) -> list[str]:
    """Types without repetition, in the order of TYPES. Raises ValueError, with a sentence, for one there is not."""
    wanted = set(names)
    if unknown := sorted(wanted - set(TYPES)):
        raise ValueError(f"there is no type {unknown[0][:60]!r}: types are {', '.join(TYPES)}")
    if not wanted:
        raise ValueError("a webhook needs a type at least; without types it is told of " + ", ".join(ENDS))
    return [name for name in TYPES if name in wanted]
