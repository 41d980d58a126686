"""What a request of many lines holds is bounded: who brings more waits until there is room."""

from __future__ import annotations

import asyncio

import pytest

from services.gateway.bulk.room import Room, UnsentAnswers

pytestmark = pytest.mark.unit


async def turns() -> None:
    """Lets every task go on as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("held", "next_one", "waits"), [((1, 1), 1, True), ((60,), 41, True), ((60,), 40, False)])
async def test_a_line_waits_for_room(held: tuple[int, ...], next_one: int, waits: bool) -> None:
    room = Room(lines=2, size=100)
    for size in held:
        await room.take(size)
    taking = asyncio.create_task(room.take(next_one))
    await turns()
    assert taking.done() is not waits
    room.give_back(held[0])
    await asyncio.wait_for(taking, 10)


async def test_a_line_alone_always_has_room() -> None:
    await asyncio.wait_for(Room(lines=2, size=100).take(1_000), 10)


async def test_answers_wait_for_who_takes_them_and_end() -> None:
    answers = UnsentAnswers(size=10)
    await answers.put(b"0123456789")
    adding = asyncio.create_task(answers.put(b"more"))
    await turns()
    assert not adding.done()
    assert await answers.take() == b"0123456789"
    assert await asyncio.wait_for(answers.take(), 10) == b"more"
    taking = asyncio.create_task(answers.take())
    await turns()
    assert not taking.done()
    answers.end()
    assert await asyncio.wait_for(taking, 10) == b""
