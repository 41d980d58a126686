"""Jobs that were stored before they had a state are open, for filters too."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from libs.database import migrating as schema_migrating
from libs.database.migrating import numbered
from libs.localstack.postgres.roles import Dsns
from services.matching.storage import migrating
from services.matching.storage.migrating import migrate

pytestmark = pytest.mark.integration


async def test_jobs_of_before_are_open_and_rows_stay_behind_their_tenant(
    dsns: Dsns, monkeypatch: pytest.MonkeyPatch
) -> None:
    def until_last(folder: Any) -> list[Any]:
        return [each for each in numbered(folder) if each.name[:3] < "014"]

    with monkeypatch.context() as patch:
        patch.setattr(schema_migrating, "numbered", until_last)
        patch.setattr(migrating, "numbered", until_last)
        await migrate(dsns.owner, dsns.matching)
    connection = await asyncpg.connect(dsns.superuser)
    try:
        await connection.execute(
            """
            INSERT INTO matching.cards (tenant, kind, number, id, version)
            VALUES ('acme', 'job', 1, 'j1', 1), ('acme', 'resume', 2, 'r1', 2), ('other', 'job', 3, 'j1', 3)
            """
        )
        assert "014_standing.sql" in await migrate(dsns.owner, dsns.matching)
        rows = await connection.fetch(
            "SELECT tenant, kind, number, key, text_value FROM matching.filter_values ORDER BY number"
        )
        assert [tuple(row) for row in rows] == [
            ("acme", "job", 1, "@state", "sopen"),
            ("other", "job", 3, "@state", "sopen"),
        ]
        forced = await connection.fetch(
            "SELECT relforcerowsecurity FROM pg_class WHERE relname = ANY($1)",
            ["cards", "filter_values", "standings", "expiries"],
        )
        assert [row[0] for row in forced] == [True] * 4, "the owner would see all tenants' rows"
    finally:
        await connection.close()
