"""Which texts of many documents go next: little padding, nobody held up, nothing computed twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import numpy as np
import pytest

from libs.contracts.errors import DependencyUnavailable
from services.embedding.engines.protocol import Prepared
from services.embedding.model.pool import LOOK_AHEAD, Pool, Request, Waiting

pytestmark = pytest.mark.unit

VECTOR = np.ones(1, dtype=np.float32)


def text(name: str, length: int) -> Prepared:
    return Prepared(name, False, np.zeros(length, dtype=np.int32))


def add(pool: Pool, *texts: Prepared) -> Request:
    return pool.add(texts, asyncio.get_running_loop().create_future())


def names(taken: Sequence[Waiting]) -> list[str]:
    return [waiting.prepared.text for waiting in taken]


def resume(number: int, chooser: random.Random) -> list[Prepared]:
    """As long as resumes are: 4 full windows, the rest in a fifth, 80 units."""
    lengths = [chooser.randint(200, 256) for _ in range(4)] + [chooser.randint(30, 250)]
    lengths += [min(64, 4 + int(chooser.expovariate(1 / 14))) for _ in range(80)]
    return [text(f"{number}-{place}", length) for place, length in enumerate(lengths)]


async def test_of_many_documents_at_most_a_twentieth_of_what_is_computed_is_padding() -> None:
    chooser = random.Random(1)
    pool = Pool(1_000)
    for number in range(200):
        add(pool, *resume(number, chooser))
    computed = content = batches = 0
    while taken := pool.take():
        lengths = [waiting.prepared.length for waiting in taken]
        assert max(lengths) * len(lengths) <= 1_000
        computed += max(lengths) * len(lengths)
        content += sum(lengths)
        batches += 1
        for waiting in taken:
            pool.give(waiting, VECTOR)
    assert 1 - content / computed <= 0.05
    assert computed / batches > 600, "batches are well filled"


async def test_no_texts_but_those_of_the_oldest_requests_are_taken_together() -> None:
    pool = Pool(1_000)
    for number in range(LOOK_AHEAD + 5):
        add(pool, text(f"{number}", 5))
    assert len(pool.take()) == LOOK_AHEAD
    assert names(pool.take()) == [f"{LOOK_AHEAD + number}" for number in range(5)]


async def test_a_very_long_document_holds_up_nobody() -> None:
    pool = Pool(1_000)
    long = add(pool, *(text(f"long {number}", 250) for number in range(1_000)))
    short = [add(pool, text(f"short {number}", 40 + number)) for number in range(3)]
    takes = 0
    while not all(request.done.done() for request in short):
        takes += 1
        for waiting in pool.take():
            pool.give(waiting, VECTOR)
    assert takes <= 2 * len(short)
    assert not long.done.done()


async def test_a_short_document_in_front_of_endless_others_is_done_too() -> None:
    """Those that are nearest to their end never take every turn."""
    pool = Pool(1_000)
    long = add(pool, *(text(f"long {number}", 250) for number in range(8)))
    takes = 0
    while not long.done.done():
        takes += 1
        add(pool, text(f"short {takes}", 10))
        for waiting in pool.take():
            pool.give(waiting, VECTOR)
    assert takes <= 4


async def test_an_equal_text_is_shared_also_while_it_is_in_the_model() -> None:
    pool = Pool(1_000)
    first = add(pool, text("same", 5), text("same", 5))
    (waiting,) = pool.take()
    second = add(pool, text("same", 5))
    assert pool.take() == []
    pool.give(waiting, VECTOR)
    assert first.done.done()
    assert second.done.done()
    assert second.texts[0].vector is VECTOR


async def test_what_nobody_waits_for_any_more_is_not_computed() -> None:
    pool = Pool(1_000)
    left = add(pool, text("left", 5), text("shared", 5))
    add(pool, text("shared", 5))
    pool.drop(left)
    assert names(pool.take()) == ["shared"]
    assert not pool


async def test_a_dropped_request_makes_room_for_the_next() -> None:
    pool = Pool(1_000, look_ahead=1)
    first = add(pool, text("first", 5))
    add(pool, text("second", 5))
    pool.drop(first)
    assert names(pool.take()) == ["second"]


async def test_a_fault_is_told_to_everybody_who_waits_for_the_text() -> None:
    pool = Pool(1_000)
    requests = [add(pool, text("bad", 5)), add(pool, text("bad", 5), text("good", 90)), add(pool, text("good", 90))]
    taken = {waiting.prepared.text: waiting for _ in range(2) for waiting in pool.take()}
    pool.fail(taken["bad"], DependencyUnavailable("model", "no vector"))
    pool.give(taken["good"], VECTOR)
    assert [isinstance(request.done.exception(), DependencyUnavailable) for request in requests] == [True, True, False]
