"""One stream: what its reader missed, then what comes, then a farewell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

from prometheus_client import Counter

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.events import StatusEvent
from services.gateway.streaming import frames
from services.gateway.streaming.ending import Ending, EndReason
from services.gateway.streaming.event_id import TopicPosition, written
from services.gateway.streaming.gap import Expired, Gap
from services.gateway.streaming.hub import Hub, Seat

SENT = Counter("shortlist_gateway_events_sent_total", "Events handed to the connections of event streams")

# Whoever needs longer comes back for the rest, so that it does not keep others from their turn for ever.
GAP_SECONDS = 60.0


class Stream:
    """The frames of one stream, from `start` on: the gap, where there is one, lies between that and the seat.

    `lost` says why the stream could not begin where its reader stopped.
    """

    def __init__(
        self,
        hub: Hub,
        seat: Seat,
        ending: Ending,
        *,
        start: TopicPosition,
        gap: Gap | None,
        lost: frames.ResetReason | None,
        heartbeat_seconds: float,
    ) -> None:
        self._hub = hub
        self._seat = seat
        self._ending = ending
        self._start = start
        self._gap = gap
        self._lost = lost
        self._heartbeat_seconds = heartbeat_seconds

    async def ended(self) -> None:
        """Waits until the stream is to end for a reason of the gateway's own."""
        await self._ending.told()

    def end_as_slow(self) -> None:
        """Its reader takes nothing: it is to end."""
        self._ending.end(EndReason.SLOW)

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """What goes over the wire, whole blocks at a time, until the stream is to end."""
        opening = frames.opening(written(self._start))
        yield opening if self._lost is None else opening + frames.reset(self._lost, written(self._start))
        if self._gap is not None:
            async for missed in self._missed(self._gap):
                yield missed
            await self._gap.close()
        async for came in self._live():
            yield came
        yield frames.farewell()

    async def _live(self) -> AsyncIterator[bytes]:
        while self._ending.reason is None:
            is_woken = await self._is_woken()
            if self._ending.reason is not None:
                return
            came, count = self._seat.taken()
            if came:
                SENT.inc(count)
                yield came
            elif not is_woken:
                yield frames.heartbeat(self._hub.id)

    async def _is_woken(self) -> bool:
        try:
            async with asyncio.timeout(self._heartbeat_seconds):
                await self._ending.woken.wait()
        except TimeoutError:
            return False
        self._ending.woken.clear()
        return True

    async def _missed(self, gap: Gap) -> AsyncIterator[bytes]:
        """All between the start and the seat."""
        loop = asyncio.get_running_loop()
        deadline, said_at = loop.time() + GAP_SECONDS, loop.time()
        while self._ending.reason is None and not self._is_caught_up(gap):
            try:
                if gap.is_read:
                    await gap.aim(self._seat.start.offsets)
                found = await self._next_missed(gap)
            except (Expired, DependencyUnavailable):
                # Its reader comes back with its last id, and is told then what there still is.
                self._ending.end(EndReason.INTERRUPTED)
                return
            if found or loop.time() - said_at > self._heartbeat_seconds:
                said_at = loop.time()
                SENT.inc(len(found))
                yield b"".join(found) + frames.heartbeat(self._id_at(gap.offsets))
            if loop.time() > deadline:
                self._ending.end(EndReason.BEHIND)

    def _is_caught_up(self, gap: Gap) -> bool:
        if gap.offsets != list(self._seat.start.offsets):
            return False
        self._seat.caught_up()
        return True

    async def _next_missed(self, gap: Gap) -> list[bytes]:
        """The blocks of what the gap gives next, each with the id of its own place in it."""
        offsets, found = list(gap.offsets), []
        for record in await gap.records():
            offsets[record.partition] = record.offset + 1
            event = self._wanted_of(record)
            if event is not None:
                found.append(frames.status(event, self._id_at(offsets)))
        return found

    def _wanted_of(self, record: Any) -> StatusEvent | None:
        # Most records are of other tenants, which their keys tell without a look inside.
        if not (record.key or b"").startswith(self._seat.wanted.tenant.encode() + b"/"):
            return None
        try:
            event = events.decode(record.value or b"", StatusEvent)
        except RecordRejected:
            return None  # the reader of the topic counts and logs it
        return event if self._seat.wanted.takes(event) else None

    def _id_at(self, offsets: Sequence[int]) -> str:
        return written(TopicPosition(self._start.cluster, tuple(offsets)))
