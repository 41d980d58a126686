"""A time limit that counts only time in which this process ran, so that no work is blamed for a stopped process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")

MOST_TICK_SECONDS = 1.0
TICKS = 8


class OutOfTime(TimeoutError):
    """The work did not end within its limit."""


async def within(seconds: float, work: Awaitable[Result]) -> Result:
    """What `work` gives, if it ends within `seconds`; else it is cancelled and OutOfTime is raised.

    The limit is counted in ticks. However long one took, since the process was stopped (SIGSTOP, a suspended
    machine) or its loop held up, it counts as one tick: what was ready meanwhile is taken, not thrown away.
    """
    running = asyncio.ensure_future(work)
    tick = min(MOST_TICK_SECONDS, seconds / TICKS)
    try:
        for _ in range(round(seconds / tick)):
            await asyncio.wait([running], timeout=tick)
            if running.done():
                return running.result()
    finally:
        running.cancel()
        await asyncio.wait([running])
    raise OutOfTime(f"not within {seconds:g} s")
