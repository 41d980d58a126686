"""The months of the score log: made ahead, kept apart by tenant, and dropped whole when they are old."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from libs.contracts.errors import RecordRejected
from services.matching.storage.score_log_months import ScoreLogMonths, name_of
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

_MONTHS = """
SELECT c.relname::text AS name, relrowsecurity AND relforcerowsecurity AS forced FROM pg_inherits
JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'matching.score_log'::regclass ORDER BY 1
"""
_ENTRY = """
INSERT INTO matching.score_log
    (tenant, at, answer, place, operation, scoring_version, reading_version, space, job_id, resume_id)
VALUES ('default', $1, 1, 1, 'calculate', 'v1', 1, '0a0b0c0d', 'j1', 'r1')
"""


def _months(matching: Matching, days: int = 1461) -> ScoreLogMonths:
    return ScoreLogMonths(matching.database, matching.dsns.owner, days=days)


async def _names(matching: Matching) -> list[str]:
    return [row["name"] for row in await matching.rows(_MONTHS)]


async def test_this_month_and_two_more_are_made_and_once_only(matching: Matching) -> None:
    await asyncio.gather(*(_months(matching).keep() for _ in range(3)))
    now = datetime.now(UTC)
    names = await _names(matching)
    assert names[0] == name_of(now)
    assert len(names) == 3
    assert name_of(now + timedelta(days=62)) in names
    for ahead in (0, 40):
        async with matching.database.writing("default") as connection:
            assert await connection.execute(_ENTRY, now + timedelta(days=ahead)) == 1


async def test_a_month_has_the_indexes_of_the_log_and_forces_row_level_security(matching: Matching) -> None:
    await _months(matching).keep()
    assert all(row["forced"] for row in await matching.rows(_MONTHS))
    indexes = await matching.rows(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'matching' AND tablename = $1", name_of(datetime.now(UTC))
    )
    assert sorted(row["indexdef"].partition("btree ")[2] for row in indexes) == [
        "(tenant, job_id, at)",
        "(tenant, resume_id, at)",
    ]


async def test_a_month_goes_when_its_last_day_is_older_than_what_is_kept(matching: Matching) -> None:
    months, now = _months(matching, days=100), datetime.now(UTC)
    ages = {days: now - timedelta(days=days) for days in (200, 140, 99, 0)}
    await months.make(ages.values())
    async with matching.database.writing("default") as connection:
        for at in ages.values():
            await connection.execute(_ENTRY, at)
    await months.keep()
    kept = await matching.rows("SELECT at FROM matching.score_log ORDER BY at")
    # The month of day 140 ended at least 109 days ago, whichever months these are.
    assert [row["at"] for row in kept] == [ages[99], ages[0]]
    assert not await months.have([ages[140]])
    assert await months.have([ages[99], ages[0]])


async def test_what_lies_in_no_month_is_refused_and_not_put_elsewhere(matching: Matching) -> None:
    await _months(matching).keep()
    with pytest.raises(RecordRejected, match="no partition"):
        async with matching.database.writing("default") as connection:
            await connection.execute(_ENTRY, datetime.now(UTC) + timedelta(days=200))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE matching.score_log SET score = 100",
        "UPDATE matching.score_log SET at = now(), actor = 'nobody'",
        "DELETE FROM matching.score_log",
        "TRUNCATE matching.score_log",
        "DROP TABLE matching.score_log",
    ],
)
async def test_the_service_role_can_neither_change_nor_remove_what_is_logged(
    matching: Matching, statement: str
) -> None:
    await _months(matching).keep()
    connection = await asyncpg.connect(matching.dsns.matching)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.replace("score_log", name_of(datetime.now(UTC))))
    finally:
        await connection.close()
