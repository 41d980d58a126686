"""Deletes a document: the deleted event, the status erased, and matching told at once."""

from __future__ import annotations

from typing import Any

from libs.contracts import events
from libs.contracts.cloudevents import JSON
from libs.contracts.errors import SurroundingsFault
from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.statuses import Status
from libs.messaging.reporting import status_event
from libs.telemetry.logs import get_logger
from services.gateway.matching_client import MatchingClient, MatchingRefusal
from services.gateway.overlay import Overlay
from services.gateway.problems import Problem, unavailable
from services.gateway.submitting import EventLog

STORES = ("database", "text topic", "vectors topics", "cache")

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

    async def delete(self, key: DocumentKey) -> str:
        """The receipt's id. From its return on no gateway that reaches the broker shows the document.

        Raises SurroundingsFault or Problem (`unavailable`) where that can't be promised; deleting again is safe.
        """
        submitted = await self._event_log.append(key, events.TYPE_DELETED, None, JSON)
        event = status_event(key, submitted.revision, Status.ERASED, source_event=submitted.source_event)
        place = await self._event_log.report(event)
        self._overlay.note(event, place)
        try:
            await self._matching.erase(key, submitted.revision)
        except (SurroundingsFault, MatchingRefusal) as error:
            # The status topic tells matching as well; only the try-out broker could forget it first.
            log.warning("erasure_left_to_the_topic", document=str(key), reason=str(error))
            if self._outlives_broker:
                raise unavailable(
                    f"{key.kind} {key.id} is hidden, but its erasure could not be kept ({error}); delete it again"
                ) from error
        return receipt_id(key, submitted.revision)

    async def receipt(self, tenant: str, receipt: str) -> dict[str, Any]:
        """What is done of an erasure, per store. Raises Problem (`not_found`), SurroundingsFault."""
        found: dict[str, Any] | None = None
        try:
            found = await self._matching.receipt(tenant, receipt)
        except SurroundingsFault:
            if self._overlay.erased_at(tenant, receipt) is None:
                raise
        if found is not None:
            return found
        at = self._overlay.erased_at(tenant, receipt)
        if at is None:
            raise Problem("not_found", f"there is no erasure with the receipt {receipt[:120]}")
        return pending_receipt(receipt, at)


def pending_receipt(receipt: str, at: str) -> dict[str, Any]:
    """The receipt of an erasure that matching has not come to yet."""
    return {"id": receipt, "requested_at": at, "stores": {store: {"status": "pending"} for store in STORES}}


def is_done(receipt: dict[str, Any]) -> bool:
    """Whether every store of a receipt is done."""
    stores = receipt.get("stores")
    states = stores.values() if isinstance(stores, dict) else stores or []
    found = [state.get("status") if isinstance(state, dict) else state for state in states]
    return bool(found) and all(state == "done" for state in found)
