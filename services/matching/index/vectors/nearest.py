"""The nearest vectors: exactly where few are compared, else by HNSW, exactly again where that does not fill the limit.

`kind`, `shard` and the limit stand in the statements as literals: the first two let the planner see the partial index
and the one partition of a shard in a generic plan too, the limit lets it know that few rows are wanted.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

from pgvector import HalfVector

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.found import Found, Numbers
from services.matching.index.vectors.shards import homes
from services.matching.index.vectors.sizes import Sizes
from services.matching.storage.spaces_table import Space

# Up to here every vector is compared.
COMPARED_ALL = 10_000
# HNSW looks at this many at least, whatever the limit; ef_search allows no more than the second.
LEAST_SEARCHED, MOST_SEARCHED = 400, 1000
# Rows that HNSW visits at most for the limit where a condition refuses many.
MOST_SCANNED = 20_000
# HNSW passes by this many rows in the time in which that many times fewer are compared exactly.
EXACT_IS_CHEAPER = 5.0

_FAR = 2.0

_SIZES = Sizes()
_SHARDS = "SELECT shards FROM matching.nearest_shards WHERE tenant = $1 AND kind = $2"
# Settings end with the transaction at the latest. The planner knows neither how many rows a tenant has, in a plan for
# any tenant, nor how many pass a condition: left to itself it may read the whole partition, or sort a tenant's rows
# instead of taking the index. Memory of an iterative scan is counted in units of work_mem.
_BEGIN = f"""
SELECT set_config('enable_seqscan', 'off', true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
    set_config('hnsw.scan_mem_multiplier', '16', true), set_config('hnsw.max_scan_tuples', '{MOST_SCANNED}', true),
    ({_SHARDS}) AS shards
"""
_BY_INDEX = "SELECT set_config('enable_sort', 'off', true), set_config('hnsw.ef_search', $1, true)"
_END = "SELECT set_config('enable_seqscan', 'on', true), set_config('enable_sort', 'on', true)"


class Condition(Protocol):
    """An SQL condition on documents."""

    def sql(self, number: str, first: int) -> tuple[str, list[Any]]:
        """A boolean expression over a column expression that holds a number, and its values from `$first` on;
        tenant is $1, kind $2."""


class _Asked:
    """What the statements of one call have in common."""

    def __init__(self, space: Space, tenant: str, kind: Kind, vector: HalfVector, condition: Condition | None) -> None:
        self.table, self.tenant, self.kind = f"matching.nearest_{space.name}", tenant, kind
        self.values: list[Any] = [tenant, kind, vector]
        self.passes = ""
        if condition is not None:
            sql, values = condition.sql("n.number", 4)
            self.passes = f" AND ({sql})"
            self.values += values

    def arm(self, shard: int, limit: int, *, by_index: bool, numbers: int | None = None) -> str:
        """The nearest of one shard; `numbers` is the place of the value with the only numbers compared."""
        only = "" if numbers is None else f" AND n.number = ANY(${numbers}::bigint[])"
        rows = (
            f"SELECT n.number, n.document <=> $3 AS far FROM {self.table} n WHERE n.tenant = $1"
            f" AND n.kind = '{self.kind}' AND $2::text = '{self.kind}' AND n.shard = {shard}{only}{self.passes}"
        )
        if by_index:
            return f"({rows} ORDER BY n.document <=> $3 LIMIT {limit})"
        # OFFSET 0 keeps the planner from taking the index: every row that passes is compared.
        return f"(SELECT number, far FROM ({rows} OFFSET 0) compared ORDER BY far, number LIMIT {limit})"


async def nearest(
    connection: Reading,
    space: Space,
    tenant: str,
    kind: Kind,
    vector: HalfVector,
    limit: int,
    *,
    within: Numbers | None = None,
    condition: Condition | None = None,
) -> list[Found]:
    """Documents by the cosine of their vector with `vector`, best first, as many as `limit` where there are so many.

    `within`: only these, compared exactly. `condition`: only documents that pass; made for one that most pass, and
    filled whatever it is. hnsw's settings stay for the rest of the transaction.
    """
    row = await connection.fetchrow(_BEGIN, tenant, kind)
    asked, shards = _Asked(space, tenant, kind, vector, condition), range(row["shards"] or 1)
    if within is not None:
        found = await _within(connection, asked, shards, limit, within)
    elif await _is_exact_cheaper(connection, asked, shards, limit):
        found = await _exact(connection, asked, shards, limit)
    else:
        found = await _by_index(connection, asked, shards, limit)
        if len(found) < limit:
            await connection.fetchrow(_END)
            found = await _exact(connection, asked, shards, limit)
    await connection.fetchrow(_END)
    return found


async def nearest_exactly(
    connection: Reading, space: Space, tenant: str, kind: Kind, vector: HalfVector, limit: int
) -> list[Found]:
    """As `nearest`, but every vector is compared: some seconds for a million."""
    shards = range(await connection.fetchval(_SHARDS, tenant, kind) or 1)
    return await _exact(connection, _Asked(space, tenant, kind, vector, None), shards, limit)


async def _is_exact_cheaper(connection: Reading, asked: _Asked, shards: range, limit: int) -> bool:
    if len(shards) > 1:
        return False
    size = await _SIZES.of(connection, asked.table, asked.tenant, asked.kind)
    return size.own <= COMPARED_ALL or size.own * size.share < EXACT_IS_CHEAPER * max(limit, LEAST_SEARCHED)


async def _exact(connection: Reading, asked: _Asked, shards: range, limit: int) -> list[Found]:
    wanted = _rounded(limit)
    arms = [asked.arm(shard, wanted, by_index=False) for shard in shards]
    return await _best(connection, arms, asked.values, limit)


async def _by_index(connection: Reading, asked: _Asked, shards: range, limit: int) -> list[Found]:
    wanted = _rounded(limit if len(shards) == 1 else _of_each(limit, len(shards)))
    least = LEAST_SEARCHED if len(shards) == 1 else LEAST_SEARCHED // 2
    await connection.fetchrow(_BY_INDEX, str(min(MOST_SEARCHED, max(least, wanted))))
    arms = [asked.arm(shard, wanted, by_index=True) for shard in shards]
    return await _best(connection, arms, asked.values, limit)


async def _within(connection: Reading, asked: _Asked, shards: range, limit: int, within: Numbers) -> list[Found]:
    """Those that are not moved to their homes yet are looked for in shard 0, with all the others."""
    found, values, arms = homes(within), list(asked.values), []
    for shard in shards:
        numbers = within if shard == 0 else within[found == shard]
        if len(numbers):
            values.append(numbers.tolist())
            arms.append(asked.arm(shard, _rounded(limit), by_index=False, numbers=len(values)))
    return await _best(connection, arms, values, limit) if arms else []


async def _best(connection: Reading, arms: list[str], values: list[Any], limit: int) -> list[Found]:
    rows = await connection.fetch(" UNION ALL ".join(arms), *values)
    # Nothing is near to a vector of zeros, whose distance is no number.
    found = sorted((_FAR if math.isnan(row["far"]) else row["far"], row["number"]) for row in rows)
    return [Found(number, 1.0 - far) for far, number in found[:limit]]


def _of_each(limit: int, shards: int) -> int:
    """How many of the best of all one shard holds at most, but once in a billion: six deviations above its mean."""
    mean = limit / shards
    return math.ceil(mean + 6 * math.sqrt(mean) + 4)


def _rounded(limit: int) -> int:
    """The next power of two, above 64 the next hundred: few different statements are to be prepared."""
    return 1 << max(4, (limit - 1).bit_length()) if limit <= 64 else math.ceil(limit / 100) * 100
