"""The notes of what is in progress: what a death leaves behind, and that nothing else does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from libs.messaging.consumer.progress_notes import InProgress, NotesInFolder
from libs.messaging.records import Record

pytestmark = pytest.mark.unit

RECORD = Record("t", 0, 7, 0, 1, b"key", b"value")


class Member:
    """A consumer that commits."""

    async def commit(self, offsets: Any) -> None:
        pass


def new_member(folder: Path) -> InProgress:
    """A member that finds the notes of those before it."""
    return InProgress(NotesInFolder(folder, "g"), Member)


async def deaths(folder: Path) -> int:
    """What the next member finds."""
    found = new_member(folder)
    await found.load_notes([RECORD])
    return found.deaths(RECORD)


async def died(folder: Path, times: int = 1) -> None:
    """Members that began the record and were heard of no more."""
    for _ in range(times):
        dying = new_member(folder)
        await dying.load_notes([RECORD])
        await dying.noted([RECORD]).__aenter__()


async def test_a_death_is_found_and_counted(tmp_path: Path) -> None:
    await died(tmp_path, 2)
    assert await deaths(tmp_path) == 2


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_a_fault_or_a_stop_is_no_death(tmp_path: Path, error: type[BaseException]) -> None:
    async def working() -> None:
        async with new_member(tmp_path).noted([RECORD]):
            assert await deaths(tmp_path) == 1
            raise error

    with pytest.raises(error):
        await working()
    assert await deaths(tmp_path) == 0


@pytest.mark.parametrize("before", [0, 1])
async def test_a_member_that_is_late_is_not_taken_for_dead_but_deaths_before_it_stay(
    tmp_path: Path, before: int
) -> None:
    await died(tmp_path, before)
    late = new_member(tmp_path)
    await late.load_notes([RECORD])
    async with late.noted([RECORD]):
        await late.withdraw()
        assert await deaths(tmp_path) == before


async def test_with_nothing_in_hand_there_is_nothing_to_excuse(tmp_path: Path) -> None:
    await new_member(tmp_path).withdraw()
    assert await deaths(tmp_path) == 0
