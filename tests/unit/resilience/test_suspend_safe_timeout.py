"""A limit holds while the process runs; time in which it was stopped is nobody's fault."""

from __future__ import annotations

import asyncio
import time

import pytest

from libs.resilience.suspend_safe_timeout import within

pytestmark = pytest.mark.unit


async def test_what_ends_in_time_is_given() -> None:
    assert await within(5.0, asyncio.sleep(0.01, "done")) == "done"


async def test_what_does_not_end_is_cancelled() -> None:
    work = asyncio.ensure_future(asyncio.sleep(60))
    with pytest.raises(TimeoutError, match=r"not within 0\.2 s"):
        await within(0.2, work)
    assert work.cancelled()


async def test_what_fails_fails_as_itself() -> None:
    async def fail() -> None:
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        await within(5.0, fail())


async def test_work_is_cancelled_with_its_caller() -> None:
    work = asyncio.ensure_future(asyncio.sleep(60))
    caller = asyncio.ensure_future(within(30.0, work))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.cancelled()


async def test_a_process_that_was_stopped_takes_what_was_ready() -> None:
    # Nothing runs while the loop is held up: it is as with a stopped process.
    asyncio.get_running_loop().call_later(0.02, time.sleep, 1.0)
    assert await within(0.6, asyncio.sleep(0.2, "ready meanwhile")) == "ready meanwhile"
