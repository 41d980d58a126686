"""Of an erased document the log keeps the scores, and nothing that tells whose they are, whenever they are written."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from libs.contracts.revision import Revision
from services.matching.answers.logged_scores import LoggedScores
from services.matching.score_log.rows import write_answers
from services.matching.storage.database import Database
from services.matching.writing import erasures
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import key_of, vectors_event
from tests.fakes.matching_parts import Matching
from tests.fakes.score_logs import LoggingMatching, shown_answer

pytestmark = pytest.mark.integration

RESUME = key_of("default/resume/r1")
SCORED, DELETED, LATER = Revision(1000, 1), Revision(1000, 2), Revision(1000, 3)


@pytest.fixture
def logging(matching: Matching) -> LoggingMatching:
    return LoggingMatching(matching)


async def _rows(matching: Matching) -> list[dict[str, Any]]:
    return await matching.rows("SELECT * FROM matching.score_log ORDER BY at, place")


async def _everything(matching: Matching) -> str:
    rows = await matching.rows("SELECT l::text AS row FROM matching.score_log l")
    return "\n".join(row["row"] for row in rows)


def _assert_is_of_nobody(row: dict[str, Any], kind: str = "resume") -> None:
    assert row[f"{kind}_id"].startswith("erased:")
    assert len(row[f"{kind}_id"]) == len("erased:") + 32
    assert [row[f"{kind}_{name}"] for name in ("stamp", "offset", "hash")] == [None, None, None]


async def test_an_erasure_replaces_the_id_wherever_it_stands_by_one_and_the_same_name(
    matching: Matching, logging: LoggingMatching
) -> None:
    for answer in (shown_answer("r1", "r2"), shown_answer("r2", "r1", job="j2"), shown_answer("r1", tenant="other")):
        logging.waiting.note(answer)
    await logging.write()
    await matching.writer.erase(RESUME, DELETED)
    rows = await _rows(matching)
    gone = [row for row in rows if row["resume_id"] != "r2"]
    assert len(gone) == 2
    for row in gone:
        _assert_is_of_nobody(row)
        assert row["score"] == 50.0
    assert len({row["resume_id"] for row in gone}) == 1
    assert "r1" not in await _everything(matching)
    assert {row["resume_stamp"] for row in rows if row["resume_id"] == "r2"} == {1000}
    # Another tenant's document of the same id is another one.
    assert [row["id"] for row in await matching.rows("SELECT resume_id AS id FROM matching.score_log", tenant="other")]


async def test_a_job_is_erased_as_a_resume_is(matching: Matching, logging: LoggingMatching) -> None:
    logging.waiting.note(shown_answer("r1"))
    await logging.write()
    await matching.writer.erase(key_of("default/job/j1"), DELETED)
    (row,) = await _rows(matching)
    _assert_is_of_nobody(row, "job")
    assert row["resume_id"] == "r1"


async def test_what_was_scored_before_the_erasure_and_is_written_after_it_has_no_id(
    matching: Matching, logging: LoggingMatching
) -> None:
    logging.waiting.note(shown_answer("r1", "r2"))
    logging.waiting.note(shown_answer("r2", job="gone"))
    await matching.writer.erase(RESUME, DELETED)
    await matching.writer.erase(key_of("default/job/gone"), DELETED)
    await logging.write()
    rows = await _rows(matching)
    _assert_is_of_nobody(rows[0])
    _assert_is_of_nobody(rows[2], "job")
    assert [row["resume_id"] for row in rows[1:]] == ["r2", "r2"]
    everything = await _everything(matching)
    assert "r1" not in everything
    assert "gone" not in everything


async def test_what_is_scored_of_a_later_submission_keeps_the_id(matching: Matching, logging: LoggingMatching) -> None:
    await matching.writer.erase(RESUME, DELETED)
    await matching.index(vectors_event("default/resume/r1", LATER))
    logging.waiting.note(shown_answer("r1", stamp=1001))
    await logging.write()
    # Told of once more, as by its tombstone, the old erasure changes nothing of it.
    await matching.writer.erase(RESUME, DELETED)
    (row,) = await _rows(matching)
    assert (row["resume_id"], row["resume_stamp"]) == ("r1", 1001)


@pytest.mark.parametrize("first", ["writer", "erasure"])
async def test_an_erasure_and_a_batch_that_meet_leave_no_id(
    matching: Matching, logging: LoggingMatching, first: str
) -> None:
    """Both have begun before either ends: the second waits for the first and knows of it."""
    await logging.months.keep()
    other = Database(matching.dsns.matching, connections=2)
    await other.open()
    second: asyncio.Task[Any]
    try:
        async with matching.database.writing("default") as connection:
            if first == "writer":
                await write_answers(connection, [shown_answer("r1")], unsure=False)
                second = asyncio.create_task(DocumentWriter(other, cache_seconds=1).erase(RESUME, DELETED))
            else:
                await erasures.erase(connection, RESUME, DELETED)
                second = asyncio.create_task(_write(other))
            await _until_someone_waits_for_a_lock(matching)
        await second
    finally:
        await other.close()
    (row,) = await _rows(matching)
    _assert_is_of_nobody(row)


async def test_erasures_and_batches_all_at_once_leave_no_id(matching: Matching, logging: LoggingMatching) -> None:
    other = Database(matching.dsns.matching, connections=3)
    await other.open()
    names = [f"race-{number}" for number in range(20)]
    try:
        writer = LoggingMatching(matching, database=other)
        for name in names:
            writer.waiting.note(shown_answer(name, *names))
        await writer.months.keep()
        erasing = DocumentWriter(other, cache_seconds=1)
        await asyncio.gather(
            writer.write(),
            *(matching.writer.erase(key_of(f"default/resume/{name}"), DELETED) for name in names[::2]),
            *(erasing.erase(key_of(f"default/resume/{name}"), DELETED) for name in names[1::2]),
        )
    finally:
        await other.close()
    assert len(await _rows(matching)) == len(names) * (len(names) + 1)
    assert "race" not in await _everything(matching)


async def test_the_receipt_names_the_log(matching: Matching) -> None:
    receipt = await matching.writer.erase(RESUME, DELETED)
    assert receipt.stores.score_log.status == "done"
    assert "keyed hash" in (receipt.stores.score_log.note or "")


async def test_the_log_is_asked_for_an_erased_document_by_its_name_alone(
    matching: Matching, logging: LoggingMatching
) -> None:
    logging.waiting.note(shown_answer("r1", "r2"))
    await logging.write()
    await matching.writer.erase(RESUME, DELETED)
    name = (await _rows(matching))[0]["resume_id"]
    found = await logging.service.logged_scores(LoggedScores("default", name, None), limit=10, cursor=None)
    assert [(each.resume_id, each.resume_revision, each.score) for each in found.items] == [(name, None, 50.0)]
    asked = LoggedScores("default", "r1", None)
    assert (await logging.service.logged_scores(asked, limit=10, cursor=None)).items == []


async def _write(database: Database) -> None:
    async with database.writing("default") as connection:
        await write_answers(connection, [shown_answer("r1")], unsure=False)


async def _until_someone_waits_for_a_lock(matching: Matching) -> None:
    async with asyncio.timeout(20):
        while not await matching.rows(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ):
            await asyncio.sleep(0.01)
