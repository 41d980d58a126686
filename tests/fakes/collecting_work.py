"""A Work that does nothing but remember, and may be told that a dependency is unavailable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.messaging.records import Record


async def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Waits until a condition holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


class Collecting:
    """Keeps what it saw; while `away` a dependency is unavailable, at the value `bug` it fails itself."""

    service = "ingest"

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.away = False
        self.refused: list[bytes | None] = []

    async def handle(self, records: Sequence[Record]) -> None:
        if self.away:
            raise DependencyUnavailable("database", "away")
        if any(record.value == b"bug" for record in records):
            raise KeyError("ours")
        self.records += records

    @property
    def values(self) -> list[bytes | None]:
        return [record.value for record in self.records]

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        self.refused.append(record.value)
