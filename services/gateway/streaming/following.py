"""Opens streams: from now on, or from where a reader stopped, at whichever gateway that was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import Counter

from services.gateway.access.caller import Caller
from services.gateway.problems import unavailable
from services.gateway.streaming.event_id import MalformedId, TopicPosition, read
from services.gateway.streaming.frames import ResetReason
from services.gateway.streaming.gap import Expired, Gap, Gaps
from services.gateway.streaming.hub import Hub, Seat, Wanted
from services.gateway.streaming.open_streams import OpenStreams
from services.gateway.streaming.stream import Stream

BEGUN = Counter(
    "shortlist_gateway_event_streams_begun_total",
    "Event streams that began, by where: now, at the reader's last event (resumed), behind a gap that was read first "
    "(missed), or now since it could not be resumed (reset)",
    ["where"],
)

# Longer than reads of documents wait: the topic may be read from where matching stands, just after a start.
CATCH_UP_SECONDS = 5.0
# What another gateway read already comes here within milliseconds.
AHEAD_SECONDS = 2.0


class Statuses(Protocol):
    """How far the status topic was read."""

    async def catch_up(self, seconds: float) -> bool:
        """Waits until all published before this call was read; False where that takes longer."""

    async def has_read(self, positions: Mapping[int, int], seconds: float) -> bool:
        """Waits until all before these offsets was read; False where that takes longer."""

    async def end_offsets(self) -> Mapping[int, int]:
        """The end of each partition, as the broker tells it now. Raises DependencyUnavailable."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """Where a stream begins; what is before its seat is in the gap. `lost`: why it is not where it was asked for."""

    start: TopicPosition
    gap: Gap | None = None
    lost: ResetReason | None = None

    @property
    def where(self) -> str:
        if self.lost is not None:
            return "reset"
        return "resumed" if self.gap is None else "missed"


class Following:
    """Lets callers follow the statuses of their tenant."""

    def __init__(
        self, statuses: Statuses, hub: Hub, gaps: Gaps, streams: OpenStreams, *, heartbeat_seconds: float
    ) -> None:
        self._statuses = statuses
        self._hub = hub
        self._gaps = gaps
        self._streams = streams
        self._heartbeat_seconds = heartbeat_seconds

    @asynccontextmanager
    async def opened(self, caller: Caller, wanted: Wanted, last_event_id: str | None) -> AsyncIterator[Stream]:
        """A stream for this caller, which holds its place until the block ends.

        It goes on behind `last_event_id`; without one it begins here and now, so that nothing is missed of what is
        submitted once the block was entered. Raises Problem (`overloaded`, `unavailable`); DependencyUnavailable.
        """
        with self._streams.place(caller) as ending:
            if not await self._statuses.catch_up(CATCH_UP_SECONDS):
                raise unavailable("the statuses up to now could not be read yet; try again shortly")
            asked = None if last_event_id is None else await self._asked(last_event_id)
            async with AsyncExitStack() as closing:
                seat = closing.enter_context(self._hub.seat(wanted, ending))
                begun = _Beginning(seat.start) if asked is None else await self._beginning(seat, asked, closing)
                BEGUN.labels("now" if asked is None else begun.where).inc()
                if begun.gap is None:
                    seat.caught_up()
                yield Stream(
                    self._hub,
                    seat,
                    ending,
                    start=begun.start,
                    gap=begun.gap,
                    lost=begun.lost,
                    heartbeat_seconds=self._heartbeat_seconds,
                )

    async def _asked(self, last_event_id: str) -> TopicPosition | ResetReason:
        """The point behind the reader's last event, which was read here too; or why there is none."""
        try:
            asked = read(last_event_id)
        except MalformedId:
            return ResetReason.MALFORMED
        here = self._hub.position
        new_partitions = len(here.offsets) - len(asked.offsets)
        if asked.cluster != here.cluster or new_partitions < 0:
            return ResetReason.OTHER_BROKER
        # Nobody was sent anything of partitions that were made since.
        offsets = (*asked.offsets, *[0] * new_partitions)
        if not await self._statuses.has_read(dict(enumerate(offsets)), AHEAD_SECONDS):
            # Either the log is shorter than it was, or this gateway has yet to read as far.
            ends = await self._statuses.end_offsets()
            if all(offset <= ends.get(partition, 0) for partition, offset in enumerate(offsets)):
                raise unavailable("the statuses up to your last event could not be read yet; try again shortly")
            return ResetReason.AHEAD
        return TopicPosition(asked.cluster, offsets)

    async def _beginning(self, seat: Seat, asked: TopicPosition | ResetReason, closing: AsyncExitStack) -> _Beginning:
        if isinstance(asked, ResetReason):
            return _Beginning(seat.start, lost=asked)
        if asked == seat.start:
            return _Beginning(seat.start)
        if asked.cluster != seat.start.cluster or any(map(int.__gt__, asked.offsets, seat.start.offsets)):
            raise unavailable("the status topic is being read anew; try again shortly")
        gap = await self._gaps.opened(asked.offsets)
        closing.push_async_callback(gap.close)
        try:
            await gap.aim(seat.start.offsets)
        except Expired:
            await gap.close()
            return _Beginning(seat.start, lost=ResetReason.EXPIRED)
        return _Beginning(asked, gap)
