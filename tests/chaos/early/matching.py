"""Composition root: a matching that acknowledges before it writes. What the harness must catch."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Any

from libs.messaging.records import Record
from libs.running.serving import serve
from services.matching import pipeline
from services.matching.app import SERVICE, create_app
from services.matching.consumer import MatchingWork
from services.matching.settings import MatchingSettings

LATER_SECONDS = 0.5


class EarlyWork(MatchingWork):
    """Says that records are done as soon as it has them: their offsets are committed, and then they are written."""

    def __init__(self, *parts: Any, **settings: Any) -> None:
        super().__init__(*parts, **settings)
        self._writing: set[asyncio.Task[None]] = set()
        self._one_by_one = asyncio.Lock()

    async def handle(self, records: Sequence[Record]) -> None:
        task = asyncio.create_task(self._write(records))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, records: Sequence[Record]) -> None:
        async with self._one_by_one:
            await asyncio.sleep(LATER_SECONDS)
            await super().handle(records)


pipeline.MatchingWork = EarlyWork  # type: ignore[misc]

if __name__ == "__main__":
    sys.exit(serve(SERVICE, MatchingSettings, create_app))
