"""Reads the status topic as one consumer group of all gateways, and stores what webhooks are to be told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import Counter

from libs.contracts import events
from libs.contracts.errors import RecordRejected
from libs.contracts.events import StatusEvent
from libs.messaging.records import Record
from libs.telemetry.logs import get_logger
from services.gateway.webhooks.event_log import EventLog
from services.gateway.webhooks.messages import event_of

READ = Counter(
    "shortlist_gateway_webhook_statuses_total",
    "Statuses read for webhooks, by outcome: read, malformed (not understood), lost (could not be stored by a fault of "
    "our own; no webhook is told of them)",
    ["outcome"],
)
SENT_ON = Counter(
    "shortlist_gateway_webhook_deliveries_made_total", "Deliveries that were put on their way: an event and a webhook"
)

log = get_logger(__name__)


class StatusIntake:
    """The Work on statuses (libs.messaging.consumer). The same records may come again: they make nothing new.

    `on_stored` is called when there is something new to deliver.
    """

    service = "gateway"

    def __init__(self, event_log: EventLog, clock: Callable[[], datetime], on_stored: Callable[[], None]) -> None:
        self._event_log = event_log
        self._clock = clock
        self._on_stored = on_stored

    async def handle(self, records: Sequence[Record]) -> None:
        """See `Work.handle`. One transaction for each tenant that has webhooks; for others nothing is stored."""
        now = self._clock()
        by_tenant: defaultdict[str, list[StatusEvent]] = defaultdict(list)
        for record in records:
            try:
                report = events.decode(record.value or b"", StatusEvent)
            except (RecordRejected, ValueError) as error:
                READ.labels("malformed").inc()
                log.warning("status_not_understood", record=record.place, reason=str(error))
            else:
                READ.labels("read").inc()
                by_tenant[report.tenant].append(report)
        if not by_tenant:
            return
        for tenant in sorted(await self._event_log.with_webhooks(by_tenant)):
            told = [event_of(report, now) for report in by_tenant[tenant]]
            if made := await self._event_log.store(tenant, told, now):
                SENT_ON.inc(made)
                self._on_stored()

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        """See `Work.dead_letter`. The status itself is in its topic and in matching: no copy of it is kept."""
        READ.labels("lost").inc()
        log.error("webhooks_not_told", record=record.place, reason=fault.message, attempts=attempts)
