"""Whoever is told every status that the reader reads, as it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from libs.contracts.events import StatusEvent
from services.gateway.statuses.overlay import StatusPosition


class Follower(Protocol):
    """Told of all that is read, in the order in which it is read. Its methods neither wait nor raise."""

    def began(self, cluster: str, starts: Mapping[int, int]) -> None:
        """Reading began, by partition at the offsets `starts`; `cluster` tells the broker's log from any other."""

    def came(self, event: StatusEvent, position: StatusPosition) -> None:
        """A status was read."""

    def moved(self, positions: Mapping[int, int]) -> None:
        """By partition the next offset to be read: all before was told, or is nobody's."""

    def interrupted(self) -> None:
        """Reading ended; it may begin anew, elsewhere."""
