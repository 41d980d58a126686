"""Writing the vectors of whole documents, and taking them out, in whichever shard they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from pgvector import HalfVector

from libs.contracts.identifiers import Kind
from libs.database.transactions import Writing
from services.matching.index.vectors.shards import home_sql, homes, spread_kinds
from services.matching.scoring.model import Vectors

# A vector that is the same is not written: its index entries stay as they are.
_WRITE = f"""
INSERT INTO matching.nearest_{{space}} AS stored (tenant, kind, shard, number, document)
SELECT $1, kind, CASE WHEN kind IN (SELECT kind FROM matching.nearest_shards WHERE tenant = $1)
    THEN {home_sql("number")} ELSE 0 END, number, document
FROM unnest($2::text[], $3::bigint[], $4::halfvec[]) AS given (kind, number, document)
ON CONFLICT (tenant, kind, shard, number) DO UPDATE SET document = excluded.document
WHERE stored.document <> excluded.document
RETURNING kind, shard, number
"""
# Shard and kind are literals, so that only the partition of the shard is touched.
_REMOVE = """
DELETE FROM matching.nearest_{space}
WHERE tenant = $1 AND kind = '{kind}' AND shard = {shard} AND number = ANY($2::bigint[])
"""


async def write_nearest(
    connection: Writing, tenant: str, space: str, vectors: Sequence[tuple[Kind, int, Vectors]]
) -> None:
    """Writes vectors of documents (kind, number, float32 vector), each once. Their rows are locked."""
    if not vectors:
        return
    kinds, numbers = [kind for kind, _, _ in vectors], [number for _, number, _ in vectors]
    halves = [HalfVector(vector) for _, _, vector in vectors]
    written = await connection.fetch(_WRITE.format(space=space), tenant, kinds, numbers, halves)
    # One of before the spreading may lie in shard 0 still.
    away: defaultdict[str, list[int]] = defaultdict(list)
    for row in written:
        if row["shard"] != 0:
            away[row["kind"]].append(row["number"])
    for kind, those in away.items():
        await connection.execute(_REMOVE.format(space=space, kind=kind, shard=0), tenant, those)


async def remove_nearest(
    connection: Writing, tenant: str, spaces: Sequence[str], numbers: Mapping[Kind, Sequence[int]]
) -> None:
    """Takes the vectors of documents out of these spaces. Their rows are locked, so that none is moved meanwhile."""
    if not spaces or not any(numbers.values()):
        return
    spread = await spread_kinds(connection, tenant)
    for kind, removed in numbers.items():
        array = np.array(removed, dtype=np.int64)
        by_shard = {0: array}
        if kind in spread:
            found = homes(array)
            by_shard |= {int(home): array[found == home] for home in np.unique(found) if home != 0}
        for space in spaces:
            for shard, those in by_shard.items():
                await connection.execute(_REMOVE.format(space=space, kind=kind, shard=shard), tenant, those.tolist())
