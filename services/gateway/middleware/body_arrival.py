"""Takes in the body of a request before anybody works on it, within bounds of time, number and memory.

A body of which no byte comes for a while, or too few bytes in all, ends its request. Where more bodies arrive at once
than there is room for, the one that has been arriving longest ends, so that senders who dawdle cannot keep others out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client import Counter

from services.gateway.middleware.body_decoding import WIRE_BYTES
from services.gateway.problems import Problem

_PIECE_BYTES = 65_536

if TYPE_CHECKING:
    from litestar.types import HTTPReceiveMessage, Receive, WebSocketReceiveMessage

    Message = HTTPReceiveMessage | WebSocketReceiveMessage

# Requests ended before their body was there.
UNFINISHED = Counter(
    "shortlist_gateway_unfinished_bodies_total",
    "Requests ended because their body stalled (no byte for too long), was too slow (too few bytes in all) or was "
    "displaced (others needed its room)",
    ["reason"],
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a body must come: a byte every `stall_seconds`, all of it within `whole_seconds`; one that takes longer with
    at least so many bytes a second since it began, on the wire."""

    stall_seconds: float = 10.0
    whole_seconds: float = 60.0
    bytes_per_second: int = 1_024

    def ends_at(self, began: float, latest: float, came: int) -> float:
        """When a body is given up that began then, of which a byte came last at `latest`, and so many in all."""
        return min(latest + self.stall_seconds, began + max(self.whole_seconds, came / self.bytes_per_second))

    def unfinished(self, is_stalled: bool) -> Problem:
        """The answer to a body that did not keep the pace."""
        UNFINISHED.labels("stalled" if is_stalled else "slow").inc()
        return _unfinished(
            f"no byte of it came for {self.stall_seconds:g} s"
            if is_stalled
            else f"it was not whole after {self.whole_seconds:g} s, and came with less than {self.bytes_per_second:,} "
            "bytes a second"
        )


class Arrivals:
    """The bodies that are arriving: at most `count` of them, of which at most `total_bytes` are in memory.

    A body that does not keep the pace is ended. What passes `largest_body` is read no further: whoever reads the body
    refuses it by its length.
    """

    def __init__(self, *, count: int, total_bytes: int, largest_body: int, pace: Pace) -> None:
        self._count = count
        self._total_bytes = total_bytes
        self._largest_body = largest_body
        self.pace = pace
        # In the order in which they began; a dict, since members leave from anywhere.
        self._arriving: dict[_Arrival, None] = {}

    async def whole(self, receive: Receive) -> WholeBody:
        """Reads all of a body. Raises Problem (`request_timeout`) where it stalls or others need its room, and
        (`invalid_request`) where its sender is gone."""
        began = asyncio.get_running_loop().time()
        arrival = _Arrival(began)
        try:
            async with asyncio.timeout_at(self.pace.ends_at(began, began, 0)) as arrival.limit:
                self._arriving[arrival] = None
                self._make_room()
                await self._read(arrival, receive)
        except TimeoutError:
            raise self._unfinished(arrival) from None
        finally:
            self._arriving.pop(arrival, None)
        return WholeBody(arrival.pieces, arrival.size, arrival.is_complete, receive)

    async def _read(self, arrival: _Arrival, receive: Receive) -> None:
        while not arrival.is_complete and arrival.size <= self._largest_body:
            message = await receive()
            if message["type"] != "http.request":
                raise gone()
            arrival.keep(message["body"])
            arrival.is_complete = not message.get("more_body", False)
            if not arrival.is_complete:
                arrival.note(wire_bytes(message))
                if not arrival.is_displaced:
                    arrival.limit.reschedule(self.pace.ends_at(arrival.began, arrival.latest, arrival.came))
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
        if not arrival.is_displaced:
            return self.pace.unfinished(is_stalled=arrival.is_stalled(self.pace))
        UNFINISHED.labels("displaced").inc()
        return _unfinished("it was arriving longest while others needed the room")


async def paced(receive: Receive, pace: Pace) -> AsyncIterator[bytes]:
    """The pieces of a body as they come, for who reads it so. Raises Problem as `Arrivals.whole` does."""
    loop = asyncio.get_running_loop()
    arrival = _Arrival(loop.time())
    while True:
        # The reader's own time between two pieces is not the sender's.
        asked = loop.time()
        try:
            async with asyncio.timeout_at(pace.ends_at(arrival.began, max(asked, arrival.latest), arrival.came)):
                message = await receive()
        except TimeoutError:
            raise pace.unfinished(is_stalled=loop.time() >= asked + pace.stall_seconds) from None
        if message["type"] != "http.request":
            raise gone()
        arrival.began += max(0.0, asked - arrival.latest)
        arrival.note(wire_bytes(message))
        if message["body"]:
            yield message["body"]
        if not message.get("more_body", False):
            return


def wire_bytes(message: Any) -> int:
    """How many bytes came on the wire for a piece."""
    return int(message.get(WIRE_BYTES, len(message["body"])))


def gone() -> Problem:
    """Nobody reads it; the log says what happened."""
    return Problem("invalid_request", "the sender was gone before the end of its body")


def _unfinished(why: str) -> Problem:
    return Problem(
        "request_timeout",
        f"the body did not come to its end: {why}; nothing was done, send the request again",
        headers={"Connection": "close"},
    )


class _Arrival:
    """One body on its way."""

    limit: asyncio.Timeout

    def __init__(self, began: float) -> None:
        self.began = self.latest = began
        self.size = self.came = 0
        self.pieces: deque[bytearray] = deque()
        self.is_complete = self.is_displaced = False

    def keep(self, body: bytes) -> None:
        """Takes in a piece; small ones are joined, since each that is kept alone takes more than its bytes."""
        self.size += len(body)
        if self.pieces and len(self.pieces[-1]) < _PIECE_BYTES:
            self.pieces[-1] += body
        elif body:
            self.pieces.append(bytearray(body))

    def note(self, wire_bytes: int) -> None:
        """So many bytes came."""
        if wire_bytes:
            self.came += wire_bytes
            self.latest = asyncio.get_running_loop().time()

    def is_stalled(self, pace: Pace) -> bool:
        """Whether its time is over since nothing came, rather than too little."""
        return pace.ends_at(self.began, self.latest, self.came) >= self.latest + pace.stall_seconds

    @property
    def is_ending(self) -> bool:
        """Whether its room comes free by itself: it was displaced, or its time is over."""
        return self.is_displaced or self.limit.expired()


class WholeBody:
    """A body that is there; `receive` gives it piece by piece, and then what follows on the connection."""

    def __init__(self, pieces: deque[bytearray], size: int, is_complete: bool, receive: Receive) -> None:
        self._pieces = pieces
        self._is_complete = is_complete
        self._is_given = False
        self._receive = receive
        self.size = size
        """In bytes."""

    async def receive(self) -> Message:
        """The next piece, which is then no longer kept."""
        if self._is_given or not (self._pieces or self._is_complete):
            return await self._receive()
        piece = self._pieces.popleft() if self._pieces else bytearray()
        self._is_given = self._is_complete and not self._pieces
        return {"type": "http.request", "body": bytes(piece), "more_body": not self._is_given}
