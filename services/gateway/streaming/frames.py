"""What goes over the wire of a stream: fields and lines as the HTML standard's server-sent events have them.

A block with an `id:` and without data calls nobody at the reader's, but moves the id that it comes back with: so a
heartbeat tells how far the topic was read also to those for whom there was nothing in it.
"""

from __future__ import annotations

import random
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from libs.contracts.documents import DocumentError
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.inner.fields import DocumentId, DocumentKind, RevisionText
from libs.contracts.statuses import Status

# After how long a reader may come back that lost its connection; readers of a gateway that stops come spread out.
RETRY_MS = 2_000
RETRY_SPREAD_MS = 3_000


class StreamedStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of one submission, as the status topic has it. `error` goes with `failed`; `at` is RFC 3339, UTC."""

    kind: DocumentKind
    id: DocumentId
    revision: RevisionText
    status: Annotated[Status, Meta(description="What became of this submission")]
    error: Annotated[DocumentError | None, Meta(description="Why it failed; absent where it did not")] = None
    source_event: Annotated[SourceEvent, Meta(description="The event that the submission came by")]
    at: Annotated[str, Meta(description="When, RFC 3339, UTC")]


class ResetReason(StrEnum):
    """Why a stream could not go on where its reader stopped."""

    MALFORMED = "malformed"
    OTHER_BROKER = "other_broker"
    EXPIRED = "expired"
    AHEAD = "ahead"


class Reset(msgspec.Struct, frozen=True):
    """The stream goes on from now: what happened in between is not in it. `message` is a sentence."""

    reason: Annotated[ResetReason, Meta(description="Why the stream could not go on where its reader stopped")]
    message: Annotated[str, Meta(description="The same in a sentence")]


RESETS: Final[dict[ResetReason, str]] = {
    ResetReason.MALFORMED: "the last event id is none that a gateway made, so nobody knows what was missed",
    ResetReason.OTHER_BROKER: "the last event id is of another broker's log, or of one that was made anew",
    ResetReason.EXPIRED: "the last event id is older than what the status topic keeps",
    ResetReason.AHEAD: "the last event id is of a later time than the end of the status topic: its end was lost",
}


def opening(event_id: str) -> bytes:
    """The first block: from where on the stream goes, and how long to wait before coming back."""
    return b": this stream begins here\nretry: %d\nid: %b\n\n" % (RETRY_MS, event_id.encode())


def status(event: StatusEvent, event_id: str) -> bytes:
    """A status; the tenant is not in it."""
    data = StreamedStatus(
        kind=event.kind,
        id=event.id,
        revision=event.revision,
        status=event.status,
        error=event.error,
        source_event=event.source_event,
        at=event.at,
    )
    return _event("status", data, event_id)


def reset(reason: ResetReason, event_id: str) -> bytes:
    """The stream goes on elsewhere than its reader asked for, at `event_id`."""
    return _event("reset", Reset(reason, f"{RESETS[reason]}; read the documents anew, then follow from here"), event_id)


def heartbeat(event_id: str) -> bytes:
    """Nothing for this reader came, up to `event_id`."""
    return b": nothing new\nid: %b\n\n" % event_id.encode()


def farewell() -> bytes:
    """The stream ends here; its reader comes back with the last id it got."""
    return b": come back\nretry: %d\n\n" % (RETRY_MS + random.randrange(RETRY_SPREAD_MS))


def _event(name: str, data: msgspec.Struct, event_id: str) -> bytes:
    # JSON of msgspec holds no line breaks.
    return b"event: %b\ndata: %b\nid: %b\n\n" % (name.encode(), msgspec.json.encode(data), event_id.encode())
