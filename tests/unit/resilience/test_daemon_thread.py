"""Work that holds up no end of the process."""

from __future__ import annotations

import asyncio
import threading

import pytest

from libs.resilience.daemon_thread import in_daemon_thread

pytestmark = pytest.mark.unit


async def test_it_gives_what_the_work_gives_or_raises() -> None:
    assert await in_daemon_thread(lambda: 7) == 7

    def failing() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        await in_daemon_thread(failing)


def test_a_cancelled_caller_and_the_end_of_the_loop_do_not_wait_for_it() -> None:
    hold, began = threading.Event(), threading.Event()

    def working() -> None:
        began.set()
        hold.wait(20)

    async def leaving() -> None:
        task = asyncio.create_task(in_daemon_thread(working))
        while not began.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leaving())
    (left,) = [thread for thread in threading.enumerate() if thread.name == "left-behind"]
    assert left.daemon
    hold.set()
    left.join(10)
    assert not left.is_alive()
