"""What was just read of the status topic, handed to every open stream that it is for. One reader, any number of seats.

All seats of the hub stand at the same point of the topic, so that an event has the same id for each of them.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import StatusEvent
from services.gateway.statuses.overlay import StatusPosition
from services.gateway.streaming import frames
from services.gateway.streaming.ending import Ending, EndReason
from services.gateway.streaming.event_id import TopicPosition, cluster_mark, written

QUEUED_EVENTS = 1_000
QUEUED_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which statuses a stream shows: of one tenant, and where they are named, of these kinds and statuses alone."""

    tenant: str
    kinds: frozenset[str] | None = None
    statuses: frozenset[str] | None = None

    def takes(self, event: StatusEvent) -> bool:
        """Whether it shows this one."""
        return (
            event.tenant == self.tenant
            and (self.kinds is None or event.kind in self.kinds)
            and (self.statuses is None or event.status in self.statuses)
        )


class Seat:
    """The queue of one stream, bounded in events and bytes.

    Until `caught_up` a queue that overflows begins anew, from where the hub stands then: its stream, which still reads
    what lies before, has to read further. After that it ends its stream.
    """

    def __init__(self, wanted: Wanted, start: TopicPosition, ending: Ending) -> None:
        self.wanted = wanted
        self.start = start
        """From where on the queue holds what came."""
        self._ending = ending
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._is_behind = True

    def caught_up(self) -> None:
        """All before the start was read."""
        self._is_behind = False

    def put(self, frame: bytes, hub: Hub) -> None:
        """One more, behind which the hub stands now."""
        if self._ending.reason is not None:
            return
        self._waiting.append(frame)
        self._bytes += len(frame)
        if len(self._waiting) > QUEUED_EVENTS or self._bytes > QUEUED_BYTES:
            self._empty()
            if self._is_behind:
                self.start = hub.position
            else:
                self._ending.end(EndReason.SLOW)
        self._ending.woken.set()

    def cut(self) -> None:
        """What comes from now on may not follow on what came: its stream ends."""
        self._ending.end(EndReason.INTERRUPTED)

    def taken(self) -> tuple[bytes, int]:
        """All that waits, in the order in which it came, and how many events that is."""
        count, joined = len(self._waiting), b"".join(self._waiting)
        self._empty()
        return joined, count

    def _empty(self) -> None:
        self._waiting.clear()
        self._bytes = 0


class Hub:
    """A Follower of the status reader; every method runs on the event loop and never waits."""

    def __init__(self) -> None:
        self._cluster: bytes | None = None
        self._next: list[int] = []
        self._id: str | None = None
        self._seats: defaultdict[str, set[Seat]] = defaultdict(set)

    @property
    def position(self) -> TopicPosition:
        """Up to where everything was handed on. Raises DependencyUnavailable while the topic is not being read."""
        if self._cluster is None:
            raise DependencyUnavailable("broker", "the status topic is not being read yet")
        return TopicPosition(self._cluster, tuple(self._next))

    @property
    def id(self) -> str:
        """The id of this position. Raises as `position`."""
        if self._id is None:
            self._id = written(self.position)
        return self._id

    @contextmanager
    def seat(self, wanted: Wanted, ending: Ending) -> Iterator[Seat]:
        """A queue that gets all that comes from now on, until the block ends. Raises as `position`."""
        seat = Seat(wanted, self.position, ending)
        self._seats[wanted.tenant].add(seat)
        try:
            yield seat
        finally:
            self._seats[wanted.tenant].discard(seat)
            if not self._seats[wanted.tenant]:
                del self._seats[wanted.tenant]

    def began(self, cluster: str, starts: Mapping[int, int]) -> None:
        """See Follower."""
        self._cluster = cluster_mark(cluster)
        self._next = [starts[number] for number in sorted(starts)]
        self._id = None

    def came(self, event: StatusEvent, position: StatusPosition) -> None:
        """See Follower."""
        self._move(position.partition, position.offset + 1)
        takers = [seat for seat in self._seats.get(event.tenant, ()) if seat.wanted.takes(event)]
        if takers:
            frame = frames.status(event, self.id)
            for seat in takers:
                seat.put(frame, self)

    def moved(self, positions: Mapping[int, int]) -> None:
        """See Follower."""
        for partition, offset in positions.items():
            self._move(partition, offset)

    def interrupted(self) -> None:
        """See Follower. Where reading begins anew may be before or behind this point, so every seat ends here."""
        self._cluster = None
        self._id = None
        for seats in self._seats.values():
            for seat in seats:
                seat.cut()

    def _move(self, partition: int, offset: int) -> None:
        if offset > self._next[partition]:
            self._next[partition] = offset
            self._id = None
