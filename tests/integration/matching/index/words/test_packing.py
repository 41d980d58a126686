"""Packing and merging lose nothing and double nothing, whoever writes meanwhile and wherever they are broken off."""

from __future__ import annotations

import asyncio

import pytest

from services.matching.index.words.upkeep import worker
from services.matching.index.words.upkeep.packing import merge, pack
from services.matching.index.words.upkeep.worker import LOCK, Packing
from tests.fakes.word_documents import write_texts
from tests.integration.matching.index.words.conftest import Words

pytestmark = pytest.mark.integration


def _texts(first: int, count: int, word: str = "welding") -> dict[str, str]:
    return {f"r{place}": f"{word} number{place}" for place in range(first, first + count)}


class BrokenOffError(Exception):
    """As if the process had been killed."""


async def _broken_off(words: Words, *, meanwhile: Packing | None = None) -> None:
    """A step that is nearly done, and another worker meanwhile, which has nothing to do."""
    async with words.matching.database.writing("default") as connection:
        await connection.fetchval("SELECT pg_advisory_xact_lock($1)", LOCK)
        assert await pack(connection, "default", "resume") == 2
        if meanwhile is None:
            assert await merge(connection, "default", "resume", await words.segments()) == 2
        else:
            assert not await meanwhile.step()
        raise BrokenOffError


async def _all_found_once(words: Words, count: int) -> None:
    found = await words.found("welding", 1000)
    assert len(found) == len(set(found)) == count
    for place in range(count):
        assert await words.found(f"number{place}") == [f"r{place}"]


async def test_what_waits_is_packed_and_segments_become_one_with_the_same_answers(words: Words) -> None:
    await words.write(_texts(0, 3))
    await _all_found_once(words, 3)
    await words.pack(_texts(3, 3))
    await words.pack(_texts(6, 3))
    assert await words.count("unpacked") == 0
    await _all_found_once(words, 9)
    await words.merge()
    assert len(await words.segments()) == 1
    await _all_found_once(words, 9)


async def test_a_step_that_is_broken_off_leaves_everything_as_it_was(words: Words) -> None:
    await words.pack(_texts(0, 2))
    await words.write(_texts(2, 2))
    with pytest.raises(BrokenOffError):
        await _broken_off(words)
    assert (await words.count("unpacked"), await words.count("segments")) == (2, 1)
    await words.pack()
    await _all_found_once(words, 4)


async def test_a_document_that_is_replaced_while_it_is_packed_is_found_by_its_new_words_alone(words: Words) -> None:
    await words.write({"r0": "welding"})
    async with words.matching.database.writing("default") as connection:
        await pack(connection, "default", "resume")
        replacing = asyncio.create_task(words.write({"r0": "baking"}))
        # It waits for the packing, or is done; either way it must come out right.
        await asyncio.wait([replacing], timeout=0.2)
        assert not replacing.done()
    await replacing
    assert (await words.found("welding"), await words.found("baking")) == ([], ["r0"])
    assert await words.count("buried") == 1
    await words.pack()
    await words.merge()
    assert (await words.found("welding"), await words.found("baking")) == ([], ["r0"])
    assert await words.count("buried") == 0


async def test_a_document_that_is_being_replaced_is_not_packed_and_not_waited_for(words: Words) -> None:
    await words.write({"r0": "welding", "r1": "welding"})
    async with words.matching.database.writing("default") as connection:
        await write_texts(connection, {"r0": "baking"})
        await words.pack()
        assert await words.count("unpacked") == 1
    assert (await words.found("welding"), await words.found("baking")) == (["r1"], ["r0"])


async def test_what_is_replaced_after_a_merge_read_it_stays_buried_until_the_next(words: Words) -> None:
    await words.pack({"r0": "welding", "r1": "welding"})
    async with words.matching.database.writing("default") as connection:
        await merge(connection, "default", "resume", await words.segments())
        await words.write({"r0": "baking"})
    assert await words.count("buried") == 1
    assert await words.found("welding") == ["r1"]
    await words.merge()
    assert await words.count("buried") == 0
    assert await words.rows("SELECT documents FROM matching.segments") == [{"documents": 1}]
    assert (await words.found("welding"), await words.found("baking")) == (["r1"], ["r0"])


async def test_segments_of_which_nothing_is_left_go(words: Words) -> None:
    await words.pack({"r0": "welding"})
    await words.write({"r0": "baking"})
    await words.merge()
    assert [await words.count(table) for table in ("segments", "postings", "buried", "unpacked")] == [0, 0, 0, 1]


async def test_a_worker_packs_what_is_enough_merges_and_writes_anew_what_is_too_dead(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ENOUGH", 5)
    packing = Packing(words.matching.database)
    await words.write(_texts(0, 4))
    assert not await packing.step()
    for place in range(9):
        await words.write(_texts(5 * place, 5))
        while await packing.step():
            pass
    assert len(await words.segments()) == 2
    await _all_found_once(words, 45)
    await words.write(_texts(0, 4, "welding baking"))
    assert not await packing.step()
    assert await words.count("buried") == 4
    await words.write(_texts(4, 10, "welding baking"))
    while await packing.step():
        pass
    assert await words.count("buried") == 0
    await _all_found_once(words, 45)


async def test_few_cards_are_packed_when_they_waited_long(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FEWEST", 2)
    packing = Packing(words.matching.database)
    await words.write(_texts(0, 2))
    assert not await packing.step()
    monkeypatch.setattr(worker, "LONGEST_SECONDS", 0.0)
    assert await packing.step()
    assert await words.count("unpacked") == 0


async def test_while_one_process_works_another_does_nothing_and_goes_on_when_it_is_gone(
    words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ENOUGH", 1)
    await words.write(_texts(0, 2))
    with pytest.raises(BrokenOffError):
        await _broken_off(words, meanwhile=Packing(words.matching.database))
    assert await Packing(words.matching.database).step()
    assert await words.count("segments") == 1
    await _all_found_once(words, 2)


async def test_each_tenant_is_packed_by_itself(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "ENOUGH", 1)
    other = Words(words.matching, tenant="other")
    await words.write({"r0": "welding"})
    await other.write({"r0": "baking"})
    packing = Packing(words.matching.database)
    while await packing.step():
        pass
    assert (await words.found("welding baking"), await other.found("welding")) == (["r0"], [])
    assert (await words.count("unpacked"), await other.count("unpacked")) == (0, 0)
