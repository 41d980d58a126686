"""How far every consumer group is behind, as a metric that is there also while none of its members runs."""

from __future__ import annotations

import asyncio

from prometheus_client import Gauge

from libs.contracts.errors import DependencyUnavailable
from libs.messaging.admin.lag import all_lags
from libs.messaging.connection.settings import KafkaSettings
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

LOOK_SECONDS = 10.0

GROUP_LAG = Gauge(
    "shortlist_group_lag_records",
    "Records a consumer group has not committed, asked of the broker; also while no member of it runs",
    ["group", "topic"],
)


class LagWatch:
    """Asks the broker every LOOK_SECONDS. While it does not answer, the metric has no figures, rather than old ones."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to look."""
        self._task = asyncio.create_task(self._run(), name="lag-watch")

    async def stop(self) -> None:
        """Ends the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Asks once."""
        try:
            found = await all_lags(self._settings)
        except DependencyUnavailable as fault:
            GROUP_LAG.clear()
            log.warning("lag_unknown", reason=str(fault))
            return
        GROUP_LAG.clear()  # a group that is told no more must not keep its last figure
        for group, topics in found.items():
            for topic, behind in topics.items():
                GROUP_LAG.labels(group, topic).set(behind)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:
                # Without the task the last figures would stand until a restart.
                GROUP_LAG.clear()
                log.error("lag_unknown", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)
