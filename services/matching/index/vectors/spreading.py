"""Spreading the vectors of a tenant that has very many over shards, a few at a time, while they are searched."""

from __future__ import annotations

from libs.contracts.identifiers import KINDS, Kind
from libs.database.transactions import Reading
from libs.telemetry.logs import get_logger
from services.matching.index.vectors.shards import begin_to_spread, home_sql, spread_kinds
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import spaces_with_tables

log = get_logger(__name__)

# Vectors moved in one transaction: each costs an insert into an index, and their documents cannot be written meanwhile.
MOVED_TOGETHER = 100

_MANY = "SELECT 1 FROM matching.cards WHERE tenant = $1 AND kind = $2 OFFSET $3 LIMIT 1"
# The rows of the documents are locked, as whoever writes or erases them does first; those at work are left for later.
_AWAY = f"""
SELECT n.number FROM matching.nearest_{{space}} n
JOIN matching.cards c ON c.tenant = n.tenant AND c.kind = n.kind AND c.number = n.number
JOIN matching.documents d ON d.tenant = c.tenant AND d.kind = c.kind AND d.id = c.id
WHERE n.tenant = $1 AND n.kind = '{{kind}}' AND n.shard = 0 AND n.number > $2 AND {home_sql("n.number")} <> 0
ORDER BY n.number LIMIT {MOVED_TOGETHER} FOR UPDATE OF d SKIP LOCKED
"""
# A statement of its own: it sees what was written before the rows were locked.
_MOVE = f"""
WITH moved AS (
    DELETE FROM matching.nearest_{{space}}
    WHERE tenant = $1 AND kind = '{{kind}}' AND shard = 0 AND number = ANY($2::bigint[])
    RETURNING tenant, kind, number, document
)
INSERT INTO matching.nearest_{{space}} (tenant, kind, shard, number, document)
SELECT tenant, kind, {home_sql("number")}, number, document FROM moved
ON CONFLICT (tenant, kind, shard, number) DO NOTHING
"""


class Spreading:
    """Begins to spread what has become large, and moves vectors to their homes. Several processes may do it at once.

    `threshold`: documents of a tenant and kind above which their vectors are spread.
    """

    def __init__(self, database: Database, threshold: int) -> None:
        self._database = database
        self._threshold = threshold

    async def step(self) -> int:
        """Looks once at every tenant, and moves what is to be moved; how many vectors that were.

        Raises DependencyUnavailable.
        """
        return sum([await self._of_tenant(tenant) for tenant in await self._database.tenants()])

    async def _of_tenant(self, tenant: str) -> int:
        async with self._database.reading(tenant) as connection:
            spread = await spread_kinds(connection, tenant)
            others = [kind for kind in KINDS if kind not in spread]
            large = [kind for kind in others if await self._is_large(connection, tenant, kind)]
            spaces = await spaces_with_tables(connection) if spread or large else []
        for kind in large:
            async with self._database.writing(tenant) as writing:
                await begin_to_spread(writing, tenant, kind)
            log.info("vectors_are_spread", tenant=tenant, kind=kind)
        moved = 0
        for kind in sorted(spread.union(large)):
            for space in spaces:
                moved += await self._move_all(tenant, kind, space)
        return moved

    async def _is_large(self, connection: Reading, tenant: str, kind: Kind) -> bool:
        return await connection.fetchval(_MANY, tenant, kind, self._threshold) is not None

    async def _move_all(self, tenant: str, kind: Kind, space: str) -> int:
        moved, last = 0, 0
        while True:
            async with self._database.writing(tenant) as connection:
                rows = await connection.fetch(_AWAY.format(space=space, kind=kind), tenant, last)
                numbers = [row["number"] for row in rows]
                if not numbers:
                    return moved
                moved += await connection.execute(_MOVE.format(space=space, kind=kind), tenant, numbers)
            last = numbers[-1]
