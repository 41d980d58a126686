"""What nobody needs any more is removed again and again, whatever one of the chores meets."""

from __future__ import annotations

import asyncio

import pytest

from libs.contracts.errors import DependencyUnavailable
from services.matching.upkeep import Upkeep

pytestmark = pytest.mark.unit


async def test_every_chore_is_done_again_and_none_is_held_up_by_anothers_fault() -> None:
    done: list[str] = []

    async def away() -> None:
        done.append("away")
        raise DependencyUnavailable("database", "it is being restarted")

    async def broken() -> None:
        done.append("broken")
        raise KeyError("a fault of our own")

    async def good() -> None:
        done.append("good")

    running = asyncio.create_task(Upkeep([away, broken, good], every_seconds=0.0).run_forever())
    async with asyncio.timeout(10):
        while len(done) < 6:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert done[:6] == ["away", "broken", "good"] * 2
