"""What matching says of itself: searches are impaired while a space is being built."""

from __future__ import annotations

import pytest

from libs.contracts.revision import Revision
from libs.database import transactions as database_module
from libs.telemetry.health import Health
from services.matching.health import look
from services.matching.storage.database import Database
from tests.fakes.documents import DIMENSION, vectors_event
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

NEXT = "99999999"


async def test_while_a_space_is_built_health_says_so_and_what_it_lacks_and_is_ready_all_the_same(
    matching: Matching,
) -> None:
    health = Health("matching")
    health.started()
    await matching.index(vectors_event("default/resume/r1", Revision(1000, 1)))
    await look(matching.database, matching.spaces, health)
    assert health.parts["space"].status == "ok"

    await matching.spaces.register(NEXT, "another model", DIMENSION)
    await look(matching.database, matching.spaces, health)
    part = health.parts["space"]
    assert part.status == "degraded"
    assert NEXT in str(part.reason)
    assert "1 documents lack its vectors" in str(part.reason)
    assert "by words alone" in str(part.reason)
    assert health.ready

    await matching.index(vectors_event("default/resume/r1", Revision(1000, 1), space=NEXT))
    building = await matching.spaces.building()
    assert building is not None
    await matching.spaces.build(building, await matching.spaces.missing(building))
    await look(matching.database, matching.spaces, health)
    assert health.parts["space"].status == "ok"


async def test_a_database_whose_connections_are_all_in_use_is_not_said_to_be_away(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = Health("matching")
    health.ok("database")
    monkeypatch.setattr(database_module, "WAIT_SECONDS", 0.05)
    database = Database(matching.dsns.matching, connections=1)
    await database.open()
    try:
        async with database.reading("default"):
            await look(database, matching.spaces, health)
    finally:
        await database.close()
    assert health.parts["database"].status == "ok"
