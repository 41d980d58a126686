"""Deletes a document: the deleted event, the status erased, and matching told at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from libs.contracts import events
from libs.contracts.cloudevents import JSON
from libs.contracts.erasures import Progress, Receipt
from libs.contracts.erasures import receipt as made_receipt
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey, is_receipt_id, receipt_id
from libs.contracts.statuses import Status
from libs.messaging.reporting import status_event
from libs.telemetry.logs import get_logger
from services.gateway.clients.matching import MatchingClient
from services.gateway.documents.submitting import EventLog
from services.gateway.problems import MatchingRefusal, Problem, unavailable
from services.gateway.statuses.overlay import Overlay

log = get_logger(__name__)


class Deleting:
    """Deletes documents. `outlives_broker`: whether the erasure must reach matching before anybody is told of it."""

    def __init__(
        self, event_log: EventLog, overlay: Overlay, matching: MatchingClient, *, outlives_broker: bool
    ) -> None:
        self._event_log = event_log
        self._overlay = overlay
        self._matching = matching
        self._outlives_broker = outlives_broker

    async def delete(self, key: DocumentKey, event_id: str | None = None) -> str:
        """The receipt's id. From its return on no gateway that reaches the broker shows the document. `event_id`: see
        `EventLog.append`.

        Raises DependencyUnavailable or Problem (`unavailable`) where that can't be promised; deleting again is safe.
        """
        submitted = await self._event_log.append(key, events.TYPE_DELETED, None, JSON, event_id=event_id)
        event = status_event(key, submitted.revision, Status.ERASED, source_event=submitted.source_event)
        position = await self._event_log.report(event)
        self._overlay.note(event, position)
        try:
            await self._matching.erase(key, submitted.revision)
        except (DependencyUnavailable, MatchingRefusal) as error:
            # The status topic tells matching as well; only the try-out broker could forget it first.
            log.warning("erasure_left_to_the_topic", document=str(key), reason=str(error))
            if self._outlives_broker:
                raise unavailable(
                    f"{key.kind} {key.id} is hidden, but its erasure could not be kept; delete it again"
                ) from error
        return receipt_id(key, submitted.revision)

    async def receipt(self, tenant: str, receipt: str) -> Receipt:
        """What is done of an erasure, per store. Raises Problem (`invalid_id`, `not_found`), DependencyUnavailable."""
        if not is_receipt_id(receipt):
            raise Problem(
                "invalid_id",
                f"{receipt[:120]!r} is not a receipt's id: take it from the answer to DELETE",
                parameter="receipt_id",
            )
        found: Receipt | None = None
        reported = self._overlay.erasure(tenant, receipt)
        try:
            found = await self._matching.receipt(tenant, receipt)
        except DependencyUnavailable:
            if reported is None:
                raise
        if found is not None:
            return found
        if reported is None:
            raise Problem("not_found", f"there is no erasure with the receipt {receipt[:120]}")
        return pending_receipt(reported)


def pending_receipt(reported: StatusEvent) -> Receipt:
    """The receipt of an erasure that matching has not come to yet, from the status that reported it."""
    progress = Progress(requested_at=datetime.fromisoformat(reported.at))
    id = receipt_id(reported.key, reported.parsed_revision)
    # Of no moment while no store is emptied: nothing ages out yet.
    return made_receipt(id, reported.kind, reported.revision, progress, heartbeat=timedelta(0), cache=timedelta(0))
