"""The partitions of the score log, one for each month (UTC): made ahead, and dropped whole when they are old.

The owner makes and drops them, under the lock of the migrations, so that one process at a time does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.telemetry.logs import get_logger
from services.matching.storage.database import Database
from services.matching.storage.migrating import alone

log = get_logger(__name__)

# Made ahead: so long can the owner's role be away.
MONTHS_AHEAD = 2
# Nothing is written or read of the log while a month is dropped, nor while that waits for those who are at it.
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'"

_MONTHS = """
SELECT c.relname::text AS name, now() AS now FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'matching.score_log'::regclass ORDER BY 1
"""
_NOW = "SELECT now()"
_NAME = re.compile(r"score_log_(\d{4})_(\d\d)")


class ScoreLogMonths:
    """The months of the score log. `days`: how long what is logged is kept; a month goes when its last day is older.

    Methods raise DependencyUnavailable.
    """

    def __init__(self, database: Database, owner_url: str, *, days: int) -> None:
        self._database = database
        self._owner_url = owner_url
        self._kept = timedelta(days=days)

    async def keep(self) -> None:
        """Makes this month and the next ones where they are missing, and drops those that are too old."""
        now, there = await self._there()
        wanted = [_months_later(now, count) for count in range(MONTHS_AHEAD + 1)]
        if any(name_of(month) not in there for month in wanted):
            await self.make(wanted)
        old = [name for name in there if _end_of(name) <= now - self._kept]
        if old:
            await self._drop(old)

    async def make(self, moments: Iterable[datetime]) -> None:
        """Makes the months of some moments where they are missing; nobody who writes to the log waits for it."""
        months = sorted({_months_later(moment, 0) for moment in moments})
        async with alone(self._owner_url) as connection:
            await connection.execute(_LOCK_TIMEOUT)
            for month in months:
                if not await connection.fetchval("SELECT to_regclass('matching.' || $1)", name_of(month)):
                    await _make(connection, month)
                    log.info("score_log_month_made", month=name_of(month))

    async def have(self, moments: Iterable[datetime]) -> bool:
        """Whether there is a partition for each of some moments."""
        _, there = await self._there()
        return {name_of(moment) for moment in moments} <= set(there)

    async def _there(self) -> tuple[datetime, list[str]]:
        """The database's time, by which months are old, and the partitions. A process's clock may be far off."""
        async with self._database.reading_shared() as connection:
            now: datetime = await connection.fetchval(_NOW)
            rows = await connection.fetch(_MONTHS)
        return now, [row["name"] for row in rows if _NAME.fullmatch(row["name"])]

    async def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            async with alone(self._owner_url) as connection:
                await connection.execute(_LOCK_TIMEOUT)
                await connection.execute(f"DROP TABLE IF EXISTS matching.{name}")
            log.info("score_log_month_dropped", month=name)


def name_of(moment: datetime) -> str:
    """The partition that a moment belongs to."""
    return f"score_log_{moment.astimezone(UTC):%Y_%m}"


async def _make(connection: Any, month: datetime) -> None:
    """A table that is attached: to create it as a partition would wait for all who write, and they for it."""
    name = name_of(month)
    await connection.execute(
        f"""
        CREATE TABLE matching.{name} (LIKE matching.score_log INCLUDING DEFAULTS INCLUDING STORAGE);
        ALTER TABLE matching.{name} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE matching.{name} FORCE ROW LEVEL SECURITY;
        CREATE POLICY tenant ON matching.{name} USING (tenant = current_setting('shortlist.tenant', true));
        ALTER TABLE matching.score_log ATTACH PARTITION matching.{name}
            FOR VALUES FROM ('{month.isoformat()}') TO ('{_months_later(month, 1).isoformat()}');
        """
    )


def _months_later(moment: datetime, count: int) -> datetime:
    """The first moment of the month so many months after a moment's own."""
    moment = moment.astimezone(UTC)
    years, month = divmod(moment.month - 1 + count, 12)
    return datetime(moment.year + years, month + 1, 1, tzinfo=UTC)


def _end_of(name: str) -> datetime:
    found = _NAME.fullmatch(name)
    assert found is not None
    return _months_later(datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC), 1)
