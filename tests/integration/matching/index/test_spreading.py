"""The vectors of a tenant that has many are spread over shards, and are found all the while."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from pgvector import HalfVector

from libs.contracts.revision import Revision
from services.matching.index.vectors import spreading
from services.matching.index.vectors.nearest import nearest, nearest_exactly
from services.matching.index.vectors.shards import SHARDS, home_sql, homes
from services.matching.index.vectors.spreading import Spreading
from services.matching.storage.spaces_table import active_space
from tests.fakes.documents import SPACE, embed, key_of, vectors_event
from tests.fakes.explained_plans import Explained
from tests.fakes.matching_parts import Matching
from tests.fakes.stored_nearest import vector_of

pytestmark = pytest.mark.integration

MANY = 24


def _text(number: int, version: str = "") -> str:
    return f"Skill{number} and trade{number % 5} {version}"


@pytest.fixture
async def many(matching: Matching) -> Matching:
    """MANY resumes of one tenant, two of another, and a job."""
    for number in range(MANY):
        await matching.index(vectors_event(f"default/resume/r{number}", Revision(1, number + 1), _text(number)))
    for key in ("other/resume/r0", "other/resume/r1", "default/job/j0"):
        await matching.index(vectors_event(key, Revision(1, 99), _text(0)))
    return matching


async def _shards(matching: Matching, tenant: str = "default", kind: str = "resume") -> dict[int, int]:
    rows = await matching.rows(
        f"SELECT number, shard FROM matching.nearest_{SPACE} WHERE kind = $1", kind, tenant=tenant
    )
    assert len({row["number"] for row in rows}) == len(rows), "a document lies in two shards"
    return {row["number"]: row["shard"] for row in rows}


async def _number(matching: Matching, name: str) -> int:
    (row,) = await matching.rows("SELECT number FROM matching.cards WHERE kind = 'resume' AND id = $1", name)
    return int(row["number"])


async def _found(matching: Matching, text: str, limit: int = MANY, **given: object) -> list[int]:
    async with matching.database.reading("default") as connection:
        space = await active_space(connection)
        assert space is not None
        asked = (space, "default", "resume", HalfVector(embed(text)), limit)
        found = await nearest(connection, *asked, **given)  # type: ignore[arg-type]
        exact = await nearest_exactly(connection, *asked)
    if not given:
        assert [each.number for each in found] == [each.number for each in exact]
    return [each.number for each in found]


async def test_what_is_large_is_moved_to_its_homes_and_all_else_stays(many: Matching) -> None:
    assert await Spreading(many.database, threshold=MANY).step() == 0
    before = await _found(many, _text(3))
    moved = await Spreading(many.database, threshold=MANY - 1).step()
    shards = await _shards(many)
    assert shards == dict(zip(shards, homes(np.array(list(shards))).tolist(), strict=True))
    assert moved == sum(shard != 0 for shard in shards.values()) > MANY / 2
    assert set((await _shards(many, "other")).values()) == set((await _shards(many, kind="job")).values()) == {0}
    assert await _found(many, _text(3)) == before
    assert await Spreading(many.database, threshold=MANY - 1).step() == 0


async def test_a_document_is_found_once_while_others_are_moved(many: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "_AWAY", spreading._AWAY.replace(f"LIMIT {spreading.MOVED_TOGETHER}", "LIMIT 3"))
    before = await _found(many, _text(3))
    running = asyncio.create_task(Spreading(many.database, threshold=MANY - 1).step())
    while not running.done():
        assert await _found(many, _text(3)) == before
    assert await running > 0


async def test_writing_replaces_what_lies_in_the_shard_of_before_and_puts_new_ones_into_their_homes(
    many: Matching,
) -> None:
    async with many.database.writing("default") as connection:
        await spreading.begin_to_spread(connection, "default", "resume")
    for number in range(MANY):
        await many.index(vectors_event(f"default/resume/r{number}", Revision(2, number), _text(number, "rewritten")))
    await many.index(vectors_event("default/resume/new", Revision(2, 99), _text(MANY)))
    shards = await _shards(many)
    assert len(shards) == MANY + 1
    assert shards == dict(zip(shards, homes(np.array(list(shards))).tolist(), strict=True))
    assert (await _found(many, _text(7, "rewritten"), 1)) == [await _number(many, "r7")]
    async with many.database.reading("default") as connection:
        space = await active_space(connection)
        assert space is not None
        found = await vector_of(connection, space, "default", "resume", await _number(many, "new"))
    assert found is not None


@pytest.mark.parametrize("moved", [False, True])
async def test_an_erased_document_is_gone_from_whichever_shard_it_was_in(many: Matching, moved: bool) -> None:
    async with many.database.writing("default") as connection:
        await spreading.begin_to_spread(connection, "default", "resume")
    if moved:
        await Spreading(many.database, threshold=1).step()
    for number in range(MANY):
        await many.writer.erase(key_of(f"default/resume/r{number}"), Revision(3, number))
    assert await _shards(many) == {}


async def test_given_numbers_are_found_before_and_after_they_are_moved(many: Matching) -> None:
    wanted = np.sort(np.array([await _number(many, f"r{number}") for number in (2, 3, 5, 8, 13)]))
    async with many.database.writing("default") as connection:
        await spreading.begin_to_spread(connection, "default", "resume")
    before = await _found(many, _text(3), within=wanted)
    await Spreading(many.database, threshold=1).step()
    assert sorted(before) == wanted.tolist()
    assert await _found(many, _text(3), within=wanted) == before


async def test_a_document_that_is_being_written_is_left_for_the_next_time(many: Matching) -> None:
    numbers = {name: await _number(many, name) for name in (f"r{number}" for number in range(8))}
    name, number = next((name, number) for name, number in numbers.items() if homes(np.array([number]))[0] != 0)
    async with many.database.writing("default") as connection:
        await connection.fetch(
            "SELECT FROM matching.documents WHERE tenant = 'default' AND kind = 'resume' AND id = $1 FOR UPDATE", name
        )
        async with asyncio.timeout(30):
            assert await Spreading(many.database, threshold=MANY - 1).step() > 0
        assert (await _shards(many))[number] == 0
    assert await Spreading(many.database, threshold=MANY - 1).step() == 1
    assert (await _shards(many))[number] == homes(np.array([number]))[0]


async def test_a_spread_tenant_is_searched_by_each_shards_own_index(many: Matching) -> None:
    await Spreading(many.database, threshold=MANY - 1).step()
    async with many.database.reading("default") as connection:
        space = await active_space(connection)
        assert space is not None
        explained = Explained(connection)
        await nearest(explained, space, "default", "resume", HalfVector(embed(_text(1))), 5)
        rows = await connection.fetch(
            f"SELECT DISTINCT tableoid::regclass::text AS name FROM matching.nearest_{SPACE} WHERE kind = 'resume'"
        )
    (search,) = [plan for plan in explained.plans if "<=>" in plan.statement]
    assert {f"matching.{name}" for name in search.tables} >= {row["name"] for row in rows}
    assert all("_document_idx" in name for name in search.indexes)
    assert "Sort" not in search.kinds


async def test_server_and_code_know_the_same_home_of_a_number(many: Matching) -> None:
    numbers = np.array([0, 1, 2, 3, 1000, 2**31 - 1, 2**31, 2**40 + 7, 2**62])
    rows = await many.rows(f"SELECT {home_sql('n')} AS home FROM unnest($1::bigint[]) n", numbers.tolist())
    assert [row["home"] for row in rows] == homes(numbers).tolist()
    assert max(row["home"] for row in rows) < SHARDS
