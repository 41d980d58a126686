"""The documents whose vectors are nearest to one."""

from __future__ import annotations

from typing import Any

from pgvector import HalfVector

from libs.contracts.identifiers import Kind
from services.matching.index.conditions import Condition
from services.matching.index.found import Found, Numbers
from services.matching.storage.database import Reading
from services.matching.storage.spaces_table import Space


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
    """The documents of a tenant by cosine, nearest first. `within`: of these alone. `condition`: that they pass."""
    values: list[Any] = [tenant, kind, vector, limit]
    passes = ""
    if within is not None:
        values.append(within.tolist())
        passes = " AND number = ANY($5::bigint[])"
    if condition is not None:
        sql, more = condition.sql("n.number", len(values) + 1)
        values += more
        passes += f" AND {sql}"
    compared = f"""WITH compared AS MATERIALIZED (
        SELECT number, document FROM matching.nearest_{space.name} n WHERE tenant = $1 AND kind = $2{passes})"""
    rows = await connection.fetch(
        f"{compared} SELECT number, 1 - (document <=> $3) AS cosine FROM compared ORDER BY 2 DESC, 1 LIMIT $4", *values
    )
    return [Found(row["number"], row["cosine"]) for row in rows]
