"""What waits for the log is written once the database takes it, once only, and what is lost is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.database.transactions import Writing
from libs.telemetry.health import Health
from services.matching.metrics import SCORE_LOG_ROWS
from services.matching.storage.database import Database
from tests.fakes.matching_parts import Matching
from tests.fakes.score_logs import LoggingMatching, shown_answer

pytestmark = pytest.mark.integration


async def _counted(matching: Matching, tenant: str = "default") -> int:
    (row,) = await matching.rows("SELECT count(*) AS n FROM matching.score_log", tenant=tenant)
    return int(row["n"])


async def _until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _running(logging: LoggingMatching, health: Health) -> AsyncIterator[None]:
    task = asyncio.create_task(logging.writer.run_forever(health))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_answers_of_all_tenants_are_written_in_the_background(matching: Matching) -> None:
    logging, health = LoggingMatching(matching), Health("matching")
    many = [f"r{number}" for number in range(1000)]
    async with _running(logging, health):
        for tenant in ("default", "other"):
            for _ in range(5):
                logging.waiting.note(shown_answer(*many, tenant=tenant))
        await _until(lambda: logging.waiting.rows == 0)
    assert [await _counted(matching, tenant) for tenant in ("default", "other")] == [5_000, 5_000]
    assert health.parts["score_log"].status == "ok"


async def test_an_outage_is_waited_out_and_shown(matching: Matching) -> None:
    database = Database(matching.dsns.matching, connections=1)
    logging, health = LoggingMatching(matching, database=database), Health("matching")
    logging.waiting.note(shown_answer("r1"))
    async with _running(logging, health):
        await _until(lambda: "score_log" in health.parts)
        part = health.parts["score_log"]
        assert part.status == "degraded"
        assert "1 scores that were shown wait to be logged" in str(part.reason)
        assert "not connected" in str(part.reason)
        await database.open()
        await _until(lambda: health.parts["score_log"].status == "ok")
    await database.close()
    assert await _counted(matching) == 1


async def test_a_commit_that_nobody_heard_of_is_not_written_twice(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging = LoggingMatching(matching)
    logging.waiting.note(shown_answer("r1", "r2"))
    logging.waiting.note(shown_answer("r3", job="j2"))
    plain = Database.writing

    @asynccontextmanager
    async def cut_after_the_commit(database: Database, tenant: str) -> AsyncIterator[Writing]:
        async with plain(database, tenant) as connection:
            yield connection
        raise DependencyUnavailable("database", "the connection was lost")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", cut_after_the_commit)
        with pytest.raises(DependencyUnavailable):
            await logging.write()
    assert (await _counted(matching), logging.waiting.rows) == (3, 3)
    logging.waiting.note(shown_answer("r4"))
    await logging.write()
    assert (await _counted(matching), logging.waiting.rows) == (4, 0)


async def test_what_does_not_fit_is_counted_and_told_and_no_answer_fails(matching: Matching) -> None:
    logging, health = LoggingMatching(matching, most_bytes=2_000), Health("matching")
    lost = _metric("lost")
    for number in range(50):
        logging.waiting.note(shown_answer(f"r{number}"))
    waiting = logging.waiting.rows
    assert 0 < waiting < 50
    assert _metric("lost") - lost == logging.waiting.lost_rows == 50 - waiting
    async with _running(logging, health):
        await _until(lambda: logging.waiting.rows == 0 and "score_log" in health.parts)
        # There is room again.
        logging.waiting.note(shown_answer("again"))
        await _until(lambda: logging.waiting.rows == 0)
    assert await _counted(matching) == waiting + 1
    part = health.parts["score_log"]
    assert part.status == "degraded"
    assert f"{50 - waiting} scores that were shown are not in the log" in str(part.reason)


async def test_one_that_the_database_refuses_takes_no_other_with_it(matching: Matching) -> None:
    logging = LoggingMatching(matching)
    lost = _metric("lost")
    for name in ("r1", "with\x00nothing", "r2"):
        logging.waiting.note(shown_answer(name))
    await logging.write()
    assert await _counted(matching) == 2
    assert _metric("lost") - lost == 1


async def test_at_a_stop_all_that_waits_is_written_out(matching: Matching) -> None:
    logging = LoggingMatching(matching)
    for tenant in ("default", "other"):
        logging.waiting.note(shown_answer("r1", tenant=tenant))
    await logging.writer.write_out()
    assert [await _counted(matching, tenant) for tenant in ("default", "other")] == [1, 1]


async def test_at_a_stop_without_a_database_what_is_lost_is_told(matching: Matching) -> None:
    closed = Database(matching.dsns.matching, connections=1)
    logging = LoggingMatching(matching, database=closed)
    lost = _metric("lost")
    for tenant in ("default", "other"):
        logging.waiting.note(shown_answer("r1", "r2", tenant=tenant))
    await logging.writer.write_out(seconds=0.2)
    assert _metric("lost") - lost == 4
    assert logging.waiting.rows == 0


def _metric(outcome: str) -> float:
    return float(SCORE_LOG_ROWS.labels(outcome)._value.get())
