"""Threads for one kind of work, so that a long piece of it delays no other kind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Result = TypeVar("Result")


class Threads:
    """`size` threads called `name`. asyncio's own are left to what its loop needs them for, as looking up names."""

    def __init__(self, name: str, size: int) -> None:
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def run(self, work: Callable[[], Result]) -> Result:
        """What `work` gives or raises, once a thread is free. A cancelled caller leaves it behind."""
        context = copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: context.run(work))

    async def stop(self) -> None:
        """Begins nothing more; what runs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)
