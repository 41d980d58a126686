"""Takes in the body of a request before anybody works on it, within bounds of time, number and memory.

A body of which no byte comes for a while ends its request. Where more bodies arrive at once than there is room
for, the one that has been arriving longest ends, so that senders who dawdle cannot keep others out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from prometheus_client import Counter

from services.gateway.problems import Problem

if TYPE_CHECKING:
    from litestar.types import HTTPReceiveMessage, Receive, WebSocketReceiveMessage

    Message = HTTPReceiveMessage | WebSocketReceiveMessage

# Requests ended before their body was there.
UNFINISHED = Counter(
    "shortlist_gateway_unfinished_bodies_total",
    "Requests ended because their body stalled (no byte for too long) or was displaced (others needed its room)",
    ["reason"],
)


class Arrivals:
    """The bodies that are arriving: at most `count` of them, of which at most `total_bytes` are in memory.

    A body is ended after `stall_seconds` without a byte. What passes `largest_body` is read no further: whoever
    reads the body refuses it by its length.
    """

    def __init__(self, *, count: int, total_bytes: int, largest_body: int, stall_seconds: float) -> None:
        self._count = count
        self._total_bytes = total_bytes
        self._largest_body = largest_body
        self._stall_seconds = stall_seconds
        # In the order in which they began; a dict, since members leave from anywhere.
        self._arriving: dict[_Arrival, None] = {}

    async def whole(self, receive: Receive) -> WholeBody:
        """Reads all of a body. Raises Problem (`request_timeout`) where it stalls or others need its room."""
        arrival = _Arrival()
        try:
            async with asyncio.timeout(self._stall_seconds) as arrival.limit:
                self._arriving[arrival] = None
                self._make_room()
                await self._read(arrival, receive)
        except TimeoutError:
            raise self._unfinished(arrival) from None
        finally:
            self._arriving.pop(arrival, None)
        return WholeBody(arrival.messages, arrival.size, receive)

    async def _read(self, arrival: _Arrival, receive: Receive) -> None:
        is_complete = False
        while not is_complete:
            message = await receive()
            arrival.messages.append(message)
            if message["type"] != "http.request":
                return
            arrival.size += len(message.get("body", b""))
            is_complete = not message.get("more_body", False) or arrival.size > self._largest_body
            if not is_complete:
                if message.get("body") and not arrival.is_displaced:
                    arrival.limit.reschedule(asyncio.get_running_loop().time() + self._stall_seconds)
                self._make_room()

    def _make_room(self) -> None:
        staying = [each for each in self._arriving if not each.is_ending]
        count, size = len(staying), sum(each.size for each in staying)
        for oldest in staying:
            if count <= self._count and (size <= self._total_bytes or count == 1):
                return
            oldest.is_displaced = True
            oldest.limit.reschedule(asyncio.get_running_loop().time())
            count -= 1
            size -= oldest.size

    def _unfinished(self, arrival: _Arrival) -> Problem:
        UNFINISHED.labels("displaced" if arrival.is_displaced else "stalled").inc()
        why = (
            "it was arriving longest while others needed the room"
            if arrival.is_displaced
            else f"no byte of it came for {self._stall_seconds:g} s"
        )
        return Problem(
            "request_timeout",
            f"the body did not come to its end: {why}; nothing was done, send the request again",
            headers={"Connection": "close"},
        )


class _Arrival:
    """One body on its way."""

    limit: asyncio.Timeout

    def __init__(self) -> None:
        self.size = 0
        self.messages: deque[Message] = deque()
        self.is_displaced = False

    @property
    def is_ending(self) -> bool:
        """Whether its room comes free by itself: it was displaced, or its time is over."""
        return self.is_displaced or self.limit.expired()


class WholeBody:
    """A body that is there; `receive` gives it piece by piece, and then what follows on the connection."""

    def __init__(self, messages: deque[Message], size: int, receive: Receive) -> None:
        self._messages = messages
        self._receive = receive
        self.size = size
        """In bytes."""

    async def receive(self) -> Message:
        """The next piece, which is then no longer kept."""
        return self._messages.popleft() if self._messages else await self._receive()
