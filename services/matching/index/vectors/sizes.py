"""How many vectors a tenant has of a kind, remembered for a while: it chooses the way, and counting costs a search."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading

# Counted to here at most: those with more are large, however many they have.
MOST_COUNTED = 50_000
REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 10_000

# `kind` and `shard` are literals, so that one partition is touched, in the order of its key. In a space without rows
# there is no partition to ask.
_COUNT = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {mine} LIMIT {most}) AS counted) AS own,
    (SELECT reltuples FROM pg_class WHERE oid = (SELECT tableoid FROM {table} WHERE {mine} LIMIT 1)) AS partition
"""


@dataclass(frozen=True, slots=True)
class Size:
    """`own` rows of the tenant and kind, counted to MOST_COUNTED; `share` of them in their partition, above 0, at
    most 1, as far as the server's statistics tell."""

    own: int
    share: float


class Sizes:
    """The sizes of some tenants, those asked for last. An old one costs time, never a result."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[tuple[str, str, str], tuple[float, Size]] = OrderedDict()

    async def of(self, connection: Reading, table: str, tenant: str, kind: Kind) -> Size:
        """The size in shard 0 of a table of vectors; counted where it isn't remembered."""
        key, now = (table, tenant, kind), self._clock()
        known = self._known.get(key)
        if known is None or known[0] < now:
            known = (now + REMEMBERED_SECONDS, await _counted(connection, table, tenant, kind))
            self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return known[1]


async def _counted(connection: Reading, table: str, tenant: str, kind: Kind) -> Size:
    mine = f"tenant = $1 AND kind = '{kind}' AND shard = 0"
    row = await connection.fetchrow(_COUNT.format(table=table, mine=mine, most=MOST_COUNTED), tenant)
    partition = max(float(row["partition"] or 0), float(row["own"]), 1.0)
    return Size(row["own"], max(1, row["own"]) / partition)
