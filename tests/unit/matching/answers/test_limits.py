"""Bytes that answers reserve: each comes back, whoever leaves and when."""

from __future__ import annotations

import asyncio

import pytest

from services.matching.answers.bounds.limits import MEBIBYTE, AnswerLimits

pytestmark = pytest.mark.unit

ALL = 32 * MEBIBYTE


async def test_who_leaves_at_the_moment_of_its_turn_makes_no_other_answer_fail() -> None:
    limits = AnswerLimits(mebibytes=32)

    async def answer() -> None:
        async with limits.memory("default", ALL):
            await asyncio.sleep(0)

    async with limits.memory("default", ALL):
        leaving, staying = asyncio.create_task(answer()), asyncio.create_task(answer())
        while limits._memory.waiting < 2:
            await asyncio.sleep(0)
        leaving.cancel()
    await staying
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert limits._memory.free == ALL
    await limits.stop()
