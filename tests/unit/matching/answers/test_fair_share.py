"""What answers share: tenants take turns, and none can take all of it."""

from __future__ import annotations

import asyncio

import pytest

from libs.contracts.errors import Overloaded
from services.matching.answers.bounds.fair_share import FairShare
from services.matching.answers.bounds.limits import AnswerLimits

pytestmark = pytest.mark.unit

LONG = 60.0


class Holders:
    """Reserves as it is told, and notes in which order what is reserved was had."""

    def __init__(self, share: FairShare) -> None:
        self._share = share
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.had: list[str] = []

    async def come(self, name: str, tenant: str, amount: int = 1) -> None:
        self._ends[name] = asyncio.Event()
        self._tasks.append(asyncio.create_task(self._hold(name, tenant, amount)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def leave(self, name: str) -> None:
        self._ends[name].set()
        for _ in range(5):
            await asyncio.sleep(0)

    async def leave_all(self) -> None:
        for name in self._ends:
            self._ends[name].set()
        await asyncio.gather(*self._tasks)

    async def _hold(self, name: str, tenant: str, amount: int) -> None:
        async with self._share.reserved(tenant, amount, seconds=LONG):
            self.had.append(name)
            await self._ends[name].wait()


async def test_what_becomes_free_goes_to_the_tenant_that_holds_the_least() -> None:
    share = FairShare(2)
    holders = Holders(share)
    for name in ("a1", "a2", "a3", "a4"):
        await holders.come(name, "a")
    await holders.come("b1", "b")
    assert holders.had == ["a1", "a2"]
    await holders.leave("a1")
    assert holders.had[2:] == ["b1"]
    await holders.leave("a2")
    assert holders.had[3:] == ["a3"]
    await holders.leave_all()
    assert holders.had[4:] == ["a4"]
    assert (share.free, share.waiting) == (2, 0)


async def test_one_tenant_leaves_some_to_the_others_even_while_nobody_else_asks() -> None:
    holders = Holders(FairShare(4, of_one_tenant=3))
    for name in ("a1", "a2", "a3", "a4"):
        await holders.come(name, "a")
    assert holders.had == ["a1", "a2", "a3"]
    await holders.come("b1", "b")
    assert holders.had[3:] == ["b1"]
    await holders.leave("a1")
    assert holders.had[4:] == ["a4"]
    await holders.leave_all()


async def test_nobody_is_passed_over_because_more_is_wanted_than_is_free() -> None:
    share = FairShare(10)
    holders = Holders(share)
    await holders.come("first", "a", 6)
    await holders.come("large", "a", 1000)
    await holders.come("small", "a", 1)
    assert holders.had == ["first"]
    await holders.leave("first")
    assert holders.had == ["first", "large"]
    await holders.leave_all()
    assert holders.had == ["first", "large", "small"]
    assert share.free == 10


async def test_who_waits_too_long_or_leaves_takes_nothing_with_it() -> None:
    share = FairShare(1)
    async with share.reserved("a", 1, seconds=LONG):
        with pytest.raises(TimeoutError):
            async with share.reserved("b", 1, seconds=0.01):
                raise AssertionError("there was nothing to be had")
        assert share.waiting == 0
    assert share.free == 1


async def _refused(limits: AnswerLimits, tenant: str) -> str | None:
    try:
        async with limits.answer(tenant):
            return None
    except Overloaded as refusal:
        return refusal.part


async def test_one_tenants_many_callers_leave_places_to_the_others() -> None:
    limits = AnswerLimits(at_once=4)
    async with limits.answer("a"), limits.answer("a"), limits.answer("a"):
        assert await _refused(limits, "a") == "tenant"
        async with limits.answer("b"):
            assert await _refused(limits, "c") == "answers"
        assert await _refused(limits, "c") is None
    assert limits.at_work == 0
    await limits.stop()


async def test_an_answer_that_takes_too_long_is_ended_and_told_to_come_again() -> None:
    limits = AnswerLimits(seconds=0.01)
    with pytest.raises(Overloaded) as refusal:
        async with limits.answer("a"):
            await asyncio.Event().wait()
    assert refusal.value.part == "time"
    assert limits.at_work == 0
    await limits.stop()


async def test_a_time_out_of_something_else_is_not_taken_for_the_answers_own() -> None:
    limits = AnswerLimits()
    with pytest.raises(TimeoutError):
        async with limits.answer("a"):
            raise TimeoutError("the database's")
    await limits.stop()
