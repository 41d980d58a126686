"""Documents that were stored before texts had a structure."""

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

MOMENT = "2026-11-23T17:04:54.925Z"


@pytest.mark.parametrize(
    ("metadata", "day"),
    [
        ("{}", "2026-11-23"),
        ('{"as_of": "2025-06-30"}', "2025-06-30"),
        ('{"as_of": "2025-06-31"}', "2026-11-23"),
        ('{"as_of": "yesterday"}', "2026-11-23"),
        ('{"as_of": 20250630}', "2026-11-23"),
    ],
)
async def test_their_day_is_that_of_their_metadata_else_of_their_submission(
    dsns: Dsns, monkeypatch: pytest.MonkeyPatch, metadata: str, day: str
) -> None:
    await _migrate_to("007", dsns, monkeypatch)
    connection = await asyncpg.connect(dsns.superuser)
    try:
        await connection.execute(
            """
            INSERT INTO matching.documents (tenant, kind, id, status, rank, stamp, "offset", metadata, as_of)
            VALUES ('acme', 'resume', 'r1', 'indexed', 3, 1, 1, $1, $2)
            """,
            metadata,
            MOMENT,
        )
        assert "008_structure.sql" in await migrate(dsns.owner, dsns.matching)
        row = await connection.fetchrow("SELECT as_of, submitted_at, structure_version FROM matching.documents")
        assert tuple(row) == (day, MOMENT, 0)
        forced = await connection.fetchval(
            "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'matching.documents'::regclass"
        )
        assert forced, "the owner would see all tenants' rows"
    finally:
        await connection.close()


async def _migrate_to(last: str, dsns: Dsns, monkeypatch: pytest.MonkeyPatch) -> None:
    def until_last(folder: Any) -> list[Any]:
        return [each for each in numbered(folder) if each.name[:3] <= last]

    with monkeypatch.context() as patch:
        patch.setattr(schema_migrating, "numbered", until_last)
        patch.setattr(migrating, "numbered", until_last)
        await migrate(dsns.owner, dsns.matching)
