"""A matching that acknowledges before it writes: what the harness must catch.

Python imports this by itself where this folder is on PYTHONPATH.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

if "services.matching" in sys.orig_argv:
    from libs.messaging.consuming import Consumer

    _work_and_commit = Consumer._on_batch

    async def _commit_and_work(self: Any, records: Any) -> None:
        await self._commit(records)
        await asyncio.sleep(0.5)
        await _work_and_commit(self, records)

    Consumer._on_batch = _commit_and_work  # type: ignore[method-assign]
