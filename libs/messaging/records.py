"""A record as it was read: nothing decoded, nothing lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic. `timestamp` in ms since 1970; `timestamp_type` 1 where the broker set it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    def header(self, name: str) -> str | None:
        """The last header of a name (given in lower case) as text; None without one. What is not UTF-8 is replaced."""
        for found, value in reversed(self.headers):
            if found.lower() == name:
                return (value or b"").decode("utf-8", "replace")
        return None

    @property
    def place(self) -> str:
        """topic/partition/offset, for logs and messages."""
        return f"{self.topic}/{self.partition}/{self.offset}"


def record_of(raw: Any) -> Record:
    """The record that an aiokafka ConsumerRecord holds, with nothing decoded."""
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        timestamp=raw.timestamp,
        timestamp_type=raw.timestamp_type,
        key=raw.key,
        value=raw.value,
        headers=tuple(raw.headers),
    )
