"""Writing the vectors of whole documents, and taking them out, in whichever shard they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pgvector import HalfVector

from libs.contracts.identifiers import Kind
from services.matching.index.shards import homes, spread_kinds
from services.matching.scoring.model import Vectors
from services.matching.storage.database import Writing

# A vector that is the same is not written: its index entries stay as they are.
_WRITE = """
INSERT INTO matching.nearest_{space} AS stored (tenant, kind, shard, number, document)
SELECT $1, * FROM unnest($2::text[], $3::smallint[], $4::bigint[], $5::halfvec[])
ON CONFLICT (tenant, kind, shard, number) DO UPDATE SET document = excluded.document
WHERE stored.document <> excluded.document
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
    spread = await spread_kinds(connection, tenant)
    kinds = [kind for kind, _, _ in vectors]
    numbers = np.array([number for _, number, _ in vectors], dtype=np.int64)
    shards = [int(home) if kind in spread else 0 for kind, home in zip(kinds, homes(numbers), strict=True)]
    for kind in spread:
        # One of before the spreading may lie in shard 0 still.
        away = [int(n) for n, k, shard in zip(numbers, kinds, shards, strict=True) if k == kind and shard != 0]
        if away:
            await connection.execute(_REMOVE.format(space=space, kind=kind, shard=0), tenant, away)
    halves = [HalfVector(vector) for _, _, vector in vectors]
    await connection.execute(_WRITE.format(space=space), tenant, kinds, shards, numbers.tolist(), halves)


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
