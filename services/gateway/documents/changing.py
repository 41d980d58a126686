"""Changes a document's metadata and standing alone: publishes the event, and waits until matching has applied it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import msgspec

from libs.contracts import events
from libs.contracts.cloudevents import JSON
from libs.contracts.documents import InvalidMetadata
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.documents import Document
from libs.contracts.metadata_patch import MetadataPatch, patched
from libs.contracts.revision import Revision
from libs.contracts.standing import NAMES_NOTHING, NamedStanding, attributes_of
from libs.contracts.statuses import Status
from services.gateway.documents.reading import Reading
from services.gateway.documents.submitting import EventLog
from services.gateway.problems import Problem, invalid_metadata
from services.gateway.statuses.overlay import Reports

# How often matching is asked while a caller waits: of a change that was applied no status is reported.
ASK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be changed: a merge patch of the metadata, empty where these stay, and what is named of the
    standing."""

    metadata: MetadataPatch
    standing: NamedStanding = NAMES_NOTHING


class Changing:
    """Changes metadata and standing."""

    def __init__(self, event_log: EventLog, reading: Reading) -> None:
        self._event_log = event_log
        self._reading = reading

    async def change(self, key: DocumentKey, change: Change, event_id: str | None = None) -> Revision:
        """The revision of the change. From its return on the change is in the log, and applied in its order.
        `event_id`: see `EventLog.append`.

        Raises Problem: `not_found`, `unavailable`, and `invalid_metadata` where the document's metadata, as they are
        shown now, would not have their form with the change. Raises DependencyUnavailable.
        """
        document = await self._reading.document(key)
        try:
            patched(document.metadata, change.metadata)
        except InvalidMetadata as error:
            raise invalid_metadata(error) from None
        value, attributes = msgspec.json.encode(change.metadata), attributes_of(change.standing)
        submitted = await self._event_log.append(
            key, events.TYPE_METADATA_CHANGED, value, JSON, event_id=event_id, **attributes
        )
        return submitted.revision

    async def until_applied(
        self, key: DocumentKey, revision: Revision, reports: Reports, seconds: float
    ) -> Document | StatusEvent | None:
        """The document once the change is in it; the report that ended it otherwise, `failed` or `erased`; None in
        time-out."""
        deadline = time.monotonic() + seconds
        while True:
            ended = next((event for event in reports.came if _ends(event, revision)), None)
            if ended is not None:
                return ended
            document = await self._shown(key)
            if document is not None and _has(document, revision):
                return document
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            await asyncio.sleep(min(ASK_SECONDS, left))

    async def _shown(self, key: DocumentKey) -> Document | None:
        try:
            return await self._reading.document(key)
        except (DependencyUnavailable, Problem):
            return None  # the change is in the log: what cannot be shown at the moment is waited for


def _has(document: Document, revision: Revision) -> bool:
    at = document.metadata_revision
    return at is not None and Revision.parse(at) >= revision


def _ends(event: StatusEvent, revision: Revision) -> bool:
    if event.status is Status.ERASED:
        return event.parsed_revision >= revision
    return event.status is Status.FAILED and event.parsed_revision == revision
