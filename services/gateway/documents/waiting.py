"""Prefer: wait=N — answering once the document is indexed or failed, or N seconds are over."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import AbstractContextManager

from libs.contracts.erasures import Receipt
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from services.gateway.documents.deleting import Deleting
from services.gateway.statuses.overlay import Overlay, Reports

MAX_WAIT_SECONDS = 60
# How often a receipt is looked at while its caller waits: matching reports no event for it.
RECEIPT_SECONDS = 0.25

_WAIT = re.compile(r'\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?', re.IGNORECASE)


def preferred_wait(prefer: str | None) -> int | None:
    """Seconds to wait, at most 60; None without such a preference. What can't be read is ignored (RFC 7240)."""
    for preference in (prefer or "").split(","):
        match = _WAIT.fullmatch(preference)
        if match is not None:
            return min(int(match[1]), MAX_WAIT_SECONDS)
    return None


def _ends(event: StatusEvent, revision: Revision) -> bool:
    if event.status in (Status.INDEXED, Status.ERASED):
        return event.parsed_revision >= revision
    return event.status is Status.FAILED and event.parsed_revision == revision


class Waiting:
    """Waits for what is reported; never longer than asked."""

    def __init__(self, overlay: Overlay, deleting: Deleting) -> None:
        self._overlay = overlay
        self._deleting = deleting

    def reports_of(self, key: DocumentKey) -> AbstractContextManager[Reports]:
        """What is reported of a document from now on: begun before it is submitted, so that nothing is missed."""
        return self._overlay.reports_of(key)

    async def until_ended(self, reports: Reports, revision: Revision, seconds: float) -> StatusEvent | None:
        """The report that ends the wait for this revision; None in time-out.

        Its own end, or that a later one is indexed in its place, or the document erased. That a later one failed
        says nothing of this one.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    ended = next((event for event in reports.came if _ends(event, revision)), None)
                    if ended is not None:
                        return ended
                    reports.changed.clear()
                    await reports.changed.wait()
        except TimeoutError:
            return None

    async def until_erased(self, tenant: str, receipt: str, seconds: float) -> Receipt | None:
        """The receipt once all that can be done is done; None in time-out. Raises DependencyUnavailable.

        What only ages out is not waited for.
        """
        deadline = time.monotonic() + seconds
        while True:
            found = await self._deleting.receipt(tenant, receipt)
            if found.awaits_nothing:
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            await asyncio.sleep(min(RECEIPT_SECONDS, left))
