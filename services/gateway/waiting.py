"""Prefer: wait=N — answering once the document has come to its end, or the caller's patience has."""

from __future__ import annotations

import asyncio
import re
import time

from libs.contracts.erasures import Receipt
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.gateway.deleting import Deleting
from services.gateway.overlay import Known, Overlay

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


class Waiting:
    """Waits on the overlay's changes; never longer than asked."""

    def __init__(self, overlay: Overlay, deleting: Deleting) -> None:
        self._overlay = overlay
        self._deleting = deleting

    async def until_ended(self, key: DocumentKey, revision: Revision, seconds: float) -> Known | None:
        """The newest known once this revision, or a later one, is indexed, failed or erased; None in time-out."""
        with self._overlay.changes_of(key) as changed:
            try:
                async with asyncio.timeout(seconds):
                    while True:
                        known = self._overlay.get(key)
                        if known is not None and known.has_ended(revision):
                            return known
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                return None

    async def until_erased(self, tenant: str, receipt: str, seconds: float) -> Receipt | None:
        """The receipt once all that can be done is done; None in time-out. Raises SurroundingsFault.

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
