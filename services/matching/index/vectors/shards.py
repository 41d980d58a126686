"""Shards: how the vectors of a tenant with very many documents are spread over several indexes.

A tenant's vectors of a kind lie in shard 0, until there are so many that they are spread over SHARDS of them. Each
document has its home among these, told by its number; until it is moved there it stays in shard 0.
"""

from __future__ import annotations

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading, Writing
from services.matching.index.found import Numbers

# A power of two: the home is the uppermost bits of a hash.
SHARDS = 8
_BITS = SHARDS.bit_length() - 1
# Knuth's multiplicative hash: numbers that follow each other, or skip every second, are spread evenly.
_FACTOR, _MODULUS, _WORD = 2_654_435_761, 2**31, 2**32


def home_sql(number: str) -> str:
    """An SQL expression for the home of a number, itself an SQL expression: the same as `homes`."""
    return f"((({number} % {_MODULUS}) * {_FACTOR} % {_WORD}) >> {32 - _BITS})::smallint"


def homes(numbers: Numbers) -> Numbers:
    """The homes of numbers, in the same order, where a tenant's documents are spread."""
    return ((numbers % _MODULUS) * _FACTOR % _WORD) >> (32 - _BITS)


async def spread_kinds(connection: Reading, tenant: str) -> set[Kind]:
    """The kinds of the tenant's documents whose vectors are spread."""
    rows = await connection.fetch("SELECT kind FROM matching.nearest_shards WHERE tenant = $1", tenant)
    return {row["kind"] for row in rows}


async def begin_to_spread(connection: Writing, tenant: str, kind: Kind) -> None:
    """From the commit on, writers put vectors into their homes, and readers look into every shard."""
    await connection.execute(
        "INSERT INTO matching.nearest_shards (tenant, kind, shards) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        tenant,
        kind,
        SHARDS,
    )
