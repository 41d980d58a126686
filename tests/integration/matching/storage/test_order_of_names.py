"""Names are ordered by their bytes in the database, as in the code, whatever the database's own collation is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from libs.contracts import events
from libs.contracts.events import TextEvent
from libs.contracts.revision import Revision
from libs.contracts.topics import TEXT, vectors_topic
from libs.localstack.postgres.roles import Dsns
from tests.fakes.collations import database_in_english
from tests.fakes.documents import DIMENSION, vectors_arrived, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

REVISION = Revision(1000, 1)
OTHER = "00000002"
# In English `ab` comes before `a-c`, and `a` before `B`; by their bytes it is the other way round.
KEYS = [f"{tenant}/resume/{name}" for tenant in ("a-c", "a_d", "ab") for name in ("B", "a", "a-c", "ab")]


@pytest.fixture
async def dsns(postgres: Dsns, tmp_path: Path) -> AsyncIterator[Dsns]:
    """In place of a database that orders by bytes anyhow."""
    async with database_in_english(postgres, tmp_path) as found:
        yield found


@pytest.fixture(autouse=True)
async def english(dsns: Dsns) -> None:
    connection = await asyncpg.connect(dsns.superuser)
    assert await connection.fetchval("SELECT 'ab' < 'a-c' AND 'a' < 'B'"), "the database orders by bytes itself"
    await connection.close()


def _sent(matching: Matching) -> list[TextEvent]:
    return [events.decode(record.value or b"", TextEvent) for record in matching.publisher.topics[TEXT]]


async def test_every_tenant_is_sent_again_and_built_and_every_page_goes_on_behind_the_one_before(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.matching.writing.stored_texts.PAGE", 2)
    await matching.index(*(vectors_event(key, REVISION) for key in reversed(KEYS)))
    await matching.reembed()
    assert [str(text.key) for text in _sent(matching)] == sorted(KEYS)

    matching.publisher.topics.clear()
    await matching.spaces.register(OTHER, "another", DIMENSION)
    building = await matching.spaces.building()
    assert building is not None
    await matching.spaces.build(building, await matching.spaces.missing(building))
    assert [str(text.key) for text in _sent(matching)] == sorted(KEYS)
    for text in _sent(matching):
        event = vectors_event(str(text.key), REVISION, space=OTHER, source_event=text.source_event)
        await matching.read(vectors_arrived(event, vectors_topic(OTHER).name))
    assert await matching.spaces.missing(building) == 0

    listed, cursor = [], None
    while True:
        page = await matching.service.page("ab", "resume", limit=1, cursor=cursor, status=None)
        listed += [item.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert listed == ["B", "a", "a-c", "ab"]


async def test_every_column_that_names_a_thing_is_ordered_by_its_bytes(matching: Matching) -> None:
    """Otherwise a statement that is written later may order otherwise than the code that reads its rows."""
    connection = await asyncpg.connect(matching.dsns.superuser)
    try:
        rows = await connection.fetch(
            """SELECT table_name, column_name, collation_name FROM information_schema.columns
               WHERE table_schema = 'matching' AND table_name <> 'migrations'
                 AND column_name IN ('tenant', 'id', 'name', 'receipt', 'space', 'topic')"""
        )
    finally:
        await connection.close()
    assert {(row["table_name"], row["column_name"]) for row in rows if row["collation_name"] != "C"} == set()
    assert len(rows) > 10
