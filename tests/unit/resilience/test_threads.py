"""Threads of one kind of work: others go on while they are all at work."""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar

import pytest

from libs.resilience.threads import Threads

pytestmark = pytest.mark.unit

CALLER: ContextVar[str] = ContextVar("CALLER")


async def test_while_all_are_at_work_others_and_the_loops_own_go_on() -> None:
    goes_on = threading.Event()
    slow, other = Threads("slow", 1), Threads("other", 1)
    waiting = [asyncio.create_task(slow.run(goes_on.wait)) for _ in range(20)]
    try:
        async with asyncio.timeout(20):
            assert await other.run(lambda: threading.current_thread().name) == "other_0"
            assert await asyncio.to_thread(lambda: 1) == 1
        assert not any(each.done() for each in waiting)
    finally:
        goes_on.set()
    assert await asyncio.gather(*waiting) == [True] * 20
    await slow.stop()
    await other.stop()


async def test_work_sees_its_callers_context_and_its_error_comes_back() -> None:
    threads = Threads("some", 1)
    CALLER.set("a caller")
    assert await threads.run(CALLER.get) == "a caller"
    with pytest.raises(ZeroDivisionError):
        await threads.run(lambda: 1 // 0)
    await threads.stop()
