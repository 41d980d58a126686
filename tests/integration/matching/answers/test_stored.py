"""What is stored, as an administrator is told it, from a real database."""

from __future__ import annotations

import asyncpg
from httpx import AsyncClient
from prometheus_client import REGISTRY

from libs.contracts.revision import Revision
from services.matching.answers.storage_report.stored import StoredFigures
from tests.fakes.documents import SPACE, vectors_event
from tests.fakes.matching_parts import Matching


async def test_documents_and_the_bytes_of_each_part_are_told(matching: Matching, client: AsyncClient) -> None:
    await matching.index(*(vectors_event(f"default/resume/r{n}", Revision(1, n)) for n in range(3)))
    await matching.index(vectors_event("default/job/j1", Revision(1, 9)))
    told = (await client.get("/storage")).json()
    assert told["documents"] == 4
    parts = {(part["name"], part["space"]): part for part in told["parts"]}
    for part in (("documents", None), ("cards", None), ("words", None), ("filters", None), ("people", None)):
        assert parts[part]["bytes"] > 0
    # Every partition is counted.
    assert parts["nearest", SPACE]["bytes"] > parts["vectors", SPACE]["indexes"]
    assert told["bytes"] == sum(part["bytes"] for part in told["parts"])
    assert {each["kind"]: (each["documents"], each["unpacked"]) for each in told["words"]} == {
        "resume": (3, 3),
        "job": (1, 1),
    }
    assert {(work["work"], work["on"]) for work in told["next"]} >= {("pack", "words of resumes")}


async def test_a_tenant_is_told_its_share_and_nothing_of_others_documents(
    matching: Matching, client: AsyncClient
) -> None:
    await matching.index(*(vectors_event(f"default/resume/r{n}", Revision(1, n)) for n in range(1)))
    await matching.index(*(vectors_event(f"other/resume/r{n}", Revision(2, n)) for n in range(3)))
    # As the server's own ANALYZE would have it.
    await _analyzed(matching)
    mine = (await client.get("/storage")).json()
    theirs = (await client.get("/storage", headers={"Shortlist-Tenant": "other"})).json()
    assert (mine["documents"], theirs["documents"]) == (1, 3)
    assert mine["all_documents"] == theirs["all_documents"] == 4
    assert _of_tenant(theirs) == 3 * _of_tenant(mine)


async def test_recall_is_what_the_process_measured(matching: Matching) -> None:
    assert (await StoredFigures(matching.database).report("default")).recall is None
    assert (await StoredFigures(matching.database, recall=lambda: 0.98).report("default")).recall == 0.98


async def test_the_gauges_show_the_same_bytes(matching: Matching) -> None:
    await matching.index(vectors_event("default/resume/r1", Revision(1, 1)))
    stored = StoredFigures(matching.database)
    await stored.measure()
    parts = (await stored.report("default")).parts
    for part in parts:
        labels = {"part": part.name, "space": part.space or ""}
        assert REGISTRY.get_sample_value("shortlist_matching_storage_bytes", labels) == part.bytes


def _of_tenant(told: dict[str, list[dict[str, int]]]) -> int:
    return next(part["bytes_of_tenant"] for part in told["parts"] if part["name"] == "documents")  # type: ignore[comparison-overlap]


async def _analyzed(matching: Matching) -> None:
    connection = await asyncpg.connect(matching.dsns.owner)
    await connection.execute("ANALYZE matching.cards")
    await connection.close()
