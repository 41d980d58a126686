"""Has the log say of expired documents that they are to be erased; what comes of it is decided where it is read."""

from __future__ import annotations

import asyncio
import time

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.publishing import Publisher
from libs.messaging.reporting import expiry_record
from libs.telemetry.logs import get_logger
from services.matching.expiry.due import Due, claim_due, release
from services.matching.retention import Retention
from services.matching.storage.database import Database

log = get_logger(__name__)

# Documents of a tenant whose expiry is published and not answered yet, at most: live submissions share their way.
MOST_ON_THE_WAY = 1_000
# After that long what is not answered is published once more.
CLAIM_SECONDS = 600.0
# Terms of days are looked at less often: documents that have a later end of their own are passed by each time.
BY_DAYS_SECONDS = 3600.0


class Expiring:
    """Looks for expired documents every so often, in every process: each document is claimed in the database."""

    def __init__(self, database: Database, publisher: Publisher, retention: Retention, *, every_seconds: float) -> None:
        self._database = database
        self._publisher = publisher
        self._retention = retention
        self._every_seconds = every_seconds
        # By tenant; a look that found something is followed by another.
        self._next_by_days: dict[str, float] = {}

    async def run_forever(self) -> None:
        """Ends by cancellation."""
        while True:
            try:
                await self.look()
            except DependencyUnavailable as fault:
                log.warning("expiry_waits", reason=str(fault))
            except Exception as error:
                # A fault of our own must not end it for as long as the process lives.
                log.error("expiry_failed", exc_info=error)
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> int:
        """Publishes what is expired now; returns of how many documents. Raises DependencyUnavailable, and then what was
        not published can be claimed again."""
        count = 0
        for tenant in await self._database.tenants():
            by_days = time.monotonic() >= self._next_by_days.get(tenant, 0.0)
            due = await claim_due(
                self._database, tenant, self._retention, by_days=by_days, most=MOST_ON_THE_WAY, seconds=CLAIM_SECONDS
            )
            if by_days and due == []:
                self._next_by_days[tenant] = time.monotonic() + BY_DAYS_SECONDS
            if due:
                await self._publish(tenant, due)
                count += len(due)
        return count

    async def _publish(self, tenant: str, due: list[Due]) -> None:
        try:
            await self._publisher.publish_all([expiry_record(each.key, each.newest) for each in due])
        except DependencyUnavailable:
            await release(self._database, tenant, due)
            raise
        log.info("expiries_published", tenant=tenant, documents=len(due))
