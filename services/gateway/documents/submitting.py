"""Submits a document: publishes the submitted event, learns its revision, reports it queued, in this order."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from prometheus_client import Counter

from libs.contracts import cloudevents, events, topics
from libs.contracts.documents import Metadata
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision, revision_of
from libs.contracts.standing import NAMES_NOTHING, NamedStanding, attributes_of
from libs.contracts.statuses import Status
from libs.messaging.publishing import Outgoing, Published, Publisher
from libs.messaging.reporting import now, status_event, status_event_record
from libs.telemetry.logs import get_logger
from libs.telemetry.record_spans import record_headers
from services.gateway.clients.matching import MatchingClient
from services.gateway.documents.keeping import Keeping
from services.gateway.problems import MatchingRefusal, unavailable
from services.gateway.statuses.overlay import Overlay, StatusPosition

SOURCE = "/shortlist/gateway"

log = get_logger(__name__)

# Documents submitted through this gateway, by kind of document.
SUBMITTED = Counter("shortlist_gateway_submitted_total", "Documents whose event the broker acknowledged", ["kind"])


@dataclass(frozen=True, slots=True)
class Submission:
    """A document as it goes into its record. `filename`, `metadata` and `standing` only where the value is a file's
    bytes; without `metadata` it names none."""

    id: str | None
    value: bytes
    content_type: str
    filename: str | None = None
    metadata: Metadata | None = None
    standing: NamedStanding = NAMES_NOTHING


@dataclass(frozen=True, slots=True)
class Submitted:
    """An acknowledged event: the revision it became and where it came from."""

    revision: Revision
    source_event: SourceEvent


class EventLog:
    """Publishes events about documents and gives them their revision."""

    def __init__(self, publisher: Publisher, tryout_stamp: int | None, check_room: Callable[[], None]) -> None:
        self._publisher = publisher
        self._tryout_stamp = tryout_stamp
        self._check_room = check_room

    async def append(
        self,
        key: DocumentKey,
        type: str,
        value: bytes | None,
        content_type: str,
        *,
        event_id: str | None = None,
        **attributes: str,
    ) -> Submitted:
        """Publishes onto documents.submitted.v1; under `event_id`, or an id that no event had.

        Raises DependencyUnavailable; RecordRejected where the broker refuses it.
        """
        self._check_room()
        event_id = event_id or uuid.uuid4().hex
        headers: list[tuple[str, bytes | None]] = [
            *cloudevents.binary_headers(
                type=type,
                source=SOURCE,
                id=event_id,
                subject=key.subject,
                time=now(),
                content_type=content_type,
                **attributes,
            ),
            *record_headers(),
        ]
        published = await self._publisher.publish(Outgoing(topics.SUBMITTED, key.encode(), value, headers))
        return Submitted(self._revision(published), SourceEvent(SOURCE, event_id))

    async def report(self, event: StatusEvent) -> StatusPosition:
        """Publishes a status. Raises DependencyUnavailable."""
        published = await self._publisher.publish(status_event_record(event))
        return StatusPosition(published.partition, published.offset)

    def _revision(self, published: Published) -> Revision:
        try:
            return revision_of(
                timestamp=published.timestamp,
                timestamp_type=published.timestamp_type,
                offset=published.offset,
                tryout_stamp=self._tryout_stamp,
            )
        except ValueError as error:
            raise DependencyUnavailable("broker", str(error)) from error


class Submitting:
    """Submits documents. `outlives_broker`: whether queued must reach matching before anybody is told of it."""

    def __init__(
        self, event_log: EventLog, overlay: Overlay, matching: MatchingClient, *, outlives_broker: bool
    ) -> None:
        self._event_log = event_log
        self._overlay = overlay
        self._keeping = Keeping(matching)
        self._outlives_broker = outlives_broker

    async def submit(self, key: DocumentKey, submission: Submission, event_id: str | None = None) -> Revision:
        """The revision under which the document is now queued. `event_id`: see `EventLog.append`.

        Raises DependencyUnavailable where the event could not be published, and Problem (`unavailable`, naming
        the id) where it could but its status could not: sending it again under that id is safe.
        """
        attributes = attributes_of(submission.standing)
        if submission.filename:
            attributes["filename"] = submission.filename
        if submission.metadata is not None:
            attributes["metadata"] = msgspec.json.encode(submission.metadata).decode()
        submitted = await self._event_log.append(
            key,
            events.TYPE_SUBMITTED,
            submission.value,
            submission.content_type,
            event_id=event_id,
            **attributes,
        )
        event = status_event(key, submitted.revision, Status.QUEUED, source_event=submitted.source_event)
        try:
            position, _ = await asyncio.gather(self._event_log.report(event), self._keep(event))
        except (DependencyUnavailable, MatchingRefusal) as error:
            log.warning("status_not_kept", document=str(key), reason=str(error))
            raise unavailable(
                f"{key.kind} {key.id} reached the broker but its status could not be kept; send it again with PUT "
                "under this id",
                extra={"id": key.id},
            ) from error
        self._overlay.note(event, position)
        SUBMITTED.labels(key.kind).inc()
        return submitted.revision

    async def _keep(self, event: StatusEvent) -> None:
        # Nothing on the try-out broker survives it; a document that was answered with 202 must be remembered.
        if self._outlives_broker:
            await self._keeping.keep(event)
