"""Recall of the index of vectors, measured on some of the vectors that were really searched with."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from pgvector import HalfVector

from libs.contracts.errors import DependencyUnavailable, Overloaded
from libs.contracts.identifiers import Kind
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.matching.index.found import Found
from services.matching.index.vectors.nearest import nearest, nearest_exactly
from services.matching.metrics import NEAREST_RECALL
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import Space

log = get_logger(__name__)

PART = "nearest"
# Of the best so many the share is measured that the index finds too.
BEST = 10
# One search in so many seconds at most; after a slow comparison so many times its own duration.
LEAST_SECONDS, PAUSES = 20.0, 50.0
# The recall shown is the mean of so many searches, and is told from so few on.
REMEMBERED, FEWEST = 50, 10
ALARM = 0.95


@dataclass(frozen=True, slots=True)
class _Searched:
    space: Space
    tenant: str
    kind: Kind
    vector: HalfVector


class RecallProbe:
    """Compares what the index finds with what is nearest, in the background. A search that is offered costs nothing:
    most are passed over. `health` shows the part `nearest` as degraded while the mean is below ALARM."""

    def __init__(self, database: Database, health: Health) -> None:
        self._database = database
        self._health = health
        self._taken: asyncio.Queue[_Searched] = asyncio.Queue(1)
        self._next = 0.0
        self._recalls: deque[float] = deque(maxlen=REMEMBERED)

    def offer(self, space: Space, tenant: str, kind: Kind, vector: HalfVector) -> None:
        """A search that was answered from the index. Returns at once."""
        if time.monotonic() >= self._next and not self._taken.full():
            self._taken.put_nowait(_Searched(space, tenant, kind, vector))

    def mean(self) -> float | None:
        """Of the last searches that were compared; None before the first."""
        return sum(self._recalls) / len(self._recalls) if self._recalls else None

    async def run_forever(self) -> None:
        """Measures what was taken; ends by cancellation."""
        while True:
            searched = await self._taken.get()
            began = time.monotonic()
            try:
                self.note(await self._recall(searched))
            except (DependencyUnavailable, Overloaded) as fault:
                log.warning("recall_not_measured", reason=str(fault))
            except Exception as error:
                # A fault of our own must not end the sampling for as long as the process lives.
                log.error("recall_failed", exc_info=error)
            took = time.monotonic() - began
            self._next = time.monotonic() + max(LEAST_SECONDS, PAUSES * took)

    def note(self, recall: float) -> None:
        """One measured recall, 0 to 1: shows the mean, and tells where it is too low."""
        self._recalls.append(recall)
        mean = sum(self._recalls) / len(self._recalls)
        NEAREST_RECALL.set(mean)
        if len(self._recalls) < FEWEST or mean >= ALARM:
            self._health.ok(PART)
            return
        log.warning("recall_is_low", recall=round(mean, 3), searches=len(self._recalls))
        self._health.degraded(
            PART,
            f"the index of vectors finds {mean:.0%} of what is nearest in {len(self._recalls)} compared searches: "
            "build the indexes of matching.nearest_… anew (REINDEX INDEX CONCURRENTLY)",
        )

    async def _recall(self, searched: _Searched) -> float:
        asked = (searched.space, searched.tenant, searched.kind, searched.vector, BEST)
        async with self._database.reading(searched.tenant) as connection:
            found = await nearest(connection, *asked)
            exact = await nearest_exactly(connection, *asked)
        return recall(found, exact)


def recall(found: Sequence[Found], exact: Sequence[Found]) -> float:
    """The share of the nearest that was found, by nearness: of several that are equally near any will do."""
    if not exact:
        return 1.0
    farthest = exact[-1].value - 1e-6
    return min(1.0, sum(each.value >= farthest for each in found) / len(exact))
