"""How far a reader's own store is, for a store that may be replaced by an older or an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from aiokafka import TopicPartition


class Positions(Protocol):
    """Offsets kept in the same store as what came of the records below them."""

    async def begin(
        self, committed: Mapping[TopicPartition, int | None], firsts: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """The offset to read on from, by partition: at most what the group committed, where it committed anything.

        `firsts` are the offsets of the oldest records that the log still has. Raises DependencyUnavailable.
        """
        ...

    async def done(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Notes that all below the offsets is stored; called before the group commits them.

        Raises DependencyUnavailable.
        """
        ...
