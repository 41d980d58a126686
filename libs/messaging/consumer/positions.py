"""Where a reader's own store stands, when the store can be another or older than the group's offsets say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from aiokafka import TopicPartition


class Positions(Protocol):
    """Offsets kept beside what was stored of the records below them."""

    async def begin(
        self, committed: Mapping[TopicPartition, int | None], firsts: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """Where to read on: at most what the group committed, where it committed anything.

        `firsts` are the offsets at which the logs begin by now. Raises DependencyUnavailable.
        """
        ...

    async def done(self, offsets: Mapping[TopicPartition, int]) -> None:
        """All below the offsets is stored; told before the group commits them. Raises DependencyUnavailable."""
        ...
