"""A vector as the table of the nearest holds it."""

from __future__ import annotations

import numpy as np
from pgvector import HalfVector

from libs.contracts.identifiers import Kind
from libs.database.transactions import Reading
from services.matching.index.vectors.shards import homes
from services.matching.storage.spaces_table import Space


async def vector_of(connection: Reading, space: Space, tenant: str, kind: Kind, number: int) -> HalfVector | None:
    """The stored vector of a document; None where the space has none."""
    arms = [
        f"SELECT document FROM matching.nearest_{space.name}"
        f" WHERE tenant = $1 AND kind = '{kind}' AND shard = {shard} AND number = $2"
        for shard in sorted({0, int(homes(np.array([number]))[0])})
    ]
    found: HalfVector | None = await connection.fetchval(f"{' UNION ALL '.join(arms)} LIMIT 1", tenant, number)
    return found
