"""A circuit breaker: a part that keeps failing is left alone, then tried once."""

import asyncio

import pytest

from libs.contracts.errors import BeingFilled, ErrorCode, Overloaded, RecordRejected
from libs.resilience.breaker import BreakerOpen, CircuitBreaker

pytestmark = pytest.mark.unit


async def fail(breaker: CircuitBreaker, error: BaseException) -> None:
    with pytest.raises(type(error)):
        async with breaker.guard():
            raise error


async def test_it_opens_after_failures_in_a_row_and_then_calls_nobody():
    breaker = CircuitBreaker("part", fail_max=3, reset_seconds=60)
    for _ in range(3):
        assert breaker.state == "closed"
        await fail(breaker, OSError("away"))
    assert breaker.state == "open"
    called = False
    with pytest.raises(BreakerOpen):
        async with breaker.guard():
            called = True
    assert not called


async def test_a_success_in_between_starts_the_count_again():
    breaker = CircuitBreaker("part", fail_max=2, reset_seconds=60)
    await fail(breaker, OSError())
    async with breaker.guard():
        pass
    await fail(breaker, OSError())
    assert breaker.state == "closed"


async def test_after_the_pause_a_single_call_tries_and_closes_it():
    breaker = CircuitBreaker("part", fail_max=1, reset_seconds=0)
    await fail(breaker, OSError())
    async with breaker.guard():
        assert breaker.state == "half-open"
        with pytest.raises(BreakerOpen):
            async with breaker.guard():
                pass
    assert breaker.state == "closed"


async def test_a_failed_trial_opens_it_again():
    breaker = CircuitBreaker("part", fail_max=1, reset_seconds=0)
    await fail(breaker, OSError())
    await fail(breaker, OSError())
    assert breaker.state == "open"


async def test_a_cancelled_call_says_nothing_of_the_part():
    breaker = CircuitBreaker("part", fail_max=1, reset_seconds=60)
    entered = asyncio.Event()

    async def call() -> None:
        async with breaker.guard():
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(call())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert breaker.state == "closed"


async def test_the_records_own_fault_says_nothing_against_the_part():
    breaker = CircuitBreaker("part", fail_max=1, reset_seconds=60)
    await fail(breaker, RecordRejected(ErrorCode.EMPTY, "nothing in it"))
    assert breaker.state == "closed"


async def test_what_is_asked_too_much_or_being_filled_again_works_and_is_called_on():
    breaker = CircuitBreaker("part", fail_max=1, reset_seconds=60)
    for _ in range(3):
        await fail(breaker, Overloaded("part", "all connections are in use"))
        await fail(breaker, BeingFilled("part", "it is being filled again"))
    assert breaker.state == "closed"
